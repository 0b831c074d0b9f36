#include "gazetteer/gazetteer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "gazetteer/builder.h"
#include "gazetteer/layout.h"
#include "gazetteer/paths.h"
#include "morph/morph.h"
#include "token/token.h"

namespace atau::gazetteer {
namespace {

// A language of a dozen words, so that a test shows all that it rests on. A line: form, lemma, grammemes.
constexpr std::string_view kWordList = R"(
министерство министерство NOUN,neut,sing,nomn
министерство министерство NOUN,neut,sing,accs
министерства министерство NOUN,neut,sing,gent
министерства министерство NOUN,neut,plur,nomn
министерством министерство NOUN,neut,sing,ablt
обороны оборона NOUN,femn,sing,gent
обороны оборона NOUN,femn,plur,nomn
обороне оборона NOUN,femn,sing,datv
черное черный ADJF,neut,sing,nomn
черное черный ADJF,neut,sing,accs
черного черный ADJF,neut,sing,gent
черного черный ADJF,masc,sing,gent
черный черный ADJF,masc,sing,nomn
черном черный ADJF,neut,sing,loct
черном черный ADJF,masc,sing,loct
море море NOUN,neut,sing,nomn
море море NOUN,neut,sing,accs
море море NOUN,neut,sing,loct
моря море NOUN,neut,sing,gent
моря море NOUN,neut,plur,nomn
морей море NOUN,neut,plur,gent
город город NOUN,masc,sing,nomn
города город NOUN,masc,sing,gent
города город NOUN,masc,plur,nomn
городе город NOUN,masc,sing,loct
городах город NOUN,masc,plur,loct
москва москва NOUN,femn,sing,nomn
москвы москва NOUN,femn,sing,gent
москве москва NOUN,femn,sing,loct
союз союз NOUN,masc,sing,nomn
союза союз NOUN,masc,sing,gent
союзом союз NOUN,masc,sing,ablt
союзе союз NOUN,masc,sing,loct
союзы союз NOUN,masc,plur,nomn
анна анна NOUN,femn,sing,nomn,Name
анны анна NOUN,femn,sing,gent,Name
петрова петров NOUN,femn,sing,nomn,Surn
петрова петров NOUN,masc,sing,gent,Surn
петровой петров NOUN,femn,sing,gent,Surn
русал русала NOUN,plur,gent,Surn
штрих штрих NOUN,masc,sing,nomn,Surn
нидерланды нидерланды NOUN,plur,nomn
нидерландах нидерланды NOUN,plur,loct
мид мид NOUN,neut,sing,nomn,Abbr
мида мид NOUN,neut,sing,gent,Abbr
протон протон NOUN,masc,sing,nomn
протоном протон NOUN,masc,sing,ablt
газета газета NOUN,femn,sing,nomn
газет газета NOUN,femn,plur,gent
заявить заявить INFN
заявил заявить VERB,masc,sing,past
)";

class SmallMorph final : public morph::Morph {
 public:
  SmallMorph() {
    std::istringstream lines{std::string(kWordList)};
    std::string form, lemma, tags;
    while (lines >> form >> lemma >> tags) {
      morph::Reading reading;
      reading.origin = morph::Origin::kDictionary;
      reading.lemma_key = morph::KeyOf(lemma);
      std::istringstream grammemes(tags);
      for (std::string g; std::getline(grammemes, g, ',');) reading.tag |= morph::GrammemeByName(g);
      readings_[form].push_back(reading);
    }
  }
  void Analyze(std::string_view word, token::Shape, bool guess, std::vector<morph::Reading>* out) const override {
    std::string folded;
    morph::Fold(word, &folded);
    const auto at = readings_.find(folded);
    if (at != readings_.end()) {
      out->insert(out->end(), at->second.begin(), at->second.end());
    } else if (guess) {
      morph::Reading reading;
      reading.lemma_key = morph::KeyOf(folded);
      out->push_back(reading);
    }
  }
  std::string Lemma(const morph::Reading&, std::string_view folded) const override { return std::string(folded); }
  std::optional<std::string> Inflect(const morph::Reading&, std::string_view, morph::Grammemes) const override { return std::nullopt; }
  std::string TagString(const morph::Reading&) const override { return {}; }
  bool IsKnownWord(std::string_view) const override { return true; }
  bool IsCamelName(std::string_view) const override { return true; }

