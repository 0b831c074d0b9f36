// The way of one text through the rooms.
#ifndef ATAU_DOCUMENT_PIPELINE_H_
#define ATAU_DOCUMENT_PIPELINE_H_

#include <atau/extractor.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "bundle/bundle.h"
#include "document/rooms.h"
#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "morph/morph.h"
#include "resolve/analysis.h"
#include "resolve/candidates.h"
#include "resolve/memory.h"
#include "resolve/model.h"
#include "resolve/names.h"
#include "resolve/post_words.h"
#include "rules/rules.h"
#include "text/clean.h"

namespace atau::document {

// What the first rooms ask about words: the text room before it joins a torn word, the tokenizer before it parts a glued one or ends a
// sentence.
class WordKnowledge : public token::WordOracle, public text::KnownWords {
 public:
  // Fills `posts` too: both look at every entry.
  WordKnowledge(const morph::Morph* morph, const gazetteer::Gazetteer* gazetteer, resolve::PostWords* posts);
  bool IsKnownWord(std::string_view word) const override { return morph_->IsKnownWord(word); }
  bool IsListedWord(std::string_view word) const override { return morph_->IsListedWord(word); }
  bool IsCamelName(std::string_view word) const override { return morph_->IsCamelName(word); }
  bool IsAbbreviation(std::string_view word_without_stop) const override;
  bool RunsOn(std::string_view word, token::RunOn what) const override;

 private:
  const morph::Morph* morph_;
  std::unordered_set<std::string> abbreviations_;  // those after which a sentence does not end
  std::unordered_set<std::string> run_on_[3];      // by token::RunOn
};

class Pipeline;

// Per-call memory of all rooms.
class PipelineScratch : public Scratch {
 public:
  PipelineScratch(const Pipeline* maker, const morph::Morph* morph) : pipeline(maker), forms(morph) {}

  const Pipeline* const pipeline;  // that made it

  text::CleanText clean;
  morph::FormTable forms;
  gazetteer::FindScratch find;
  rules::MatchScratch match;
  resolve::ScoreScratch score;
  resolve::Analysis analysis;
  std::vector<resolve::Cat> cats;
  std::vector<resolve::Candidate> candidates;
  std::vector<resolve::Scores> scores;
  std::vector<resolve::Mention> mentions;
  resolve::CoverScratch cover;
  resolve::NameScratch names;
  resolve::Memory memory;
  std::shared_ptr<void> build;  // what BuildDocument keeps
  RoomClock clock;
};

// Immutable and thread-safe: everything that is opened from bundles.
class Pipeline {
 public:
  // Errors: kCorrupt from any section; kNotFound when the first bundle lacks one.
  static Result<std::shared_ptr<const Pipeline>> Open(std::vector<std::shared_ptr<const bundle::Bundle>> bundles);

  std::unique_ptr<PipelineScratch> NewScratch() const;

  // text → tokens → forms → gazetteer → rules → candidates. `text` must stay alive while the scratch is used.
  void Analyze(std::string_view text, const text::CleanOptions& options, PipelineScratch* scratch) const;
  // Candidates → scores → cover, twice: the second look knows what the first one found. Leaves the flat mentions in `scratch->mentions`.
  // `all`: hopeless candidates are to be summed too (see Model::Score).
  void Resolve(PipelineScratch* scratch, bool all = false) const;
  // After Resolve: ExtractOptions::places_apart.
  void PlacesApart(PipelineScratch* scratch) const;

  // Whether some name, rule or class word gives a mention this kind.
  bool HasKind(std::string_view kind) const { return kinds_.contains(kind); }

  const morph::Morph& morph() const { return *morph_; }
  const gazetteer::Gazetteer& gazetteer() const { return *gazetteer_; }
  const rules::RuleSet& rules() const { return *rules_; }
  const resolve::PostWords& post_words() const { return post_words_; }
  const resolve::Evidence& evidence() const { return *evidence_; }
  const resolve::Model& model() const { return *model_; }
  const std::vector<std::shared_ptr<const bundle::Bundle>>& bundles() const { return bundles_; }

 private:
  Pipeline() = default;

  std::vector<std::shared_ptr<const bundle::Bundle>> bundles_;
  std::unique_ptr<morph::Morph> morph_;
  std::unique_ptr<gazetteer::Gazetteer> gazetteer_;
  std::unique_ptr<WordKnowledge> words_;
  resolve::PostWords post_words_;
  std::unique_ptr<rules::RuleSet> rules_;
  std::unordered_set<std::string_view> kinds_;
  std::unique_ptr<resolve::WeightTable> weights_;
  std::unique_ptr<resolve::Evidence> evidence_;
  std::unique_ptr<resolve::Model> model_;
};

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_PIPELINE_H_
