// What the earlier rooms found in one document, indexed the way resolution asks for it. Per-call memory, reused.
#ifndef ATAU_RESOLVE_ANALYSIS_H_
#define ATAU_RESOLVE_ANALYSIS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "gazetteer/gazetteer.h"
#include "morph/by_form.h"
#include "morph/form_table.h"
#include "resolve/chains.h"
#include "resolve/nominatives.h"
#include "resolve/weights.h"
#include "rules/rules.h"
#include "token/token.h"

namespace atau::resolve {

// The indices of [from, until) that are wanted, in order. (Of the standard library's views clang 14 knows none.)
template <class Wanted>
class IndexRange {
 public:
  class Iterator {
   public:
    using value_type = std::uint32_t;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using reference = std::uint32_t;
    using pointer = void;
    Iterator() = default;
    Iterator(std::uint32_t at, std::uint32_t until, Wanted wanted) : at_(at), until_(until), wanted_(wanted) { Skip(); }
    std::uint32_t operator*() const { return at_; }
    Iterator& operator++() { return ++at_, Skip(), *this; }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void Skip() {
      while (at_ < until_ && !wanted_(at_)) ++at_;
    }
    std::uint32_t at_ = 0, until_ = 0;
    [[no_unique_address]] Wanted wanted_;
  };
  IndexRange(std::uint32_t from, std::uint32_t until, Wanted wanted = {}) : from_(from), until_(until), wanted_(wanted) {}
  Iterator begin() const { return {from_, until_, wanted_}; }
  Iterator end() const { return {until_, until_, wanted_}; }

 protected:
  std::uint32_t from_, until_;

 private:
  [[no_unique_address]] Wanted wanted_;
};
struct AnyIndex {
  bool operator()(std::uint32_t) const { return true; }
};
// All of them.
class Indices : public IndexRange<AnyIndex> {
 public:
  using IndexRange::IndexRange;
  bool empty() const { return from_ == until_; }
  std::uint32_t size() const { return until_ - from_; }
};

// Items sorted by begin: for each token those that begin there, and those that begin a few tokens before it, at the earliest the first that
// reaches over it.
class Reaching {
 public:
  // `items` are sorted by begin; From sees none that begins more than `back` tokens before a token.
  template <class Items>
  void Build(const Items& items, std::size_t tokens, std::size_t back) {
    first_.assign(tokens + 2, 0);
    std::uint32_t* const firsts = first_.data();
    const auto size = static_cast<std::uint32_t>(items.size());
    for (std::uint32_t i = 0; i < size; ++i) firsts[items[i].begin + 1] = i + 1;
    std::uint32_t before = 0;
    for (std::size_t t = 0; t < tokens + 2; ++t) firsts[t] = before = std::max(before, firsts[t]);
    // Most items are single tokens and reach over none; of several that do the first counts.
    from_.assign(first_.begin(), first_.end() - 1);
    for (std::uint32_t i = size; i-- > 0;) {
      const std::size_t begin = items[i].begin, end = std::min<std::size_t>(items[i].end, begin + back + 1);
      for (std::size_t t = begin + 1; t < end; ++t) from_[t] = i;
    }
  }
  // Items that begin at a token.
  Indices At(std::size_t token) const { return {first_[token], first_[token + 1]}; }
  // Items [From(begin), Until(end)) hold all that begin before `end` and, among others, end after `begin`.
  std::uint32_t From(std::size_t token) const { return from_[token]; }
  std::uint32_t Until(std::size_t token) const { return first_[token]; }

 private:
  std::vector<std::uint32_t> first_, from_;
};

// A byte for each form, remembered between documents: looking at a form itself costs a trip to memory.
class FormBytes {
 public:
  static constexpr std::uint8_t kUnknown = 0xFF;
  // By form; kUnknown where nothing was written yet. Forgets when the table was cleared. Valid until the next call.
  std::uint8_t* Follow(const morph::FormTable& forms) {
    if (forms_ != &forms || generation_ != forms.generation()) bytes_.clear();
    forms_ = &forms;
    generation_ = forms.generation();
    morph::GrowByForm(&bytes_, forms.size(), kUnknown);
    return bytes_.data();
  }

