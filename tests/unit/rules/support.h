// A small world for the tests of rules: a few words with their readings, a few classes and names, and a text analysed against them.
#ifndef ATAU_TESTS_UNIT_RULES_SUPPORT_H_
#define ATAU_TESTS_UNIT_RULES_SUPPORT_H_

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/diagnostics.h"
#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "morph/morph.h"
#include "rules/compiler.h"
#include "rules/rules.h"
#include "token/token.h"

namespace atau::rules::testing {

// Forms are told as "проекта проект NOUN masc sing gent"; several lines for several readings. The word `gazetteer` behind them says that
// OpenCorpora lacks the word, and an entity's name has it.
class SmallMorph : public morph::Morph {
 public:
  explicit SmallMorph(std::string_view lexicon) {
    std::istringstream lines{std::string(lexicon)};
    std::string line;
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string form, lemma, grammeme;
      if (!(words >> form >> lemma)) continue;
      morph::Reading reading;
      reading.origin = morph::Origin::kDictionary;
      while (words >> grammeme) {
        if (grammeme == "gazetteer") {
          reading.origin = morph::Origin::kGazetteer;
        } else {
          reading.tag |= morph::GrammemeByName(grammeme);
        }
      }
      reading.lemma_key = morph::KeyOf(lemma);
      reading.lexeme = static_cast<std::uint32_t>(lemmas_.size());
      reading.weight = 255;
      lemmas_.push_back(lemma);
      forms_[form].push_back(reading);
    }
  }

  void Analyze(std::string_view folded, token::Shape, bool guess, std::vector<morph::Reading>* out) const override {
    const auto it = forms_.find(folded);
    if (it != forms_.end()) {
      out->insert(out->end(), it->second.begin(), it->second.end());
    } else if (guess) {
      morph::Reading reading;
      reading.lemma_key = morph::KeyOf(folded);
      reading.origin = morph::Origin::kGuess;
      reading.section = 255;
      out->push_back(reading);
    }
  }
  std::string Lemma(const morph::Reading& reading, std::string_view folded) const override {
    return reading.section == 255 ? std::string(folded) : lemmas_[reading.lexeme];
  }
  std::optional<std::string> Inflect(const morph::Reading&, std::string_view, morph::Grammemes) const override { return std::nullopt; }
  std::string TagString(const morph::Reading&) const override { return {}; }
  bool IsKnownWord(std::string_view) const override { return true; }
  bool IsCamelName(std::string_view) const override { return true; }

 private:
  std::map<std::string, std::vector<morph::Reading>, std::less<>> forms_;
  std::vector<std::string> lemmas_;
};

// Rows are "class kind flags words of the name" (entities: "ORGANIZATION media alone|support words"); words are matched by lemma or form,
// folded.
class SmallGazetteer : public gazetteer::Gazetteer {
 public:
  explicit SmallGazetteer(std::string_view rows) {
    std::istringstream lines{std::string(rows)};
    std::string line;
    while (std::getline(lines, line)) {
      std::istringstream cells(line);
      Row row;
      std::string word, folded;
      if (!(cells >> row.cls >> row.kind >> row.flags)) continue;
      while (cells >> word) {
        row.name += (row.name.empty() ? "" : " ") + word;
        morph::Fold(word, &folded);
        row.keys.push_back(morph::KeyOf(folded));
      }
      row.type = TypeByName(row.cls);
      if (row.kind == "-") row.kind.clear();
      if (row.flags == "-") row.flags.clear();
      classes_.try_emplace(row.cls, static_cast<std::uint16_t>(classes_.size() + 1));
      kinds_.try_emplace(row.cls + ":" + row.kind, static_cast<std::uint16_t>(kinds_.size() + 1));
      rows_.push_back(std::move(row));
    }
  }

  void Find(const std::vector<token::Token>& tokens, const morph::FormTable& forms, gazetteer::FindScratch*,
            std::vector<gazetteer::Match>* out) const override {
    const std::size_t first = out->size();
    for (std::uint32_t i = 0; i < tokens.size(); ++i) {
      for (std::uint32_t r = 0; r < rows_.size(); ++r) {
        const Row& row = rows_[r];
        bool same = i + row.keys.size() <= tokens.size();
        for (std::size_t k = 0; same && k < row.keys.size(); ++k) {
          const morph::Form& form = forms[tokens[i + k].form];
          same = form.key == row.keys[k];
          for (const morph::Reading& reading : forms.ReadingsOf(form)) same = same || reading.lemma_key == row.keys[k];
        }
        if (!same) continue;
        gazetteer::Match match;
        match.begin = i;
        match.end = i + static_cast<std::uint32_t>(row.keys.size());
        match.entry = r;
        match.agreement = forms[tokens[i].form].agreement;
        match.type = row.type;
        match.class_id = ClassId(row.cls), match.kind_id = KindId(row.cls, row.kind);
        match.flags = row.type == Type::kNone ? gazetteer::kWords : row.flags == "support" ? gazetteer::kSupport : 0;
        out->push_back(match);
      }
    }
    std::sort(out->begin() + static_cast<std::ptrdiff_t>(first), out->end(), [](const auto& a, const auto& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.end != b.end ? a.end > b.end : a.entry < b.entry;
    });
  }
  gazetteer::Entry entry(std::uint32_t index) const override {
    const Row& row = rows_[index];
    gazetteer::Entry e;
    e.id = e.name = row.name;
    e.cls = row.cls;
    e.kind = row.kind;
    e.slots = row.flags;
    e.type = row.type;
    e.class_id = ClassId(row.cls);
    e.kind_id = KindId(row.cls, row.kind);
    return e;
  }
  std::uint32_t size() const override { return static_cast<std::uint32_t>(rows_.size()); }
  bool FindId(std::string_view, std::uint32_t*) const override { return false; }
  std::uint16_t ClassId(std::string_view cls) const override {
    const auto it = classes_.find(cls);
    return it == classes_.end() ? std::uint16_t{0} : it->second;
  }
  std::uint16_t KindId(std::string_view cls, std::string_view kind) const override {
    const auto it = kinds_.find(std::string(cls) + ":" + std::string(kind));
    return it == kinds_.end() ? std::uint16_t{0} : it->second;
  }
  std::string_view ClassName(std::uint16_t) const override { return {}; }
  std::string_view KindName(std::uint16_t) const override { return {}; }

