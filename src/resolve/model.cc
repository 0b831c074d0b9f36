#include "resolve/model.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <unordered_set>

#include "bundle/prefetch.h"
#include "morph/by_form.h"

namespace atau::resolve {
namespace {

constexpr std::size_t kKeyed = 8192;    // pieces remembered, a power of two
constexpr int kKeyedShift = 51;         // 64 less its logarithm
constexpr std::size_t kRowsBy = 16384;  // rows remembered by what they say
constexpr float kSlack = 0.01F;         // more than sums of weights may differ by the order in which they are added
constexpr std::size_t kTogether = 32;   // tokens for whose sums memory is asked together

// Where a slot stands in a row: the word at m stands at offset d from token m - d, so that rows run the other way round.
constexpr std::size_t InRow(std::uint32_t slot) { return (kOffsets - 1 - slot / kLane) * kLane + slot % kLane; }

void Add(const Scores& what, Scores* to) { Put(SumsOf(*to) + SumsOf(what), to); }

// Whether a score is above zero, or may be but for the order of adding.
bool MayGain(const TypeSums& s) { return AnyAbove(s, -kSlack); }

// Has a row brought to the cache.
void Ask(const float* row) {
  constexpr std::size_t kLine = 64 / sizeof(float);
  bundle::Prefetch(row);
  for (std::size_t x = kLine; x < kBlock; x += kLine) bundle::Prefetch(row + x);
}

// By the types that a candidate may have: nothing for these, minus infinity for the others.
constexpr std::uint32_t kAllTypes = (1u << kTypes) - 1;
constexpr std::array<Scores, kAllTypes + 1> kForbidden = [] {
  std::array<Scores, kAllTypes + 1> table{};
  for (std::uint32_t types = 0; types <= kAllTypes; ++types) {
    for (std::uint32_t t = 0; t < kTypes; ++t) {
      if ((types >> t & 1) == 0) table[types][t] = -std::numeric_limits<float>::infinity();
    }
  }
  return table;
}();

}  // namespace

void ScoreScratch::Follow(const morph::FormTable& forms, bool caseless) {
  if (generation_ != forms.generation()) {
    for (std::vector<std::uint32_t>& rows : row_of_) rows.clear();
    rows_.Clear();
    rows_by_.Clear();
    generation_ = forms.generation();
  }
  caseless_ = caseless;
  std::vector<std::uint32_t>& rows = row_of_[caseless];
  morph::GrowByForm(&rows, forms.size());
}

Model::Model(const Evidence* evidence, const rules::RuleSet* rules, const WeightTable* table) : evidence_(evidence), table_(table) {
  first_.reserve(evidence->size() + 1);
  std::unordered_set<const WeightCell*> listed;  // rows of the table
  for (EvidenceId id = 0; id < evidence->size(); ++id) {
    first_.push_back(static_cast<std::uint32_t>(cells_.size()));
    const Template template_of = evidence->TemplateOf(id);
    const auto found = table->Find(EvidenceKey(template_of, ValueKey(evidence->ValueOf(id))));
    cells_.insert(cells_.end(), found.begin(), found.end());
    if (!found.empty()) listed.insert(found.data());
  }
  Scores keyed{};  // the most that a piece of evidence of mentions that is not listed says
  table->Each([&](std::span<const WeightCell> cells) {
    for (const WeightCell& cell : cells) {
      if (cell.slot < kSpanSlot || cell.weight <= keyed[cell.slot - kSpanSlot] || listed.contains(cells.data())) continue;
      keyed[cell.slot - kSpanSlot] = cell.weight;
    }
  });
  first_.push_back(static_cast<std::uint32_t>(cells_.size()));
  // A rule speaks with its own default weight for its own type (a veto: against its types), unless the table has a word on it.
  std::vector<WeightCell> merged;
  std::vector<std::uint32_t> first;
  std::uint32_t rule = 0;
  for (EvidenceId id = 0; id < evidence->size(); ++id) {
    first.push_back(static_cast<std::uint32_t>(merged.size()));
    const auto cells = Cells(id);
    merged.insert(merged.end(), cells.begin(), cells.end());
    if (evidence->TemplateOf(id) != kRule) continue;
    const rules::RuleInfo& info = rules->rule(rule++);
    for (int type = 0; type < kTypes; ++type) {
      const Type t = kCompeting[static_cast<std::size_t>(type)];
      if (info.type != t && (info.vetoes >> static_cast<int>(t) & 1) == 0) continue;
      const std::uint32_t slot = kSpanSlot + static_cast<std::uint32_t>(type);
      if (std::none_of(cells.begin(), cells.end(), [slot](const WeightCell& c) { return c.slot == slot; }))
        merged.push_back({slot, info.weight});
    }
  }
  first.push_back(static_cast<std::uint32_t>(merged.size()));
  cells_ = std::move(merged);
  first_ = std::move(first);
  row_of_.assign(evidence->size(), 0);
  span_.assign(evidence->size(), Scores{});
  for (EvidenceId id = 0; id < evidence->size(); ++id) {
    for (const WeightCell& cell : Cells(id)) {
      if (cell.slot >= kSpanSlot) {
        span_[id][cell.slot - kSpanSlot] += cell.weight;
        continue;
      }
      if (row_of_[id] == 0) {
        rows_.emplace_back();
        row_of_[id] = static_cast<std::uint32_t>(rows_.size());
      }
      rows_[row_of_[id] - 1][InRow(cell.slot)] += cell.weight;
    }
  }
  std::array<Scores, kTemplateCount> most{};  // that a piece says
  for (EvidenceId id = 0; id < evidence->size(); ++id) {
    Scores& of_template = most[evidence->TemplateOf(id)];
    for (std::size_t t = 0; t < kTypes; ++t) of_template[t] = std::max(of_template[t], span_[id][t]);
  }
  most_remembered_.acronym = most[kAcronym], most_remembered_.span = most[kDocSpan];
  most_remembered_.surname = most[kDocSurname];
  for (const Template t : {kNeighbour, kNeighbour, kAcronym, kDocSpan, kDocSurname}) Add(most[t], &most_remembered_.all);
  most_ = evidence->MostOf(span_.data(), keyed);
}

std::uint32_t Model::FindRow(const Analysis& a, std::uint32_t form, ScoreScratch* scratch) const {
  Evidence::KeyedOf(*a.forms, form, a.caseless, &scratch->of_form_);
  for (const FormEvidence::Keyed& k : scratch->of_form_) {
    if (const std::uint64_t key = EvidenceKey(k.t, k.key); table_->MayHave(key)) table_->Ask(key);
  }
  const FormTraits traits = Evidence::TraitsOf(*a.forms, form, a.caseless);
  if (scratch->rows_by_.size() >= kRowsBy) scratch->rows_by_.Clear();
  const std::uint64_t listed_key = traits.Key();
  scratch->rows_by_.Expect(listed_key, false);
  // What the table says besides, and the key of it all.
  std::uint64_t own_key = listed_key;
  std::array<std::span<const WeightCell>, kTemplateCount> besides;
  std::size_t count = 0;
  for (const FormEvidence::Keyed& k : scratch->of_form_) {
    const std::uint64_t key = EvidenceKey(k.t, k.key);
    const std::span<const WeightCell> cells = table_->Find(key);
    if (cells.empty()) continue;
    bundle::Prefetch(cells.data());
    besides[count++] = cells;
    own_key = EvidenceKey(k.t, own_key ^ key);
  }
  scratch->rows_by_.Expect(listed_key, true);
  std::uint32_t listed = scratch->rows_by_[listed_key];  // 1 + its number
  if (listed == 0) {
    listed = scratch->rows_.Add() + 1;
    float* const sums = scratch->rows_.At(listed - 1);
    std::fill(sums, sums + kBlock, 0.0F);
    evidence_->OfTraits(traits, &scratch->form_ids_);
    for (const EvidenceId id : scratch->form_ids_) {
      if (row_of_[id] == 0) continue;
      const WordRow& row = rows_[row_of_[id] - 1];
      for (std::size_t x = 0; x < kBlock; ++x) sums[x] += row[x];
    }
    scratch->rows_by_[listed_key] = listed;
  }
  std::uint32_t own = listed;
  if (count > 0) {
    std::uint32_t& kept = scratch->rows_by_[own_key];
    if (kept == 0) {
      kept = scratch->rows_.Add() + 1;
      float* const sums = scratch->rows_.At(kept - 1);
      std::copy_n(scratch->rows_.At(listed - 1), kBlock, sums);
      for (const std::span<const WeightCell>& cells : std::span(besides.data(), count)) {
        for (const WeightCell& cell : cells) {
          if (cell.slot < kBlock) sums[InRow(cell.slot)] += cell.weight;
        }
      }
    }
    own = kept;
  }
  scratch->row_of_[scratch->caseless_][form] = own;
  return own;
}

namespace {

// Adds kRows rows to a block, in their order: four numbers after the other, each of which stays in a register.
template <std::size_t kRows>
void AddRows(const float* const* rows, float* to) {
  float* const block = std::assume_aligned<16>(to);
  std::array<const float*, kRows> row;
  for (std::size_t r = 0; r < kRows; ++r) row[r] = std::assume_aligned<64>(rows[r]);
  for (std::size_t x = 0; x < kBlock; x += kTypes) {
    Scores sum;
    for (std::size_t t = 0; t < kTypes; ++t) sum[t] = block[x + t];
    for (std::size_t r = 0; r < kRows; ++r) {
      for (std::size_t t = 0; t < kTypes; ++t) sum[t] += row[r][x + t];
    }
    for (std::size_t t = 0; t < kTypes; ++t) block[x + t] = sum[t];
  }
}

}  // namespace

void Model::Spread(std::size_t m, std::span<const float* const> rows, ScoreScratch* scratch) {
  float* const block = scratch->lanes_[m].data();  // of token m - 2
  const float* const* next = rows.data();
  std::size_t left = rows.size();
  for (; left > 4; left -= 4, next += 4) AddRows<4>(next, block);
  switch (left) {
    case 4:
      return AddRows<4>(next, block);
    case 3:
      return AddRows<3>(next, block);
    case 2:
      return AddRows<2>(next, block);
    case 1:
      return AddRows<1>(next, block);
    default:
      return;
  }
}

const Scores& Model::KeyedScores(std::uint64_t key, ScoreScratch* scratch) const {
  ScoreScratch::KeyedCell& cell = scratch->keyed_[key >> kKeyedShift];
  if (cell.key != key) {
    cell.key = key;
    cell.scores = {};
    for (const WeightCell& c : table_->Find(key)) {
      if (c.slot >= kSpanSlot) cell.scores[c.slot - kSpanSlot] += c.weight;
    }
  }
  return cell.scores;
}

void Model::SumLanes(std::size_t n, ScoreScratch* scratch) const {
  const ScoreScratch::Lane* lanes = scratch->lanes_.data() + 2;  // of token 0
  scratch->prefix_.resize(n + 1);
  Scores* prefix = scratch->prefix_.data();
  TypeSums running{};
  Put(running, &prefix[0]);
  for (std::size_t i = 0; i < n; ++i) {
    running += SumsAt(lanes[i].data() + kIn * kTypes);
    Put(running, &prefix[i + 1]);
  }
}

inline TypeSums ScoreScratch::Around::SumOf(const Candidate& c, const TypeSums& own) const {
  const TypeSums begin = SumsAt(lanes[c.begin].data() + kBegin * kTypes), end = SumsAt(lanes[c.end - 1].data() + kEnd * kTypes);
  return own + SumsOf(prefix[c.end]) - SumsOf(prefix[c.begin]) + begin + end + SumsOf(kForbidden[c.types & kAllTypes]);
}

TypeSums Model::Own(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, ScoreScratch* scratch) const {
  // What is remembered of the keyed evidence is on its way while the other is looked at.
  const SpanKeys keys = evidence_->OfSpanKeyed(a, cats, c, scratch->start_);
  std::array<std::uint64_t, std::tuple_size_v<decltype(keys.items)>> table_keys;
  std::uint32_t known = 0;
  for (std::uint32_t i = 0; i < keys.size; ++i) {
    const std::uint64_t key = EvidenceKey(keys.items[i].t, keys.items[i].key);
    if (!table_->MayHave(key)) continue;
    table_keys[known++] = key;
    bundle::Prefetch(&scratch->keyed_[key >> kKeyedShift]);
  }
  TypeSums own = evidence_->OfSpan(a, cats, c, scratch->start_, span_.data());
  for (std::uint32_t i = 0; i < known; ++i) own += SumsOf(KeyedScores(table_keys[i], scratch));
  return own;
}

void Model::Score(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates, bool all,
                  ScoreScratch* scratch, std::vector<Scores>* scores) const {
  const std::size_t n = a.tokens.size();
  scratch->Follow(*a.forms, a.caseless);
  // Only words near a candidate count: those in it, two before it and two behind.
  std::vector<std::uint32_t>& near = scratch->near_;
  near.clear();
  std::size_t filled = 0;
  for (const Candidate& c : candidates) {
    filled = std::max<std::size_t>(filled, c.begin < 2 ? 0 : c.begin - 2);
    for (const std::size_t end = std::min<std::size_t>(c.end + 2, n); filled < end; ++filled)
      near.push_back(static_cast<std::uint32_t>(filled));
  }
  // Each word spreads its sums over its neighbourhood.
  scratch->lanes_.assign(n + 4, ScoreScratch::Lane{});
  const std::uint32_t* const row_of_form = scratch->row_of_[scratch->caseless_].data();
  const token::Token* const tokens = a.tokens.data();
  std::vector<const float*>& rows = scratch->token_rows_;
  std::array<const float*, kTogether> of_form;
  for (std::size_t first = 0; first < near.size(); first += kTogether) {
    const std::span<const std::uint32_t> words = std::span(near).subspan(first, std::min(kTogether, near.size() - first));
    // What they say stands far apart: it is asked for together.
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t form = tokens[words[i]].form, row = row_of_form[form];
      of_form[i] = scratch->rows_.At((row != 0 ? row : FindRow(a, form, scratch)) - 1);
    }
    for (std::size_t i = 0; i < words.size(); ++i) Ask(of_form[i]);
    for (const std::uint32_t m : words) {
      if (const std::uint32_t row = row_of_[evidence_->PairOf(a, cats, m)]; row != 0) Ask(rows_[row - 1].data());
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::uint32_t m = words[i];
      const std::size_t most = 1 + Evidence::MostOfToken(a, m);
      if (rows.size() < most) rows.resize(most);
      if (scratch->numbers_.size() < most) scratch->numbers_.resize(most);
      const std::uint32_t* const numbers = scratch->numbers_.data();
      const std::uint32_t* const last = evidence_->OfToken(a, cats, m, row_of_.data(), scratch->numbers_.data());
      const float** row = rows.data();
      *row++ = of_form[i];
      for (const std::uint32_t* number = numbers; number != last; ++number) *row++ = rows_[*number - 1].data();
      Spread(m, {rows.data(), static_cast<std::size_t>(row - rows.data())}, scratch);
    }
  }
  SumLanes(n, scratch);
  if (scratch->keyed_.empty()) scratch->keyed_.resize(kKeyed);
  scratch->own_.resize(candidates.size());
  scratch->summed_.assign(candidates.size(), 0);
  scores->resize(candidates.size());
  const ScoreScratch::Around around = scratch->SumsAround();
  TypeSums most_of_start{};
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const Candidate& c = candidates[k];
    if (k == 0 || candidates[k - 1].begin != c.begin) {
      evidence_->StartOf(a, c.begin, &scratch->start_);
      if (!all) most_of_start = evidence_->MostOfStart(a, c.begin, scratch->start_, span_.data(), most_);
    }
    Scores& own = scratch->own_[k];
    // What the words say alone makes most candidates hopeless.
    if (!all && !Evidence::IsProposed(c, scratch->start_)) {
      const TypeSums most = Evidence::MostOfSpan(a, cats, c, scratch->start_, most_, most_of_start);
      if (!MayGain(around.SumOf(c, most))) {
        Put(most, &own);
        (*scores)[k] = kForbidden[0];
        continue;
      }
    }
    const TypeSums sum = Own(a, cats, c, scratch);
    Put(sum, &own);
    scratch->summed_[k] = 1;
    Put(around.SumOf(c, sum), &(*scores)[k]);
  }
}

