#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <tuple>

#include "rules/compiler.h"
#include "support.h"

namespace atau::rules::testing {
namespace {

struct Case {
  const char* pattern;
  const char* text;
  const char* spans;
};

constexpr Case kCases[] = {
    // Tests of one token.
    {"[cap]", "Мир и дом", "[Мир]"},
    {"[\"мир\"]", "Мир МИР дом", "[Мир] [МИР]"},
    {"['Мир']", "Мир МИР", "[Мир]"},
    {"\"дом\" \"и\"", "дом и Дом", "[дом и]"},
    {"[exact (Мир|МИР)]", "Мир МИР мир", "[Мир] [МИР]"},
    {"[lemma суд]", "суда и суд", "[суда] [суд]"},
    {"[lemma (суд|дом)]", "суда и дом", "[суда] [дом]"},
    {"[!lemma (суд|дом) & word]", "суда и дом", "[и]"},
    {"[NOUN & gent]", "проект суда России", "[суда] [России]"},
    {"[Surn & gent]", "Иванова", "[Иванова]"},
    {"[Surn & gent & femn]", "Иванова", ""},  // no single reading is both
    {"[NOUN & !masc]", "Иванова суд", "[Иванова]"},
    {"[never Surn & cap]", "Иванова Мир", "[Мир]"},
    {"[upper]", "ООО Мир", "[ООО]"},
    {"[capital]", "ООО Мир дом А", "[ООО] [Мир] [А]"},
    {"[!capital & word]", "ООО Мир дом", "[дом]"},
    {"[latin]", "Falcon дом", "[Falcon]"},
    {"[number]", "дом 9 и 1,5", "[9] [1,5]"},
    {"[unknown & word]", "Дом Зыряшка", "[Зыряшка]"},
    {"[known & cap]", "Дом Зыряшка", "[Дом]"},
    {"[gazetteer]", "Дом Кагальник Зыряшка", "[Кагальник]"},
    {"[(unknown | gazetteer) & cap]", "Дом Кагальник Зыряшка", "[Кагальник] [Зыряшка]"},
    {"[listed & cap]", "Дом Кагальник Зыряшка", "[Дом] [Кагальник]"},
    {"[re /з.*а/]", "Дом Зыряшка", "[Зыряшка]"},
    {"[re_surface /з.*а/]", "Дом Зыряшка", ""},
    {"[!re /з.*а/ & cap]", "Дом Зыряшка", "[Дом]"},
    {"[cap | number]", "Дом 5 и", "[Дом] [5]"},
    {"[(cap | number) & !\"дом\"]", "Дом 5 Мир", "[5] [Мир]"},
    {"[!(cap | number) & word]", "Дом 5 и", "[и]"},
    {"[quote]", "«Мир»", "[«] [»]"},
    {"[cap & !in role]", "Директор Мир", "[Мир]"},
    // Classes, entities.
    {"[in program_head]", "проекта дом", "[проекта]"},
    {"[in program_head/common]", "большой проект и проект", "[большой проект]"},
    {"[in org_head:justice]", "Министерство и суд", "[суд]"},
    {"[in org_head:justice | in program_head]", "проект и суд", "[проект] [суд]"},
    {"[in org_head & cap]", "Министерство и суд", "[Министерство]"},
    {"[in role]", "генеральный директор", "[генеральный директор] [директор]"},
    {"[in role] [cap]", "генеральный директор Иванов", "[генеральный директор Иванов] [директор Иванов]"},
    {"[entity LOCATION]", "суд России", "[России]"},
    {"[entity LOCATION:country]", "суд России", "[России]"},
    {"[entity ORGANIZATION/support]", "Мир России", "[Мир]"},
    {"[entity ORGANIZATION/alone]", "Мир России", ""},
    {"[entity ANY]", "Мир России", "[Мир] [России]"},
    // Groups.
    {"name:[quoted]", "дом «Мир» и \"Дом 2\"", "[Мир] [Дом 2]"},
    {"[quoted]", "дом «Мир»", "[«Мир»]"},
    {"name:quoted([cap] [number])", "«Дом 2» «Дом»", "[Дом 2]"},
    {"name:[bracketed]", "дом (Мир) «Мир»", "[Мир]"},
    {"[cap] bracketed(name:[upper])", "Мир (МВД) и Мир (дом)", "[МВД]"},
    {"\"дом\" name:( [quoted] | [latin] )", "дом «Мир», дом Falcon", "[Мир] [Falcon]"},
    {"quoted([cap] gap{0,3} name:[number])", "«Мир» 5 и «Мир и 7»", "[7]"},
    {"name:quoted(gap{0,5})", "«Мир» и «Мир и дом» и", "[Мир] [Мир и дом]"},
    {"quoted([cap] bracketed([number]) name:[cap])", "«Мир (5) Дом» и", "[Дом]"},
    {"quoted([cap] [word]{0,2} name:[number]?)", "«Мир и дом» «Мир и дом и» «Мир и 5»", "[5]"},
    {"[quoted] name:bracketed([cap] | [number])", "«Мир» (5) и «Дом» дом (5)", "[5]"},
    {"[quoted] \"и\"", "«Мир» и «Дом» в", "[«Мир» и]"},
    {"( [quoted] | [cap] ) \"и\"", "«Мир» и Дом и", "[«Мир» и] [Дом и]"},
    {"[quote] [cap]", "«Мир» «дом»", "[«Мир]"},
    {"[quoted]", "« а а а а а а а а а а а а а а а а а а а »", ""},
    // Sequences, repetitions; the longest match.
    {"[cap]+", "Мир Дом и Суд", "[Мир Дом] [Дом] [Суд]"},
    {"^sentence [cap]{1,2} [cap]", "Мир Дом Суд Дом", "[Мир Дом Суд]"},
    {"^sentence [cap]{2}", "Мир Дом Суд", "[Мир Дом]"},
    {"^sentence [cap] ( [cap] | [cap] [cap] )", "Мир Дом Суд", "[Мир Дом Суд]"},
    {"\"дом\" gap{0,2} \"мир\"", "дом и в мир", "[дом и в мир]"},
    {"\"дом\" gap{0,1} \"мир\"", "дом и в мир", ""},
    {"\"дом\" name:[cap]? \"и\"", "дом Мир и дом и", "[Мир]"},
    // What every match holds, or one of several.
    {"[cap] gap{0,2} ( \"в\" | \"и\" [number] )", "Мир и дом в", "[Мир и дом в]"},
    {"[cap] gap{0,2} ( \"в\" | \"и\" [number] )", "Мир и 5. Дом и мир", "[Мир и 5]"},
    {"[cap] gap{0,2} ( \"в\" | \"и\" )", "Мир дом. Суд в", "[Суд в]"},
    {"[cap] ( [word]? [word]? | gap{0,2} ) \"и\"", "Мир дом суд и", "[Мир дом суд и]"},
    // Bounds.
    {"[cap] \".\" [cap]", "Мир. Дом", ""},
    {"[word] [word]", "мир\n\nдом", ""},
    {"[cap] $line", "Мир Дом\nСуд и", "[Дом]"},
    {"^line [cap]", "Мир Дом\nСуд и", "[Мир] [Суд]"},
    {"^block [cap]", "Мир Дом\n\nСуд и", "[Мир] [Суд]"},
    {"[cap] $sentence", "Мир и Дом", "[Дом]"},
};

}  // namespace

TEST_CASE("patterns and what they match") {
  for (const Case& c : kCases) {
    CAPTURE(c.pattern);
    CAPTURE(c.text);
    World world;
    CHECK(world.Pattern(c.pattern, c.text) == c.spans);
  }
}

TEST_CASE("contexts, agreement, lines, each length") {
  struct {
    const char* clauses;
    const char* text;
    const char* spans;
  } const cases[] = {
      {"match name:[cap]\n before [\"в\"]", "в Мир и Дом", "[Мир]"},
      {"match name:[cap]\n not before [\"в\"]", "в Мир и Дом", "[Дом]"},
      {"match name:[cap]\n not before [\"в\"] [any]{0,2}", "в и Мир Дом", ""},
      {"match name:[cap]\n after [\"и\"]", "Дом и Мир", "[Дом]"},
      {"match name:[cap]\n not after [\"и\"]", "Дом и Мир", "[Мир]"},
      {"match name:[cap]\n not after [any]", "Дом и Мир", "[Мир]"},
      {"match name:[cap]\n not before [in role]", "директор Мир, генеральный директор Дом, Суд", "[Суд]"},
      {"match a:[ADJF] b:[NOUN]\n agree (a, b)", "верховный суд верховная суд", "[верховный суд]"},
      {"match a:[Name] b:[Surn]\n agree (a, b)", "Анна Иванова, Анна Иванов, Анны Иванова", "[Анна Иванова]"},
      {"match [cap] \".\" [cap]\n crosses lines", "Мир. Дом", "[Мир. Дом]"},
      {"match [cap] \".\" [cap]\n crosses lines", "Мир.\n\nДом", ""},
      {"match ^sentence [cap]{1,3}\n each length", "Мир Дом Суд", "[Мир] [Мир Дом] [Мир Дом Суд]"},
      {"match a:\"дом\" [cap] b:\"и\" [cap]?\n emit PERSON a .. b", "дом Мир и Суд", "[дом Мир и]"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.clauses);
    CAPTURE(c.text);
    World world;
    std::string source = "rule t\n " + std::string(c.clauses) + "\n";
    if (source.find("emit") == std::string::npos) source += " emit PERSON\n";
    REQUIRE(world.Compile(source + " yes [x]\n no y\n"));
    CHECK(world.Errors() == "");
    CHECK(world.Spans(c.text) == c.spans);
  }
}

TEST_CASE("definitions, attributes and vetoes") {
  World world;
  REQUIRE(
      world.Compile("define post [in role]\n"
                    "rule a\n match r:@post name:[cap]\n emit PERSON name role = r.lemma kind = 'person' title = r.class id = r.id text = "
                    "r\n yes [x]\n no y\n"
                    "rule v\n match [\"монумент\"] name:[quoted]\n veto ORGANIZATION | PROGRAM name\n yes [x]\n no y\n"));
  const View view = world.Analyze("генерального директора Иванова и монумент «Мир»");
  world.hits.Clear();
  world.rules->Match(view, Phase::kCandidates, world.scratch.get(), &world.hits);
  REQUIRE(world.hits.hits.size() == 2);
  const auto attribute = [&](const char* key) { return world.rules->Attribute(view, world.hits, world.hits.hits[0], key); };
  CHECK(attribute("role") == "директор");
  CHECK(attribute("kind") == "person");
  CHECK(attribute("title") == "executive");
  CHECK(attribute("text") == "директора");
  const RuleInfo& veto = world.rules->rule(world.hits.hits[1].rule);
  CHECK(veto.type == Type::kNone);
  CHECK(veto.weight == -2.0f);
  CHECK(veto.vetoes == ((1u << static_cast<int>(Type::kOrganization)) | (1u << static_cast<int>(Type::kProgram))));
  const RuleInfo& emit = world.rules->rule(world.hits.hits[0].rule);
  CHECK(emit.type == Type::kPerson);
  CHECK(emit.weight == 1.0f);
  CHECK(emit.emits.size() == 5);
}

TEST_CASE("relations stand on resolved entities") {
  World world;
  REQUIRE(
      world.Compile("phase relations\nrule works\n match r:[in role] o:<ORGANIZATION> p:<PERSON>\n"
                    " emit relation WORKS_AS subject = p role = r object = o\n"
                    " yes директор [Мир]ORGANIZATION [Анна Иванова]PERSON -> Анна Иванова | директор | Мир\n"
                    " yes генеральный директор [Мир]ORGANIZATION [Анна Иванова]PERSON -> Анна Иванова | генеральный директор | Мир\n"
                    " no директор и [Анна Иванова]PERSON\n"));
  CHECK(world.Errors() == "");
  CHECK(RunExamples(
            *world.rules, [&](std::string_view text) { return world.Analyze(text); }, &world.diagnostics) == 0);
  CHECK(world.Errors() == "");
  CHECK(world.rules->rule(0).label == "WORKS_AS");
  CHECK(world.rules->rule(0).phase == Phase::kRelations);
  CHECK(world.Spans("директор Мир Анна Иванова") == "");  // nothing in the phase of candidates
}

TEST_CASE("the second entity of a relation may stand as far away as its rule allows") {
  World world;
  REQUIRE(
      world.Compile("phase relations\nrule works\n match o:<ORGANIZATION> [ word ]{0,2} ( \",\" )? p:<PERSON>\n"
                    " emit relation WORKS_AS subject = p object = o\n"
                    " yes [Мир]ORGANIZATION [Анна Иванова]PERSON -> Анна Иванова | | Мир\n"
                    " yes [Мир]ORGANIZATION и дом, [Анна Иванова]PERSON -> Анна Иванова | | Мир\n"
                    " yes и [Дом Мир]ORGANIZATION и дом [Анна Иванова]PERSON -> Анна Иванова | | Дом Мир\n"
                    " no [Мир]ORGANIZATION и дом и [Анна Иванова]PERSON\n"
                    " no [Мир]ORGANIZATION и [Суд]ORGANIZATION\n"
                    " no [Анна Иванова]PERSON и [Мир]ORGANIZATION\n"));
  CHECK(world.Errors() == "");
  CHECK(RunExamples(
            *world.rules, [&](std::string_view text) { return world.Analyze(text); }, &world.diagnostics) == 0);
  CHECK(world.Errors() == "");
}

TEST_CASE("several sections are one set") {
  bundle::Diagnostics diagnostics;
  World world;
  RuleCompiler a, b;
  a.Add("a.rules", "rule a\n match n:[re /д.м/ & cap] [\"и\"]\n emit PERSON n kind = 'x'\n yes [x]\n no y\n", &diagnostics);
  b.Add("b.rules",
        "rule b\n match h:[in org_head/keep] n:( [cap] | [quoted] )\n not after [\"и\"]\n agree (h, n)\n emit LOCATION n kind = h.class\n "
        "yes [x]\n no y\n",
        &diagnostics);
  const std::string first = a.Finish(&world.gazetteer, &diagnostics), second = b.Finish(&world.gazetteer, &diagnostics);
  const std::string_view sections[] = {first, "", second};
  auto opened = OpenRules(sections, world.gazetteer);
  REQUIRE(opened.ok());
  const RuleSet& rules = **opened;
  CHECK(rules.size() == 2);
  CHECK(rules.examples().size() == 4);
  const View view = world.Analyze("Дом и суд «Мир»");
  MatchScratch scratch;
  Hits hits;
  rules.Match(view, Phase::kCandidates, &scratch, &hits);
  REQUIRE(hits.hits.size() == 2);
  CHECK(rules.Attribute(view, hits, hits.hits[0], "kind") == "x");
  CHECK(rules.Attribute(view, hits, hits.hits[1], "kind") == "justice");
  // One scratch may serve another set and a cleared form table.
  world.forms.Clear();
  const View again = world.Analyze("суд «Мир» Дом и");
  hits.Clear();
  rules.Match(again, Phase::kCandidates, &scratch, &hits);
  CHECK(hits.hits.size() == 2);
}

TEST_CASE("hits of a thousand rules stand in the order of the text") {
  // More rules than one round through the text takes.
  constexpr std::size_t kRules = 1'000, kWords = 200;
  World world;
  std::string source, text;
  for (std::size_t r = 0; r < kRules; ++r) {
    source += "rule r" + std::to_string(r) + "\n match [\"а\"]" + (r % 2 == 0 ? " [\"а\"]" : "") + "\n emit PERSON\n yes [x]\n no y\n";
  }
  REQUIRE(world.Compile(source));
  for (std::size_t i = 0; i < kWords; ++i) text += "а ";
  const View view = world.Analyze(text);
  Hits hits;
  world.rules->Match(view, Phase::kCandidates, world.scratch.get(), &hits);
  CHECK(hits.hits.size() == kRules / 2 * (kWords + kWords - 1));
  const auto key = [](const Hit& h) { return std::tuple(h.begin, h.end, h.rule); };
  CHECK(std::adjacent_find(hits.hits.begin(), hits.hits.end(), [&](const Hit& a, const Hit& b) { return key(a) >= key(b); }) ==
        hits.hits.end());
}

// The slow, obvious twin: a matcher of regular expressions over letters by derivatives of position sets, with the longest end of each
// start.
namespace {

struct Twin {
  // A pattern in the rules' syntax over the forms "а" and "б" and its set of ends from each start.
  std::string text;
  std::string source;
  std::vector<std::vector<bool>> ends;  // [start][end]
};

Twin Grow(std::mt19937* random, const std::string& letters, int depth) {
  const std::size_t n = letters.size();
  Twin out;
  out.ends.assign(n + 1, std::vector<bool>(n + 1));
  const auto kind = depth == 0 ? 0u : (*random)() % 5;
  if (kind == 0) {
    const bool a = (*random)() % 2 == 0;
    out.source = a ? "[\"а\"]" : "[\"б\"]";
    for (std::size_t i = 0; i < n; ++i) out.ends[i][i + 1] = letters[i] == (a ? 'a' : 'b');
    return out;
  }
  const Twin left = Grow(random, letters, depth - 1);
  const auto concatenate = [&](const std::vector<std::vector<bool>>& x, const std::vector<std::vector<bool>>& y) {
    std::vector<std::vector<bool>> z(n + 1, std::vector<bool>(n + 1));
    for (std::size_t i = 0; i <= n; ++i) {
      for (std::size_t j = i; j <= n; ++j) {
        if (!x[i][j]) continue;
        for (std::size_t k = j; k <= n; ++k) z[i][k] = z[i][k] || y[j][k];
      }
    }
    return z;
  };
  if (kind == 1 || kind == 2) {
    const Twin right = Grow(random, letters, depth - 1);
    if (kind == 1) {
      out.source = "(" + left.source + " " + right.source + ")";
      out.ends = concatenate(left.ends, right.ends);
    } else {
      out.source = "(" + left.source + " | " + right.source + ")";
      for (std::size_t i = 0; i <= n; ++i) {
        for (std::size_t j = 0; j <= n; ++j) out.ends[i][j] = left.ends[i][j] || right.ends[i][j];
      }
    }
    return out;
  }
  const int min = static_cast<int>((*random)() % 3), max = std::max(1, min + static_cast<int>((*random)() % 3));
  out.source = "(" + left.source + "){" + std::to_string(min) + "," + std::to_string(max) + "}";
  std::vector<std::vector<bool>> power(n + 1, std::vector<bool>(n + 1));
  for (std::size_t i = 0; i <= n; ++i) power[i][i] = true;
  for (int count = 0; count <= max; ++count) {
    if (count >= min) {
      for (std::size_t i = 0; i <= n; ++i) {
        for (std::size_t j = 0; j <= n; ++j) out.ends[i][j] = out.ends[i][j] || power[i][j];
      }
    }
    power = concatenate(power, left.ends);
  }
  return out;
}

}  // namespace

TEST_CASE("random patterns match what their slow twin matches") {
  std::mt19937 random(7);
  World world;
  for (int round = 0; round < 600; ++round) {
    std::string letters, text;
    for (int i = 0; i < 9; ++i) letters += random() % 2 == 0 ? 'a' : 'b';
    for (char c : letters) text += c == 'a' ? "а " : "б ";
    const Twin twin = Grow(&random, letters, 4);
    const std::string source = "rule t\n match " + twin.source + "\n emit PERSON\n yes [x]\n no y\n";
    world.Compile(source);
    if (world.diagnostics.HasErrors()) continue;  // it matches an empty text
    CAPTURE(twin.source);
    CAPTURE(letters);
    const View view = world.Analyze(text);
    world.hits.Clear();
    world.rules->Match(view, Phase::kCandidates, world.scratch.get(), &world.hits);
    std::map<std::uint32_t, std::uint32_t> found, wanted;
    for (const Hit& hit : world.hits.hits) found[hit.begin] = hit.end;
    for (std::uint32_t i = 0; i < letters.size(); ++i) {
      for (std::uint32_t j = i + 1; j <= letters.size(); ++j) {
        if (twin.ends[i][j]) wanted[i] = j;
      }
    }
    CHECK(found == wanted);
  }
}

TEST_CASE("no pattern makes matching super-linear") {
  // Exponential for a matcher that goes back naively: nested repetitions that never come to their last word.
  World world;
  REQUIRE(world.Compile(
      "rule t\n match (([\"а\"]{1,8}){1,8} | ([\"а\"] [\"а\"]?){1,16}){1,2} [\"б\"]\n emit PERSON\n yes [x]\n no y\n"
      "rule u\n match x:[\"а\"]{1,8} y:[\"а\"]{1,8} z:[\"а\"]{1,8} [\"б\"]\n agree (x, y, z)\n emit PERSON\n yes [x]\n no y\n"));
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "а ";
  CHECK(world.Spans(text) == "");
}

}  // namespace atau::rules::testing
