// Numbers of all types, added and compared at once: compilers do not see by themselves that four floats in an array are one register.
#ifndef ATAU_RESOLVE_TYPE_SUMS_H_
#define ATAU_RESOLVE_TYPE_SUMS_H_

#if defined(__SSE__)
#include <xmmintrin.h>
#endif

#include <array>
#include <cstdint>
#include <cstring>

#include "resolve/weights.h"

namespace atau::resolve {

static_assert(kTypes == 4);
typedef float TypeSums __attribute__((vector_size(kTypes * sizeof(float))));

inline TypeSums SumsAt(const float* numbers) {
  TypeSums s;
  std::memcpy(&s, numbers, sizeof s);
  return s;
}
inline TypeSums SumsOf(const std::array<float, kTypes>& numbers) { return SumsAt(numbers.data()); }
inline void Put(const TypeSums& s, std::array<float, kTypes>* to) { std::memcpy(to->data(), &s, sizeof s); }

// Whether one of the numbers at least is greater than `than`.
inline bool AnyAbove(const TypeSums& s, float than) {
#if defined(__SSE__)
  return _mm_movemask_ps(_mm_cmpgt_ps(s, _mm_set1_ps(than))) != 0;
#else
  const auto above = s > than;
  std::array<std::uint64_t, 2> bits;
  static_assert(sizeof bits == sizeof above);
  std::memcpy(bits.data(), &above, sizeof bits);
  return (bits[0] | bits[1]) != 0;
#endif
}

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_TYPE_SUMS_H_
