// What every text that a regular expression matches looks like, so that most texts need not be tried.
#ifndef ATAU_RULES_OUTLINE_H_
#define ATAU_RULES_OUTLINE_H_

#include <cstdint>
#include <string_view>

namespace atau::rules {

// Letters are kept as bits of one word; two letters may share a bit.
constexpr std::uint64_t LetterBit(char32_t c) { return std::uint64_t{1} << (c < 0x80 ? c & 31 : 32 + (c & 31)); }

// Of a text.
struct TextOutline {
  std::uint64_t first = 0, last = 0, all = 0;
  std::uint32_t letters = 0;
};

// Of all texts that an expression matches from end to end.
struct Outline {
  std::uint64_t first = ~std::uint64_t{0}, last = ~std::uint64_t{0};  // the letters that may stand first and last
  std::uint64_t needed = 0;                                           // the letters that must occur
  std::uint32_t min = 0, max = 0xFFFFFFFF;                            // letters
  bool of_surface = false;                                            // for the caller: which text of a form is meant

  bool Allows(const TextOutline& text) const {
    return (first & text.first) != 0 && (last & text.last) != 0 && (needed & ~text.all) == 0 && text.letters >= min && text.letters <= max;
  }
};

TextOutline OutlineOfText(std::string_view text);
// The bits (as numbers) of the letters that a text, which is not empty, begins and ends with.
struct TextEnds {
  int first = 0, last = 0;
};
TextEnds EndsOfText(std::string_view text);
// For RE2's syntax; what is not understood allows everything.
Outline OutlineOfRegex(std::string_view pattern);

}  // namespace atau::rules

#endif  // ATAU_RULES_OUTLINE_H_