 private:
  std::map<std::string, std::vector<morph::Reading>, std::less<>> readings_;
};

const SmallMorph& Language() {
  static const SmallMorph morph;
  return morph;
}

SourceEntry Name(std::string_view id, std::vector<SourceName> names, Type type = Type::kOrganization) {
  SourceEntry entry;
  entry.id = id;
  entry.cls = TypeName(type);
  entry.kind = "thing";
  entry.type = type;
  entry.names = std::move(names);
  return entry;
}

SourceEntry Word(std::string_view cls, std::string_view word, std::string_view kind = "") {
  SourceEntry entry;
  entry.words = true;
  entry.cls = cls;
  entry.kind = kind;
  entry.names = {{word}};
  return entry;
}

// Sections must be aligned as they are in a bundle.
class Aligned {
 public:
  explicit Aligned(std::string_view bytes)
      : size_(bytes.size()), data_(static_cast<char*>(::operator new (size_ + 1, std::align_val_t{64}))) {
    std::memcpy(data_, bytes.data(), size_);
  }
  ~Aligned() { ::operator delete (data_, std::align_val_t{64}); }
  Aligned(const Aligned&) = delete;
  Aligned& operator=(const Aligned&) = delete;
  std::string_view view() const { return {data_, size_}; }

 private:
  std::size_t size_;
  char* data_;
};

std::string Built(const std::vector<SourceEntry>& entries) {
  Builder builder;
  for (const SourceEntry& entry : entries) builder.Add(entry);
  bundle::Diagnostics diagnostics;
  std::string section = builder.Finish(Language(), &diagnostics);
  for (const Diagnostic& d : diagnostics.Take()) FAIL_CHECK(d.ToString());
  return section;
}

class Finder {
 public:
  explicit Finder(const std::vector<SourceEntry>& entries) : Finder(std::vector<std::string>{Built(entries)}) {}
  explicit Finder(const std::vector<std::string>& sections) {
    std::vector<std::string_view> views;
    for (const std::string& section : sections) {
      memory_.push_back(std::make_unique<Aligned>(section));
      views.push_back(memory_.back()->view());
    }
    auto opened = OpenGazetteer(views);
    REQUIRE(opened.ok());
    gazetteer_ = std::move(opened.value());
  }

  const Gazetteer& gazetteer() const { return *gazetteer_; }
  morph::FormTable& forms() { return forms_; }

  std::vector<Match> Find(std::string_view text) {
    token::Tokenize(text, &Language(), &tokens_);
    return Find(text, &tokens_);
  }
  std::vector<Match> Find(std::string_view text, std::vector<token::Token>* tokens) {
    forms_.InternAll(text, tokens);
    std::vector<Match> matches;
    gazetteer_->Find(*tokens, forms_, &scratch_, &matches);
    return matches;
  }

  // "[Чёрного моря]sea" for each match, with "?" for support, "~" for another letter case, "!" for exact, "2" for the second variant.
  std::string Marked(std::string_view text) {
    std::string out;
    for (const Match& m : Find(text)) {
      if (!out.empty()) out += " ";
      out.append("[").append(text.substr(tokens_[m.begin].begin, tokens_[m.end - 1].end - tokens_[m.begin].begin)).append("]");
      const Entry entry = gazetteer_->entry(m.entry);
      out += (m.flags & kWords) != 0 ? entry.cls : entry.id;
      if ((m.flags & kVariant) != 0) out += std::to_string(m.variant);
      if ((m.flags & kSupport) != 0) out += "?";
      if ((m.flags & kOtherCase) != 0) out += "~";
      if ((m.flags & kExact) != 0) out += "!";
    }
    return out;
  }

