// Damaged sections: each is refused, or answers something; none crashes. Run with -fsanitize=address,undefined.
#include "morph/section.h"

#include <doctest/doctest.h>

#include <ostream>
#include <random>
#include <string>

#include "dictionary.h"
#include "exact.h"
#include "morph/inflect.h"

namespace atau::morph::testing {
namespace {

// Uses the section as a text would. The sum keeps the work from being left out.
std::size_t Exercise(std::string_view bytes) {
  const std::string_view sections[] = {bytes};
  auto opened = OpenMorph(sections);
  if (!opened.ok()) {
    CHECK(!opened.error().message.empty());
    return 0;
  }
  const Morph& morph = **opened;
  std::size_t sum = 0;
  std::vector<Reading> readings;
  for (const char* word : {"стола", "столов", "поновее", "новая", "иванова", "королева", "чёрный", "черная", "моржовой", "самолет",
                           "смолет", "стол-шкафом", "стола-2", "экс-стол", "столяров", "а", "ов", "", "самолётом-шкафом"}) {
    readings.clear();
    morph.Analyze(word, token::Shape::kCap, true, &readings);
    for (const Reading& r : readings) {
      sum += morph.Lemma(r, word).size() + morph.Spelling(r, word).size() + morph.TagString(r).size();
      sum += morph.Inflect(r, word, knomn).value_or("").size();
      sum += morph.Lemma(r, "другое").size();
    }
    sum += morph.IsKnownWord(word) + morph.IsCamelName(word);
  }
  const Text t("Новая Иванова и столов Моржовой", morph);
  GroupOptions options;
  options.person = true;
  sum += NominativeOf(t.clean, t.tokens, 0, t.tokens.size(), t.forms, options).size();
  return sum;
}

TEST_CASE("a good section") {
  const Dictionary small = Small();
  REQUIRE(small.morph);
  CHECK(Exercise(Exact(small.section).view()) > 0);
  CHECK(small.morph->IsKnownWord("моржовой"));
  // The same sources give the same bytes.
  CHECK(Small().section == small.section);
}

TEST_CASE("every truncation is an error") {
  const std::string section = Small().section;
  for (std::size_t size = 0; size < section.size(); ++size) {
    const Exact cut(std::string_view(section).substr(0, size));
    const std::string_view sections[] = {cut.view()};
    const auto opened = OpenMorph(sections);
    if (opened.ok()) {
      // Only what fills up the last part's alignment may be missing.
      CHECK(section.size() - size < 16);
    } else {
      CHECK(opened.error().code == Code::kCorrupt);
    }
  }
}

TEST_CASE("flipped bytes are refused or answered") {
  const std::string section = Small().section;
  std::mt19937 random(417150);
  std::size_t sum = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string damaged = section;
    const int flips = 1 + static_cast<int>(random() % 3);
    for (int f = 0; f < flips; ++f) damaged[random() % damaged.size()] = static_cast<char>(random());
    sum += Exercise(Exact(damaged).view());
  }
  CHECK(sum > 0);
}

TEST_CASE("each byte at its extremes") {
  const std::string section = Small().section;
  for (std::size_t at = 0; at < section.size(); at += 3) {
    for (char value : {'\0', '\xFF'}) {
      std::string damaged = section;
      damaged[at] = value;
      Exercise(Exact(damaged).view());
    }
  }
}

TEST_CASE("sections of other programs") {
  for (const char* bytes : {"", "hello", "ATAU\r\n\x1a\n"}) {
    const Exact other(bytes);
    const std::string_view sections[] = {other.view()};
    CHECK_FALSE(OpenMorph(sections).ok());
  }
  CHECK(OpenMorph({}).ok());
}

}  // namespace
}  // namespace atau::morph::testing
