#include "compile/compile.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "bundle/source.h"
#include "compile/lint.h"
#include "gazetteer/builder.h"
#include "gazetteer/gazetteer.h"
#include "morph/builder.h"
#include "morph/letters.h"
#include "morph/morph.h"
#include "morph/stored.h"
#include "resolve/weights.h"
#include "rules/compiler.h"
#include "text/clean.h"

namespace atau::compile {
namespace {

using bundle::FileKind;
using bundle::SourceFile;
namespace column = bundle::column;

// Section bytes that are looked at before they are in a bundle; sections ask for aligned memory.
std::shared_ptr<const bundle::Bundle> AsBundle(std::string_view name, std::string section) {
  bundle::Writer writer;
  writer.Add(name, std::move(section));
  return std::move(bundle::Bundle::FromBytes(writer.Finish(), "(in memory)").value());
}

// What the morphology may guess an unknown word of a name to be.
morph::Grammemes HintOf(const gazetteer::UnknownWord& word) {
  morph::Grammemes hint = word.plural ? morph::kplur : 0;
  switch (word.type) {
    case Type::kPerson:
      return hint | (word.first ? morph::kName : word.last ? morph::kSurn : 0);
    case Type::kLocation:
      return hint | morph::kGeox;
    case Type::kOrganization:
    case Type::kProgram:
      return hint | morph::kNOUN | morph::kinan;
    default:
      return hint;
  }
}

// One compile run; each step reads what the steps before it left here.
class Run {
 public:
  Run(std::vector<Source> sources, const CompileOptions& options, std::shared_ptr<const bundle::Bundle> base)
      : options_(options), sources_(std::move(sources)), base_(std::move(base)) {}

  CompileResult Do() {
    // The order in which a file system lists files must not show in the bytes.
    std::stable_sort(sources_.begin(), sources_.end(), [](const Source& a, const Source& b) { return a.name < b.name; });
    ReadFiles();
    if (CompileMorphology()) {
      CompileGazetteer();
      CompileRules();
      if (options_.lint) LintNames(files_, *morph_, &diagnostics_);
    }
    CompileWeights();
    AddProvenance();
    Progress("done", 1);

    CompileResult result;
    result.ok = !diagnostics_.HasErrors();
    result.diagnostics = diagnostics_.Take();
    if (!options_.lint) {
      std::erase_if(result.diagnostics, [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::kWarning; });
    }
    if (result.ok) result.bundle = writer_.Finish();
    return result;
  }

 private:
  void Progress(std::string_view what, double share) const {
    if (options_.progress) options_.progress(what, share);
  }

  // An error of another room, with its own place where it has one.
  void Report(const Error& error) {
    diagnostics_.Error(error.file.empty() ? "(bundle)" : error.file, error.line, error.column, error.message, error.hint);
  }

  void ReadFiles() {
    Progress("reading sources", 0);
    for (const Source& source : sources_) {
      if (source.name.ends_with(".rules")) {
        rule_sources_.push_back(&source);
      } else if (const std::string base_name = source.name.substr(source.name.rfind('/') + 1);
                 base_name.starts_with("LICENSE") || base_name.starts_with("ATTRIBUTION")) {
        licences_.append("== ").append(source.name).append(" ==\n\n").append(source.content);
        if (!licences_.ends_with('\n')) licences_ += '\n';
        licences_ += '\n';
      } else {
        files_.push_back(bundle::ReadSource(source.name, source.content, &diagnostics_));
      }
    }
    CheckTogether(files_, &diagnostics_);
  }

  // The morphology is built twice: which words of names it lacks can only be told when the rest is known.
  bool CompileMorphology() {
    CollectEntries();
    const bool alone = !base_ || base_->Section(kMorphSection).empty();
    const bool has_sources = std::any_of(files_.begin(), files_.end(), IsForMorphology);
    Progress("building the morphology", 0.05);
    std::string section;
    if (alone || has_sources) {
      if (!BuildMorphology({}, {}, &section)) return false;
    }
    if (!OpenMorphology(section)) return false;
    Progress("learning the words of names", 0.3);
    const std::vector<gazetteer::UnknownWord> unknown = entries_.UnknownWords(*morph_);
    const std::vector<std::string> camels = entries_.CamelNames();
    if (!unknown.empty() || !camels.empty()) {
      if (!BuildMorphology(unknown, camels, &section) || !OpenMorphology(section)) return false;
    }
    if (!StoreReadings()) return false;
    if (!section.empty()) writer_.Add(kMorphSection, std::move(section));
    return true;
  }

