#include "rules/compiler.h"

#include <doctest/doctest.h>

#include "rules/program.h"
#include "support.h"

namespace atau::rules::testing {
namespace {

struct BadRule {
  const char* source;   // a whole file; `%` stands for the examples that make a rule complete
  const char* message;  // "line:column: message", the beginning of it
};

// Where a rule goes wrong, and what the linguist reads.
constexpr BadRule kBadRules[] = {
    {"rule a\n match [foo]\n emit PERSON\n%", "2:9: error: unknown test `foo`"},
    {"rule a\n match [NOUM]\n emit PERSON\n%", "2:9: error: unknown test `NOUM`; did you mean `NOUN`?"},
    {"rule a\n match [проект]\n emit PERSON\n%", "2:9: error: unknown test `проект`; a form stands in quotes (\"проект\")"},
    {"rule a\n match [never foo]\n emit PERSON\n%", "2:15: error: unknown grammeme `foo`"},
    {"rule a\n match [!never NOUN]\n emit PERSON\n%", "2:10: error: `!never` is no test"},
    {"rule a\n match [in no_such_class]\n emit PERSON\n%", "2:12: error: unknown class `no_such_class`"},
    {"rule a\n match [in org_head:nonsense]\n emit PERSON\n%", "2:12: error: no word of class org_head is of kind `nonsense`"},
    {"rule a\n match [in]\n emit PERSON\n%", "2:9: error: `in` without the name of a class"},
    {"rule a\n match [in org_head:]\n emit PERSON\n%", "2:21: error: a kind was expected after `:`, not `]`"},
    {"rule a\n match [in org_head/]\n emit PERSON\n%", "2:21: error: a flag was expected after `/`, not `]`"},
    {"rule a\n match [cap & !in no_such_class]\n emit PERSON\n%", "2:19: error: unknown class `no_such_class`"},
    {"rule a\n match [in org_head & in role]\n emit PERSON\n%", "2:8: error: two classes joined by `&` in one element"},
    {"rule a\n match [entity]\n emit PERSON\n%", "2:9: error: `entity` without a type"},
    {"rule a\n match [entity THING]\n emit PERSON\n%", "2:16: error: unknown type `THING`"},
    {"rule a\n match [entity LOCATION:moon]\n emit PERSON\n%", "2:16: error: no LOCATION is of kind `moon`"},
    {"rule a\n match [entity LOCATION/sometimes]\n emit PERSON\n%", "2:25: error: unknown tier `sometimes`"},
    {"rule a\n match [cap\n emit PERSON\n%", "2:8: error: an unclosed `[`"},
    {"rule a\n match ([cap]\n emit PERSON\n%", "2:8: error: an unclosed `(`"},
    {"rule a\n match [cap])\n emit PERSON\n%", "2:13: error: `)` is out of place"},
    {"rule a\n match [cap] ]\n emit PERSON\n%", "2:14: error: a closing bracket without its opening one"},
    {"rule a\n match quoted([cap]\n emit PERSON\n%", "2:8: error: an unclosed `(`"},
    {"rule a\n match []\n emit PERSON\n%", "2:8: error: an element without a test"},
    {"rule a\n match [cap upper]\n emit PERSON\n%", "2:13: error: `&`, `|` or `]` was expected, not `upper`"},
    {"rule a\n match cap\n emit PERSON\n%", "2:8: error: `cap` is no element"},
    {"rule a\n match \n emit PERSON\n%", "2:8: error: an empty pattern"},
    {"rule a\n match [cap] |\n emit PERSON\n%", "error: an empty pattern"},
    {"rule a\n match [cap]?\n emit PERSON\n%", "2:8: error: the pattern matches an empty text"},
    {"rule a\n match [cap]{2,}\n emit PERSON\n%", "2:13: error: an unbounded repetition"},
    {"rule a\n match [cap]{2,99}\n emit PERSON\n%", "2:13: error: a repetition of more than 32 times"},
    {"rule a\n match [cap]{3,2}\n emit PERSON\n%", "2:13: error: a repetition that can never match"},
    {"rule a\n match [cap]+*\n emit PERSON\n%", "2:14: error: a repetition of a repetition"},
    {"rule a\n match [cap] gap [cap]\n emit PERSON\n%", "2:14: error: `gap` without its bounds"},
    {"rule a\n match ((([cap]{32}){32}){32}){32}\n emit PERSON\n%", "2:8: error: the pattern needs more than 64 tokens"},
    {"rule a\n match [cap] ((([cap]{0,32}){0,32}){0,32}){0,32}\n emit PERSON\n%", "2:8: error: the pattern is too large"},
    {"rule a\n match [cap & re /(/]\n emit PERSON\n%", "2:8: error: bad regular expression /(/: missing ): ("},
    {"rule a\n match [re /abc]\n emit PERSON\n%", "2:9: error: a regular expression without its closing slash"},
    {"rule a\n match [re abc]\n emit PERSON\n%", "2:12: error: a regular expression stands between slashes"},
    {"rule a\n match [\"abc]\n emit PERSON\n%", "2:9: error: a string without its closing quote"},
    {"rule a\n match [\"\"]\n emit PERSON\n%", "2:9: error: an empty string matches no token"},
    {"rule a\n match [\"два слова\"]\n emit PERSON\n%", "2:8: error: a token holds no blank"},
    {"rule a\n match [NOUN & VERB]\n emit PERSON\n%", "2:8: error: the test can never hold: no reading has two parts of speech"},
    {"rule a\n match [gent & datv]\n emit PERSON\n%", "2:8: error: the test can never hold: no reading has two cases"},
    {"rule a\n match [Surn & Geox]\n emit PERSON\n%", "2:8: error: the test can never hold: no reading is two kinds of name"},
    {"rule a\n match [sing & plur]\n emit PERSON\n%", "2:8: error: the test can never hold: no reading has two numbers"},
    {"rule a\n match [cap & upper]\n emit PERSON\n%", "2:8: error: the test can never hold: no token has two shapes"},
    {"rule a\n match [number & word]\n emit PERSON\n%", "2:8: error: the test can never hold: no token is of two kinds"},
    {"rule a\n match [latin & cyrillic]\n emit PERSON\n%", "2:8: error: the test can never hold: no token is Latin and Cyrillic"},
    {"rule a\n match [NOUN & !NOUN]\n emit PERSON\n%", "2:8: error: the test can never hold: a grammeme is asked for and forbidden"},
    {"rule a\n match [\"а\" & \"б\"]\n emit PERSON\n%", "2:8: error: the test can never hold: no token has two texts"},
    {"rule a\n match [cap] ^sentence [cap]\n emit PERSON\n%", "2:14: error: the anchor can never hold"},
    {"rule a\n match [cap] $sentence [cap]\n emit PERSON\n%", "2:14: error: the anchor can never hold: something follows it"},
    {"rule a\n match ^page [cap]\n emit PERSON\n%", "2:8: error: unknown anchor `^page`"},
    {"rule a\n match [quoted & cap]\n emit PERSON\n%", "2:8: error: [quoted] is a whole group and stands alone"},
    {"rule a\n match @nothing\n emit PERSON\n%", "2:8: error: `@nothing` is not defined"},
    {"rule a\n match <PERSON>\n emit PERSON\n%", "2:8: error: resolved entities are known in files with `phase relations` only"},
    {"rule a\n match x:[cap]\n emit PERSON y\n%", "3:14: error: no part is called `y`; parts are x"},
    {"rule a\n match x:[cap]\n emit PERSON x kind = y.class\n%", "3:23: error: no part is called `y`"},
    {"rule a\n match x:[cap]\n emit PERSON x kind = x.colour\n%", "3:23: error: a part has no `colour`"},
    {"rule a\n match x:[cap]\n emit PERSON x ..\n%", "error: `..` is followed by the last part of the span"},
    {"rule a\n match x:[cap]\n emit PERSON x kind =\n%", "3:22: error: `kind =` is followed by part.text"},
    {"rule a\n match x:[cap]\n emit THING x\n%", "3:7: error: unknown type `THING`"},
    {"rule a\n match x:[cap]\n emit\n%", "3:2: error: `emit` without a type"},
    {"rule a\n match x:[cap]\n emit relation WORKS_AS subject = x\n%", "3:7: error: relations are emitted in files with `phase relations`"},
    {"phase relations\nrule a\n match x:<PERSON>\n emit PERSON x\n%", "4:7: error: a file with `phase relations` emits relations"},
    {"phase later\nrule a\n match [cap]\n emit PERSON\n%", "1:1: error: unknown phase `later`"},
    {"rule a\n match x:[cap]\n agree (x, y)\n emit PERSON x\n%", "3:12: error: no part is called `y`"},
    {"rule a\n match x:[cap]\n agree (x)\n emit PERSON x\n%", "3:2: error: `agree` needs two parts or more"},
    {"rule a\n match x:[cap]\n agree x, x\n emit PERSON x\n%", "3:8: error: `agree` is followed by the parts in brackets"},
    {"rule a\n weight heavy\n match [cap]\n emit PERSON\n%", "2:9: error: `heavy` is no weight"},
    {"rule a\n weight nan\n match [cap]\n emit PERSON\n%", "2:9: error: `nan` is no weight"},
    {"rule a\n weight 2\n match x:[cap]\n veto PERSON x\n%", "1:6: error: the weight of a veto is negative"},
    {"rule a\n match [cap]\n emit PERSON\n no y\n", "1:6: error: a rule without a `yes` example"},
    {"rule a\n match [cap]\n emit PERSON\n yes [X]\n", "1:6: error: a rule without a `no` example"},
    {"rule a\n match [cap]\n emit PERSON\n yes X\n no y\n", "4: error: a `yes` example without a mark"},
    {"rule a\n match [cap]\n emit PERSON\n yes [X\n no y\n", "4: error: bad example: a `[` without its `]`"},
    {"rule a\n match [cap]\n emit PERSON\n yes X]\n no y\n", "4: error: bad example: a `]` without its `[`"},
    {"rule a\n match [cap]\n emit PERSON\n yes\n no y\n", "4:2: error: an example without a text"},
    {"rule a\n emit PERSON\n%", "1:6: error: a rule without `match`"},
    {"rule a\n match [cap]\n%", "1:6: error: a rule without `emit` or `veto`"},
    {"rule a\n match [cap]\n match [upper]\n emit PERSON\n%", "3:2: error: a second `match` in one rule"},
    {"rule a\n match [cap]\n emit PERSON\n emit LOCATION\n%", "4:2: error: a second `emit` or `veto` in one rule"},
    {"rule\n match [cap]\n emit PERSON\n%", "1:1: error: a rule without a name"},
    {"rule имя\n match [cap]\n emit PERSON\n%", "1:6: error: `имя` is no rule name"},
    {"rule a\n match [cap]\n emit PERSON\n%rule a\n match [upper]\n emit PERSON\n%", "6:6: error: a second rule `a`"},
    {"match [cap]\n", "1:1: error: `match` stands outside of a rule"},
    {"rule a\n mach [cap]\n emit PERSON\n%", "2:2: error: unknown clause `mach`; did you mean `match`?"},
    {"rule a\n match [cap]\n not [lower]\n emit PERSON\n%", "3:2: error: `not` is followed by `before` or `after`"},
    {"rule a\n match [cap]\n before [lower]?\n emit PERSON\n%", "3:2: error: a context that an empty text fulfils"},
    {"rule a\n match [cap]\n before [lower]{1,32}\n emit PERSON\n%", "3:2: error: a context of more than 16 tokens"},
    {"rule a\n match [cap]\n before x:[lower]\n emit PERSON\n%", "3:9: error: a part of a context has no name"},
    {"rule a\n match [cap]\n crosses walls\n emit PERSON\n%", "3:2: error: `crosses` is followed by `lines`"},
    {"define x [foo]\nrule a\n match @x\n emit PERSON\n%", "1:11: error: unknown test `foo`"},
    {"define x [cap]\ndefine x [cap]\n", "2:8: error: `x` is defined twice"},
    {"define [cap]\n", "1:8: error: a definition without a name"},
};

std::string Complete(std::string_view source) {
  std::string out;
  for (char c : source) {
    if (c == '%') {
      out += " yes [X]\n no y\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("each mistake is told with its place") {
  for (const BadRule& bad : kBadRules) {
    CAPTURE(bad.source);
    World world;
    world.Compile(Complete(bad.source));
    const std::string errors = world.Errors();
    CAPTURE(errors);
    CHECK(world.diagnostics.HasErrors());
    CHECK(errors.find(bad.message) != std::string::npos);
  }
}

TEST_CASE("all mistakes of a file are told in one run, good rules are kept") {
  World world;
  REQUIRE(
      world.Compile("rule a\n match [foo]\n emit THING\n no y\n"
                    "rule b\n match [cap]\n emit PERSON\n yes [X]\n no y\n"
                    "rule c\n match [in nothing] [gent & datv]\n emit PERSON z\n yes [X]\n no y\n"));
  CHECK(world.diagnostics.errors() == 6);
  CHECK(world.rules->size() == 1);
  CHECK(world.rules->rule(0).name == "b");
  CHECK(world.rules->rule(0).line == 5);
  CHECK(world.examples.size() == 2);
}

TEST_CASE("the design's example compiles as it stands") {
  World world;
  REQUIRE(
      world.Compile("rule program.head_quoted            # comment\n"
                    "  match  kind:[lemma in program_head]  name:[quoted]\n"
                    "  emit   PROGRAM  kind = kind.class  name = name.text\n"
                    "  yes    проект [«Байтерек»]\n"
                    "  no     монумент «Байтерек»\n"));
  CHECK(world.Errors() == "");
  CHECK(world.Spans("Это проект «Байтерек», а не монумент «Мир».") == "[Байтерек]");
  const View view = world.Analyze("проекта «Байтерек»");
  world.hits.Clear();
  world.rules->Match(view, Phase::kCandidates, world.scratch.get(), &world.hits);
  REQUIRE(world.hits.hits.size() == 1);
  CHECK(world.rules->Attribute(view, world.hits, world.hits.hits[0], "kind") == "project");
  CHECK(world.rules->Attribute(view, world.hits, world.hits.hits[0], "name") == "Байтерек");
  CHECK(world.rules->Attribute(view, world.hits, world.hits.hits[0], "nothing") == "");
  CHECK(RunExamples(
            *world.rules, [&](std::string_view text) { return world.Analyze(text); }, &world.diagnostics) == 0);
}

TEST_CASE("examples that fail are told") {
  World world;
  REQUIRE(
      world.Compile("rule a\n"
                    " match [in program_head] name:[quoted]\n"
                    " emit PROGRAM\n"
                    " yes проект [«Мир»]\n"
                    " yes [проект] «Мир»\n"
                    " yes монумент [«Мир»]\n"
                    " no проект «Мир»\n"
                    " no дом «Мир»\n"));
  CHECK(RunExamples(
            *world.rules, [&](std::string_view text) { return world.Analyze(text); }, &world.diagnostics) == 3);
  const std::string errors = world.Errors();
  CHECK(errors.find("test.rules:5: error: rule a: it does not emit [проект] in «проект «Мир»», but [Мир]") != std::string::npos);
  CHECK(errors.find("test.rules:6: error: rule a: it does not fire in «монумент «Мир»»") != std::string::npos);
  CHECK(errors.find("test.rules:7: error: rule a: it fires in «проект «Мир»», where it must not: [Мир]") != std::string::npos);
}

TEST_CASE("the same files give the same bytes, in whatever order they come") {
  const std::string a = Complete("rule a\n match [cap & NOUN]\n emit PERSON\n%"),
                    b = Complete("rule b\n match [\"x\"] [quoted]\n emit PERSON\n%");
  bundle::Diagnostics diagnostics;
  RuleCompiler first, second;
  first.Add("a.rules", a, &diagnostics), first.Add("b.rules", b, &diagnostics);
  second.Add("b.rules", b, &diagnostics), second.Add("a.rules", a, &diagnostics);
  CHECK(first.Finish(nullptr, &diagnostics) == second.Finish(nullptr, &diagnostics));
  CHECK_FALSE(diagnostics.HasErrors());
}

TEST_CASE("a rule that says the same as another is told") {
  World world;
  world.Compile(Complete("rule a\n match [cap & NOUN]\n emit PERSON\n%rule b\n match [NOUN & cap]\n emit PERSON\n%"));
  CHECK(world.Errors().find("warning: rule `b` says the same as `a`") != std::string::npos);
}

TEST_CASE("a damaged section is refused, wherever it is damaged") {
  World world;
  REQUIRE(world.Compile(
      Complete("define n [NOUN & gent]\nrule a\n match h:[in org_head/keep] @n{1,3} (\"и\" @n)? x:quoted([re /a+/])\n agree (h, x)\n"
               " not before [lower]\n emit ORGANIZATION h .. x kind = h.class\n%")));
  const std::string good = world.section;
  for (std::size_t size = 0; size < good.size(); ++size) {
    world.section = good.substr(0, size);
    if (size == 0) continue;  // an empty section holds no rules
    CHECK_FALSE(world.Open());
  }
  // A changed byte is refused or gives a set that still runs within its bounds.
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (unsigned char flip : {0x01, 0x80, 0xFF}) {
      world.section = good;
      world.section[i] = static_cast<char>(static_cast<unsigned char>(world.section[i]) ^ flip);
      if (world.Open()) world.Spans("Министерство обороны и суда «ааа» в России.");
    }
  }
  world.section = good + "x";
  CHECK_FALSE(world.Open());
}

TEST_CASE("hostile files neither hang nor overflow") {
  World world;
  const std::string brackets(120000, '(');
  world.Compile(Complete("rule a\n match " + brackets + "\n emit PERSON\n%"));
  CHECK(world.Errors().find("brackets are nested too deeply") != std::string::npos);
  world.Compile(Complete("rule a\n match [" + brackets + "\n emit PERSON\n%"));
  CHECK(world.Errors().find("brackets are nested too deeply") != std::string::npos);
  std::string doubling = "define d0 [cap] [cap]\n";
  for (int i = 1; i < 60; ++i) {
    doubling += "define d" + std::to_string(i) + " @d" + std::to_string(i - 1) + " @d" + std::to_string(i - 1) + "\n";
  }
  world.Compile(Complete(doubling + "rule a\n match @d59\n emit PERSON\n%"));
  CHECK(world.Errors().find("the pattern is too large") != std::string::npos);
  std::string wide = "rule a\n match [";
  for (int i = 0; i < 20; ++i) wide += std::string(i == 0 ? "" : " & ") + "(cap | upper | lower | NOUN)";
  world.Compile(Complete(wide + "]\n emit PERSON\n%"));
  CHECK(world.Errors().find("more than 64 alternatives") != std::string::npos);
  std::string list = "rule a\n match ";
  for (int i = 0; i < 20000; ++i) list += "[cap] ";
  world.Compile(Complete(list + "\n emit PERSON\n%"));
  CHECK(world.Errors().find("more than 64 tokens") != std::string::npos);
}

}  // namespace atau::rules::testing
