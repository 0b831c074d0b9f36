// Just enough UTF-8 for reading sources; the text room does the rest for documents.
#ifndef ATAU_BUNDLE_UTF8_H_
#define ATAU_BUNDLE_UTF8_H_

#include <cstdint>
#include <string_view>

namespace atau::bundle {

inline constexpr char32_t kBadUtf8 = 0xFFFFFFFF;

// The code point at `*at`, which moves behind it; kBadUtf8 (and one byte further) for bytes that are not valid UTF-8. `*at` must be inside.
inline char32_t NextCodePoint(std::string_view text, std::size_t* at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(*at);
  if (first < 0x80) return ++*at, first;
  const int length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() - *at < static_cast<std::size_t>(length)) return ++*at, kBadUtf8;
  char32_t c = first & (0xFF >> (length + 1));
  for (int i = 1; i < length; ++i) {
    if ((byte(*at + i) & 0xC0) != 0x80) return ++*at, kBadUtf8;
    c = c << 6 | (byte(*at + i) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (c < kLeast[length] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return ++*at, kBadUtf8;
  *at += length;
  return c;
}

inline std::uint32_t CountCodePoints(std::string_view text) {
  std::uint32_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_UTF8_H_