  // What the commonest forms may be is found here and now.
  bool StoreReadings() {
    std::map<std::string, std::uint64_t> counts;
    for (const SourceFile& file : files_) {
      if (file.kind() != FileKind::kForms) continue;
      if (base_) {
        diagnostics_.Error(file.name(), 1, 1, "a list of forms cannot go with a base bundle", "leave the file out");
        return false;
      }
      for (std::size_t row = 0; row < file.rows(); ++row) {
        const std::string_view cell = file.Cell(row, column::kFormCount);
        std::uint64_t count = 0;
        std::from_chars(cell.data(), cell.data() + cell.size(), count);
        // A text may write it with its ё or without.
        std::string folded, lower;
        morph::Fold(file.Cell(row, column::kForm), &folded);
        morph::LowerKeepingYo(file.Cell(row, column::kForm), &lower);
        counts[folded] += count;
        if (lower != folded) counts[lower] += count;
      }
    }
    if (counts.empty()) return true;
    Progress("storing what frequent forms may be", 0.5);
    std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::vector<std::string> forms;
    for (auto& [form, count] : sorted) forms.push_back(std::move(form));
    auto stored = morph::StoreReadings(morph_bundle_->Section(kMorphSection), forms);
    if (!stored.ok()) return Report(stored.error()), false;
    writer_.Add(kReadingsSection, *std::move(stored));
    return true;
  }

  static bool IsForMorphology(const SourceFile& file) {
    return !file.faulty() && (file.kind() == FileKind::kMorphology || file.kind() == FileKind::kNames);
  }

  bool BuildMorphology(const std::vector<gazetteer::UnknownWord>& unknown, const std::vector<std::string>& camels, std::string* section) {
    // What the sources' rows are faulted for is reported once: duplicates go when the diagnostics are taken.
    morph::Builder builder(&diagnostics_);
    if (base_ && !base_->Section(kMorphSection).empty()) {
      if (Status status = builder.UseBase(base_->Section(kMorphSection)); !status.ok()) return Report(status.error()), false;
    }
    for (const SourceFile& file : files_) {
      if (IsForMorphology(file)) builder.Add(file.name(), file.content());
    }
    for (const gazetteer::UnknownWord& word : unknown) {
      // A word in capitals would pass for an abbreviation that stays as it is.
      std::string written = word.word;
      if (word.abbreviation) morph::Fold(word.word, &written);
      builder.AddWord(written, HintOf(word), word.anew);
    }
    for (const std::string& camel : camels) builder.AddWord(camel, morph::kNOUN | morph::kinan);
    auto built = builder.Build();
    if (!built.ok()) {
      // Mistakes in sources stand in the diagnostics already.
      if (built.error().code != Code::kSyntax || !diagnostics_.HasErrors()) Report(built.error());
      return false;
    }
    *section = *std::move(built);
    return true;
  }

  bool OpenMorphology(const std::string& section) {
    morph_.reset();
    morph_bundle_.reset();
    std::vector<std::string_view> sections;
    if (base_ && !base_->Section(kMorphSection).empty()) sections.push_back(base_->Section(kMorphSection));
    if (!section.empty()) {
      morph_bundle_ = AsBundle(kMorphSection, section);
      sections.push_back(morph_bundle_->Section(kMorphSection));
    }
    auto opened = morph::OpenMorph(sections);
    if (!opened.ok()) return Report(opened.error()), false;
    morph_ = std::move(opened.value());
    return true;
  }

