// The letters of the morphology sections: one byte a letter, so that stems and endings are compared and hashed quickly.
#ifndef ATAU_MORPH_LETTERS_H_
#define ATAU_MORPH_LETTERS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace atau::morph {

inline constexpr std::size_t kMaxLetters = 63;  // longer words are nobody's names, and are not looked up
inline constexpr std::uint8_t kYo = 0xA0;       // «ё» in texts that keep it

// The code of a lower-case letter, digit or sign; 0 for one that no section can hold. ASCII stands for itself, then а…я, the rest of
// lower-case Cyrillic.
constexpr std::uint8_t CodeOf(char32_t c) {
  if (c >= 0x20 && c < 0x7F) return static_cast<std::uint8_t>(c);
  if (c >= 0x430 && c <= 0x44F) return static_cast<std::uint8_t>(0x80 + (c - 0x430));
  if (c >= 0x451 && c <= 0x45F) return static_cast<std::uint8_t>(0xA0 + (c - 0x451));
  if (c >= 0x48B && c <= 0x4BF && c % 2 == 1) return static_cast<std::uint8_t>(0xAF + (c - 0x48B) / 2);
  if (c >= 0x4C2 && c <= 0x4CE && c % 2 == 0) return static_cast<std::uint8_t>(0xCA + (c - 0x4C2) / 2);
  if (c == 0x4CF) return 0xD1;
  if (c >= 0x4D1 && c <= 0x4FF && c % 2 == 1) return static_cast<std::uint8_t>(0xD2 + (c - 0x4D1) / 2);
  return 0;
}

// The letter of a code (the inverse of CodeOf); 0 for a byte that is no code.
constexpr char32_t LetterOf(std::uint8_t code) {
  if (code >= 0x20 && code < 0x7F) return code;
  if (code >= 0x80 && code <= 0x9F) return 0x430 + (code - 0x80u);
  if (code >= 0xA0 && code <= 0xAE) return 0x451 + (code - 0xA0u);
  if (code >= 0xAF && code <= 0xC9) return 0x48B + (code - 0xAFu) * 2;
  if (code >= 0xCA && code <= 0xD0) return 0x4C2 + (code - 0xCAu) * 2;
  if (code == 0xD1) return 0x4CF;
  if (code >= 0xD2 && code <= 0xE9) return 0x4D1 + (code - 0xD2u) * 2;
  return 0;
}

inline std::uint64_t Load8(const char* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}
inline std::uint64_t Load4(const char* p) {
  std::uint32_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

// Whether two texts of one size are the same; for short ones.
inline bool SameText(const char* a, const char* b, std::size_t size) {
  if (size > 16) return std::memcmp(a, b, size) == 0;
  if (size >= 8) return Load8(a) == Load8(b) && Load8(a + size - 8) == Load8(b + size - 8);
  if (size >= 4) return Load4(a) == Load4(b) && Load4(a + size - 4) == Load4(b + size - 4);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

// A lower-case word as codes.
struct Letters {
  std::uint8_t code[kMaxLetters + 1];
  std::uint8_t size = 0;

  std::string_view view() const { return {reinterpret_cast<const char*>(code), size}; }
};

// The UTF-8 of a code's letter («?» for a byte that is no code).
struct LetterBytes {
  char bytes[2] = {};
  std::uint8_t size = 0;
};
constexpr LetterBytes BytesOfLetter(char32_t c) {
  if (c == 0) c = U'?';
  if (c < 0x80) return {{static_cast<char>(c), 0}, 1};
  return {{static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))}, 2};
}
inline constexpr auto kLetterBytes = [] {
  std::array<LetterBytes, 256> table{};
  for (unsigned code = 0; code < 256; ++code) table[code] = BytesOfLetter(LetterOf(static_cast<std::uint8_t>(code)));
  return table;
}();

// Encodes a lower-case word. False where it is empty, too long, or holds a letter without a code.
bool Encode(std::string_view word, Letters* out);
// Appends the UTF-8 of codes.
void AppendDecoded(std::string_view codes, std::string* out);

// Decodes one code point of valid UTF-8 at `*at` and moves behind it; a byte that starts none is returned as it is.
char32_t NextCodePointBeyond(std::string_view text, std::size_t* at);
inline char32_t NextCodePoint(std::string_view text, std::size_t* at) {
  const auto lead = static_cast<unsigned char>(text[*at]);
  // Nearly all are letters of two bytes.
  if (lead >= 0xC2 && lead < 0xE0 && *at + 1 < text.size()) {
    const char32_t c = (char32_t{lead} & 0x1F) << 6 | (static_cast<unsigned char>(text[*at + 1]) & 0x3F);
    *at += 2;
    return c;
  }
  return NextCodePointBeyond(text, at);
}
void AppendCodePoint(char32_t c, std::string* out);

// Simple letter case of ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; other code points stay.
inline constexpr char32_t kCaseTableSize = 0x530;
extern const std::array<char16_t, kCaseTableSize> kLowerLetters, kUpperLetters;
inline char32_t ToLower(char32_t c) { return c < kCaseTableSize ? kLowerLetters[c] : c; }
inline char32_t ToUpper(char32_t c) { return c < kCaseTableSize ? kUpperLetters[c] : c; }
inline bool IsUpper(char32_t c) { return ToLower(c) != c; }
inline bool IsLower(char32_t c) { return ToUpper(c) != c; }

// Lower case with ё kept.
void LowerKeepingYo(std::string_view word, std::string* out);

// The hash of stems, endings and forms inside a section, one letter after the other.
inline constexpr std::uint64_t kHashStart = 0xCBF29CE484222325u;
constexpr std::uint64_t HashLetter(std::uint64_t hash, std::uint8_t code) { return (hash ^ code) * 0x9E3779B97F4A7C15u; }
constexpr std::uint64_t HashEnd(std::uint64_t hash) {
  hash ^= hash >> 29;
  hash *= 0xBF58476D1CE4E5B9u;
  return hash ^ (hash >> 32);
}
inline std::uint64_t HashLetters(std::string_view codes) {
  std::uint64_t hash = kHashStart;
  for (char c : codes) hash = HashLetter(hash, static_cast<std::uint8_t>(c));
  return HashEnd(hash);
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_LETTERS_H_
