// The model: every piece of evidence with its weights, and the scores of candidates as their sums.
#ifndef ATAU_RESOLVE_MODEL_H_
#define ATAU_RESOLVE_MODEL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "resolve/analysis.h"
#include "resolve/candidates.h"
#include "resolve/evidence.h"
#include "resolve/key_map.h"
#include "resolve/memory.h"
#include "resolve/type_sums.h"
#include "resolve/weights.h"

namespace atau::resolve {

using Scores = std::array<float, kTypes>;

// What a piece of word evidence, or all that of a form, says to its neighbourhood, in as few cache lines as hold it.
struct alignas(64) WordRow : std::array<float, kBlock> {};

// Per-call memory of scoring; keeps the summed weights of each form of one form table.
class ScoreScratch {
 public:
  // Forgets the forms, when the table was cleared.
  void Follow(const morph::FormTable& forms, bool caseless);

 private:
  friend class Model;
  // Rows that stay where they are.
  class Rows {
   public:
    float* At(std::uint32_t row) const { return blocks_[row / kRowsABlock][row % kRowsABlock].data(); }
    // A new row, whose numbers are what they are.
    std::uint32_t Add() {
      if (size_ / kRowsABlock == blocks_.size()) blocks_.push_back(std::make_unique_for_overwrite<WordRow[]>(kRowsABlock));
      return size_++;
    }
    void Clear() { size_ = 0; }

   private:
    static constexpr std::uint32_t kRowsABlock = 256;
    std::vector<std::unique_ptr<WordRow[]>> blocks_;
    std::uint32_t size_ = 0;
  };
  Rows rows_;
  // By form, [caseless]: 1 + its row, 0 where the form was not met near a candidate yet. Forms of which the same is said share a row.
  std::vector<std::uint32_t> row_of_[2];
  std::uint64_t generation_ = ~std::uint64_t{0};
  bool caseless_ = false;
  // What the table says of keyed evidence of candidates asked for lately, by some bits of the keys; 0: nothing yet.
  struct alignas(32) KeyedCell {
    std::uint64_t key = 0;
    Scores scores;
  };
  std::vector<KeyedCell> keyed_;
  struct alignas(16) Lane : std::array<float, kLane> {};
  std::vector<Lane> lanes_;          // what is said of each token, of two before the first and two behind the last
  std::vector<Scores> prefix_;       // running sums of the `in` part: of all tokens before
  std::vector<std::uint32_t> near_;  // the tokens that are near a candidate, in their order
  // What all evidence of candidates but their own says.
  struct Around {
    const Lane* lanes;  // of the first token
    const Scores* prefix;
    // The sum for a candidate, added to what its own evidence says.
    TypeSums SumOf(const Candidate& c, const TypeSums& own) const;
  };
  Around SumsAround() const { return {lanes_.data() + 2, prefix_.data()}; }
  std::vector<Scores> own_;           // what each candidate's own evidence says, or what it does not say more than
  std::vector<std::uint8_t> summed_;  // by candidate: whether it is the first
  SpanStart start_;                   // of the candidates in hand
  std::vector<EvidenceId> ids_;
  std::vector<EvidenceId> behind_;        // by token: what is remembered of what stands from there on
  std::vector<const float*> token_rows_;  // of the token that is spread, with room to spare
  std::vector<std::uint32_t> numbers_;    // of the rows of a token
  std::vector<EvidenceId> form_ids_;
  std::vector<FormEvidence::Keyed> of_form_;
  // 1 + the number of a row by the key of what it says: of the traits of a form, and of the pieces of which the table has a word.
  KeyMap<std::uint32_t> rows_by_;
};

// One contribution, for explain.
struct Contribution {
  Template t;
  std::string value;
  std::string place;
  float weight = 0;
};

// Immutable and thread-safe.
class Model {
 public:
  // `evidence`, `rules` and `table` must outlive the model.
  Model(const Evidence* evidence, const rules::RuleSet* rules, const WeightTable* table);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  // The first look. scores[i][t] is the sum of the weights for type t, and minus infinity for types that the candidate cannot have. Unless
  // `all`, candidates that can gain for no type need not be summed: their scores are minus infinity.
  void Score(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates, bool all, ScoreScratch* scratch,
             std::vector<Scores>* scores) const;
  // The second look: adds what the memory says to the sums of the first look, which the same scratch still holds. Unless `all`, the same
  // goes for candidates that can gain for no type whatever the memory says of them.
  void Rescore(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates, const Memory& memory, bool all,
               ScoreScratch* scratch, std::vector<Scores>* scores) const;

  // Every contribution to one candidate's score for one type; their sum is the score.
  std::vector<Contribution> Explain(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, int type,
                                    const Memory* memory) const;

  const Evidence& evidence() const { return *evidence_; }

 private:
  std::span<const WeightCell> Cells(EvidenceId id) const { return {cells_.data() + first_[id], cells_.data() + first_[id + 1]}; }
  // Finds what a form says to its neighbourhood: its row in the scratch, laid out as rows_.
  std::uint32_t FindRow(const Analysis& a, std::uint32_t form, ScoreScratch* scratch) const;
  // Adds rows of word evidence seen at token `m` to the lanes of the tokens around it, one after the other.
  static void Spread(std::size_t m, std::span<const float* const> rows, ScoreScratch* scratch);
  // What the table says of a piece of keyed evidence of a candidate.
  const Scores& KeyedScores(std::uint64_t evidence_key, ScoreScratch* scratch) const;
  // The running sums of the lanes.
  void SumLanes(std::size_t tokens, ScoreScratch* scratch) const;
  // What the candidate's own evidence says; scratch->start_ is that of its first token.
  TypeSums Own(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, ScoreScratch* scratch) const;

  const Evidence* evidence_;
  const WeightTable* table_;
  std::vector<std::uint32_t> first_;
  std::vector<WeightCell> cells_;
  // The same cells laid out for adding. What word evidence at token m says to the lanes of tokens m - 2 … m + 2, in this order.
  std::vector<WordRow> rows_;
  std::vector<std::uint32_t> row_of_;  // by evidence: 1 + its row in rows_; 0 where it says nothing of words
  std::vector<Scores> span_;           // by evidence: what it says of a mention
  // The most that the memory says of a mention: of its initials, of itself, of a surname, and of these and of what stands before
  // and behind it together.
  struct MostRemembered {
    Scores acronym{}, span{}, surname{};
    Scores all{};
  } most_remembered_;
  SpanMost most_;  // the most that its own evidence says
};

// Memory of BestCover, reused between calls.
struct CoverScratch {
  std::vector<float> best;
  std::vector<std::int32_t> from;
  std::vector<std::uint8_t> type;
};

// The best cover: candidates that do not overlap, with the highest sum of scores (weighted interval scheduling; only scores above zero can
// gain). In the order of the text.
void BestCover(std::size_t tokens, const std::vector<Candidate>& candidates, const std::vector<Scores>& scores, CoverScratch* scratch,
               std::vector<Mention>* out);
inline void BestCover(std::size_t tokens, const std::vector<Candidate>& candidates, const std::vector<Scores>& scores,
                      std::vector<Mention>* out) {
  CoverScratch scratch;
  BestCover(tokens, candidates, scores, &scratch, out);
}

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_MODEL_H_
