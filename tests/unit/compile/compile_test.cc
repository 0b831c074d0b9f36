#include "compile/compile.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "gazetteer/gazetteer.h"
#include "morph/morph.h"

namespace atau::compile {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = fs::path(__FILE__).parent_path().parent_path().parent_path().parent_path();

// The morphology of the repository: names are found by it, so that a small one would prove little. Compiled once for all tests.
const std::vector<Source>& Morphology() {
  static const std::vector<Source> sources = [] {
    auto read = ReadSources((kRoot / "dictionaries" / "morphology").string());
    return read.ok() ? *std::move(read) : std::vector<Source>();
  }();
  return sources;
}

std::shared_ptr<const bundle::Bundle> Base() {
  static const std::shared_ptr<const bundle::Bundle> base = [] {
    CompileResult result = CompileWithBase(Morphology(), {}, nullptr);
    for (const Diagnostic& d : result.diagnostics) MESSAGE(d.ToString());
    REQUIRE(result.ok);
    return *bundle::Bundle::FromBytes(std::move(result.bundle), "base");
  }();
  return base;
}

std::string Said(const CompileResult& result) {
  std::string out;
  for (const Diagnostic& d : result.diagnostics) out += d.ToString() + "\n";
  return out;
}

std::string Entities(std::string_view type, std::string_view rows) {
  return std::string("#! entities type=")
      .append(type)
      .append(" source=test licence=Apache-2.0\nid\tkind\tname\tvariants\ttier\tslots\n")
      .append(rows);
}

// A user's bundle over the base, opened, with the matches of a text as "[words]id".
class Extended {
 public:
  explicit Extended(std::vector<Source> sources) : base_(Base()) {
    CompileResult result = CompileWithBase(std::move(sources), {}, base_);
    REQUIRE_MESSAGE(result.ok, Said(result));
    own_ = *bundle::Bundle::FromBytes(std::move(result.bundle), "own");
    std::vector<std::string_view> sections;
    for (const auto* bundle : {base_.get(), own_.get()}) {
      if (!bundle->Section(kMorphSection).empty()) sections.push_back(bundle->Section(kMorphSection));
    }
    morph_ = morph::OpenMorph(sections).value();
    const std::string_view names[] = {own_->Section(kGazetteerSection)};
    gazetteer_ = gazetteer::OpenGazetteer(names).value();
    forms_ = std::make_unique<morph::FormTable>(morph_.get());
  }

  std::string Marked(std::string_view text) {
    std::vector<token::Token> tokens;
    token::Tokenize(text, morph_.get(), &tokens);
    forms_->InternAll(text, &tokens);
    std::vector<gazetteer::Match> matches;
    gazetteer_->Find(tokens, *forms_, &scratch_, &matches);
    std::string out;
    for (const gazetteer::Match& m : matches) {
      if (!out.empty()) out += " ";
      out.append("[").append(text.substr(tokens[m.begin].begin, tokens[m.end - 1].end - tokens[m.begin].begin)).append("]");
      out += gazetteer_->entry(m.entry).id;
      if ((m.flags & gazetteer::kOtherCase) != 0) out += "~";
    }
    return out;
  }

