#include "morph/letters.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "morph/form_table.h"
#include "text/utf8.h"

namespace atau::morph {

namespace {

constexpr char32_t kTableSize = kCaseTableSize;

constexpr char32_t LowerRule(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  if (c >= 0x100 && c <= 0x137 && c != 0x130 && c % 2 == 0) return c + 1;
  if (c >= 0x139 && c <= 0x148 && c % 2 == 1) return c + 1;
  if (c >= 0x14A && c <= 0x177 && c % 2 == 0) return c + 1;
  if (c == 0x178) return 0xFF;
  if (c >= 0x179 && c <= 0x17E && c % 2 == 1) return c + 1;
  if (c == 0x18F) return 0x259;  // Azerbaijani schwa
  if (c >= 0x391 && c <= 0x3A9 && c != 0x3A2) return c + 32;
  if (c >= 0x400 && c <= 0x40F) return c + 80;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  if (c >= 0x460 && c <= 0x481 && c % 2 == 0) return c + 1;
  if (c >= 0x48A && c <= 0x4BF && c % 2 == 0) return c + 1;
  if (c == 0x4C0) return 0x4CF;
  if (c >= 0x4C1 && c <= 0x4CE && c % 2 == 1) return c + 1;
  if (c >= 0x4D0 && c <= 0x52F && c % 2 == 0) return c + 1;
  return c;
}

constexpr auto kLower = [] {
  std::array<char16_t, kTableSize> table{};
  for (char32_t c = 0; c < kTableSize; ++c) table[c] = static_cast<char16_t>(LowerRule(c));
  return table;
}();

constexpr auto kUpper = [] {
  std::array<char16_t, kTableSize> table{};
  for (char32_t c = 0; c < kTableSize; ++c) table[c] = static_cast<char16_t>(c);
  for (char32_t c = 0; c < kTableSize; ++c) {
    if (LowerRule(c) != c && LowerRule(c) < kTableSize) table[LowerRule(c)] = static_cast<char16_t>(c);
  }
  return table;
}();

// What Fold makes of a letter beyond lower case: ё becomes е.
constexpr auto kFold = [] {
  std::array<char16_t, kTableSize> table = kLower;
  table[0x401] = table[0x451] = 0x435;
  table['`'] = '\'';
  return table;
}();

constexpr auto kCode = [] {
  std::array<std::uint8_t, kTableSize> table{};
  for (char32_t c = 0; c < kTableSize; ++c) table[c] = CodeOf(c);
  return table;
}();

// The same for the letters whose first byte is 0xD0 or 0xD1, which are nearly all of a Russian text: the two bytes that each becomes.
constexpr auto BytesOf(const std::array<char16_t, kTableSize>& table) {
  std::array<std::array<char, 2>, 128> bytes{};
  for (char32_t i = 0; i < 128; ++i) {
    const LetterBytes letter = BytesOfLetter(table[0x400 + i]);
    bytes[i] = {letter.bytes[0], letter.bytes[1]};
  }
  return bytes;
}
constexpr auto kLowerBytes = BytesOf(kLower);
constexpr auto kFoldBytes = BytesOf(kFold);

// The codes of these letters.
constexpr auto kRussianCode = [] {
  std::array<std::uint8_t, 128> table{};
  std::copy_n(kCode.begin() + 0x400, table.size(), table.begin());
  return table;
}();

template <class Table, class Bytes>
void Map(std::string_view word, const Table& table, const Bytes& bytes, bool signs, std::string* out) {
  // No letter grows.
  const std::size_t size = word.size();
  out->resize(size);
  char* to = out->data();
  for (std::size_t i = 0; i < size;) {
    const auto lead = static_cast<unsigned char>(word[i]);
    if ((lead & 0xFE) == 0xD0 && i + 1 < size) {
      std::memcpy(to, bytes[(lead & 1u) << 6 | (static_cast<unsigned char>(word[i + 1]) & 0x3F)].data(), 2);
      to += 2;
      i += 2;
    } else if (lead < 0x80) {
      *to++ = static_cast<char>(table[lead]);
      ++i;
    } else if (lead >= 0xC2 && lead < 0xE0 && i + 1 < size) {
      char32_t c = (char32_t{lead} & 0x1F) << 6 | (static_cast<unsigned char>(word[i + 1]) & 0x3F);
      if (c < kTableSize) c = table[c];
      if (c < 0x80) {
        *to++ = static_cast<char>(c);
      } else {
        *to++ = static_cast<char>(0xC0 | (c >> 6));
        *to++ = static_cast<char>(0x80 | (c & 0x3F));
      }
      i += 2;
    } else {
      const std::string_view rest = word.substr(i, 3);
      // The typographic apostrophes and hyphens of names (O’Нил, Нур‑Султан) are the plain ones.
      if (signs && (rest == "\u2019" || rest == "\u2018")) {
        *to++ = '\'';
        i += 3;
      } else if (signs && (rest == "\u2010" || rest == "\u2011")) {
        *to++ = '-';
        i += 3;
      } else {
        *to++ = word[i];
        ++i;
      }
    }
  }
  out->resize(static_cast<std::size_t>(to - out->data()));
}

}  // namespace

constexpr std::array<char16_t, kCaseTableSize> kLowerLetters = kLower;
constexpr std::array<char16_t, kCaseTableSize> kUpperLetters = kUpper;

char32_t NextCodePointBeyond(std::string_view text, std::size_t* at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(*at);
  std::size_t size = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1;
  if (*at + size > text.size()) size = 1;
  char32_t c = lead;
  if (size == 2) c = (char32_t{lead} & 0x1F) << 6 | (byte(*at + 1) & 0x3F);
  if (size == 3) c = (char32_t{lead} & 0x0F) << 12 | (char32_t{byte(*at + 1)} & 0x3F) << 6 | (byte(*at + 2) & 0x3F);
  if (size == 4) {
    c = (char32_t{lead} & 0x07) << 18 | (char32_t{byte(*at + 1)} & 0x3F) << 12 | (char32_t{byte(*at + 2)} & 0x3F) << 6 |
        (byte(*at + 3) & 0x3F);
  }
  *at += size;
  return c;
}

void AppendCodePoint(char32_t c, std::string* out) {
  if (c >= 0x80 && c < 0x800) {  // nearly all
    const char bytes[2] = {static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))};
    out->append(bytes, 2);
  } else {
    text::Append(c, out);
  }
}

