// Normal forms of groups, remembered between the mentions and documents of one scratch: news name the same bodies and posts again and
// again.
#ifndef ATAU_RESOLVE_NOMINATIVES_H_
#define ATAU_RESOLVE_NOMINATIVES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "morph/form_table.h"
#include "morph/inflect.h"
#include "token/token.h"

namespace atau::resolve {

// Not thread-safe: one a scratch.
class Nominatives {
 public:
  // morph::NominativeOf for a group that is no person's name.
  std::string Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                 const morph::FormTable& forms, bool keep_number);

 private:
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, std::string> known_;  // by everything that the nominative depends on
  std::string key_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_NOMINATIVES_H_
