#include "resolve/run_by.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace atau::resolve {
namespace {

constexpr std::size_t kReach = 12;  // mentions from a programme to the body, either way

// Whether a body is called so: as the text has it, or as the dictionaries do.
bool IsCalled(const Analysis& a, const Described& body, std::string_view name) {
  if (body.normal == name) return true;
  std::uint32_t entry = 0;
  return !body.gazetteer.empty() && a.gazetteer->FindId(body.gazetteer, &entry) && a.gazetteer->entry(entry).name == name;
}

}  // namespace

void FindRunBy(const Analysis& a, const std::vector<Described>& mentions, std::vector<FoundRelation>* out) {
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    const Described& d = mentions[m];
    if (d.type != Type::kProgram) continue;
    const std::string_view name = SlotOf(d, "run_by");
    if (name.empty()) continue;
    const auto link = [&](std::size_t k) {
      if (mentions[k].type != Type::kOrganization || a.tokens[mentions[k].begin].sentence != a.tokens[d.begin].sentence ||
          !IsCalled(a, mentions[k], name))
        return false;
      FoundRelation r;
      r.label = "RUN_BY";
      r.subject = static_cast<int>(m);
      r.object = static_cast<int>(k);
      r.weight = 2;
      r.begin = std::min(d.begin, mentions[k].begin);
      r.end = std::max(d.end, mentions[k].end);
      out->push_back(std::move(r));
      return true;
    };
    // The nearest one, up to a person on either side: «глава Роскосмоса Иван Крот назвал «Степняк» мечтой» says of whom he is the head.
    bool left = true, right = true;
    for (std::size_t far = 1; far <= kReach && (left || right); ++far) {
      left = left && far <= m && mentions[m - far].type != Type::kPerson;
      if (left && link(m - far)) break;
      right = right && m + far < mentions.size() && mentions[m + far].type != Type::kPerson;
      if (right && link(m + far)) break;
    }
  }
}

}  // namespace atau::resolve
