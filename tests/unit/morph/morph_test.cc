#include "morph/morph.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "dictionary.h"

namespace atau::morph::testing {
namespace {

using token::Shape;

std::vector<Reading> Readings(std::string_view word, Shape shape = Shape::kLower, bool guess = true) {
  std::vector<Reading> out;
  Full().Analyze(word, shape, guess, &out);
  return out;
}

// "лемма TAG" of each reading.
std::set<std::string> Described(std::string_view word, Shape shape = Shape::kLower) {
  std::set<std::string> out;
  std::string folded;
  Fold(word, &folded);
  for (const Reading& r : Readings(word, shape)) out.insert(Full().Lemma(r, folded) + " " + Full().TagString(r));
  return out;
}

TEST_CASE("forms analysed together have the readings that each has alone") {
  // More than are looked at together, among them a guess, a number, letters that no section holds, and nothing.
  std::vector<Morph::Asked> forms;
  for (int round = 0; round < 3; ++round) {
    for (const std::string_view word : {"министерства", "королёва", "руттом", "42", "日本", "", "союзом-2.1а", "наилучший"}) {
      forms.push_back({word, KeyOf(word), round == 0 ? Shape::kLower : Shape::kCap});
    }
  }
  std::vector<Reading> all, own;
  std::vector<std::size_t> ends;
  Full().AnalyzeEach(forms, &all, &ends);
  REQUIRE(ends.size() == forms.size());
  std::size_t begin = 0;
  for (std::size_t k = 0; k < forms.size(); ++k) {
    CAPTURE(forms[k].folded);
    own.clear();
    Full().Analyze(forms[k].folded, forms[k].shape, true, &own);
    REQUIRE(ends[k] - begin == own.size());
    for (std::size_t r = 0; r < own.size(); ++r) {
      CHECK(all[begin + r].tag == own[r].tag);
      CHECK(all[begin + r].lexeme == own[r].lexeme);
      CHECK(all[begin + r].lemma_key == own[r].lemma_key);
      CHECK(all[begin + r].weight == own[r].weight);
    }
    begin = ends[k];
  }
}

TEST_CASE("known words have their readings") {
  struct {
    const char* word;
    const char* reading;
  } rows[] = {
      {"министерства", "министерство NOUN,inan,neut sing,gent"},
      {"стали", "стать VERB,perf,intr plur,past,indc"},
      {"стали", "сталь NOUN,inan,femn sing,gent"},
      {"людей", "человек NOUN,anim,masc plur,gent"},
      {"шел", "идти VERB,impf,intr masc,sing,past,indc"},
      {"наилучший", "хороший ADJF,Supr,Qual masc,sing,nomn"},
      {"попроще", "простой COMP,Qual Cmp2"},
      {"москвой", "москва NOUN,inan,femn,Sgtm,Geox sing,ablt"},
      {"рогозиным", "рогозин NOUN,anim,masc,Sgtm,Surn sing,ablt"},
      {"владимировича", "владимирович NOUN,anim,masc,Patr sing,gent"},
      {"нидерландах", "нидерланды NOUN,inan,GNdr,Pltm,Geox plur,loct"},
      {"ракетой-носителем", "ракета-носитель NOUN,inan,femn sing,ablt"},
      {"премьер-министру", "премьер-министр NOUN,anim,masc sing,datv"},
      {"1-го", "1-й ADJF,Abbr,Anum masc,sing,gent"},
      {"мид", "мид NOUN,inan,masc,Abbr,Orgn sing,nomn"},
      {"алматы", "алматы NOUN,inan,masc,Sgtm,Fixd,Geox sing,loct"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.word));
    const auto readings = Described(row.word);
    CAPTURE(std::string(row.reading));
    CHECK(readings.count(row.reading) == 1);
  }
}

TEST_CASE("a text with е may mean ё, a text with ё means ё") {
  CHECK(Described("орел").count("орёл NOUN,anim,masc sing,nomn") == 1);
  CHECK(Described("орёл").count("орёл NOUN,anim,masc sing,nomn") == 1);
  CHECK(Described("все").size() > Described("всё").size());
  CHECK(Described("королев", Shape::kCap).count("королёв NOUN,anim,masc,Sgtm,Surn sing,nomn") == 1);
  // «министёрство» is a slip: better read than left.
  CHECK(Described("министёрства").count("министерство NOUN,inan,neut sing,gent") == 1);
  std::vector<Reading> strict;
  Full().Analyze("министёрства", Shape::kLower, false, &strict);
  CHECK(strict.empty());
}

TEST_CASE("the spelling of a form") {
  const auto spelled = [](std::string_view word, Grammemes mark) {
    for (const Reading& r : Readings(word)) {
      if (r.tag & mark) return Full().Spelling(r, word);
    }
    return std::string("?");
  };
  CHECK(spelled("королева", kSurn) == "королёва");
  CHECK(spelled("трехлетний", kADJF) == "трёхлетний");
  CHECK(spelled("шел", kVERB) == "шёл");
}

TEST_CASE("lemma keys are keys of folded lemmas") {
  for (const char* word :
       {"орлом", "шел", "людей", "рогозиным", "экс-министром", "союзом-2.1а", "ракетами-перехватчиками", "руттом", "abc", "впк"}) {
    CAPTURE(std::string(word));
    for (const Reading& r : Readings(word, Shape::kCap)) {
      std::string folded;
      Fold(Full().Lemma(r, word), &folded);
      CHECK(r.lemma_key == KeyOf(folded));
    }
  }
}

TEST_CASE("the most likely reading comes first") {
  const auto first = [](std::string_view word, Shape shape = Shape::kLower) {
    const auto readings = Readings(word, shape);
    return Full().Lemma(readings[0], word) + " " + Full().TagString(readings[0]);
  };
  CHECK(first("стали") == "стать VERB,perf,intr plur,past,indc");
  CHECK(first("министерства") == "министерство NOUN,inan,neut sing,gent");
  CHECK(first("и") == "и CONJ");
  CHECK(first("после") == "после PREP");
  for (const char* word : {"стали", "и", "набережных", "путина", "xyz", "руттом"}) {
    const auto readings = Readings(word);
    CHECK(std::is_sorted(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) { return a.weight > b.weight; }));
  }
}