 private:
  struct Row {
    std::string cls, kind, flags, name;
    Type type = Type::kNone;
    std::vector<std::uint64_t> keys;
  };
  std::vector<Row> rows_;
  std::map<std::string, std::uint16_t, std::less<>> classes_, kinds_;
};

inline constexpr std::string_view kLexicon = R"(
проект проект NOUN masc sing nomn
проекта проект NOUN masc sing gent
министерство министерство NOUN neut sing nomn
обороны оборона NOUN femn sing gent
верховный верховный ADJF masc sing nomn
кагальник кагальник NOUN masc sing nomn gazetteer
верховная верховный ADJF femn sing nomn
суд суд NOUN masc sing nomn
суда суд NOUN masc sing gent
генеральный генеральный ADJF masc sing nomn
директор директор NOUN masc sing nomn
директора директор NOUN masc sing gent
анна анна NOUN Name femn sing nomn
анны анна NOUN Name femn sing gent
иван иван NOUN Name masc sing nomn
иванов иванов NOUN Surn masc sing nomn
иванова иванов NOUN Surn masc sing gent
иванова иванова NOUN Surn femn sing nomn
мир мир NOUN masc sing nomn
сказал сказать VERB past sing masc
дом дом NOUN masc sing nomn
в в PREP
и и CONJ
россии россия NOUN Geox femn sing gent
монумент монумент NOUN masc sing nomn
)";

inline constexpr std::string_view kRows = R"(
program_head project drop проект
program_head project drop,common большой проект
org_head government keep министерство
org_head justice keep суд
org_head company drop,abbr ООО
role executive org директор
role executive org генеральный директор
month 3 - марта
LOCATION country alone Россия
ORGANIZATION media support Мир
)";

// Rules compiled against the small world.
class World {
 public:
  World() : morph(kLexicon), gazetteer(kRows), forms(&morph) {}

  bool Compile(std::string_view source) {
    diagnostics = bundle::Diagnostics();
    RuleCompiler compiler;
    compiler.Add("test.rules", source, &diagnostics);
    section = compiler.Finish(&gazetteer, &diagnostics);
    examples = compiler.examples();
    return Open();
  }
  bool Open() {
    const std::string_view sections[] = {section};
    auto opened = OpenRules(sections, gazetteer);
    if (!opened.ok()) {
      error = opened.error().ToString();
      return false;
    }
    rules = std::move(opened.value());
    scratch = std::make_unique<MatchScratch>();
    return true;
  }
  View Analyze(std::string_view input) {
    text = input;
    token::Tokenize(text, nullptr, &tokens);
    forms.InternAll(text, &tokens);
    matches.clear();
    gazetteer.Find(tokens, forms, nullptr, &matches);
    View view;
    view.clean = text;
    view.tokens = &tokens;
    view.forms = &forms;
    view.gazetteer = &gazetteer;
    view.matches = &matches;
    return view;
  }
  // The emitted spans: "[Байтерек] [Мир]".
  std::string Spans(std::string_view input) {
    const View view = Analyze(input);
    hits.Clear();
    rules->Match(view, Phase::kCandidates, scratch.get(), &hits);
    std::string out;
    for (const Hit& hit : hits.hits) {
      if (!out.empty()) out += ' ';
      out += "[" + text.substr(tokens[hit.begin].begin, tokens[hit.end - 1].end - tokens[hit.begin].begin) + "]";
    }
    return out;
  }
  // The emitted spans of a rule with this pattern.
  std::string Pattern(std::string_view pattern, std::string_view input) {
    std::string source = "rule t\n  match " + std::string(pattern) + "\n  emit PERSON\n  yes [x]\n  no y\n";
    if (!Compile(source) || diagnostics.HasErrors()) {
      std::string out;
      for (const Diagnostic& d : diagnostics.all()) out += d.ToString() + "\n";
      return out.empty() ? error : out;
    }
    return Spans(input);
  }
  std::string Errors() {
    std::string out;
    for (const Diagnostic& d : diagnostics.all()) out += d.ToString() + "\n";
    return out;
  }

  SmallMorph morph;
  SmallGazetteer gazetteer;
  morph::FormTable forms;
  bundle::Diagnostics diagnostics;
  std::string section, error, text;
  std::vector<RuleExample> examples;
  std::unique_ptr<RuleSet> rules;
  std::unique_ptr<MatchScratch> scratch;
  std::vector<token::Token> tokens;
  std::vector<gazetteer::Match> matches;
  Hits hits;
};

}  // namespace atau::rules::testing

#endif  // ATAU_TESTS_UNIT_RULES_SUPPORT_H_
