// What those who read relations off a text ask of its tokens.
#ifndef ATAU_RESOLVE_SENTENCE_H_
#define ATAU_RESOLVE_SENTENCE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "resolve/analysis.h"
#include "resolve/post_words.h"

namespace atau::resolve {

class Sentence {
 public:
  // Both must live as long as this.
  Sentence(const Analysis& a, const PostWords& words) : a_(a), small_(words) {}

  std::string_view Text(std::size_t i) const { return a_.TextOf(i, i + 1); }
  bool IsWord(std::size_t i) const { return a_.tokens[i].kind == token::Kind::kWord; }
  // Whether a sentence or block begins at a token, or the text has ended.
  bool Breaks(std::size_t i) const {
    return i >= a_.tokens.size() || a_.tokens[i].Has(token::Flag::kSentenceStart) || a_.tokens[i].Has(token::Flag::kBlockStart);
  }
  // What a small word does, as it is written.
  std::uint32_t UsesAt(std::size_t i) const { return IsWord(i) ? small_.UsesOf(a_.FormOf(i)) : 0; }
  bool Has(std::size_t i, std::uint32_t uses) const { return (UsesAt(i) & uses) != 0; }

 protected:
  const Analysis& a_;

 private:
  const PostWords& small_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_SENTENCE_H_