TEST_CASE("unknown words are guessed") {
  struct {
    const char* word;
    Shape shape;
    const char* reading;
  } rows[] = {
      {"экс-министром", Shape::kLower, "экс-министр NOUN,anim,masc sing,ablt"},
      {"пресс-секретаря", Shape::kLower, "пресс-секретарь NOUN,anim,masc sing,gent"},
      {"супертелескопом", Shape::kLower, "супертелескоп NOUN,inan,masc sing,ablt"},
      {"нацпроектами", Shape::kLower, "нацпроект NOUN,inan,masc plur,ablt"},
      {"самолётом-заправщиком", Shape::kLower, "самолёт-заправщик NOUN,anim,masc sing,ablt"},
      {"союзом-2.1а", Shape::kMixed, "союз-2.1а NOUN,inan,masc sing,ablt"},
      {"бутявкой", Shape::kLower, "бутявка NOUN,inan,femn sing,ablt"},
      {"руттом", Shape::kCap, "рутт NOUN,anim,masc,Sgtm,Surn sing,ablt"},
      {"хруньковского", Shape::kCap, "хруньковский NOUN,anim,masc,Sgtm,Surn sing,gent"},
      {"зюганидзе", Shape::kCap, "зюганидзе NOUN,anim,ms-f,Fixd,Surn sing,gent"},
      {"впк", Shape::kUpper, "впк NOUN,inan,GNdr,Fixd,Abbr sing"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.word));
    CAPTURE(std::string(row.reading));
    CHECK(Described(row.word, row.shape).count(row.reading) == 1);
  }
  // Names are guessed for capitalised words only.
  for (const Reading& r : Readings("руттом", Shape::kLower)) CHECK((r.tag & (kSurn | kName | kGeox)) == 0);
  std::vector<Reading> none;
  Full().Analyze("руттом", Shape::kCap, false, &none);
  CHECK(none.empty());
}

TEST_CASE("what is no Russian word has one empty reading") {
  for (const char* word : {"hello", "12", "2.1", "…", "日本", "ﬁ", "-", "", "\xFF", "дом\u0301"}) {
    CAPTURE(std::string(word));
    const auto readings = Readings(word);
    REQUIRE(readings.size() == 1);
    CHECK(readings[0].tag == 0);
    CHECK(readings[0].section == 255);
    CHECK(Full().Lemma(readings[0], word) == word);
    CHECK(Full().TagString(readings[0]) == "UNKN");
  }
}

TEST_CASE("names of the lists") {
  const auto has = [](std::string_view word, auto&& test) {
    const auto readings = Readings(word, Shape::kCap);
    return std::any_of(readings.begin(), readings.end(), test);
  };
  // A name that OpenCorpora has stays its own, and is marked as listed.
  CHECK(has("рогозина", [](const Reading& r) { return r.origin == Origin::kDictionary && (r.tag & kSurn) && (r.list & kListSurname); }));
  CHECK(has("дмитрием", [](const Reading& r) { return r.origin == Origin::kDictionary && (r.tag & kName) && (r.list & kListGiven); }));
  // One that it lacks is added, in both genders.
  CHECK(has("токаевой", [](const Reading& r) { return r.origin == Origin::kNameAlone && (r.tag & kfemn) && (r.list & kListSurname); }));
  CHECK(has("токаевым", [](const Reading& r) { return r.origin == Origin::kNameAlone && (r.tag & kmasc); }));
  // OpenCorpora has «Навальный» for men only.
  CHECK(has("навальной", [](const Reading& r) { return (r.tag & kSurn) && (r.tag & kfemn); }));
  // A foreign surname in a consonant: men's declines, women's does not.
  CHECK(has("скоттом", [](const Reading& r) { return (r.tag & kSurn) && (r.tag & kmasc) && (r.tag & kablt); }));
  CHECK(has("скрипаль", [](const Reading& r) { return (r.tag & kSurn) && (r.tag & kfemn) && (r.tag & kgent); }));
}