 private:
  std::vector<std::unique_ptr<Aligned>> memory_;
  std::unique_ptr<Gazetteer> gazetteer_;
  morph::FormTable forms_{&Language()};
  FindScratch scratch_;
  std::vector<token::Token> tokens_;
};

std::vector<SourceEntry> SmallDictionary() {
  SourceEntry alliance = Name("moscow-union", {{"Союз Москвы"}});
  alliance.support = true;
  return {
      Name("defence", {{"Министерство обороны"}, {"МО", false, true}}),
      Name("sea", {{"Чёрное море"}}, Type::kLocation),
      Name("moscow", {{"Москва"}, {"город Москва"}}, Type::kLocation),
      Name("netherlands", {{"Нидерланды"}}, Type::kLocation),
      Name("anna", {{"Анна Петрова"}}, Type::kPerson),
      Name("anna-sh", {{"Анна Штрих"}}, Type::kPerson),
      Name("soyuz", {{"Союз-2.1а"}}, Type::kProgram),
      Name("and", {{"Союз и города"}}),
      Name("soyuz-ms", {{"Союз МС"}}, Type::kProgram),
      Name("proton", {{"Протон-М"}}, Type::kProgram),
      Name("mid", {{"МИД"}}),
      Name("mir", {{"Мир", true}}),
      Name("nasa", {{"NASA"}}),
      Name("hub", {{"Astana Hub"}}),
      Name("kamaz", {{"КамАЗ"}}),
      alliance,
      Word("head", "министерство", "government"),
      Word("head", "газета", "media"),
      Word("head", "МО"),
      Word("verb", "заявить"),
  };
}

TEST_CASE("names are found in every form, and nothing else is") {
  Finder finder(SmallDictionary());
  const std::pair<std::string_view, std::string_view> cases[] = {
      // The head inflects, its tail does not.
      {"Министерство обороны", "[Министерство обороны]defence [Министерство]head"},
      {"с Министерством обороны", "[Министерством обороны]defence [Министерством]head"},
      {"с Министерством обороне", "[Министерством]head"},
      // The plural is another thing; classes of words do not care.
      {"Союзы Москвы", "[Москвы]moscow"},
      {"много газет", "[газет]head"},
      // Agreement.
      {"у Чёрного моря", "[Чёрного моря]sea"},
      {"у Черного моря", "[Черного моря]sea"},
      {"Чёрный море", ""},
      {"на Чёрном море", "[Чёрном море]sea"},
      {"Чёрного морей", ""},
      // Nouns side by side agree in case only.
      {"в городе Москве", "[городе Москве]moscow1 [Москве]moscow"},
      {"в городе Москвы", "[Москвы]moscow"},
      // Nouns of one rank do too, and each keeps its number.
      {"в «Союзе и городах»", "[Союзе и городах]and"},
      {"Союза и городах", ""},
      // Plural names.
      {"в Нидерландах", "[Нидерландах]netherlands"},
      // People, in either order; a part that does not agree stays as it is.
      {"у Анны Петровой", "[Анны Петровой]anna"},
      {"у Петровой Анны", "[Петровой Анны]anna"},
      {"Анны Петрова", ""},
      {"у Анны Штрих", "[Анны Штрих]anna-sh"},
      // Quotes, dashes, indices.
      {"Союзом-2.1а", "[Союзом-2.1а]soyuz"},
      {"«Союз-2.1А» и «Союз 2.1a»", "[Союз-2.1А]soyuz [Союз 2.1a]soyuz"},
      {"«Союз» — 2,1а", "[Союз» — 2,1а]soyuz"},
      {"Союз MC", "[Союз MC]soyuz-ms"},
      {"Протон-М, Протоном-М, Протоном М", "[Протон-М]proton [Протоном-М]proton [Протоном М]proton"},
      // Letter case.
      {"МИНИСТЕРСТВО ОБОРОНЫ", "[МИНИСТЕРСТВО ОБОРОНЫ]defence [МИНИСТЕРСТВО]head"},
      {"министерство обороны", "[министерство обороны]defence~ [министерство]head"},
      {"МИДа, МИД, мида", "[МИДа]mid [МИД]mid [мида]mid~"},
      {"мо", "[мо]defence1?~!"},
      {"МО", "[МО]defence1?! [МО]head!"},
      {"Мир, мир, МИР", "[Мир]mir!"},
      {"NASA, Nasa", "[NASA]nasa! [Nasa]nasa~!"},
      {"astana hub", "[astana hub]hub~!"},
      {"КамАЗ, КАМАЗ, Камаз", "[КамАЗ]kamaz! [КАМАЗ]kamaz! [Камаз]kamaz~!"},
      // Support, verbs.
      {"Союзом Москвы", "[Союзом Москвы]moscow-union? [Москвы]moscow"},
      {"он заявил", "[заявил]verb"},
      // Borders.
      {"Чёрное. Море", ""},
      {"Чёрное\n\nморе", ""},
      {"Чёрное\nморе", "[Чёрное\nморе]sea"},
      {"Чёрное, море", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.first);
    CHECK(finder.Marked(c.first) == c.second);
  }
}

TEST_CASE("a match says in which case and number it stands") {
  Finder finder(SmallDictionary());
  const auto agreement = [&](std::string_view text) { return finder.Find(text).at(0).agreement; };
  CHECK(agreement("Чёрного моря") == (morph::AgreementOfCase(1) & 0x444444));
  CHECK(agreement("Нидерландах") == (morph::AgreementOfCase(5) & 0x888888));
  CHECK(agreement("NASA") == 0);
}

TEST_CASE("entries, ids, classes and kinds") {
  Finder finder(std::vector<std::string>{Built(SmallDictionary()), Built({Word("head", "союз", "union"), Name("own", {{"Союз"}})})});
  const Gazetteer& gazetteer = finder.gazetteer();
  CHECK(gazetteer.size() == SmallDictionary().size() + 2);
  std::uint32_t index = 0;
  REQUIRE(gazetteer.FindId("sea", &index));
  const Entry sea = gazetteer.entry(index);
  CHECK(sea.name == "Чёрное море");
  CHECK(sea.cls == "LOCATION");
  CHECK(sea.kind == "thing");
  CHECK(sea.type == Type::kLocation);
  CHECK(!sea.support);
  CHECK(sea.class_id == gazetteer.ClassId("LOCATION"));
  CHECK(sea.kind_id == gazetteer.KindId("LOCATION", "thing"));
  CHECK(gazetteer.KindName(sea.kind_id) == "LOCATION:thing");
  REQUIRE(gazetteer.FindId("own", &index));
  CHECK(gazetteer.entry(index).class_id == gazetteer.ClassId("ORGANIZATION"));
  CHECK(gazetteer.Info(index).class_id == gazetteer.ClassId("ORGANIZATION"));
  CHECK(gazetteer.Info(index).kind_id == gazetteer.entry(index).kind_id);
  CHECK(gazetteer.Info(index).type == gazetteer.entry(index).type);
  CHECK(!gazetteer.FindId("nobody", &index));
  CHECK(!gazetteer.FindId("министерство", &index));
  CHECK(gazetteer.KindId("head", "union") != 0);
  CHECK(gazetteer.KindId("head", "media") != 0);
  CHECK(gazetteer.KindId("head", "absent") == 0);
  CHECK(gazetteer.ClassId("absent") == 0);
  CHECK(gazetteer.ClassName(0) == "");
  CHECK(gazetteer.entry(gazetteer.size()).id == "");
  CHECK(finder.Marked("Союз") == "[Союз]head [Союз]own");
}

TEST_CASE("a word with the flag `listed` is an entry that no text matches") {
  SourceEntry small = Word("small", "союз", "listed_one");
  small.slots = "forms,listed";
  SourceEntry other = Word("head", "союз", "union");
  other.slots = "unlisted";
  Finder finder({small, other});
  CHECK(finder.Marked("союз") == "[союз]head");
  REQUIRE(finder.gazetteer().size() == 2);
  CHECK(finder.gazetteer().entry(0).name == "союз");
  CHECK(finder.gazetteer().entry(0).kind == "listed_one");
  CHECK(finder.gazetteer().ClassId("small") != 0);
}

TEST_CASE("a gazetteer of nothing finds nothing") {
  Finder none(std::vector<std::string>{});
  CHECK(none.Marked("Чёрное море") == "");
  Finder empty(std::vector<SourceEntry>{});
  CHECK(empty.Marked("Чёрное море") == "");
}

TEST_CASE("a scratch may be used with one table after another, and after the table was cleared") {
  Finder finder(SmallDictionary());
  CHECK(finder.Marked("Москвы") == "[Москвы]moscow");
  finder.forms().Clear();
  CHECK(finder.Marked("газет Москвы") == "[газет]head [Москвы]moscow");
  CHECK(finder.Marked("Нидерландах газет") == "[Нидерландах]netherlands [газет]head");
}

TEST_CASE("names that cannot match are reported") {
  Builder builder;
  SourceEntry entry = Name("signs", {{"—"}});
  entry.file = "f.tsv", entry.line = 7;
  builder.Add(entry);
  std::string long_name = "Союз";
  for (int i = 0; i < 40; ++i) long_name += " Союз";
  entry = Name("long", {{long_name}});
  entry.file = "f.tsv", entry.line = 8;
  builder.Add(entry);
  bundle::Diagnostics diagnostics;
  builder.Finish(Language(), &diagnostics);
  const std::vector<Diagnostic> said = diagnostics.Take();
  REQUIRE(said.size() == 2);
  CHECK(said[0].ToString() == "f.tsv:7: error: the name '—' can never match; it has no letters and digits");
  CHECK(said[1].hint == "names have at most 32 words and signs");
}

TEST_CASE("words that the morphology lacks are collected") {
  Builder builder;
  const SourceEntry entry = Name("x", {{"Союз Байтерек"}, {"ЪЪЪ", true}, {"Министерство Хруничева"}, {"Нур-Султан"}, {"КазМунайГаз"}});
  builder.Add(entry);
  std::vector<std::string> words;
  for (const UnknownWord& word : builder.UnknownWords(Language())) words.push_back(word.word);
  CHECK(words == std::vector<std::string>{"Байтерек", "КазМунайГаз", "Нур", "Нур-Султан", "Султан"});
  CHECK(builder.CamelNames() == std::vector<std::string>{"КазМунайГаз"});
}

TEST_CASE("a thing whose name is known only as a case of a surname has cases of its own") {
  const auto anew = [](const SourceEntry& entry) {
    Builder builder;
    builder.Add(entry);
    std::vector<std::string> words;
    for (const UnknownWord& word : builder.UnknownWords(Language())) {
      if (word.anew) words.push_back(word.word);
    }
    return words;
  };
  CHECK(anew(Name("x", {{"Русал"}})) == std::vector<std::string>{"Русал"});
  CHECK(anew(Name("x", {{"Русал"}}, Type::kPerson)).empty());
  CHECK(anew(Name("x", {{"Союз Русал"}})).empty());
  CHECK(anew(Name("x", {{"Штрих"}})).empty());  // a surname as it stands
  CHECK(anew(Name("x", {{"Москвы"}})).empty());
}

// ---- The slow twin: every way of every name at every token, by the definition.

struct Found {
  std::uint32_t begin, end, entry;
  auto operator<=>(const Found&) const = default;
};

class SlowFinder {
 public:
  explicit SlowFinder(const std::vector<SourceEntry>& entries) {
    NameReader reader(&Language());
    std::vector<NameWord> words;
    for (const SourceEntry& entry : entries) {
      for (const SourceName& name : entry.names) {
        reader.Read(name.text, &words);
        for (NamePath& path : PathsOf(words, entry, name.exact))
          ways_.push_back({static_cast<std::uint32_t>(&entry - entries.data()), path});
      }
    }
  }

