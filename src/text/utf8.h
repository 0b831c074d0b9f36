// Decoding and encoding of UTF-8, one code point at a time. Header only; nothing here allocates but Append.
#ifndef ATAU_TEXT_UTF8_H_
#define ATAU_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace atau::text {

inline constexpr char32_t kInvalid = 0xFFFFFFFF;  // what Decode returns for bytes that are not UTF-8
inline constexpr char32_t kReplacement = 0xFFFD;

// The code point at `p` (p < end) and, in `size`, how many bytes it takes. Invalid bytes give kInvalid with the size of the maximal
// subpart that Unicode (section 3.9) says to replace by one U+FFFD: overlong forms, surrogates and stray bytes are one byte each.
inline char32_t Decode(const char* p, const char* end, std::size_t* size) {
  const auto* s = reinterpret_cast<const unsigned char*>(p);
  const std::size_t left = static_cast<std::size_t>(end - p);
  const unsigned lead = s[0];
  *size = 1;
  if (lead < 0x80) return lead;
  if (lead < 0xC2 || lead > 0xF4) return kInvalid;
  if (left < 2) return kInvalid;
  if (lead < 0xE0) {
    if ((s[1] & 0xC0) != 0x80) return kInvalid;
    *size = 2;
    return ((lead & 0x1Fu) << 6) | (s[1] & 0x3Fu);
  }
  // The second byte has a narrower range after E0, ED, F0 and F4.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (s[1] < low || s[1] > high) return kInvalid;
  *size = 2;
  if (left < 3 || (s[2] & 0xC0) != 0x80) return kInvalid;
  *size = 3;
  if (lead < 0xF0) return ((lead & 0x0Fu) << 12) | ((s[1] & 0x3Fu) << 6) | (s[2] & 0x3Fu);
  if (left < 4 || (s[3] & 0xC0) != 0x80) return kInvalid;
  *size = 4;
  return ((lead & 0x07u) << 18) | ((s[1] & 0x3Fu) << 12) | ((s[2] & 0x3Fu) << 6) | (s[3] & 0x3Fu);
}

// The start of the code point that ends at `p` (begin < p), in valid UTF-8.
inline const char* Previous(const char* p, const char* begin) {
  do {
    --p;
  } while (p > begin && (static_cast<unsigned char>(*p) & 0xC0) == 0x80);
  return p;
}

inline void Append(char32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (c >> 6)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (c >> 12)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (c >> 18)));
    out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

}  // namespace atau::text

#endif  // ATAU_TEXT_UTF8_H_
