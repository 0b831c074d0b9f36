// Chains of class words, and that each piece of a candidate's keyed evidence has the key of its readable value.
#include "resolve/chains.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "marked.h"
#include "resolve/evidence.h"

namespace atau::resolve {
namespace {

using testing::FullPipeline;

// The keyed evidence of the words `words` in `text`, as the table of weights writes it: "chain=org_head:government+lower+gent+Place".
std::vector<std::string> KeyedOf(std::string_view text, std::string_view words) {
  const auto scratch = FullPipeline().NewScratch();
  FullPipeline().Analyze(text, {}, scratch.get());
  const Analysis& a = scratch->analysis;
  const Evidence& evidence = FullPipeline().evidence();
  std::vector<Cat> cats;
  evidence.Categories(a, &cats);
  Candidate c;
  const std::size_t at = text.find(words);
  REQUIRE(at != std::string_view::npos);
  while (a.tokens[c.begin].begin < at) ++c.begin;
  c.end = c.begin;
  while (c.end < a.tokens.size() && a.tokens[c.end].end <= at + words.size()) ++c.end;
  REQUIRE(c.begin < c.end);
  std::vector<std::string> out;
  const SpanKeys keys = evidence.OfSpanKeyed(a, cats, c);
  for (std::uint32_t i = 0; i < keys.size; ++i) {
    const Template t = keys.items[i].t;
    const std::string value = evidence.SpanKeyedValue(a, cats, c, t);
    CHECK_MESSAGE(keys.items[i].key == SpanValueKey(t, value), value);
    out.push_back(std::string(TemplateName(t)) + "=" + value);
  }
  return out;
}

void Has(const std::vector<std::string>& all, std::string_view one) {
  std::string joined;
  for (const std::string& s : all) joined += s + "  ";
  CHECK_MESSAGE(std::find(all.begin(), all.end(), one) != all.end(), one << " is not among: " << joined);
}

TEST_CASE("a chain has a head, a body and an end, and something follows it") {
  const std::string_view text = "Вчера правительство Киргизии одобрило документ.";
  const auto whole = KeyedOf(text, "правительство Киргизии");
  Has(whole, "pattern=org_head+Place");
  Has(whole, "chain=org_head:government+lower+gent+Place");
  const auto bare = KeyedOf(text, "правительство");
  for (const std::string& s : bare) CHECK(!s.ends_with("gent+Place"));
}

TEST_CASE("what is cut out of a chain knows it") {
  bool around = false;
  for (const std::string& s : KeyedOf("Представители управления кадров МВД не ответили.", "МВД"))
    around = around || s.starts_with("in_chain=");
  CHECK(around);
}

TEST_CASE("patterns are written as categories joined by a plus") {
  Has(KeyedOf("Наталья Ковальчук уехала.", "Наталья Ковальчук"), "pattern=Given+Surname");
  for (std::string_view words : {"Правительство", "Министерство по делам печати и туризма Республики Дагестан", "Дагестан"}) {
    KeyedOf("Правительство и Министерство по делам печати и туризма Республики Дагестан спорят.", words);  // checks the keys
  }
}

}  // namespace
}  // namespace atau::resolve