  std::set<Found> Find(const std::vector<token::Token>& tokens, const morph::FormTable& forms) const {
    std::set<Found> found;
    for (const auto& [entry, path] : ways_) {
      for (std::uint32_t begin = 0; begin < tokens.size(); ++begin) {
        const std::uint32_t end = EndOf(path, tokens, forms, begin);
        if (end != 0) found.insert({begin, end, entry});
      }
    }
    return found;
  }

 private:
  static std::uint32_t EndOf(const NamePath& path, const std::vector<token::Token>& tokens, const morph::FormTable& forms,
                             std::uint32_t begin) {
    std::uint32_t at = begin;
    morph::Agreement strict = morph::kAllAgreement;
    std::set<int> cases;  // case * 2 + plural
    for (int i = 0; i < 12; ++i) cases.insert(i);
    for (std::size_t i = 0; i < path.keys.size(); ++i) {
      if (i > 0) {
        int passed = 0;
        do {
          if (tokens[at].Has(token::kSentenceEnd) || ++at >= tokens.size() || tokens[at].Has(token::kBlockStart | token::kSentenceStart))
            return 0;
        } while (IsPassedOver(tokens[at]) && ++passed <= 3);
        if (IsPassedOver(tokens[at])) return 0;
      }
      const morph::Form& form = forms[tokens[at].form];
      if (IsPassedOver(tokens[at])) return 0;
      if (path.keys[i] == KeyOfFixed(form) || path.keys[i] == ExactKey(morph::KeyOf(form.surface))) continue;
      morph::Agreement of_lemma = 0;
      bool any = false;
      for (const morph::Reading& r : forms.ReadingsOf(form)) {
        if (LemmaKey(r.lemma_key) != path.keys[i]) continue;
        any = true;
        of_lemma |= morph::AgreementOf(r.tag);
      }
      if (!any) return 0;
      strict &= of_lemma;
      std::set<int> here;
      for (int c = 0; c < 6; ++c) {
        if ((of_lemma >> (4 * c) & 7) != 0) here.insert(2 * c);
        if ((of_lemma >> (4 * c) & 8) != 0) here.insert(2 * c + 1);
      }
      std::set<int> both;
      std::set_intersection(cases.begin(), cases.end(), here.begin(), here.end(), std::inserter(both, both.end()));
      cases = both;
    }
    const morph::Agreement allowed = path.allowed & morph::kAllAgreement;
    const bool agrees =
        allowed == 0 || (path.allowed & kAnyForm) != 0 || ((path.allowed & kCaseOnly) != 0 ? !cases.empty() : (strict & allowed) != 0);
    return agrees ? at + 1 : 0;
  }

