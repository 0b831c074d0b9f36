#include "bundle/hash_index.h"

#include <doctest/doctest.h>

#include <cstdint>

namespace atau::bundle {
namespace {

TEST_CASE("a hash index gives each hash its number, as many as there are") {
  HashIndex index;
  index.Expect(Mixed(0, 1));  // an empty one may be asked
  constexpr std::uint32_t kCount = 5000;
  for (std::uint32_t i = 0; i < kCount; ++i) {
    std::uint32_t& number = index.At(Mixed(0, i));
    CHECK(number == HashIndex::kNone);
    number = i;
  }
  for (std::uint32_t i = 0; i < kCount; ++i) CHECK(index.At(Mixed(0, i)) == i);
  // Hashes that lead to one place.
  index.At(7) = 1;
  index.At(8) = 2;
  CHECK(index.At(7) == 1);
  CHECK(index.At(8) == 2);
  index.Clear();
  CHECK(index.At(Mixed(0, 3)) == HashIndex::kNone);
}

}  // namespace
}  // namespace atau::bundle