  void CollectEntries() {
    for (const SourceFile& file : files_) {
      if (file.kind() != FileKind::kEntities && file.kind() != FileKind::kWords) continue;
      const bool words = file.kind() == FileKind::kWords;
      for (std::size_t row = 0; row < file.rows(); ++row) {
        gazetteer::SourceEntry entry;
        entry.words = words;
        entry.file = file.name();
        entry.line = file.Line(row);
        if (words) {
          entry.cls = file.Attribute("class");
          entry.kind = file.Cell(row, column::kWordKind);
          entry.slots = file.Cell(row, column::kFlags);
          entry.names.push_back({file.Cell(row, column::kWord), false, false});
        } else {
          entry.type = TypeByName(file.Attribute("type"));
          entry.cls = TypeName(entry.type);
          entry.id = file.Cell(row, column::kId);
          entry.kind = file.Cell(row, column::kKind);
          entry.slots = file.Cell(row, column::kSlots);
          entry.support = file.Cell(row, column::kTier) == "support";
          const auto add = [&](std::string_view cell) {
            const bundle::WrittenName name = bundle::ParseName(cell);
            entry.names.push_back({name.text, name.exact, name.support});
          };
          add(file.Cell(row, column::kName));
          for (const std::string_view variant : bundle::Split(file.Cell(row, column::kVariants), '|')) add(variant);
        }
        entries_.Add(std::move(entry));
      }
    }
  }

  void CompileGazetteer() {
    std::string section;
    if (entries_.size() != 0) {
      section = entries_.Finish(*morph_, &diagnostics_, [&](double share) { Progress("compiling names", 0.6 + 0.3 * share); });
      gazetteer_bundle_ = AsBundle(kGazetteerSection, section);
    }
    std::vector<std::string_view> sections;
    if (base_ && !base_->Section(kGazetteerSection).empty()) sections.push_back(base_->Section(kGazetteerSection));
    if (gazetteer_bundle_) sections.push_back(gazetteer_bundle_->Section(kGazetteerSection));
    auto opened = gazetteer::OpenGazetteer(sections);
    if (!opened.ok()) return Report(opened.error());
    gazetteer_ = std::move(opened.value());
    if (!section.empty()) writer_.Add(kGazetteerSection, std::move(section));
  }

  void CompileRules() {
    if (rule_sources_.empty() || !gazetteer_) return;
    Progress("compiling rules", 0.9);
    rules::RuleCompiler compiler;
    for (const Source* source : rule_sources_) compiler.Add(source->name, source->content, &diagnostics_);
    std::string section = compiler.Finish(gazetteer_.get(), &diagnostics_);
    if (section.empty()) return;
    if (options_.run_examples) RunExamples(section);
    writer_.Add(kRulesSection, std::move(section));
  }

  void RunExamples(const std::string& section) {
    Progress("running the rules' examples", 0.93);
    const std::shared_ptr<const bundle::Bundle> rules_bundle = AsBundle(kRulesSection, section);
    const std::string_view sections[] = {rules_bundle->Section(kRulesSection)};
    auto opened = rules::OpenRules(sections, *gazetteer_);
    if (!opened.ok()) return Report(opened.error());
    text::CleanText clean;
    std::string held;
    std::vector<token::Token> tokens;
    morph::FormTable forms(morph_.get());
    gazetteer::FindScratch scratch;
    std::vector<gazetteer::Match> matches;
    rules::RunExamples(
        **opened,
        [&](std::string_view text) {
          held = text;
          clean.Assign(held, {});
          token::Tokenize(clean.view(), morph_.get(), &tokens);
          forms.InternAll(clean.view(), &tokens);
          matches.clear();
          gazetteer_->Find(tokens, forms, &scratch, &matches);
          rules::View view;
          view.clean = clean.view();
          view.tokens = &tokens;
          view.forms = &forms;
          view.gazetteer = gazetteer_.get();
          view.matches = &matches;
          return view;
        },
        &diagnostics_);
  }