 private:
  std::shared_ptr<const bundle::Bundle> base_, own_;
  std::unique_ptr<morph::Morph> morph_;
  std::unique_ptr<gazetteer::Gazetteer> gazetteer_;
  std::unique_ptr<morph::FormTable> forms_;
  gazetteer::FindScratch scratch_;
};

TEST_CASE("a name written once is found in every case") {
  Extended names({
      {"programs.tsv", Entities("PROGRAM",
                                "baiterek\tproject\tБайтерек\tНазарбаевский старт\talone\n"
                                "glonass\tsystem\tГЛОНАСС\t\talone\n"
                                "nordstream\tpipeline\tСеверный поток — 2\t\talone\n"
                                "proton\tlauncher\tПротон-М\t\talone\n"
                                "soyuz\tlauncher\tСоюз-2.1а\t\talone\n")},
      {"organizations.tsv", Entities("ORGANIZATION",
                                     "arena\tsports\tАстана Арена\t\talone\n"
                                     "bank\tfinance\tТинькофф Банк\t\talone\n"
                                     "kmg\tcompany\tКазМунайГаз\t\talone\n"
                                     "msu\teducation\tМосковский государственный университет имени М. В. Ломоносова\t\talone\n"
                                     "neft\tcompany\tГазпром нефть\t\talone\n"
                                     "workers\tparty\tРабочая партия Курдистана\t\talone\n"
                                     "yandex\tcompany\tЯндекс\t\talone\n")},
      {"places.tsv", Entities("LOCATION",
                              "moscow\tcity\tгород Москва\t\talone\n"
                              "nur\tcity\tНур-Султан\t\talone\n"
                              "spb\tcity\tСанкт-Петербург\t\talone\n"
                              "uae\tcountry\tОбъединённые Арабские Эмираты\t\talone\n"
                              "uralsk\tcity\tНовый Кызылжар\t\talone\n")},
      {"people.tsv", Entities("PERSON",
                              "kim\tpolitician\tКим Чен Ын\t\talone\n"
                              "merkel\tpolitician\tАнгела Меркель\t\talone\n"
                              "putin\tpolitician\tВладимир Путин\t\talone\n"
                              "xi\tpolitician\tСи Цзиньпин\t\talone\n")},
  });
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"с «Байтереком» и о Назарбаевском старте", "[Байтереком]baiterek [Назарбаевском старте]baiterek"},
      {"ГЛОНАССа, ГЛОНАССом", "[ГЛОНАССа]glonass [ГЛОНАССом]glonass"},
      {"по «Северному потоку — 2», Северным потоком-2", "[Северному потоку — 2]nordstream [Северным потоком-2]nordstream"},
      {"ракеты «Протон-М», Протоном-М, двух Протонов", "[Протон-М]proton [Протоном-М]proton"},
      {"Союзом-2.1а, Союза 2.1А", "[Союзом-2.1а]soyuz [Союза 2.1А]soyuz"},
      {"Тинькофф Банком", "[Тинькофф Банком]bank"},
      {"на «Астана Арене»", "[Астана Арене]arena"},
      {"КазМунайГазом, КАЗМУНАЙГАЗА", "[КазМунайГазом]kmg [КАЗМУНАЙГАЗА]kmg"},
      {"в Московском государственном университете имени М. В. Ломоносова",
       "[Московском государственном университете имени М. В. Ломоносова]msu"},
      {"«Газпром нефтью»", "[Газпром нефтью]neft"},
      {"Рабочей партии Курдистана", "[Рабочей партии Курдистана]workers"},
      {"Яндексу", "[Яндексу]yandex"},
      {"в городе Москве, города Москвы", "[городе Москве]moscow [города Москвы]moscow"},
      {"НУР-СУЛТАН, в Нур-Султане, из Нур Султана", "[НУР-СУЛТАН]nur [Нур-Султане]nur [Нур Султана]nur"},
      {"Санкт-Петербургу", "[Санкт-Петербургу]spb"},
      {"Объединенными Арабскими Эмиратами", "[Объединенными Арабскими Эмиратами]uae"},
      {"в Новом Кызылжаре", "[Новом Кызылжаре]uralsk"},
      {"Ким Чен Ына", "[Ким Чен Ына]kim"},
      {"Ангелы Меркель, Ангелой Меркель", "[Ангелы Меркель]merkel [Ангелой Меркель]merkel"},
      {"Владимиром Путиным, Путина Владимира", "[Владимиром Путиным]putin [Путина Владимира]putin"},
      {"Си Цзиньпином", "[Си Цзиньпином]xi"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.first);
    CHECK(names.Marked(c.first) == c.second);
  }
}

