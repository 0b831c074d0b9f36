// The weight table: places and evidence as people write them, the compiled table, and what it does with damage.
#include "resolve/weights.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "resolve/evidence.h"

namespace atau::resolve {
namespace {

// Sections ask for memory aligned to eight bytes, as a bundle gives it.
class Aligned {
 public:
  explicit Aligned(const std::string& bytes) : words_(bytes.size() / 8 + 1), size_(bytes.size()) {
    std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(words_.data()), size_}; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
};

std::uint32_t SlotOf(std::string_view place, std::string_view type) {
  std::uint32_t slot = 0;
  REQUIRE(ParsePlace(place, type, &slot));
  return slot;
}

float WeightOf(const WeightTable& table, Template t, std::string_view value, std::string_view place, std::string_view type) {
  float sum = 0;
  for (const WeightCell& cell : table.Find(EvidenceKey(t, SpanValueKey(t, value)))) {
    if (cell.slot == SlotOf(place, type)) sum += cell.weight;
  }
  return sum;
}

TEST_CASE("places are written as they are read") {
  for (const char* place : {"in-2", "in+0", "begin-1", "begin+2", "end+0", "end+1", "span"}) {
    for (const char* type : {"PERSON", "ORGANIZATION", "LOCATION", "PROGRAM"}) {
      CAPTURE(place);
      const std::uint32_t slot = SlotOf(place, type);
      CHECK(PlaceName(slot) == place);
      CHECK(SlotType(slot) == type);
    }
  }
}

TEST_CASE("places that make no sense") {
  std::uint32_t slot = 0;
  for (const char* place : {"", "in", "in+3", "in-3", "in0", "begin+", "middle+0", "spans", "end--1"}) {
    CAPTURE(place);
    CHECK_FALSE(ParsePlace(place, "PERSON", &slot));
  }
  CHECK_FALSE(ParsePlace("span", "DATE", &slot));
  CHECK_FALSE(ParsePlace("span", "", &slot));
}

TEST_CASE("a later row overrules an earlier one, and zeros stay") {
  const Aligned section(BuildWeights({{"lemma=город", SlotOf("begin-1", "LOCATION"), 1.5f},
                                      {"lemma=город", SlotOf("begin-1", "LOCATION"), -0.5f},
                                      {"rule=people.given_surname", SlotOf("span", "PERSON"), 0.0f},
                                      {"pattern=Given+Surname", SlotOf("span", "PERSON"), 2.0f},
                                      {"nonsense=1", SlotOf("span", "PERSON"), 9.0f}}));
  const std::string_view views[] = {section.view()};
  const auto table = WeightTable::Open(views);
  REQUIRE(table.ok());
  CHECK((*table)->size() == 3);
  CHECK(WeightOf(**table, kLemma, "город", "begin-1", "LOCATION") == -0.5f);
  CHECK(WeightOf(**table, kPattern, "Given+Surname", "span", "PERSON") == 2.0f);
  CHECK((*table)->Find(EvidenceKey(kRule, ValueKey("people.given_surname"))).size() == 1);
  CHECK((*table)->Find(EvidenceKey(kLemma, ValueKey("село"))).empty());
}

TEST_CASE("the filter passes every key of every table, and few others") {
  std::vector<WeightRow> rows, more;
  const auto word = [](int i) { return "слово" + std::to_string(i); };
  for (int i = 0; i < 1000; ++i) (i % 2 == 0 ? rows : more).push_back({"lemma=" + word(i), SlotOf("in+0", "PERSON"), 1.0f});
  const Aligned first(BuildWeights(rows)), second(BuildWeights(more));
  const std::string_view views[] = {first.view(), second.view()};
  const auto table = WeightTable::Open(views);
  REQUIRE(table.ok());
  int passed = 0, others = 0;
  for (int i = 0; i < 2000; ++i) (i < 1000 ? passed : others) += (*table)->MayHave(EvidenceKey(kLemma, ValueKey(word(i))));
  CHECK(passed == 1000);
  CHECK(others < 100);
  CHECK((*table)->Find(EvidenceKey(kLemma, ValueKey(word(999)))).size() == 1);
}

TEST_CASE("a user's table has the last word on its rows") {
  const Aligned first(
      BuildWeights({{"lemma=город", SlotOf("begin-1", "LOCATION"), 1.0f}, {"lemma=село", SlotOf("begin-1", "LOCATION"), 2.0f}}));
  const Aligned second(BuildWeights({{"lemma=город", SlotOf("begin-1", "LOCATION"), 3.0f}}));
  const std::string_view views[] = {first.view(), second.view()};
  const auto table = WeightTable::Open(views);
  REQUIRE(table.ok());
  CHECK(WeightOf(**table, kLemma, "город", "begin-1", "LOCATION") == 3.0f);
  CHECK(WeightOf(**table, kLemma, "село", "begin-1", "LOCATION") == 2.0f);
}

TEST_CASE("damage is an error or harmless, never a crash") {
  std::vector<WeightRow> rows;
  for (int i = 0; i < 40; ++i) rows.push_back({"lemma=слово" + std::to_string(i), SlotOf("in+0", "PERSON"), 0.25f * static_cast<float>(i)});
  const std::string good = BuildWeights(rows);
  const auto open = [](const std::string& bytes) {
    const Aligned section(bytes);
    const std::string_view views[] = {section.view()};
    const auto table = WeightTable::Open(views);
    if (!table.ok()) {
      CHECK(table.error().code == Code::kCorrupt);
      return;
    }
    for (int i = 0; i < 40; ++i) {
      for (const WeightCell& cell : (*table)->Find(EvidenceKey(kLemma, ValueKey("слово" + std::to_string(i)))))
        CHECK(cell.slot < kSpanSlot + kTypes);
    }
  };
  for (std::size_t size = 1; size < good.size(); size += 3) open(good.substr(0, size));
  std::mt19937 random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string bad = good;
    bad[random() % bad.size()] = static_cast<char>(random());
    open(bad);
  }
}

TEST_CASE("a later section overrules single weights, not the whole piece of evidence") {
  const std::uint32_t person = SlotOf("span", "PERSON"), place = SlotOf("span", "LOCATION");
  const Aligned first(BuildWeights({{"pattern=Given+Surname", person, 2}, {"pattern=Given+Surname", place, -1}, {"length=3", person, 1}}));
  const Aligned second(BuildWeights({{"pattern=Given+Surname", place, -9}}));
  const std::string_view sections[] = {first.view(), second.view()};
  const auto table = WeightTable::Open(sections);
  REQUIRE(table.ok());
  CHECK(WeightOf(**table, kPattern, "Given+Surname", "span", "PERSON") == 2.0f);
  CHECK(WeightOf(**table, kPattern, "Given+Surname", "span", "LOCATION") == -9.0f);
}

}  // namespace
}  // namespace atau::resolve
