#include "morph/builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "dictionary.h"

namespace atau::morph::testing {
namespace {

TEST_CASE("mistakes in sources are told with their places") {
  struct {
    const char* content;
    const char* expected;  // the first diagnostic
  } rows[] = {
      {"#! lexemes\nlemma\tparadigms\nстол\tzz\n", "f.tsv:3:6: error: no such paradigm: `zz`"},
      {"#! lexemes\nlemma\tparadigms\nстол\ta|b\n", "f.tsv:3:8: error: the lemma does not end as paradigm b does"},
      {"#! lexemes\nlemma\n", "f.tsv:2:1: error: the header has no column `paradigms`"},
      {"#! lexemes\nlemma\tparadigms\nстол\ta\tb\n", "f.tsv:3: error: the row has 3 cells, the header 2"},
      {"#! lexemes\nlemma\tparadigms\nсто\xFFл\ta\n", "f.tsv:3:4: error: the line is not valid UTF-8"},
      {"#! paradigms\nparadigm\tforms\nx\tа:NOUN sing,nomn|ы\n", "f.tsv:3:20: error: a form without a tag: `ы`"},
      {"#! paradigms\nparadigm\tforms\nx\tа:XXXX\n", "f.tsv:3:5: error: no such tag: `XXXX`"},
      {"#! names mark=king\nname\tgender\ttier\n", "f.tsv:1:1: error: the directive needs mark=given, surname, patronymic or nickname"},
      {"#! names mark=surname\nname\tgender\ttier\nСтолов\tx\talone\n", "f.tsv:3:8: error: the gender must be m, f or both"},
      {"#! names mark=surname\nname\tgender\ttier\nСтолов\tboth\tsometimes\n", "f.tsv:3:13: error: the tier must be alone or support"},
      {"#! models\nmark\tgender\tendings\tmodel\nsurname\tboth\tов\tникто\n",
       "f.tsv:3:17: error: no lexeme with that mark, and no paradigm: `никто`"},
      {"#! affixes\naffix\tkind\nэкс-\tsuffix\n", "f.tsv:3:6: error: the kind must be prefix, camel or particle"},
      {"#! probabilities\nform\ttags\nстол\t1=2\n", "f.tsv:3:6: error: no such tag: `1`"},
      {"#! entities\nid\n", "f.tsv:1:1: error: not a morphology source: `entities`"},
      {"hello\n", "f.tsv: error: not a morphology source: ``"},
  };
  for (const auto& row : rows) {
    bundle::Diagnostics diagnostics;
    Builder builder(&diagnostics);
    builder.Add("a.tsv", kSmallParadigms);
    builder.Add("b.tsv", kSmallLexemes);
    builder.Add("f.tsv", row.content);
    auto built = builder.Build();
    const auto all = diagnostics.Take();
    REQUIRE(!all.empty());
    const std::string first = all[0].ToString();
    CHECK(first.substr(0, std::string_view(row.expected).size()) == std::string(row.expected));
  }
}

TEST_CASE("the order of sources does not matter") {
  const auto build = [](const std::vector<std::pair<const char*, std::string_view>>& sources) {
    bundle::Diagnostics diagnostics;
    Builder builder(&diagnostics);
    for (const auto& [file, content] : sources) builder.Add(file, content);
    return Compile(&builder).section;
  };
  const std::string one = build({{"p", kSmallParadigms}, {"l", kSmallLexemes}, {"n", kSmallNames}});
  CHECK(!one.empty());
  CHECK(build({{"n", kSmallNames}, {"l", kSmallLexemes}, {"p", kSmallParadigms}}) == one);
}

bool Reads(const Morph& morph, std::string_view word, std::string_view lemma, Origin origin, Grammemes tag) {
  std::vector<Reading> readings;
  morph.Analyze(word, token::Shape::kCap, true, &readings);
  return std::any_of(readings.begin(), readings.end(),
                     [&](const Reading& r) { return r.origin == origin && (r.tag & tag) == tag && morph.Lemma(r, word) == lemma; });
}

TEST_CASE("names by analogy") {
  const Dictionary small = Small();
  REQUIRE(small.morph);
  CHECK(Reads(*small.morph, "ивановой", "иванов", Origin::kDictionary, kSurn | kfemn | kgent));
  CHECK(Reads(*small.morph, "королевой", "королёв", Origin::kNameAlone, kSurn | kfemn | kgent));
  CHECK(Reads(*small.morph, "моржова", "моржов", Origin::kNameSupport, kSurn | kmasc | kgent));
}

TEST_CASE("words of gazetteer entries") {
  bundle::Diagnostics diagnostics;
  Builder builder(&diagnostics);
  builder.Add("paradigms.tsv", kSmallParadigms);
  builder.Add("lexemes.tsv", kSmallLexemes);
  for (const char* word : {"Ростелеком", "Столов", "МВД", "NASA", "Шкаф", "Новая", "Союз-2", "Ростеллёт"}) builder.AddWord(word);
  const Dictionary own = Compile(&builder);
  REQUIRE(own.morph);
  CHECK(Reads(*own.morph, "ростеллетом", "ростеллёт", Origin::kGazetteer, kNOUN | kablt));
  CHECK(own.morph->IsKnownWord("столов"));
  CHECK_FALSE(own.morph->IsKnownWord("мвд"));
}

TEST_CASE("a user's section extends the base") {
  const Dictionary base = Small();
  REQUIRE(base.morph);
  bundle::Diagnostics diagnostics;
  Builder builder(&diagnostics);
  REQUIRE(builder.UseBase(base.section).ok());
  builder.Add("own.tsv", "#! names mark=surname\nname\tgender\ttier\nБородинов\tboth\talone\nИванов\tboth\tsupport\n");
  builder.AddWord("Бортостол");
  auto own = builder.Build();
  REQUIRE(own.ok());
  const std::string_view sections[] = {base.section, *own};
  auto opened = OpenMorph(sections);
  REQUIRE(opened.ok());
  const Morph& morph = **opened;
  CHECK(Reads(morph, "бородиновой", "бородинов", Origin::kNameAlone, kSurn | kfemn | kgent));
  CHECK(Reads(morph, "ивановой", "иванов", Origin::kDictionary, kSurn | kfemn | kgent));
  CHECK(Reads(morph, "бортостолом", "бортостол", Origin::kGazetteer, kNOUN | kablt));
  // What both sections say is said once, with the lists of both.
  std::vector<Reading> readings;
  morph.Analyze("ивановой", token::Shape::kCap, true, &readings);
  CHECK(readings.size() == 1);
  CHECK((readings[0].list & (kListSurname | kListSurnameSupport)) == (kListSurname | kListSurnameSupport));
  CHECK_FALSE(builder.UseBase("damaged").ok());
}

}  // namespace
}  // namespace atau::morph::testing