TEST_CASE("all mistakes of all sources come at once, sorted") {
  const CompileResult result = CompileWithBase(
      {
          {"b.tsv", Entities("PROGRAM", "x\tproject\tДемография\t\talon\n")},
          {"a.tsv", Entities("CITY", "")},
          {"d.tsv", Entities("DATE", "")},
          {"r.tsv", Entities("ROLE", "")},
          {"w.tsv", "#! weights\nevidence\tplace\ttype\tweight\nlema=x\tspan\tPERSON\t1\nlemma=x\tspam\tPERSON\t1\n"},
      },
      {}, Base());
  CHECK(!result.ok);
  CHECK(result.bundle.empty());
  CHECK(
      Said(result) ==
      "a.tsv:1:18: error: unknown type 'CITY'; known ones: PERSON, ORGANIZATION, LOCATION, PROGRAM\n"
      "b.tsv:3:23: error: unknown tier 'alon'; known ones: alone, support\n"
      "d.tsv:1:18: error: 'DATE' has no names to list: dates and sums are found by rules, posts by the class `role`; write a rule that "
      "says `emit DATE`\n"
      "r.tsv:1:18: error: 'ROLE' has no names to list: dates and sums are found by rules, posts by the class `role`; list the words under "
      "`#! words class=role`\n"
      "w.tsv:3:1: error: unknown evidence 'lema=x'; evidence looks like lemma=город; see weights/README.md\n"
      "w.tsv:4:9: error: the place 'spam' and the type 'PERSON' make no sense; places are span, in-2 … in+2, begin-2 … begin+2, end-2 … "
      "end+2; "
      "types PERSON, ORGANIZATION, LOCATION, PROGRAM\n");
}

TEST_CASE("lints warn of everyday words and surnames that fire alone, and can be switched off") {
  const std::vector<Source> sources = {{"a.tsv", Entities("ORGANIZATION",
                                                          "a\tmedia\tТруд\t\talone\n"
                                                          "b\tcompany\tИванов\t\talone\n"
                                                          "c\tmedia\tПравда\t\tsupport\n"
                                                          "d\tmedia\tИзвестия\t?Вести|СОН\talone\n")}};
  CHECK(
      Said(CompileWithBase(sources, {}, Base())) ==
      "a.tsv:3:9: warning: 'Труд' fires alone, but it is an everyday word too; give the row the tier support, or the variant the prefix "
      "`?`\n"
      "a.tsv:4:11: warning: 'Иванов' fires alone, but it is a surname too; give the row the tier support, or the variant the prefix `?`\n");
  CompileOptions quiet;
  quiet.lint = false;
  CHECK(Said(CompileWithBase(sources, quiet, Base())) == "");
}

TEST_CASE("the same sources give the same bytes, in whatever order they come") {
  std::vector<Source> sources = {{"a.tsv", Entities("PROGRAM", "a\tproject\tБайтерек\t\talone\n")},
                                 {"b.tsv", "#! words class=head source=x licence=y\nword\nпроект\n"},
                                 {"people/LICENSE", "Apache-2.0\n"}};
  const CompileResult first = CompileWithBase(sources, {}, Base());
  REQUIRE(first.ok);
  std::swap(sources[0], sources[2]);
  CHECK(CompileWithBase(sources, {}, Base()).bundle == first.bundle);
  const auto bundle = *bundle::Bundle::FromBytes(first.bundle, "x");
  CHECK(bundle->Section(kLicencesSection) == "== people/LICENSE ==\n\nApache-2.0\n\n");
  const std::string provenance(bundle->Section(kProvenanceSection));
  CHECK(provenance.find("a.tsv\tentities\t1\t") != std::string::npos);
  CHECK(provenance.find("\ttest\tApache-2.0\n") != std::string::npos);
}

