// Normal forms of groups, remembered between the mentions and documents of one scratch: news name the same bodies and posts again and
// again.
#ifndef ATAU_RESOLVE_NOMINATIVES_H_
#define ATAU_RESOLVE_NOMINATIVES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
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
  // What is remembered of a group.
  enum How : std::uint64_t {
    kSingular,     // its nominative; a plural becomes a singular
    kKeepsNumber,  // its nominative
    kAsWritten,    // morph::WrittenGroup
  };
  // The nominatives of one word that is said to be this post (the entry): see describe.cc.
  static constexpr std::uint64_t OfPost(std::uint32_t entry) { return (std::uint64_t{entry} + 1) << 2; }

  // morph::NominativeOf for a group that is no person's name, or WrittenGroup. Valid until the next call.
  std::string_view Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                      const morph::FormTable& forms, How how);
  // Tells that the same will be asked for soon, and, called once more a little later with `text`, that its text will be read: both are far
  // away in memory.
  void Expect(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms, How how, bool text);

  // What Keep was told of the same group; nothing where that is not remembered. `what`: a How or OfPost. Valid until the next call.
  std::optional<std::string_view> Find(std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                                       const morph::FormTable& forms, std::uint64_t what);
  // Returns the text, which must depend on nothing but the tokens of the group, the forms and `what`.
  std::string_view Keep(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms,
                        std::uint64_t what, std::string text);

 private:
  // Fills `key_` and returns its hash; 0 where the group is not to be remembered.
  std::uint64_t KeyOf(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, std::uint64_t what);
  // Where the group with this key is, or may be put.
  std::size_t SlotOf(std::uint64_t hash) const;
  std::string_view Key() const { return {reinterpret_cast<const char*>(key_.data()), key_.size() * sizeof key_[0]}; }
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  // The upper half of the hash of what a text depends on, and where the group with it is remembered. Open addressing; half of the slots are
  // free.
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t record = kFree;  // into records_
  };
  static std::uint32_t TagOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32); }
  void Forget();
  void Grow();
  std::size_t First(std::uint32_t tag) const { return tag & (slots_.size() - 1); }
  std::size_t Next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }

  std::vector<std::uint64_t> key_;  // what the text depends on, as numbers
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::string fresh_;    // what is not remembered
  std::string records_;  // of each group the size of its key and of its text (bytes), the key, the text
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_NOMINATIVES_H_
