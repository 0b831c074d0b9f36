#include "document/pipeline.h"

#include <algorithm>
#include <utility>

#include "resolve/apart.h"

namespace atau::document {
namespace {

constexpr std::size_t kManyForms = 60000;  // forms kept between documents
constexpr std::size_t kFewWords = 12;      // shorter texts do not tell their letter case
constexpr double kRareCase = 0.02;

// Whether nearly all words of the text stand in one letter case, so that capitals say nothing.
bool IsCaseless(const std::vector<token::Token>& tokens) {
  std::size_t lower = 0, cap = 0, upper = 0;
  for (const token::Token& t : tokens) {
    if (t.kind != token::Kind::kWord || t.Has(token::Flag::kUrl | token::Flag::kDigits)) continue;
    lower += t.shape == token::Shape::kLower;
    upper += t.shape == token::Shape::kUpper;
    cap += t.shape == token::Shape::kCap || t.shape == token::Shape::kMixed;
  }
  const std::size_t words = lower + cap + upper;
  if (words < kFewWords) return false;
  const double w = static_cast<double>(words);
  return static_cast<double>(cap + upper) < kRareCase * w || static_cast<double>(lower + cap) < kRareCase * w;
}

std::vector<std::string_view> Sections(const std::vector<std::shared_ptr<const bundle::Bundle>>& bundles, std::string_view name) {
  std::vector<std::string_view> sections;
  for (const auto& b : bundles) {
    if (const std::string_view s = b->Section(name); !s.empty()) sections.push_back(s);
  }
  return sections;
}

// The kinds that mentions may have: those of names and class words, those that rules write out, and those of people without either.
std::unordered_set<std::string_view> Kinds(const gazetteer::Gazetteer& gazetteer, const rules::RuleSet& rules) {
  std::unordered_set<std::string_view> kinds = {"person", "family"};
  for (std::uint16_t k = 1; !gazetteer.KindName(k).empty(); ++k) {
    if (const std::string_view kind = gazetteer::KindAfterColon(gazetteer.KindName(k)); !kind.empty()) kinds.insert(kind);
  }
  for (std::uint32_t r = 0; r < rules.size(); ++r) {
    for (const auto& [key, value] : rules.rule(r).emits) {
      if (key == "kind" && value.size() > 2 && value.front() == '\'') kinds.insert(value.substr(1, value.size() - 2));
    }
  }
  return kinds;
}

}  // namespace

WordKnowledge::WordKnowledge(const morph::Morph* morph, const gazetteer::Gazetteer* gazetteer, resolve::PostWords* posts) : morph_(morph) {
  // Abbreviations of the kind `head` stand before what they belong to («г. Алматы»); those of the kind `tail` may end a sentence («и т.
  // д.»).
  std::unordered_set<std::string> tails;
  const std::uint16_t cls = gazetteer->ClassId("abbreviation");
  const std::uint16_t run_on = gazetteer->ClassId("run_on_word");
  for (std::uint32_t i = 0; i < gazetteer->size(); ++i) {
    const std::uint16_t own = gazetteer->Info(i).class_id;
    if (posts->Wants(own)) posts->Add(gazetteer->entry(i));
    if (own == 0 || (own != cls && own != run_on)) continue;
    const gazetteer::Entry e = gazetteer->entry(i);
    std::string word;
    morph::Fold(e.name, &word);
    if (own == run_on) {
      const token::RunOn what = e.kind == "latin"   ? token::RunOn::kLatin
                                : e.kind == "state" ? token::RunOn::kState
                                                    : token::RunOn::kCyrillic;
      run_on_[static_cast<std::size_t>(what)].insert(word);
      continue;
    }
    if (word.ends_with('.')) word.pop_back();
    (e.kind == "tail" ? tails : abbreviations_).insert(word);
  }
  for (const std::string& tail : tails) abbreviations_.erase(tail);
}

bool WordKnowledge::IsAbbreviation(std::string_view word_without_stop) const {
  std::string folded;
  morph::Fold(word_without_stop, &folded);
  return abbreviations_.contains(folded);
}

bool WordKnowledge::RunsOn(std::string_view word, token::RunOn what) const {
  std::string folded;
  morph::Fold(word, &folded);
  return run_on_[static_cast<std::size_t>(what)].contains(folded);
}

Result<std::shared_ptr<const Pipeline>> Pipeline::Open(std::vector<std::shared_ptr<const bundle::Bundle>> bundles) {
  std::shared_ptr<Pipeline> p(new Pipeline);
  p->bundles_ = std::move(bundles);
  // Readings are stored of the first morphology alone.
  const auto first = std::find_if(p->bundles_.begin(), p->bundles_.end(), [](const auto& b) { return !b->Section("morph").empty(); });
  auto morph =
      morph::OpenMorph(Sections(p->bundles_, "morph"), first == p->bundles_.end() ? std::string_view() : (*first)->Section("readings"));
  if (!morph.ok()) return morph.error();
  p->morph_ = std::move(morph.value());
  auto gazetteer = gazetteer::OpenGazetteer(Sections(p->bundles_, "gazetteer"));
  if (!gazetteer.ok()) return gazetteer.error();
  p->gazetteer_ = std::move(gazetteer.value());
  p->post_words_ = resolve::PostWords(*p->gazetteer_);
  p->words_ = std::make_unique<WordKnowledge>(p->morph_.get(), p->gazetteer_.get(), &p->post_words_);
  auto rules = rules::OpenRules(Sections(p->bundles_, "rules"), *p->gazetteer_);
  if (!rules.ok()) return rules.error();
  p->rules_ = std::move(rules.value());
  auto weights = resolve::WeightTable::Open(Sections(p->bundles_, "weights"));
  if (!weights.ok()) return weights.error();
  p->weights_ = std::move(weights.value());
  p->kinds_ = Kinds(*p->gazetteer_, *p->rules_);
  p->evidence_ = std::make_unique<resolve::Evidence>(p->gazetteer_.get(), p->rules_.get());
  p->model_ = std::make_unique<resolve::Model>(p->evidence_.get(), p->rules_.get(), p->weights_.get());
  return std::shared_ptr<const Pipeline>(std::move(p));
}

std::unique_ptr<PipelineScratch> Pipeline::NewScratch() const {
  auto scratch = std::make_unique<PipelineScratch>(this, morph_.get());
  scratch->analysis.Open(gazetteer_.get(), rules_.get());
  return scratch;
}

void Pipeline::Analyze(std::string_view text, const text::CleanOptions& options, PipelineScratch* s) const {
  if (s->forms.size() > kManyForms) {
    s->forms.Trim();
    if (s->forms.size() > kManyForms / 4 * 3) s->forms.Clear();  // else the next texts would trim again
  }
  resolve::Analysis& a = s->analysis;

  text::CleanOptions clean = options;
  clean.words = words_.get();
  s->clock.Start();
  s->clean.Assign(text, clean);
  a.clean = s->clean.view();
  s->clock.Done(Room::kText);
  token::Tokenize(a.clean, words_.get(), &a.tokens);
  s->clock.Done(Room::kTokens);
  s->forms.InternAll(a.clean, &a.tokens);
  s->clock.Done(Room::kForms);
  a.forms = &s->forms;
  a.caseless = IsCaseless(a.tokens);
  a.matches.clear();
  gazetteer_->Find(a.tokens, s->forms, &s->find, &a.matches);
  s->clock.Done(Room::kGazetteer);
  a.hits.Clear();
  const rules::View view{a.clean, &a.tokens, &s->forms, gazetteer_.get(), &a.matches, nullptr};
  rules_->Match(view, rules::Phase::kCandidates, &s->match, &a.hits);
  s->clock.Done(Room::kRules);
  a.Index();
  evidence_->Categories(a, &s->cats);
  a.chains.Build(a, s->cats);
  resolve::FindCandidates(a, s->cats, &s->candidates);
  s->clock.Done(Room::kCandidates);
}

void Pipeline::Resolve(PipelineScratch* s, bool all) const {
  const resolve::Analysis& a = s->analysis;
  model_->Score(a, s->cats, s->candidates, all, &s->score, &s->scores);
  resolve::BestCover(a.tokens.size(), s->candidates, s->scores, &s->cover, &s->mentions);
  s->clock.Done(Room::kScores);
  s->memory.Learn(a, s->mentions);
  model_->Rescore(a, s->cats, s->candidates, s->memory, all, &s->score, &s->scores);
  resolve::BestCover(a.tokens.size(), s->candidates, s->scores, &s->cover, &s->mentions);
  s->clock.Done(Room::kMemory);
}

void Pipeline::PlacesApart(PipelineScratch* s) const { resolve::PlacesApart(s->analysis, s->cats, s->candidates, s->scores, &s->mentions); }

}  // namespace atau::document