bool Encode(std::string_view word, Letters* out) {
  out->size = 0;
  const std::size_t size = word.size();
  std::size_t i = 0;
  // Nearly all words are of Russian letters, and have room.
  std::size_t letters = 0;
  bool all = true;
  const auto* const bytes = reinterpret_cast<const unsigned char*>(word.data());
  const std::size_t fit = std::min(size / 2, kMaxLetters) * 2;
  for (; i < fit && (bytes[i] & 0xFE) == 0xD0; i += 2) {
    const std::uint8_t code = kRussianCode[(bytes[i] & 1u) << 6 | (bytes[i + 1] & 0x3Fu)];
    all &= code != 0;
    out->code[letters++] = code;
  }
  if (!all) return false;
  out->size = static_cast<std::uint8_t>(letters);
  while (i < size) {
    const auto lead = static_cast<unsigned char>(word[i]);
    std::uint8_t code = 0;
    if (lead >= 0xC2 && lead < 0xD4 && i + 1 < size) {
      code = kCode[(char32_t{lead} & 0x1F) << 6 | (static_cast<unsigned char>(word[i + 1]) & 0x3F)];
      i += 2;
    } else {
      code = CodeOf(NextCodePoint(word, &i));
    }
    if (code == 0 || out->size == kMaxLetters) return false;
    out->code[out->size++] = code;
  }
  return out->size != 0;
}

void AppendDecoded(std::string_view codes, std::string* out) {
  const std::size_t before = out->size();
  out->resize(before + 2 * codes.size());
  char* to = out->data() + before;
  for (char c : codes) {
    const LetterBytes& letter = kLetterBytes[static_cast<std::uint8_t>(c)];
    to[0] = letter.bytes[0];
    if (letter.size == 2) to[1] = letter.bytes[1];
    to += letter.size;
  }
  out->resize(static_cast<std::size_t>(to - out->data()));
}

void LowerKeepingYo(std::string_view word, std::string* out) { Map(word, kLower, kLowerBytes, true, out); }

void Fold(std::string_view word, std::string* out) { Map(word, kFold, kFoldBytes, true, out); }

std::uint64_t KeyOf(std::string_view folded) {
  // Eight bytes at a time, multiplied and mixed; the length is part of the start, so that "а" and "а\0" differ. The gazetteer and the rules
  // store these keys: another function here is another bundle format version.
  constexpr std::uint64_t kA = 0xA0761D6478BD642Fu, kB = 0xE7037ED1A0B428DBu;
  const char* p = folded.data();
  std::size_t left = folded.size();
  std::uint64_t hash = kA ^ (left * kB);
  const auto mix = [](std::uint64_t x) {
    x ^= x >> 32;
    x *= 0xD6E8FEB86659FD93u;
    return x ^ (x >> 29);
  };
  while (left >= 8) {
    hash = mix((hash ^ Load8(p)) * kB) + kA;
    p += 8;
    left -= 8;
  }
  if (left != 0) {
    // The bytes that are left, the first one lowest; a copy of so few would be a call.
    std::uint64_t word = 0;
    if (folded.size() >= 8) {
      word = Load8(p + left - 8) >> (8 * (8 - left));
    } else if (left >= 4) {
      word = Load4(p) | Load4(p + left - 4) << (8 * (left - 4));
    } else {
      const auto byte = [p](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i); };
      word = byte(0) | byte(left / 2) | byte(left - 1);
    }
    hash = mix((hash ^ word) * kB) + kA;
  }
  return mix(hash * kA);
}

}  // namespace atau::morph