 private:
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  std::vector<std::uint8_t> bytes_;
};

struct Analysis {
  std::string_view clean;
  std::vector<token::Token> tokens;
  const morph::FormTable* forms = nullptr;
  const gazetteer::Gazetteer* gazetteer = nullptr;
  const rules::RuleSet* rules = nullptr;
  std::vector<gazetteer::Match> matches;
  rules::Hits hits;
  bool caseless = false;  // the document (or nearly all of it) is in one letter case: shapes say nothing

  // Matches and hits as evidence and resolution ask for them, in the order of `matches` and `hits`.
  struct Placed {
    std::uint32_t begin = 0, end = 0;
    std::uint16_t class_id = 0, kind_id = 0;
    std::int8_t type = -1;   // index into kCompeting, -1 for others
    std::uint8_t tier = 0;   // 0 alone, 1 support; +2 where the letter case differs
    bool words = false;      // a word class, not an entity
    bool heads : 1 = false;  // of those, one that heads names: of bodies, places, programmes
    bool added : 1 = false;  // of a user's own names
  };
  static_assert(sizeof(Placed) == 16);
  struct PlacedHit {
    std::uint32_t begin = 0, end = 0;
    std::uint32_t rule = 0;
    std::int8_t type = -1;  // index into kCompeting, -1 for others
    bool speaks = false;    // for its type: its weight is above zero
  };
  static constexpr std::size_t kMatchBack = 7, kHitBack = 10;  // how many tokens before one evidence looks for what reaches over it
  std::vector<Placed> placed, named;                           // all; those of the competing types
  std::vector<PlacedHit> placed_hits;
  Reaching matches_at, named_at, hits_at;  // of matches and placed; of named; of hits and placed_hits
  std::uint32_t longest_match = 0;         // tokens
  std::vector<std::uint32_t> paired;       // by token: how many tokens before it open or close something

  // The classes that are asked for at each mention; see Open.
  struct Classes {
    std::uint16_t org_head = 0, place_head = 0, program_head = 0, role = 0, name_particle = 0;
    std::uint16_t inhabitant = 0;  // a kind of the class `role`
    std::uint16_t dative_verb = 0, rare_given = 0;
  } classes;

  // By rule what is asked of it at each hit and mention; see rules::RuleInfo, which is larger.
  struct RuleFacts {
    std::string_view name;
    float weight = 0;
    std::uint16_t vetoes = 0;
    Type type = Type::kNone;
    std::int8_t competing = -1;  // index into kCompeting, -1 for others
    // Whether it emits attributes: its normal form, a kind, and what else a name may have (see describe.cc).
    bool normal = false, kind = false, others = false;
    bool says_kind = false;  // a kind of its own, not that of a word
  };
  std::vector<RuleFacts> rule_facts;

  Chains chains;  // built after the categories of the tokens are known

  mutable Nominatives nominatives;  // remembered from earlier documents
  mutable FormBytes form_cats[2];   // categories of forms, without letter case in the second
  mutable FormBytes form_links;     // what forms may do in chains, see chains.cc
  mutable FormBytes form_many;      // whether forms are said of many, see evidence.cc

