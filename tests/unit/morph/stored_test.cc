// Stored readings say what the analysis says, for every form that is stored and in every shape; damaged ones are refused or answered.
#include "morph/stored.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "dictionary.h"
#include "exact.h"

namespace atau::morph::testing {
namespace {

constexpr std::array<token::Shape, 6> kShapes = {token::Shape::kNone,  token::Shape::kLower,   token::Shape::kCap,
                                                 token::Shape::kUpper, token::Shape::kInitial, token::Shape::kMixed};

// The forms of the repository's lists.
std::vector<std::string> Listed() {
  std::vector<std::string> forms;
  const std::string content = ReadFile(Dictionaries() / "morphology" / "navec" / "forms.tsv");
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = std::min(content.find('\n', begin), content.size());
    const std::string line = content.substr(begin, end - begin);
    begin = end + 1;
    if (line.starts_with("#") || line.starts_with("form\t")) continue;
    forms.push_back(line.substr(0, line.find('\t')));
    std::string folded;
    Fold(forms.back(), &folded);
    if (folded != forms.back()) forms.push_back(folded);
  }
  return forms;
}

struct Answers {
  std::vector<Reading> readings;
  std::vector<std::size_t> ends;
};
Answers AnalyzeAll(const Morph& morph, const std::vector<std::string>& forms, token::Shape shape) {
  std::vector<Morph::Asked> asked;
  for (const std::string& form : forms) asked.push_back({form, KeyOf(form), shape});
  Answers out;
  morph.AnalyzeEach(asked, &out.readings, &out.ends);
  return out;
}

// The first form that two morphologies read differently in some shape, or nothing.
std::string Difference(const Morph& a, const Morph& b, const std::vector<std::string>& forms) {
  for (const token::Shape shape : kShapes) {
    const Answers of_a = AnalyzeAll(a, forms, shape), of_b = AnalyzeAll(b, forms, shape);
    if (of_a.ends.size() != forms.size() || of_b.ends.size() != forms.size()) return "a form without an answer";
    std::size_t begin_a = 0, begin_b = 0;
    for (std::size_t i = 0; i < forms.size(); ++i) {
      if (!std::equal(of_a.readings.begin() + begin_a, of_a.readings.begin() + of_a.ends[i], of_b.readings.begin() + begin_b,
                      of_b.readings.begin() + of_b.ends[i])) {
        return forms[i] + " in the shape " + std::to_string(static_cast<int>(shape));
      }
      begin_a = of_a.ends[i], begin_b = of_b.ends[i];
    }
  }
  return "";
}

std::unique_ptr<Morph> Open(const std::vector<std::string_view>& sections, std::string_view stored) {
  auto opened = OpenMorph(sections, stored);
  REQUIRE(opened.ok());
  return std::move(opened).value();
}

const std::vector<std::string>& SmallForms() {
  static const std::vector<std::string> forms = {"стола",    "столов",      "поновее", "новая",        "иванова",    "королева",
                                                 "моржовой", "чёрный",      "самолет", "смолет",       "стол-шкаф",  "стола-2",
                                                 "экс-стол", "столяровому", "а",       "самолет-стол", "петровым-а", "latin"};
  return forms;
}

TEST_CASE("what is stored of all listed forms is what the analysis says, in every shape") {
  const Dictionary& full = FullDictionary();
  const std::vector<std::string> forms = Listed();
  REQUIRE(forms.size() > 10'000);
  const auto stored = StoreReadings(full.section, forms);
  REQUIRE(stored.ok());
  const Exact bytes(*stored);
  const auto view = StoredForms::Open(bytes.view());
  REQUIRE(view.ok());
  // Nearly all are stored, so that this compares what it seems to compare.
  std::size_t found = 0;
  for (const std::string& form : forms) found += view->Find(KeyOf(form), token::Shape::kLower).readings.empty() ? 0 : 1;
  CHECK(found > forms.size() / 20 * 19);
  CHECK(Difference(*full.morph, *Open({full.section}, bytes.view()), forms) == "");
}

TEST_CASE("another section has its say") {
  bundle::Diagnostics diagnostics;
  Builder builder(&diagnostics);
  const Dictionary small = Small();
  REQUIRE(builder.UseBase(small.section).ok());
  builder.Add("paradigms.tsv", kSmallParadigms);
  builder.Add("lexemes.tsv", "#! lexemes source=test licence=test\nlemma\tparadigms\nсмол\ta\nстола\ta\nстоляр\tc\n");
  builder.Add("names.tsv", "#! names mark=surname source=test licence=test\nname\tgender\ttier\tcount\nСамолетов\tboth\talone\t10\n");
  const Dictionary own = Compile(&builder);
  REQUIRE(own.morph);
  const auto stored = StoreReadings(small.section, SmallForms());
  REQUIRE(stored.ok());
  const std::vector<std::string_view> both = {small.section, own.section};
  CHECK(Difference(*Open(both, {}), *Open(both, *stored), SmallForms()) == "");
  // They do say something else with it.
  CHECK(Difference(*Open({small.section}, {}), *Open(both, *stored), SmallForms()) != "");
}

TEST_CASE("the same forms give the same bytes; a form that stands twice counts once") {
  const Dictionary small = Small();
  std::vector<std::string> twice = SmallForms();
  twice.insert(twice.end(), SmallForms().begin(), SmallForms().end());
  const auto once = StoreReadings(small.section, SmallForms());
  REQUIRE(once.ok());
  CHECK(*once == *StoreReadings(small.section, SmallForms()));
  CHECK(*once == *StoreReadings(small.section, twice));
  CHECK(StoreReadings("hello", SmallForms()).error().code == Code::kCorrupt);
}

TEST_CASE("damaged readings are refused or answered") {
  const Dictionary small = Small();
  const auto stored = StoreReadings(small.section, SmallForms());
  REQUIRE(stored.ok());
  const auto exercise = [&](std::string_view damaged) -> std::size_t {
    const Exact bytes(damaged);
    const std::string_view sections[] = {small.section};
    const auto opened = OpenMorph(sections, bytes.view());
    if (!opened.ok()) {
      CHECK_UNARY(opened.error().code == Code::kCorrupt || opened.error().code == Code::kVersion);
      return 0;
    }
    std::size_t sum = 1;
    for (const std::string& form : SmallForms()) {
      std::vector<Reading> readings;
      (*opened)->Analyze(form, token::Shape::kCap, true, &readings);
      for (const Reading& r : readings) {
        sum += (*opened)->Lemma(r, form).size() + (*opened)->Spelling(r, form).size() + (*opened)->TagString(r).size();
        sum += (*opened)->Inflect(r, form, knomn).value_or("").size();
      }
    }
    const Text t("Новая Иванова и столов Моржовой", **opened);
    return sum + t.forms.size();
  };
  for (std::size_t size = 1; size + 16 < stored->size(); ++size) CHECK(exercise(std::string_view(*stored).substr(0, size)) == 0);
  std::mt19937 random(417150);
  std::size_t answered = 0;
  for (int i = 0; i < 2'000; ++i) {
    std::string damaged = *stored;
    const int flips = 1 + static_cast<int>(random() % 3);
    for (int f = 0; f < flips; ++f) damaged[random() % damaged.size()] = static_cast<char>(random());
    answered += exercise(damaged);
  }
  CHECK(answered > 0);
}

}  // namespace
}  // namespace atau::morph::testing