void Model::Rescore(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates, const Memory& memory,
                    bool all, ScoreScratch* scratch, std::vector<Scores>* scores) const {
  for (const std::uint32_t m : scratch->near_) {
    if (!Evidence::MayRemember(a, a.tokens[m])) continue;
    scratch->ids_.clear();
    evidence_->Remembered(a, m, memory, &scratch->ids_);
    if (scratch->ids_.empty()) continue;
    scratch->token_rows_.clear();
    for (const EvidenceId id : scratch->ids_) {
      if (row_of_[id] != 0) scratch->token_rows_.push_back(rows_[row_of_[id] - 1].data());
    }
    Spread(m, scratch->token_rows_, scratch);
  }
  SumLanes(a.tokens.size(), scratch);
  const ScoreScratch::Around around = scratch->SumsAround();
  constexpr EvidenceId kNotAsked = Evidence::kNothing - 1;
  scratch->behind_.assign(a.tokens.size() + 1, kNotAsked);
  constexpr std::uint32_t kNowhere = ~std::uint32_t{0};
  std::uint32_t asked = kNowhere;  // the token before which `before` stands
  EvidenceId before = Evidence::kNothing;
  const TypeSums most_of_all = SumsOf(most_remembered_.all);
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const Candidate& c = candidates[k];
    TypeSums own = SumsOf(scratch->own_[k]);
    // Most candidates are hopeless whatever the memory says of them.
    if (!all && !MayGain(around.SumOf(c, own + most_of_all))) {
      (*scores)[k] = kForbidden[0];
      continue;
    }
    if (asked != c.begin) before = evidence_->RememberedBefore(a, asked = c.begin, memory);
    EvidenceId& behind = scratch->behind_[c.end];
    if (behind == kNotAsked) behind = evidence_->RememberedBehind(a, c.end, memory);
    const auto add = [this, &scratch, before, behind](TypeSums sum) {
      if (before != Evidence::kNothing) sum += SumsOf(span_[before]);
      if (behind != Evidence::kNothing) sum += SumsOf(span_[behind]);
      for (const EvidenceId id : scratch->ids_) sum += SumsOf(span_[id]);
      return sum;
    };
    scratch->ids_.clear();
    // And most others with what it may say of just these.
    if (!all) {
      TypeSums most = add(own);
      if (Evidence::MaySpell(a, c)) most += SumsOf(most_remembered_.acronym);
      if (Evidence::MayHoldSurname(a, c, memory)) most += SumsOf(most_remembered_.surname);
      if (memory.MayBeSpan(a, c.begin, c.end)) most += SumsOf(most_remembered_.span);
      if (!MayGain(around.SumOf(c, most))) {
        (*scores)[k] = kForbidden[0];
        continue;
      }
    }
    evidence_->RememberedOf(a, c, memory, &scratch->ids_);
    if (scratch->summed_[k] == 0) {
      if (!MayGain(around.SumOf(c, add(own)))) {
        (*scores)[k] = kForbidden[0];
        continue;
      }
      evidence_->StartOf(a, c.begin, &scratch->start_);
      own = Own(a, cats, c, scratch);
    }
    Put(around.SumOf(c, add(own)), &(*scores)[k]);
  }
}

