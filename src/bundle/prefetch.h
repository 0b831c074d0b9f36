// Asks for memory before it is needed.
#ifndef ATAU_BUNDLE_PREFETCH_H_
#define ATAU_BUNDLE_PREFETCH_H_

namespace atau::bundle {

// The line of memory that holds `address` is on its way to the cache when this returns. Any address will do; what is not mapped is left
// alone.
inline void Prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
  __asm__ volatile("");  // GCC takes functions that do nothing but ask for functions without effect, and drops the calls of them
#else
  (void)address;
#endif
}

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_PREFETCH_H_