TEST_CASE("inflection") {
  struct {
    const char* word;
    Grammemes reading;
    Grammemes target;
    const char* expected;
  } rows[] = {
      {"министерства", kgent, knomn | ksing, "министерство"},
      {"рогозина", kmasc | kSurn, kablt, "рогозиным"},
      {"рогозина", kmasc | kSurn, kfemn | kgent, "рогозиной"},
      {"орел", kanim | knomn, kgent | ksing, "орла"},
      {"орлы", kanim | knomn, knomn | ksing, "орёл"},
      {"российской", kADJF | kgent, knomn | kmasc, "российский"},
      {"российской", kADJF | kgent, knomn | kplur, "российские"},
      {"экс-министром", kablt, knomn, "экс-министр"},
      {"союзом-2.1а", kablt, kgent, "союза-2.1а"},
      {"самолётом-заправщиком", kablt, kgent | kplur, "самолётов-заправщиков"},
      {"людей", kgent, knomn | ksing, "человек"},
      {"тимошенко", kgent, kablt, "тимошенко"},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.word));
    std::string got = "no such reading";
    for (const Reading& r : Readings(row.word)) {
      if ((r.tag & row.reading) != row.reading) continue;
      got = Full().Inflect(r, row.word, row.target).value_or("none");
      break;
    }
    CHECK(got == row.expected);
  }
  const auto verb = Readings("стали")[0];
  CHECK_FALSE(Full().Inflect(verb, "стали", kGeox).has_value());
  // A reading and a word that do not belong together are no trouble.
  CHECK(Full().Lemma(verb, "дом") == "дом");
  CHECK_FALSE(Full().Inflect(verb, "", kVERB).has_value());
}

TEST_CASE("known words and names with inner capitals") {
  for (const char* word : {"Премьер", "премьер-министр", "КАЗАХСТАНА", "Ракета", "ё", "Рогозиным", "орёл", "Орел"})
    CHECK(Full().IsKnownWord(word));
  for (const char* word : {"", "-", "фотобанкРакета", "hello", "йцукенг", "премьер-", "-министр"}) {
    CAPTURE(std::string(word));
    CHECK_FALSE(Full().IsKnownWord(word));
  }
  CHECK(Full().IsCamelName("МакДональд"));
  CHECK_FALSE(Full().IsCamelName("Макдональд"));
  CHECK_FALSE(Full().IsCamelName("КазахстанаПремьер"));

  bundle::Diagnostics diagnostics;
  Builder builder(&diagnostics);
  builder.Add("paradigms.tsv", kSmallParadigms);
  builder.Add("lexemes.tsv", kSmallLexemes);
  builder.AddWord("ВШкаф");
  const Dictionary own = Compile(&builder);
  REQUIRE(own.morph);
  CHECK(own.morph->IsCamelName("ВШкаф"));
  CHECK(own.morph->IsCamelName("ВШкафом"));
  CHECK_FALSE(own.morph->IsCamelName("ВСтол"));
}

TEST_CASE("grammemes") {
  CHECK(GrammemeByName("gent") == kgent);
  CHECK(GrammemeByName("gen2") == kgent);
  CHECK(GrammemeByName("voct") == knomn);
  CHECK(GrammemeByName("1per") == kper1);
  CHECK(GrammemeByName("ms-f") == kms_f);
  CHECK(GrammemeByName("nonsense") == 0);
  CHECK(ParseTag("NOUN,anim,masc,Sgtm,Surn sing,gent") == (kNOUN | kanim | kmasc | kSgtm | kSurn | ksing | kgent));

  struct {
    const char* left;
    const char* right;
    bool agree;
  } rows[] = {
      {"NOUN,inan,masc sing,gent", "ADJF masc,sing,gent", true},
      {"NOUN,inan,masc sing,gent", "ADJF femn,sing,gent", false},
      {"NOUN,inan,masc sing,gent", "ADJF masc,sing,datv", false},
      {"NOUN,inan,femn plur,loct", "ADJF plur,loct", true},
      {"NOUN,anim,ms-f,Surn sing,datv", "NOUN,anim,femn,Name sing,datv", true},
      {"NOUN,anim,ms-f,Surn sing,datv", "NOUN,anim,masc,Name sing,datv", true},
      {"NOUN,inan,GNdr,Pltm plur,nomn", "ADJF plur,nomn", true},
      {"ADVB", "ADJF plur,nomn", false},
      {"NUMR gent", "NOUN,inan,femn plur,gent", true},
      {"VERB sing,past", "NOUN,inan,femn sing,nomn", false},
  };
  for (const auto& row : rows) {
    CAPTURE(std::string(row.left));
    CAPTURE(std::string(row.right));
    CHECK(((AgreementOf(ParseTag(row.left)) & AgreementOf(ParseTag(row.right))) != 0) == row.agree);
  }
}

}  // namespace
}  // namespace atau::morph::testing
