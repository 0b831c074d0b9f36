// Stems of words within one document.
#include "resolve/memory.h"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

namespace atau::resolve {
namespace {

// The slow twin: every ending in turn, the longest first.
std::string_view SlowStem(std::string_view word) {
  for (const std::string_view ending :
       {"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "ой", "ей", "ою", "ею", "ом", "ем", "ым", "им", "ых", "их", "ах",
        "ях",  "ам",  "ям",  "ую",  "юю",  "ая",  "яя",  "ый",  "ий", "а",  "я",  "о",  "е",  "и",  "ы",  "у",  "ю",  "ь",  "й"}) {
    if (word.size() >= 6 + ending.size() && word.ends_with(ending)) return word.substr(0, word.size() - ending.size());
  }
  return word;
}

TEST_CASE("stems") {
  CHECK(StemOf("иванова") == "иванов");
  CHECK(StemOf("красного") == "красн");
  CHECK(StemOf("оно") == "оно");
  CHECK(StemOf("") == "");
  CHECK(StemOf("nasa") == "nasa");
}

TEST_CASE("random words have the stem of the slow twin") {
  std::mt19937 random(3);
  const std::string letters[] = {"а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "й", "г", "м", "х", "н", "a", "0", "-"};
  for (int round = 0; round < 50000; ++round) {
    std::string word;
    for (std::size_t n = random() % 9; n > 0; --n) word += letters[random() % std::size(letters)];
    CAPTURE(word);
    CHECK(StemOf(word) == SlowStem(word));
  }
}

}  // namespace
}  // namespace atau::resolve
