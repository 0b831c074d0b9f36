// The flags of an entry of a word class: words with commas between them, and spaces around them as they please («female, elder»).
#ifndef ATAU_GAZETTEER_ENTRY_FLAGS_H_
#define ATAU_GAZETTEER_ENTRY_FLAGS_H_

#include <string_view>

namespace atau::gazetteer {

// Calls `f` with each flag of `slots` (see Entry::slots), until it returns false.
template <class F>
void EachFlag(std::string_view slots, F&& f) {
  while (!slots.empty()) {
    const auto comma = slots.find(',');
    std::string_view one = slots.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (!f(one) || comma == std::string_view::npos) return;
    slots.remove_prefix(comma + 1);
  }
}

// Whether `flag`, as a whole word, is one of them.
inline bool HasFlag(std::string_view slots, std::string_view flag) {
  bool has = false;
  EachFlag(slots, [&](std::string_view one) {
    has = one == flag;
    return !has;
  });
  return has;
}

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_ENTRY_FLAGS_H_
