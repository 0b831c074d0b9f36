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

constexpr Grammemes kCaseBits[6] = {knomn, kgent, kdatv, kaccs, kablt, kloct};

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

Agreement AgreementOf(Grammemes tag) {
  if ((tag & kCases) == 0) return 0;
  const bool plural = (tag & kplur) != 0;
  const bool singular = (tag & ksing) != 0;
  Agreement genders = 0;
  if (plural || !singular) genders |= 8;
  if (singular || !plural) {
    Agreement of_singular = 0;
    if (tag & (kmasc | kms_f)) of_singular |= 1;
    if (tag & (kfemn | kms_f)) of_singular |= 2;
    if (tag & kneut) of_singular |= 4;
    // «я», «ты», «пять»: the gender is not shown, so that none is ruled out.
    if (of_singular == 0 || (tag & kGNdr)) of_singular = 7;
    genders |= of_singular;
  }
  Agreement out = 0;
  for (int c = 0; c < 6; ++c) {
    if (tag & kCaseBits[c]) out |= genders << (4 * c);
  }
  return out;
}

}  // namespace atau::morph