std::vector<Contribution> Model::Explain(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, int type,
                                         const Memory* memory) const {
  std::vector<Contribution> out;
  const std::int64_t n = static_cast<std::int64_t>(a.tokens.size());
  const auto word = [&](std::int64_t m, Template t, std::string_view value, std::span<const WeightCell> cells) {
    for (const WeightCell& cell : cells) {
      if (cell.slot >= kBlock || static_cast<int>(cell.slot % kTypes) != type) continue;
      const int d = static_cast<int>(cell.slot / kLane) - 2;
      const int part = static_cast<int>(cell.slot % kLane) / kTypes;
      const std::int64_t k = m - d;  // the token that it speaks of
      const bool counts = part == kIn ? k >= c.begin && k < c.end : part == kBegin ? k == c.begin : k + 1 == c.end;
      if (counts) out.push_back({t, std::string(value), PlaceName(cell.slot), cell.weight});
    }
  };
  std::vector<EvidenceId> ids;
  FormEvidence of_form;
  for (std::int64_t m = std::max<std::int64_t>(0, std::int64_t{c.begin} - 2); m < std::min(n, std::int64_t{c.end} + 2); ++m) {
    const auto token = static_cast<std::size_t>(m);
    const std::uint32_t form = a.tokens[token].form;
    evidence_->OfForm(*a.forms, form, a.caseless, &of_form);
    for (const FormEvidence::Keyed& k : of_form.keyed) {
      word(m, k.t, evidence_->KeyedValue(*a.forms, form, a.caseless, k.t), table_->Find(EvidenceKey(k.t, k.key)));
    }
    ids = of_form.ids;
    evidence_->OfToken(a, cats, token, &ids);
    if (memory != nullptr) evidence_->Remembered(a, token, *memory, &ids);
    for (const EvidenceId id : ids) word(m, evidence_->TemplateOf(id), evidence_->ValueOf(id), Cells(id));
  }
  ids.clear();
  evidence_->OfSpan(a, cats, c, &ids);
  if (memory != nullptr) evidence_->Remembered(a, c, *memory, &ids);
  const std::uint32_t slot = kSpanSlot + static_cast<std::uint32_t>(type);
  for (const EvidenceId id : ids) {
    for (const WeightCell& cell : Cells(id)) {
      if (cell.slot == slot) out.push_back({evidence_->TemplateOf(id), evidence_->ValueOf(id), "span", cell.weight});
    }
  }
  const SpanKeys keys = evidence_->OfSpanKeyed(a, cats, c);
  for (std::uint32_t i = 0; i < keys.size; ++i) {
    const Template t = keys.items[i].t;
    for (const WeightCell& cell : table_->Find(EvidenceKey(t, keys.items[i].key))) {
      if (cell.slot == slot) out.push_back({t, evidence_->SpanKeyedValue(a, cats, c, t), "span", cell.weight});
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Contribution& x, const Contribution& y) { return std::abs(x.weight) > std::abs(y.weight); });
  return out;
}

