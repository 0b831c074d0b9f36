// Normal forms of groups, remembered between the mentions and documents of one scratch: news name the same bodies and posts again and
// again.
#ifndef ATAU_RESOLVE_NOMINATIVES_H_
#define ATAU_RESOLVE_NOMINATIVES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morph/form_table.h"
#include "morph/inflect.h"
#include "token/token.h"

namespace atau::resolve {

// Not thread-safe: one a scratch.
class Nominatives {
 public:
  // morph::NominativeOf for a group that is no person's name. Valid until the next call.
  std::string_view Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                      const morph::FormTable& forms, bool keep_number);
  // Tells that the same will be asked for soon: what is remembered is far away in memory.
  void Expect(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms, bool keep_number);

 private:
  // Fills `key_` and returns its hash; 0 where the group is not to be remembered.
  std::uint64_t KeyOf(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, bool keep_number);
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  // What the nominative depends on as numbers, and where the group with them is remembered. Open addressing; half of the slots are free.
  struct Slot {
    std::uint64_t hash = 0;
    std::size_t record = kFree;  // into records_
  };
  static constexpr std::size_t kFree = static_cast<std::size_t>(-1);
  void Forget();
  void Grow();
  std::size_t First(std::uint64_t hash) const { return (hash >> 32) & (slots_.size() - 1); }
  std::size_t Next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  std::vector<std::uint64_t> key_;
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::string fresh_;    // what is not remembered
  std::string records_;  // of each group the size of its key and of its nominative (bytes), the key, the nominative
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_NOMINATIVES_H_
