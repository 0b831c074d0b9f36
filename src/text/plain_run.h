// Skips what most text is made of, many bytes at a time. Internal to the text room.
#ifndef ATAU_TEXT_PLAIN_RUN_H_
#define ATAU_TEXT_PLAIN_RUN_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <cstddef>

namespace atau::text {

inline bool IsPlainAscii(unsigned char b) { return (b >= 0x20 && b < 0x7F) || b == '\n' || b == '\t' || b == '\r'; }

// The first byte at or after `p` that is not part of printable ASCII, a tab, a line end, or the characters U+0400 to U+047F (Russian is
// among them). Always the start of a character when `p` is one.
inline const char* SkipPlain(const char* p, const char* end) {
  for (;;) {
#if defined(__SSE2__)
    while (end - p >= 16) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      const __m128i lead = _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8(static_cast<char>(0xFE))), _mm_set1_epi8(static_cast<char>(0xD0)));
      const __m128i continuation = _mm_cmplt_epi8(v, _mm_set1_epi8(static_cast<char>(0xC0)));
      const __m128i printable = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F)), _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1F)));
      const __m128i blank = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
                                         _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\t')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\r'))));
      const unsigned leads = static_cast<unsigned>(_mm_movemask_epi8(lead));
      const unsigned continuations = static_cast<unsigned>(_mm_movemask_epi8(continuation));
      const unsigned ascii = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(printable, blank)));
      // Every continuation must follow a lead and the reverse; a lead in the last byte is left to the next round.
      if (((leads << 1) & 0xFFFF) != continuations || (ascii | leads | continuations) != 0xFFFF) break;
      p += 16 - (leads >> 15);
    }
#endif
    const char* const stop = end - p > 16 ? p + 16 : end;
    while (p < stop) {
      const auto b = static_cast<unsigned char>(*p);
      if (b < 0x80) {
        if (!IsPlainAscii(b)) return p;
        ++p;
      } else {
        if ((b & 0xFE) != 0xD0 || end - p < 2 || (static_cast<unsigned char>(p[1]) & 0xC0) != 0x80) return p;
        p += 2;
      }
    }
    if (p >= end) return p;
  }
}

}  // namespace atau::text

#endif  // ATAU_TEXT_PLAIN_RUN_H_
