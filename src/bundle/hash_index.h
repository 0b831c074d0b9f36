// From 64-bit hashes to numbers, by open addressing. Two keys of one hash are one key: callers hash with Mixed, and 64 bits are enough.
#ifndef ATAU_BUNDLE_HASH_INDEX_H_
#define ATAU_BUNDLE_HASH_INDEX_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bundle/prefetch.h"

namespace atau::bundle {

// A hash that goes on with another value.
inline std::uint64_t Mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

class HashIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  // Where a look at `hash` will be taken soon.
  void Expect(std::uint64_t hash) const {
    if (!slots_.empty()) Prefetch(slots_.data() + ((hash >> 32) & (slots_.size() - 1)));
  }
  // The number under `hash`, which is kNone where there is none yet; the caller may set it at once.
  std::uint32_t& At(std::uint64_t hash) {
    if ((size_ + 1) * 2 > slots_.size()) Grow();
    Slot& slot = Find(hash);
    if (slot.number == kNone) slot.hash = hash, ++size_;
    return slot.number;
  }
  void Clear() { slots_.clear(), size_ = 0; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t number = kNone;
  };
  Slot& Find(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (hash >> 32) & mask;
    while (slots_[at].number != kNone && slots_[at].hash != hash) at = (at + 1) & mask;
    return slots_[at];
  }
  void Grow() {
    std::vector<Slot> old(std::max<std::size_t>(256, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) Find(slot.hash) = slot;
    }
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_HASH_INDEX_H_
