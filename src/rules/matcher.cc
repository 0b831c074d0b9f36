#include <algorithm>
#include <utility>

#include "morph/inflect.h"
#include "morph/morph.h"
#include "rules/machine.h"
#include "rules/places.h"
#include "rules/program.h"
#include "rules/reading.h"
#include "rules/rules.h"
#include "rules/scratch.h"
#include "rules/tables.h"

namespace atau::rules {

MatchScratch::MatchScratch() : state_(std::make_unique<State>()) {}
MatchScratch::~MatchScratch() = default;

class RuleSetImpl : public RuleSet {
 public:
  RuleSetImpl(Program program, const gazetteer::Gazetteer& gazetteer) : tables_(std::move(program), gazetteer) {}

  Status CompileRegexes() { return tables_.CompileRegexes(); }

  std::uint32_t size() const override { return static_cast<std::uint32_t>(tables_.infos.size()); }
  const RuleInfo& rule(std::uint32_t index) const override { return tables_.infos[index]; }
  std::string_view NameOf(std::uint16_t name) const override {
    return name < tables_.names.size() ? tables_.names[name] : std::string_view();
  }

  std::vector<RuleExample> examples() const override {
    std::vector<RuleExample> out;
    for (const RuleCode& r : tables_.program.rules) {
      for (std::uint32_t i = 0; i < r.examples.count; ++i) {
        const ExampleCode& e = tables_.program.examples[r.examples.first + i];
        out.push_back(
            {tables_.program.strings[r.name], tables_.program.strings[r.file], e.line, e.yes != 0, tables_.program.strings[e.text]});
      }
    }
    return out;
  }

  void Match(const View& view, Phase phase, MatchScratch* scratch, Hits* out) const override {
    Run run{tables_, view, *scratch->state_, *out, phase, tables_.words_of_phase[static_cast<int>(phase)]};
    run.s.mask = tables_.of_phase[static_cast<int>(phase)];
    RunAll(&run);
  }

  void MatchRule(std::uint32_t rule, const View& view, MatchScratch* scratch, Hits* out) const override {
    if (rule >= tables_.program.rules.size()) return;
    Run run{tables_,
            view,
            *scratch->state_,
            *out,
            static_cast<Phase>(tables_.program.rules[rule].phase),
            tables_.words_of_phase[tables_.program.rules[rule].phase]};
    run.s.mask.assign(tables_.words, 0);
    tables_.Set(rule, run.s.mask.data());
    RunAll(&run);
  }

  std::string Attribute(const View& view, const Hits& hits, const Hit& hit, std::string_view key) const override {
    const RuleCode& r = tables_.program.rules[hit.rule];
    for (std::uint32_t i = 0; i < r.emits.count; ++i) {
      if (tables_.program.strings[tables_.program.emits[r.emits.first + i].key] != key) continue;
      const Expression& e = tables_.expressions[r.emits.first + i];
      if (e.literal) return std::string(e.text);
      for (std::uint32_t j = 0; j < hit.captures; ++j) {
        const Capture& c = hits.captures[hit.first_capture + j];
        if (c.name == e.capture) return Evaluate(view, c, e.what);
      }
      return {};
    }
    return {};
  }

 private:
  static void Order(std::size_t first, Hits* out) {
    const auto begin = out->hits.begin() + static_cast<std::ptrdiff_t>(first);
    const auto key = [](const Hit& h) { return std::pair(std::uint64_t{h.begin} << 32 | h.end, h.rule); };
    const auto before = [&key](const Hit& a, const Hit& b) { return key(a) < key(b); };
    // Rules ran from the first token on, so that few hits stand far from their place, unless the rules are so many that they ran in several
    // rounds (see Chooser::Places). Of one span those found first stay first.
    constexpr std::ptrdiff_t kFar = 64;
    for (auto at = begin; at != out->hits.end(); ++at) {
      auto to = at;
      while (to != begin && at - to < kFar && before(*at, to[-1])) --to;
      if (at - to == kFar) {
        std::stable_sort(begin, out->hits.end(), before);
        break;
      }
      if (to != at) std::rotate(to, at, at + 1);
    }
    // Several starts may lead to one span; the first is as good as the others.
    out->hits.erase(std::unique(begin, out->hits.end(), [&](const Hit& a, const Hit& b) { return key(a) == key(b); }), out->hits.end());
  }

  static std::string_view TextOf(const View& view, std::uint32_t begin, std::uint32_t end) {
    if (begin >= end || end > view.tokens->size()) return {};
    const std::size_t b = (*view.tokens)[begin].begin;
    return view.clean.substr(b, (*view.tokens)[end - 1].end - b);
  }

  std::string Evaluate(const View& view, const Capture& c, std::string_view what) const {
    if (c.match >= 0 && view.matches != nullptr && view.gazetteer != nullptr &&
        (what == "class" || what == "id" || what == "name" || what == "lemma")) {
      const gazetteer::Match& m = (*view.matches)[static_cast<std::size_t>(c.match)];
      const gazetteer::Entry entry = view.gazetteer->entry(m.entry);
      if (what == "class") return std::string(entry.kind);
      if (what == "id") return std::string(entry.id);
      if (what == "name" || (m.begin == c.begin && m.end == c.end)) return std::string(entry.name);
    }
    if (what == "text") return std::string(TextOf(view, c.begin, c.end));
    if (what == "normal") {
      return morph::NominativeOf(view.clean, *view.tokens, c.begin, c.end, *view.forms, morph::GroupOptions{});
    }
    if (what == "lemma") {
      std::string out;
      for (std::uint32_t i = c.begin; i < c.end; ++i) {
        const token::Token& t = (*view.tokens)[i];
        const morph::Form& form = (*view.forms)[t.form];
        if (i > c.begin && t.Has(token::kSpaceBefore)) out += ' ';
        const auto readings = view.forms->ReadingsOf(form);
        if (readings.empty() || readings[0].tag == 0) {
          out += form.folded;
        } else {
          out += view.forms->morph().Lemma(readings[0], form.folded);
        }
      }
      return out;
    }
    return {};
  }

  static void RunAll(Run* run) {
    if (!ReadDocument(run)) return;
    const std::size_t first = run->out.hits.size();
    ChooseRules(run);
    RunRules(run);
    Order(first, &run->out);
  }

  RuleTables tables_;
};

Result<std::unique_ptr<RuleSet>> OpenRules(std::span<const std::string_view> sections, const gazetteer::Gazetteer& gazetteer) {
  Program all;
  for (std::string_view section : sections) {
    if (section.empty()) continue;
    Result<Program> one = ReadProgram(section);
    if (!one.ok()) return one.error();
    Append(std::move(one.value()), &all);
  }
  auto set = std::make_unique<RuleSetImpl>(std::move(all), gazetteer);
  const Status status = set->CompileRegexes();
  if (!status.ok()) return status.error();
  return std::unique_ptr<RuleSet>(std::move(set));
}

}  // namespace atau::rules