  void CompileWeights() {
    Progress("compiling weights", 0.97);
    std::vector<resolve::WeightRow> rows;
    for (const SourceFile& file : files_) {
      if (file.kind() != FileKind::kWeights) continue;
      for (std::size_t row = 0; row < file.rows(); ++row) {
        const std::string_view evidence = file.Cell(row, column::kEvidence), place = file.Cell(row, column::kPlace),
                               type = file.Cell(row, column::kType), weight = file.Cell(row, column::kWeight);
        resolve::Template evidence_template;
        std::string_view value;
        if (!resolve::ParseEvidence(evidence, &evidence_template, &value)) {
          diagnostics_.Error(file.name(), file.Line(row), file.ColumnOf(row, evidence),
                             std::string("unknown evidence '").append(evidence).append("'"),
                             "evidence looks like lemma=город; see weights/README.md");
          continue;
        }
        resolve::WeightRow out;
        out.evidence = evidence;
        if (!resolve::ParsePlace(place, type, &out.slot)) {
          diagnostics_.Error(
              file.name(), file.Line(row), file.ColumnOf(row, place),
              std::string("the place '").append(place).append("' and the type '").append(type).append("' make no sense"),
              "places are span, in-2 … in+2, begin-2 … begin+2, end-2 … end+2; types PERSON, ORGANIZATION, LOCATION, PROGRAM");
          continue;
        }
        std::from_chars(weight.data(), weight.data() + weight.size(), out.weight);
        rows.push_back(std::move(out));
      }
    }
    if (!rows.empty()) writer_.Add(kWeightsSection, resolve::BuildWeights(rows));
  }

  void AddProvenance() {
    std::string text = "file\tkind\trows\tchecksum\tsource\tlicence\n";
    const auto add = [&](const Source& source, std::string_view kind, std::size_t rows, std::string_view origin, std::string_view licence) {
      char checksum[17] = {};
      const std::uint64_t value = bundle::Checksum(source.content);
      for (int i = 0; i < 16; ++i) checksum[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
      text.append(source.name).append("\t").append(kind).append("\t").append(std::to_string(rows)).append("\t").append(checksum);
      text.append("\t").append(origin).append("\t").append(licence).append("\n");
    };
    auto file = files_.begin();
    for (const Source& source : sources_) {
      if (file != files_.end() && file->content().data() == source.content.data()) {
        std::size_t rows = file->rows();
        if (file->kind() == FileKind::kMorphology) {
          rows = static_cast<std::size_t>(std::count(source.content.begin(), source.content.end(), '\n'));
        } else if (file->kind() != FileKind::kNone && !file->faulty() && file->Attribute("licence").empty() && !base_) {
          diagnostics_.Warning(file->name(), 0, 0, "the directive names no licence", "add licence=… and source=…");
        }
        add(source, file->kind_name(), rows, file->Attribute("source"), file->Attribute("licence"));
        ++file;
      } else {
        add(source, source.name.ends_with(".rules") ? "rules" : "licence", 0, "", "");
      }
    }
    writer_.Add(kProvenanceSection, std::move(text));
    if (!licences_.empty()) writer_.Add(kLicencesSection, licences_);
  }

  const CompileOptions& options_;
  std::vector<Source> sources_;
  std::shared_ptr<const bundle::Bundle> base_;
  bundle::Diagnostics diagnostics_;
  bundle::Writer writer_;
  std::vector<SourceFile> files_;
  std::vector<const Source*> rule_sources_;
  std::string licences_;
  gazetteer::Builder entries_;
  std::shared_ptr<const bundle::Bundle> morph_bundle_, gazetteer_bundle_;
  std::unique_ptr<morph::Morph> morph_;
  std::unique_ptr<gazetteer::Gazetteer> gazetteer_;
};

}  // namespace

CompileResult CompileWithBase(std::vector<Source> sources, const CompileOptions& options, std::shared_ptr<const bundle::Bundle> base) {
  return Run(std::move(sources), options, std::move(base)).Do();
}

}  // namespace atau::compile

namespace atau {

Result<CompileResult> Compile(std::vector<Source> sources, const CompileOptions& options) {
  std::shared_ptr<const bundle::Bundle> base;
  if (!options.base_bundle.empty()) {
    auto opened = bundle::Bundle::Open(options.base_bundle);
    if (!opened.ok()) return opened.error();
    base = std::move(opened.value());
  }
  return compile::CompileWithBase(std::move(sources), options, std::move(base));
}

}  // namespace atau
