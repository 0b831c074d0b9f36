// A map from 64-bit keys to values, for one document or, where its owner bounds it, for more: cleared and filled again without asking for
// memory. Open addressing; values stay in the order in which they were added.
#ifndef ATAU_RESOLVE_KEY_MAP_H_
#define ATAU_RESOLVE_KEY_MAP_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "bundle/prefetch.h"

namespace atau::resolve {

template <class T>
class KeyMap {
 public:
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }

  // Keeps its memory.
  void Clear() {
    if (items_.size() * 8 < slots_.size()) {
      // The latest first: none of those before it was put behind it.
      for (std::size_t i = items_.size(); i-- > 0;) slots_[SlotOf(items_[i].first)] = {};
    } else {
      slots_.assign(slots_.size(), {});
    }
    items_.clear();
  }

  // The value of a key; a new one is T{}. Valid until the next call.
  T& operator[](std::uint64_t key) {
    if ((items_.size() + 1) * 2 > slots_.size()) Grow();
    Slot& slot = slots_[SlotOf(key)];
    if (slot.number == 0) {
      items_.emplace_back(key, T{});
      slot = {static_cast<std::uint32_t>(items_.size()), TagOf(key)};
    }
    return items_[slot.number - 1].second;
  }

  // Tells that a key will be asked for soon, first where it stands and, called once more a little later, what its value is: both are far
  // away in memory in a map that outlives a document.
  void Expect(std::uint64_t key, bool value) const {
    if (items_.empty()) return;
    const Slot* const slot = &slots_[FirstOf(key)];
    if (!value) {
      bundle::Prefetch(slot);
    } else if (slot->number != 0) {
      bundle::Prefetch(&items_[slot->number - 1]);
    }
  }

  // Null where the key has no value.
  const T* Find(std::uint64_t key) const {
    if (items_.empty()) return nullptr;
    const std::uint32_t number = slots_[SlotOf(key)].number;
    return number == 0 ? nullptr : &items_[number - 1].second;
  }

 private:
  struct Slot {
    std::uint32_t number = 0;  // 1 + index into items_; 0 is free
    std::uint32_t tag = 0;     // of the key, so that other keys are passed over without a look at their items
  };
  static std::uint32_t TagOf(std::uint64_t key) { return static_cast<std::uint32_t>(key); }

  // Where the search for a key begins.
  std::size_t FirstOf(std::uint64_t key) const { return (key ^ key >> 32) & (slots_.size() - 1); }

  // Where the key stands, or may be put.
  std::size_t SlotOf(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = FirstOf(key);
    const std::uint32_t tag = TagOf(key);
    while (slots_[at].number != 0 && (slots_[at].tag != tag || items_[slots_[at].number - 1].first != key)) at = (at + 1) & mask;
    return at;
  }

  void Grow() {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, {});
    for (std::size_t i = 0; i < items_.size(); ++i)
      slots_[SlotOf(items_[i].first)] = {static_cast<std::uint32_t>(i + 1), TagOf(items_[i].first)};
  }

  std::vector<std::pair<std::uint64_t, T>> items_;
  std::vector<Slot> slots_;  // a power of two, half of it free at least
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_KEY_MAP_H_