TEST_CASE("what listed forms may be is stored; a bundle over a base stores none") {
  const auto forms = [](std::string_view rows) { return std::string("#! forms source=test licence=MIT\nform\tcount\n").append(rows); };
  CHECK(!Base()->Section(kReadingsSection).empty());
  const std::vector<Source> sources = {
      {"paradigms.tsv",
       "#! paradigms source=test licence=test\nparadigm\tforms\na\t:NOUN,inan,masc sing,nomn|а:NOUN,inan,masc sing,gent\n"},
      {"lexemes.tsv", "#! lexemes source=test licence=test\nlemma\tparadigms\nгород\ta\nнарод\ta\n"}};
  CHECK((*bundle::Bundle::FromBytes(CompileWithBase(sources, {}, nullptr).bundle, "none"))->Section(kReadingsSection).empty());
  // The order of the files does not matter, the counts of two add up.
  const auto compiled = [&](std::string_view a, std::string_view b) {
    std::vector<Source> all = sources;
    all.push_back({"x.tsv", forms(a)});
    if (!b.empty()) all.push_back({"y.tsv", forms(b)});
    const auto bundle = *bundle::Bundle::FromBytes(CompileWithBase(all, {}, nullptr).bundle, "some");
    return std::string(bundle->Section(kReadingsSection));
  };
  const std::string both = compiled("город\t5\nнарод\t4\n", "народ\t4\n");
  CHECK(both == compiled("народ\t4\n", "город\t5\nнарод\t4\n"));
  CHECK(both == compiled("город\t5\nнарод\t8\n", ""));
  CHECK(both != compiled("город\t9\nнарод\t8\n", ""));

  const CompileResult over = CompileWithBase({{"x.tsv", forms("город\t5\n")}}, {}, Base());
  CHECK_FALSE(over.ok);
  CHECK(Said(over).find("base bundle") != std::string::npos);
  const CompileResult wrong = CompileWithBase({{"x.tsv", forms("город\tmany\n")}}, {}, nullptr);
  CHECK_FALSE(wrong.ok);
  CHECK(Said(wrong).find("x.tsv:3:7: error: the count 'many' is no number") != std::string::npos);
}

TEST_CASE("progress goes from 0 to 1") {
  CompileOptions options;
  std::vector<double> shares;
  options.progress = [&](std::string_view what, double share) {
    CHECK(!what.empty());
    shares.push_back(share);
  };
  CompileWithBase({{"a.tsv", Entities("PROGRAM", "a\tproject\tБайтерек\t\talone\n")}}, options, Base());
  REQUIRE(shares.size() > 2);
  CHECK(shares.front() == 0);
  CHECK(shares.back() == 1);
  CHECK(std::is_sorted(shares.begin(), shares.end()));
}

TEST_CASE("a missing base, a missing folder and a folder of sources") {
  CompileOptions options;
  options.base_bundle = "/nonexistent/base.bundle";
  const auto compiled = Compile({}, options);
  REQUIRE(!compiled.ok());
  CHECK(compiled.error().code == Code::kNotFound);
  const auto missing = ReadSources("/nonexistent/folder");
  REQUIRE(!missing.ok());
  CHECK(missing.error().ToString() == "/nonexistent/folder: there is no such folder (name the folder that holds the dictionaries)");

  const fs::path folder = fs::temp_directory_path() / ("atau-sources-" + std::to_string(std::random_device()()));
  for (const char* name : {"b/x.tsv", "a.rules", "README.md", "import/y.tsv", "b/LICENSE", "b/.hidden.tsv", "b/script.py"}) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << name;
  }
  const auto sources = ReadSources(folder.string());
  fs::remove_all(folder);
  REQUIRE(sources.ok());
  std::string names;
  for (const Source& source : *sources) names += source.name + "=" + source.content + " ";
  CHECK(names == "a.rules=a.rules b/LICENSE=b/LICENSE b/x.tsv=b/x.tsv ");
}

}  // namespace
}  // namespace atau::compile