  std::vector<std::pair<std::uint32_t, NamePath>> ways_;
};

TEST_CASE("the automaton finds what the slow twin finds") {
  std::vector<std::string> forms;
  std::istringstream lines{std::string(kWordList)};
  for (std::string form, lemma, tags; lines >> form >> lemma >> tags;) forms.push_back(form);
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  std::mt19937 random(20211123);
  const auto any_word = [&] { return forms[random() % forms.size()]; };
  std::size_t total = 0;
  for (int round = 0; round < 60; ++round) {
    // Names and texts are random sequences of the same few words, so that they meet often.
    std::vector<std::string> names, ids;
    for (int i = 0; i < 40; ++i) {
      std::string name = any_word();
      for (std::size_t extra = random() % 4; extra > 0; --extra) name += " " + any_word();
      names.push_back(name);
      ids.push_back("id" + std::to_string(i));
    }
    std::vector<SourceEntry> entries;
    for (std::size_t i = 0; i < names.size(); ++i) {
      entries.push_back(Name(ids[i], {{names[i], random() % 8 == 0}}, random() % 3 == 0 ? Type::kPerson : Type::kOrganization));
      // The builder adds the reverse order of two words of a person; the twin keeps to what is written.
      if (entries.back().type == Type::kPerson && std::count(names[i].begin(), names[i].end(), ' ') == 1)
        entries.back().type = Type::kLocation;
    }
    Finder finder(entries);
    const SlowFinder slow(entries);
    for (int t = 0; t < 10; ++t) {
      std::string text;
      for (int i = 0; i < 60; ++i) {
        constexpr std::string_view kBetween[] = {" ", " ", " ", " ", " ", " «", "» ", " — ", "» — «", ". ", ", ", "\n\n", "\n"};
        if (random() % 4 == 0 && !names.empty()) {
          text += names[random() % names.size()];
        } else {
          text += any_word();
        }
        text += kBetween[random() % std::size(kBetween)];
      }
      std::vector<token::Token> tokens;
      token::Tokenize(text, &Language(), &tokens);
      std::set<Found> fast;
      for (const Match& m : finder.Find(text, &tokens)) {
        CHECK(fast.insert({m.begin, m.end, m.entry}).second);
      }
      const std::set<Found> expected = slow.Find(tokens, finder.forms());
      total += expected.size();
      CAPTURE(text);
      CHECK(fast == expected);
    }
  }
  CHECK(total > 1000);
}

TEST_CASE("matches come sorted: by begin, longer ones first, then by entry") {
  Finder finder(SmallDictionary());
  const std::vector<Match> matches = finder.Find("Министерство обороны и Союз Москвы в городе Москве, Союз-2.1а");
  REQUIRE(matches.size() > 5);
  CHECK(std::is_sorted(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
    return std::tuple(a.begin, UINT32_MAX - a.end, a.entry) < std::tuple(b.begin, UINT32_MAX - b.end, b.entry);
  }));
}

