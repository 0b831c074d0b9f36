#include "morph/grammemes.h"

namespace atau::morph {

namespace {

struct Name {
  std::string_view name;
  Grammemes bit;
};

constexpr Name kNames[] = {
#define X(name, bit) {#name, Grammemes{1} << bit},
    ATAU_GRAMMEMES(X)
#undef X
    // The names that are no identifiers of C++, and the finer cases, which count as their first ones.
    {"ms-f", kms_f},
    {"Ms-f", kms_f},
    {"1per", kper1},
    {"2per", kper2},
    {"3per", kper3},
    {"gen1", kgent},
    {"gen2", kgent},
    {"acc1", kaccs},
    {"acc2", kaccs},
    {"loc1", kloct},
    {"loc2", kloct},
    {"voct", knomn},
};

}  // namespace

Grammemes GrammemeByName(std::string_view name) {
  for (const Name& n : kNames) {
    if (n.name == name) return n.bit;
  }
  return 0;
}

Grammemes ParseTag(std::string_view tag) {
  Grammemes out = 0;
  std::size_t begin = 0;
  while (begin <= tag.size()) {
    std::size_t end = tag.find_first_of(", ", begin);
    if (end == std::string_view::npos) end = tag.size();
    out |= GrammemeByName(tag.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

}  // namespace atau::morph
