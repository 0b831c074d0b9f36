// The slots of an entity of the gazetteer: «country=KZ;population=12000».
#ifndef ATAU_GAZETTEER_ENTRY_SLOTS_H_
#define ATAU_GAZETTEER_ENTRY_SLOTS_H_

#include <string_view>

namespace atau::gazetteer {

// Calls `f` with each key and value of `slots` (see Entry::slots), until it returns false. What has no «=» is passed over.
template <class F>
void EachSlot(std::string_view slots, F&& f) {
  while (!slots.empty()) {
    const auto semi = slots.find(';');
    const std::string_view pair = slots.substr(0, semi);
    const auto eq = pair.find('=');
    if (eq != std::string_view::npos && !f(pair.substr(0, eq), pair.substr(eq + 1))) return;
    slots = semi == std::string_view::npos ? std::string_view() : slots.substr(semi + 1);
  }
}

// The value of the first slot with this key, "" where there is none.
inline std::string_view ValueOfSlot(std::string_view slots, std::string_view key) {
  std::string_view found;
  EachSlot(slots, [&](std::string_view own, std::string_view value) {
    if (own != key) return true;
    found = value;
    return false;
  });
  return found;
}

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_ENTRY_SLOTS_H_
