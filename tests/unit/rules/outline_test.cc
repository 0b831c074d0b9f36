// What an expression is said to allow must include all that it matches.
#include "rules/outline.h"

#include <doctest/doctest.h>
#include <re2/re2.h>

#include <random>
#include <string>

namespace atau::rules {
namespace {

TEST_CASE("an outline tells texts apart that cannot match") {
  const Outline year = OutlineOfRegex("1[0-9]\\d\\d|20\\d\\d");
  CHECK(year.Allows(OutlineOfText("1999")));
  CHECK(year.Allows(OutlineOfText("2021")));
  CHECK_FALSE(year.Allows(OutlineOfText("202")));
  CHECK_FALSE(year.Allows(OutlineOfText("3021")));
  const Outline adjective = OutlineOfRegex(".+(ский|ская)");
  CHECK(adjective.Allows(OutlineOfText("алматинская")));
  CHECK_FALSE(adjective.Allows(OutlineOfText("алматинский-то")));
  CHECK_FALSE(adjective.Allows(OutlineOfText("год")));
  const Outline hyphened = OutlineOfRegex("(аль|эль)-.+");
  CHECK(hyphened.Allows(OutlineOfText("аль-фараби")));
  CHECK_FALSE(hyphened.Allows(OutlineOfText("альянс")));
}

TEST_CASE("what is not understood allows everything") {
  for (const char* pattern : {"(?i)ab", "[^а]", "\\pL+", "a*", "\\w+", "[[:alpha:]]+", "a{2", "(", "^a$", ""}) {
    CAPTURE(pattern);
    CHECK(OutlineOfRegex(pattern).Allows(OutlineOfText("ж")));
  }
}

TEST_CASE("no text that matches is refused") {
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return random() % n; };
  const char* const atoms[] = {"а", "б", "я", "1", "-", "\\.", "\\d", ".", "[аб]", "[0-3]", "[а-яё]", "x"};
  const char* const repeats[] = {"", "", "", "?", "*", "+", "{2}", "{1,3}", "{0,1}", "{2,}", "+?"};
  const char* const letters[] = {"а", "б", "я", "1", "3", "9", "-", ".", "x", "ё"};
  int matches = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string pattern;
    int open = 0;
    for (std::size_t i = 0, n = 1 + below(6); i < n; ++i) {
      if (below(5) == 0) pattern += "(", ++open;
      pattern += std::string(atoms[below(std::size(atoms))]) + repeats[below(std::size(repeats))];
      if (below(5) == 0) pattern += "|";
      if (open > 0 && below(3) == 0) pattern += std::string(")") + repeats[below(std::size(repeats))], --open;
    }
    while (open-- > 0) pattern += ")";
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 regex(pattern, options);
    if (!regex.ok()) continue;
    const Outline outline = OutlineOfRegex(pattern);
    for (int i = 0; i < 100; ++i) {
      std::string text;
      for (std::size_t k = 0, n = 1 + below(6); k < n; ++k) text += letters[below(std::size(letters))];
      if (!RE2::FullMatch(text, regex)) continue;
      ++matches;
      CAPTURE(pattern);
      CAPTURE(text);
      REQUIRE(outline.Allows(OutlineOfText(text)));
    }
  }
  CHECK(matches > 1000);
}

}  // namespace
TEST_CASE("the letters that a text begins and ends with are those of its outline") {
  for (const std::string_view text : {"а", "Я", "алматинская", "x", "МиГ-29", "№5", "«Ё", "5%", "a№", "ё№"}) {
    CAPTURE(text);
    const TextOutline outline = OutlineOfText(text);
    const TextEnds ends = EndsOfText(text);
    CHECK(outline.first == std::uint64_t{1} << ends.first);
    CHECK(outline.last == std::uint64_t{1} << ends.last);
  }
}

}  // namespace atau::rules
