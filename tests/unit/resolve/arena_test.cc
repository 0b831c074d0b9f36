// Memory that is given back all at once.
#include "resolve/arena.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atau::resolve {
namespace {

TEST_CASE("texts and lists stay as they were, however much is added") {
  Arena arena;
  for (int round = 0; round < 3; ++round) {
    arena.Clear();
    std::vector<std::string> expected;
    std::vector<std::string_view> kept;
    std::vector<std::uint64_t*> lists;
    for (std::size_t i = 0; i < 3000; ++i) {
      // Some are longer than a block.
      expected.push_back(std::string(i % 1000 == 7 ? 100000 + i : i % 97, static_cast<char>('a' + i % 26)));
      kept.push_back(arena.Keep(expected.back()));
      std::uint64_t* const list = arena.List<std::uint64_t>(1 + i % 5);
      CHECK(reinterpret_cast<std::uintptr_t>(list) % alignof(std::uint64_t) == 0);
      for (std::size_t k = 0; k <= i % 5; ++k) {
        REQUIRE(list[k] == 0);
        list[k] = i;
      }
      lists.push_back(list);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
      REQUIRE(kept[i] == expected[i]);
      for (std::size_t k = 0; k <= i % 5; ++k) REQUIRE(lists[i][k] == i);
    }
  }
}

TEST_CASE("a text of pieces") {
  Arena arena;
  const std::string_view before = arena.Keep("до");
  ArenaText text(&arena, 16);
  text.Append("Иван");
  text.Append(' ');
  text.Append("К.");
  CHECK(text.Done() == "Иван К.");
  CHECK(arena.Keep("после") == "после");
  CHECK(before == "до");
  CHECK(arena.Keep("").empty());
}

}  // namespace
}  // namespace atau::resolve
