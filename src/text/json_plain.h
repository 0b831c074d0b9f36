// What most of a JSON string is made of, many bytes at a time: characters that stand for themselves and are surely well-formed. Plain are
// those of ASCII, but for control characters, quotes and backslashes, and U+0400 to U+047F (Russian is among them).
#ifndef ATAU_TEXT_JSON_PLAIN_H_
#define ATAU_TEXT_JSON_PLAIN_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atau::text {

// How many bytes the plain characters from `p` on have, one at a time.
inline std::size_t PlainBytes(const char* p, std::size_t left) {
  std::size_t n = 0;
  while (n < left) {
    const auto c = static_cast<unsigned char>(p[n]);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
      ++n;
    } else if ((c & 0xFE) == 0xD0 && left - n > 1 && (static_cast<unsigned char>(p[n + 1]) & 0xC0) == 0x80) {
      n += 2;
    } else {
      break;
    }
  }
  return n;
}

#if defined(__SSE2__)
// The same of sixteen bytes.
inline std::size_t PlainOfSixteen(const __m128i v) {
  const __m128i first = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8(static_cast<char>(0xFE))), _mm_set1_epi8(static_cast<char>(0xD0)));
  const __m128i second = _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(0xC0)));
  const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
  const __m128i ascii = _mm_andnot_si128(special, _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1F)));
  const auto firsts = static_cast<unsigned>(_mm_movemask_epi8(first)), seconds = static_cast<unsigned>(_mm_movemask_epi8(second));
  const unsigned known = static_cast<unsigned>(_mm_movemask_epi8(ascii)) | firsts | seconds;
  // Every second byte of a character must follow a first one, and the reverse.
  const unsigned bad = (known ^ 0xFFFF) | (((firsts << 1) & 0xFFFF) ^ seconds) | 0x10000;
  const auto n = static_cast<unsigned>(std::countr_zero(bad));
  return n - ((firsts << 1) >> n & 1);  // a character that the next byte would complete is not whole
}

// A string of fewer than sixteen bytes, but at least one, with small letters behind it. Its bytes are read in two parts that overlap.
inline __m128i ShortOfSixteen(const char* p, std::size_t n) {
  constexpr std::uint64_t kLetters = 0x6161616161616161u;
  const auto bits = [](std::size_t bytes) { return 8 * bytes; };
  std::uint64_t low = 0, high = kLetters;
  if (n >= 8) {
    std::memcpy(&low, p, 8);
    std::memcpy(&high, p + n - 8, 8);
    high = n == 8 ? kLetters : high >> bits(16 - n) | kLetters << bits(n - 8);
  } else {
    if (n >= 4) {
      std::uint32_t front, back;
      std::memcpy(&front, p, 4);
      std::memcpy(&back, p + n - 4, 4);
      low = front | std::uint64_t{back} << bits(n - 4);
    } else {
      const auto at = [p](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(p[i])} << 8 * i; };
      low = at(0) | at(n / 2) | at(n - 1);
    }
    low |= kLetters << bits(n);
  }
  return _mm_unpacklo_epi64(_mm_cvtsi64_si128(static_cast<long long>(low)), _mm_cvtsi64_si128(static_cast<long long>(high)));
}
#endif

// Copies plain characters, sixteen bytes at most, as many as stand before the first other one; returns how many bytes these are. `left`:
// bytes of the string, not 0. `out` has room for sixteen bytes; those behind the copied ones become anything.
inline std::size_t CopyJsonPlain(const char* p, std::size_t left, char* out) {
#if defined(__SSE2__)
  const __m128i bytes = left >= 16 ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)) : ShortOfSixteen(p, left);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  return std::min(PlainOfSixteen(bytes), left);
#else
  const std::size_t n = PlainBytes(p, std::min<std::size_t>(left, 16));
  std::copy(p, p + n, out);
  return n;
#endif
}

// The first character at or after `p` that is not plain; `end` where there is none.
inline const char* SkipJsonPlain(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const std::size_t n = PlainOfSixteen(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    p += n;
    if (n < 15) return p;
  }
#endif
  return p + PlainBytes(p, static_cast<std::size_t>(end - p));
}

}  // namespace atau::text

#endif  // ATAU_TEXT_JSON_PLAIN_H_
