// What most of a JSON string is made of, many bytes at a time: characters that stand for themselves and are surely well-formed.
#ifndef ATAU_TEXT_JSON_PLAIN_H_
#define ATAU_TEXT_JSON_PLAIN_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace atau::text {

// Eight bytes of a string, from the start of a character on, as they stand in memory: how many of them are whole characters of ASCII (but
// no control character, quote or backslash) or of U+0400 to U+047F (Russian is among them). 8; 7 where the last one begins a character
// that goes on behind it; or 0 where any other byte is among them.
inline std::size_t PlainOfEight(std::uint64_t bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u, kTops = 0x8080808080808080u;
  if constexpr (std::endian::native != std::endian::little) return 0;
  // Four Russian letters, or eight others.
  if ((bytes & 0xC0FEC0FEC0FEC0FEu) == 0x80D080D080D080D0u) return 8;
  // The highest bit of a byte says what the byte is. Of a byte below 0x80, that of these differences says whether it is smaller than 0x20,
  // a quote, or a backslash.
  const std::uint64_t quote = bytes ^ (kOnes * '"'), backslash = bytes ^ (kOnes * '\\');
  const std::uint64_t special = ((bytes - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes)) & ~bytes & kTops;
  const std::uint64_t high = bytes & kTops;
  if (special != 0) return 0;
  if (high == 0) return 8;
  const std::uint64_t other = (bytes & (kOnes * 0xFE)) ^ (kOnes * 0xD0);  // 0 in the first bytes of such characters
  const std::uint64_t first = ~(((other & ~kTops) + ~kTops) | other) & kTops;
  const std::uint64_t second = bytes & ~(bytes << 1) & kTops;
  return high == (first | second) && second == first << 8 ? 8 - (first >> 63) : 0;
}

// The last `n` bytes (less than eight) of a string as PlainOfEight takes them, with small letters behind them.
inline std::uint64_t LessThanEight(const char* p, std::size_t n) {
  std::uint64_t bytes = 0;
  if (n >= 4) {
    std::uint32_t front, back;  // which overlap
    std::memcpy(&front, p, 4);
    std::memcpy(&back, p + n - 4, 4);
    bytes = front | std::uint64_t{back} << (8 * (n - 4));
  } else {
    for (std::size_t i = 0; i < n; ++i) bytes |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
  }
  return bytes | 0x6161616161616161u << (8 * n);
}

// The first character at or after `p` that is none of those that PlainOfEight counts; `end` where there is none.
inline const char* SkipJsonPlain(const char* p, const char* end) {
#if defined(__SSE2__)
  while (end - p >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i first = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8(static_cast<char>(0xFE))), _mm_set1_epi8(static_cast<char>(0xD0)));
    const __m128i second = _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(0xC0)));
    const __m128i special = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    const __m128i ascii = _mm_andnot_si128(special, _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1F)));
    const auto firsts = static_cast<unsigned>(_mm_movemask_epi8(first));
    const auto seconds = static_cast<unsigned>(_mm_movemask_epi8(second));
    // A character that begins in the last byte is left to the next round.
    if (((firsts << 1) & 0xFFFF) != seconds || (static_cast<unsigned>(_mm_movemask_epi8(ascii)) | firsts | seconds) != 0xFFFF) break;
    p += 16 - (firsts >> 15);
  }
#endif
  while (end - p >= 8) {
    std::uint64_t bytes;
    std::memcpy(&bytes, p, 8);
    const std::size_t n = PlainOfEight(bytes);
    if (n == 0) break;
    p += n;
  }
  while (p < end) {
    const auto c = static_cast<unsigned char>(*p);
    if (c < 0x80) {
      if (c < 0x20 || c == '"' || c == '\\') break;
      ++p;
    } else {
      if ((c & 0xFE) != 0xD0 || end - p < 2 || (static_cast<unsigned char>(p[1]) & 0xC0) != 0x80) break;
      p += 2;
    }
  }
  return p;
}

}  // namespace atau::text

#endif  // ATAU_TEXT_JSON_PLAIN_H_
