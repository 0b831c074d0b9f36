// What kind of letter a code point is: script and case, from a table for the alphabets that Russian text uses and from ranges for the rest.
// Header only and free of ICU, since the token room uses it too.
#ifndef ATAU_TEXT_LETTERS_H_
#define ATAU_TEXT_LETTERS_H_

#include <cstdint>
#include <string_view>

namespace atau::text {

// The values are characters, so that the table below can be read.
enum class Letter : char {
  kNone = '.',
  kLatinLower = 'l',
  kLatinUpper = 'L',
  kCyrillicLower = 'c',
  kCyrillicUpper = 'C',
  kOther = 'o',  // a letter of another script, or one without case
  kMark = 'm',   // a combining mark
};

// U+0000 to U+052F, 64 a row (made from Unicode 14 names and categories).
inline constexpr std::string_view kLetterTable =
    "................................................................"  // U+0000
    ".LLLLLLLLLLLLLLLLLLLLLLLLLL......llllllllllllllllllllllllll....."  // U+0040
    ".....................................................o.........."  // U+0080
    "LLLLLLLLLLLLLLLLLLLLLLL.LLLLLLLllllllllllllllllllllllll.llllllll"  // U+00C0
    "LlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLllLlLlLlL"  // U+0100
    "lLlLlLlLllLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLLlLlLll"  // U+0140
    "lLLlLlLLlLLLllLLLLlLLlLLLlllLLlLLlLlLlLLlLllLlLLlLLLlLlLLlllLlll"  // U+0180
    "llllLLlLLlLLlLlLlLlLlLlLlLlLllLlLlLlLlLlLlLlLlLllLLlLlLLLlLlLlLl"  // U+01C0
    "LlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlLlllllllLLlLLl"  // U+0200
    "lLlLLLLlLlLlLlLlllllllllllllllllllllllllllllllllllllllllllllllll"  // U+0240
    "lllllllllllllllllllllllllllllllllllllllllllllllloooooooooooooooo"  // U+0280
    "oo....oooooooooooo..............ooooo.......o.o................."  // U+02C0
    "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm"  // U+0300
    "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmooooo.oo..oooo.o"  // U+0340
    "......o.ooo.o.oooooooooooooooooooo.ooooooooooooooooooooooooooooo"  // U+0380
    "oooooooooooooooooooooooooooooooooooooooooooooooooooooo.ooooooooo"  // U+03C0
    "CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCcccccccccccccccc"  // U+0400
    "ccccccccccccccccccccccccccccccccCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCc"  // U+0440
    "Cc.mmmmmmmCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCc"  // U+0480
    "CCcCcCcCcCcCcCccCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCc"  // U+04C0
    "CcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcCc";                 // U+0500

inline Letter LetterOfRest(char32_t c) {
  const bool even = (c & 1) == 0;
  if (c < 0x2000) {
    if (c >= 0x1E00 && c <= 0x1EFF) return even ? Letter::kLatinUpper : Letter::kLatinLower;
    if (c >= 0x1C80 && c <= 0x1C88) return Letter::kCyrillicLower;
    if (c >= 0x1AB0 && c <= 0x1AFF) return Letter::kMark;
    if (c >= 0x1DC0 && c <= 0x1DFF) return Letter::kMark;
    // Armenian to Greek Extended: nearly all letters and their vowel signs, which belong to their words.
    return c == 0x1680 || c == 0x180E || c == 0x0589 || c == 0x05BE || c == 0x060C || c == 0x061B || c == 0x061F || c == 0x06D4
               ? Letter::kNone
               : Letter::kOther;
  }
  if (c >= 0x20D0 && c <= 0x20FF) return Letter::kMark;
  if (c >= 0x2C00 && c <= 0x2DDF) return Letter::kOther;
  if (c >= 0x2DE0 && c <= 0x2DFF) return Letter::kMark;
  if (c >= 0x3041 && c <= 0xA63F) return c == 0x30FB ? Letter::kNone : Letter::kOther;
  if (c >= 0xA640 && c <= 0xA66D) return even ? Letter::kCyrillicUpper : Letter::kCyrillicLower;
  if (c >= 0xA66F && c <= 0xA67D) return Letter::kMark;
  if (c >= 0xA680 && c <= 0xA69B) return even ? Letter::kCyrillicUpper : Letter::kCyrillicLower;
  if (c >= 0xA6A0 && c <= 0xD7FB) return Letter::kOther;
  if (c >= 0xF900 && c <= 0xFDFF) return Letter::kOther;
  if (c >= 0xFE00 && c <= 0xFE0F) return Letter::kMark;
  if (c >= 0xFE20 && c <= 0xFE2F) return Letter::kMark;
  if ((c >= 0xFE70 && c <= 0xFEFC) || (c >= 0xFF21 && c <= 0xFF3A) || (c >= 0xFF41 && c <= 0xFF5A) || (c >= 0xFF66 && c <= 0xFFDC))
    return Letter::kOther;
  if ((c >= 0x10000 && c <= 0x16FFF) || (c >= 0x20000 && c <= 0x3FFFF)) return Letter::kOther;
  return Letter::kNone;
}

inline Letter LetterOf(char32_t c) { return c < 0x530 ? static_cast<Letter>(kLetterTable[c]) : LetterOfRest(c); }

inline bool IsCyrillic(Letter l) { return l == Letter::kCyrillicLower || l == Letter::kCyrillicUpper; }
inline bool IsLatin(Letter l) { return l == Letter::kLatinLower || l == Letter::kLatinUpper; }
inline bool IsUpper(Letter l) { return l == Letter::kCyrillicUpper || l == Letter::kLatinUpper; }
inline bool IsLower(Letter l) { return l == Letter::kCyrillicLower || l == Letter::kLatinLower; }

}  // namespace atau::text

#endif  // ATAU_TEXT_LETTERS_H_
