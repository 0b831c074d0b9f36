// XXH64 (Yann Collet's public algorithm): a bundle is checked at the speed of memory.
#include <bit>
#include <cstring>

#include "bundle/bundle.h"

namespace atau::bundle {
namespace {

constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87u;
constexpr std::uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Fu;
constexpr std::uint64_t kPrime3 = 0x165667B19E3779F9u;
constexpr std::uint64_t kPrime4 = 0x85EBCA77C2B2AE63u;
constexpr std::uint64_t kPrime5 = 0x27D4EB2F165667C5u;

template <class T>
T Load(const char* p) {
  T value;
  std::memcpy(&value, p, sizeof(value));
  return value;
}

std::uint64_t Round(std::uint64_t acc, std::uint64_t input) { return std::rotl(acc + input * kPrime2, 31) * kPrime1; }

std::uint64_t Merge(std::uint64_t acc, std::uint64_t value) { return (acc ^ Round(0, value)) * kPrime1 + kPrime4; }

}  // namespace

std::uint64_t Checksum(std::string_view bytes) {
  const char* p = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t h;
  if (left >= 32) {
    std::uint64_t a = kPrime1 + kPrime2, b = kPrime2, c = 0, d = 0 - kPrime1;
    for (; left >= 32; p += 32, left -= 32) {
      a = Round(a, Load<std::uint64_t>(p));
      b = Round(b, Load<std::uint64_t>(p + 8));
      c = Round(c, Load<std::uint64_t>(p + 16));
      d = Round(d, Load<std::uint64_t>(p + 24));
    }
    h = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
    for (std::uint64_t lane : {a, b, c, d}) h = Merge(h, lane);
  } else {
    h = kPrime5;
  }
  h += bytes.size();
  for (; left >= 8; p += 8, left -= 8) h = std::rotl(h ^ Round(0, Load<std::uint64_t>(p)), 27) * kPrime1 + kPrime4;
  for (; left >= 4; p += 4, left -= 4) h = std::rotl(h ^ (Load<std::uint32_t>(p) * kPrime1), 23) * kPrime2 + kPrime3;
  for (; left > 0; ++p, --left) h = std::rotl(h ^ (static_cast<unsigned char>(*p) * kPrime5), 11) * kPrime1;
  h = (h ^ (h >> 33)) * kPrime2;
  h = (h ^ (h >> 29)) * kPrime3;
  return h ^ (h >> 32);
}

}  // namespace atau::bundle
