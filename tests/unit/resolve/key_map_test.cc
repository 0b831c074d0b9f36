#include "resolve/key_map.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

using atau::resolve::KeyMap;

TEST_CASE("a KeyMap says what a std::map says, cleared and filled many times") {
  KeyMap<int> map;
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    map.Clear();
    CHECK(map.empty());
    std::map<std::uint64_t, int> expected;
    // Few keys in some rounds, many in others, and keys that differ in one half only, so that they meet in one slot.
    const std::uint64_t count = round % 3 == 0 ? 3 : random() % 400;
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t key = round % 2 == 0 ? random() % 200 : (random() % 200) << 32;
      map[key] += static_cast<int>(i);
      expected[key] += static_cast<int>(i);
    }
    for (std::uint64_t half = 0; half < 200; ++half) {
      for (const std::uint64_t key : {half, half << 32}) {
        const int* found = map.Find(key);
        const auto known = expected.find(key);
        REQUIRE((found != nullptr) == (known != expected.end()));
        if (found != nullptr) CHECK(*found == known->second);
      }
    }
  }
}