void BestCover(std::size_t tokens, const std::vector<Candidate>& candidates, const std::vector<Scores>& scores, CoverScratch* scratch,
               std::vector<Mention>* out) {
  scratch->best.assign(tokens + 1, 0.0f);
  scratch->from.assign(tokens + 1, -1);
  scratch->type.resize(candidates.size());
  float* const best = scratch->best.data();
  std::int32_t* const from = scratch->from.data();  // candidate that ends here in the best cover, -1: the token before is free
  std::uint8_t* const type = scratch->type.data();
  // The best cover of the tokens before `i` is known. Nothing that may gain ends behind `reached` so far.
  std::size_t i = 0, reached = 0;
  const auto pass = [&](std::size_t to) {
    for (; i < to && i < reached; ++i) {
      const float here = best[i], behind = best[i + 1];
      if (here > behind || (here == behind && from[i + 1] < 0)) best[i + 1] = here, from[i + 1] = -1;
    }
    if (i >= to) return;
    std::fill(best + i + 1, best + to + 1, best[i]);
    i = to;
  };
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const Scores& s = scores[k];
    static_assert(kTypes == 4);
    const float score = std::max(std::max(s[0], s[1]), std::max(s[2], s[3]));
    if (!(score > 0)) continue;
    const Candidate& c = candidates[k];
    pass(c.begin);
    type[k] = static_cast<std::uint8_t>(std::find(s.begin(), s.end(), score) - s.begin());
    const float sum = best[i] + score;
    if (sum > best[c.end]) best[c.end] = sum, from[c.end] = static_cast<std::int32_t>(k);
    reached = std::max<std::size_t>(reached, c.end);
  }
  pass(tokens);
  out->clear();
  for (i = tokens; i > 0;) {
    if (from[i] < 0) {
      --i;
      continue;
    }
    const auto c = static_cast<std::size_t>(from[i]);
    out->push_back({candidates[c].begin, candidates[c].end, type[c], scores[c][type[c]]});
    i = candidates[c].begin;
  }
  std::reverse(out->begin(), out->end());
}

}  // namespace atau::resolve
