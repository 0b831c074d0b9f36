// The stages of tokenizing, in their order: scan (tokenize.cc), pairs, sentences. Internal to the token room.
#ifndef ATAU_TOKEN_STAGES_H_
#define ATAU_TOKEN_STAGES_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "token/token.h"

namespace atau::token {

// What the letters of a piece of text say.
struct Letters {
  Shape shape = Shape::kNone;
  std::uint16_t flags = 0;  // kLatin, kCyrillic, kDigits, kHyphen
  std::uint32_t letters = 0;
  bool may_be_glued = false;  // an inner capital or a change of script
};
Letters LettersOf(std::string_view word);

// Where a word that may be glued parts: fills `cuts` with byte offsets into `word` (ascending), at most kMaxCuts, and returns how many.
inline constexpr int kMaxCuts = 16;
int FindCuts(std::string_view word, const WordOracle* oracle, std::size_t (&cuts)[kMaxCuts]);

// The end of a URL, e-mail or domain that starts at `begin`, or 0. `*looked` is set to the end of what was looked at: nothing that starts
// before it in the same run of labels needs to be tried again.
std::size_t AddressEnd(std::string_view text, std::size_t begin, std::size_t* looked);

void MatchPairs(std::string_view clean, std::vector<Token>* tokens);
void SplitSentences(std::string_view clean, const WordOracle* oracle, std::vector<Token>* tokens);

}  // namespace atau::token

#endif  // ATAU_TOKEN_STAGES_H_
