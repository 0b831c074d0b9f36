// Where the time of an extraction goes, for `atau bench --rooms`.
#ifndef ATAU_DOCUMENT_ROOMS_H_
#define ATAU_DOCUMENT_ROOMS_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <string_view>

namespace atau::document {

// The steps of an extraction, in their order.
enum class Room {
  kText,
  kTokens,
  kForms,
  kGazetteer,
  kRules,
  kCandidates,
  kScores,
  kMemory,
  kNames,
  kDescribe,
  kRelations,
  kEntities,
  kNested
};
inline constexpr std::array<std::string_view, 13> kRoomNames = {"text",       "tokens",   "forms",  "gazetteer", "rules",
                                                                "candidates", "scores",   "memory", "names",     "describe",
                                                                "relations",  "entities", "nested"};

using RoomSeconds = std::array<double, kRoomNames.size()>;

// A stop watch that does nothing until it is told where to count.
class RoomClock {
 public:
  // Adds to `sums` from now on; null ends that. `sums` must stay alive so long.
  void CountIn(RoomSeconds* sums) { sums_ = sums; }
  void Start() {
    if (sums_ != nullptr) last_ = std::chrono::steady_clock::now();
  }
  // The time since Start or the last Done was that of `room`.
  void Done(Room room) {
    if (sums_ == nullptr) return;
    const auto now = std::chrono::steady_clock::now();
    (*sums_)[static_cast<std::size_t>(room)] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

 private:
  RoomSeconds* sums_ = nullptr;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_ROOMS_H_