TEST_CASE("a cut section is an error or works") {
  const std::string good = Built(SmallDictionary());
  for (std::size_t size = 0; size < good.size(); size += 7) {
    const Aligned cut(std::string_view(good).substr(0, size));
    const std::string_view views[] = {cut.view()};
    const auto opened = OpenGazetteer(views);
    if (size == 0) continue;  // no section at all is no error
    REQUIRE(!opened.ok());
    CHECK(opened.error().code == Code::kCorrupt);
  }
}

TEST_CASE("flipped bits give an error or sane results, never a crash") {
  const std::string good = Built(SmallDictionary());
  std::mt19937 random(7);
  const std::string text = "Министерство обороны у Чёрного моря, Союз-2.1а, Протоном-М, МИДа, Анны Петровой в городе Москве заявил NASA";
  std::vector<token::Token> tokens;
  token::Tokenize(text, &Language(), &tokens);
  morph::FormTable forms(&Language());
  forms.InternAll(text, &tokens);
  std::size_t opened_count = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bad = good;
    // Most bytes are the edge table's: half of the flips go to the rest.
    const std::size_t at = i % 2 == 0 ? random() % bad.size() : bad.size() - 1 - random() % (bad.size() / 3);
    bad[at] = static_cast<char>(bad[at] ^ (1 << (random() % 8)));
    const Aligned flipped(bad);
    const std::string_view views[] = {flipped.view()};
    const auto opened = OpenGazetteer(views);
    if (!opened.ok()) continue;
    ++opened_count;
    const Gazetteer& gazetteer = **opened;
    FindScratch scratch;
    std::vector<Match> matches;
    gazetteer.Find(tokens, forms, &scratch, &matches);
    std::size_t bytes = 0;
    for (const Match& m : matches) {
      CHECK(m.begin < m.end);
      CHECK(m.end <= tokens.size());
      CHECK(m.entry < gazetteer.size());
    }
    for (std::uint32_t e = 0; e < gazetteer.size(); ++e) {
      const Entry entry = gazetteer.entry(e);
      for (const std::string_view s : {entry.id, entry.cls, entry.kind, entry.name, entry.slots}) bytes += std::string(s).size();
      std::uint32_t index;
      if (gazetteer.FindId(entry.id, &index)) CHECK(index < gazetteer.size());
      CHECK(gazetteer.KindName(entry.kind_id).size() < 1000000);
    }
    CHECK(bytes < 100000000);
  }
  CHECK(opened_count > 500);
}

}  // namespace
}  // namespace atau::gazetteer