  // Call once, before the first document: all documents are read with these.
  void Open(const gazetteer::Gazetteer* of_gazetteer, const rules::RuleSet* of_rules) {
    gazetteer = of_gazetteer;
    rules = of_rules;
    rule_facts.clear();
    for (std::uint32_t r = 0; r < rules->size(); ++r) {
      const rules::RuleInfo& rule = rules->rule(r);
      RuleFacts& facts = rule_facts.emplace_back(
          RuleFacts{rule.name, rule.weight, rule.vetoes, rule.type, static_cast<std::int8_t>(IndexOf(rule.type)), false, false, false});
      for (const auto& [key, expression] : rule.emits) {
        (key == "normal" ? facts.normal : key == "kind" ? facts.kind : facts.others) = true;
        facts.says_kind |= key == "kind" && expression.starts_with('\'');
      }
    }
    classes = {gazetteer->ClassId("org_head"),    gazetteer->ClassId("place_head"),    gazetteer->ClassId("program_head"),
               gazetteer->ClassId("role"),        gazetteer->ClassId("name_particle"), gazetteer->KindId("role", "inhabitant"),
               gazetteer->ClassId("dative_verb"), gazetteer->ClassId("rare_given")};
  }
  // Call after matches and hits are there.
  void Index() {
    const std::size_t n = tokens.size();
    placed.resize(matches.size());
    named.clear();
    const std::uint16_t bodies = classes.org_head, places = classes.place_head, programs = classes.program_head;
    longest_match = 0;
    const std::size_t count = matches.size();
    const gazetteer::Match* const match = matches.data();
    for (std::size_t i = 0; i < count; ++i) {
      const gazetteer::Match& m = match[i];
      Placed& place = placed[i];
      const bool words = (m.flags & gazetteer::kWords) != 0;
      place.begin = m.begin, place.end = m.end;
      longest_match = std::max(longest_match, m.end - m.begin);
      place.class_id = m.class_id, place.kind_id = m.kind_id;
      place.type = words ? std::int8_t{-1} : static_cast<std::int8_t>(IndexOf(m.type));
      place.tier =
          static_cast<std::uint8_t>(((m.flags & gazetteer::kSupport) != 0 ? 1 : 0) + ((m.flags & gazetteer::kOtherCase) != 0 ? 2 : 0));
      place.words = words;
      place.heads = words && (m.class_id == bodies || m.class_id == places || m.class_id == programs);
      place.added = m.added;
    }
    for (const Placed& place : placed) {
      if (place.type >= 0) named.push_back(place);
    }
    placed_hits.clear();
    for (const rules::Hit& h : hits.hits) {
      const RuleFacts& rule = rule_facts[h.rule];
      placed_hits.push_back({h.begin, h.end, h.rule, rule.competing, rule.weight > 0});
    }
    paired.resize(n + 1);
    const token::Token* const all = tokens.data();
    std::uint32_t* const pairs_before = paired.data();
    std::uint32_t pairs = 0;
    for (std::size_t i = 0; i < n; ++i) {
      pairs_before[i] = pairs;
      pairs += all[i].Has(token::Flag::kOpens | token::Flag::kCloses);
    }
    pairs_before[n] = pairs;
    matches_at.Build(placed, n, kMatchBack);
    named_at.Build(named, n, kMatchBack);
    hits_at.Build(placed_hits, n, kHitBack);
  }
  struct EndsAt {
    const Placed* placed = nullptr;
    std::uint32_t token = 0;
    bool operator()(std::uint32_t match) const { return placed[match].end == token; }
  };
  // The matches that end right before a token, as indices in their order.
  IndexRange<EndsAt> EndingAt(std::size_t token) const {
    // Those that reach over the token before hold them; matches_at looks back far enough for all but the longest.
    const std::uint32_t until = token == 0 ? 0 : matches_at.Until(token);
    const std::uint32_t from = token == 0                        ? 0
                               : longest_match <= kMatchBack + 1 ? matches_at.From(token - 1)
                                                                 : matches_at.Until(token - std::min<std::size_t>(token, longest_match));
    return {std::min(from, until), until, {placed.data(), static_cast<std::uint32_t>(token)}};
  }
  // Whether a word of a class begins at a token; false for the class 0, which nothing is of.
  bool BeginsClass(std::size_t token, std::uint16_t cls) const {
    for (const std::uint32_t m : matches_at.At(token)) {
      if (cls != 0 && placed[m].class_id == cls && placed[m].words) return true;
    }
    return false;
  }
  const morph::Form& FormOf(std::size_t token) const { return (*forms)[tokens[token].form]; }
  // The tokens [begin, end) in the nominative; a plural becomes a singular where `keep_number` is false. Valid until the next call.
  std::string_view NominativeOf(std::size_t begin, std::size_t end, bool keep_number = true) const {
    return nominatives.Of(clean, tokens, begin, end, *forms, keep_number ? Nominatives::kKeepsNumber : Nominatives::kSingular);
  }
  // The tokens [begin, end) as they are written, with their ё. Valid until the next call of this or the one above.
  std::string_view WrittenOf(std::size_t begin, std::size_t end) const {
    return nominatives.Of(clean, tokens, begin, end, *forms, Nominatives::kAsWritten);
  }
  std::string_view TextOf(std::size_t begin, std::size_t end) const {
    return clean.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin);
  }
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_ANALYSIS_H_
