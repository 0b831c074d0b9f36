// The weight table: what each piece of evidence says for or against each type, as a person can read it, and compiled.
//
// Source (`dictionaries/weights/*.tsv`, columns evidence, place, type, weight):
//
//     #! weights source="…" licence=…
//     evidence	place	type	weight
//     lemma=город	begin-1	LOCATION	1.42
//     rule=people.given_surname	span	PERSON	2.10
//
// `place` tells where the evidence stands. Evidence on words: `in`, `begin` or `end` (the word is inside, the first, the last of the
// mention), followed by the offset of the word that shows the evidence (-2 … +2). Evidence on whole mentions: `span`. Later files overrule
// earlier ones row by row (`zz_overrides.tsv`).
#ifndef ATAU_RESOLVE_WEIGHTS_H_
#define ATAU_RESOLVE_WEIGHTS_H_

#include <atau/status.h>
#include <atau/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bundle/prefetch.h"

namespace atau::bundle {
class Diagnostics;
}

namespace atau::resolve {

// The types that compete for the flat view, in the order of weight vectors.
inline constexpr int kTypes = 4;
inline constexpr std::array<Type, kTypes> kCompeting = {Type::kPerson, Type::kOrganization, Type::kLocation, Type::kProgram};
// 0..3, or -1.
constexpr int IndexOf(Type type) {
  static_assert(static_cast<int>(kCompeting[kTypes - 1]) - static_cast<int>(kCompeting[0]) == kTypes - 1, "they follow each other");
  const int index = static_cast<int>(type) - static_cast<int>(kCompeting[0]);
  return index >= 0 && index < kTypes ? index : -1;
}

inline constexpr int kParts = 3;  // in, begin, end
enum Part : int { kIn = 0, kBegin = 1, kEnd = 2 };
inline constexpr int kOffsets = 5;               // -2..+2
inline constexpr int kLane = kParts * kTypes;    // one word's numbers: part-major, types inside
inline constexpr int kBlock = kOffsets * kLane;  // what one piece of word evidence says to its neighbourhood

// Templates of evidence. The number is part of the compiled key; the name is what sources and explain show.
// clang-format off
#define ATAU_TEMPLATES(X) \
  X(kLemma, "lemma") X(kForm, "form") X(kSuffix2, "suffix2") X(kSuffix3, "suffix3") X(kPrefix3, "prefix3") X(kShape, "shape") \
  X(kCat, "cat") X(kMark, "mark") X(kOnlyMark, "only") X(kCase, "case") X(kList, "list") X(kKnown, "known") X(kLength, "letters") \
  X(kClass, "class") X(kGazToken, "gazetteer_word") X(kPosition, "position") X(kPair, "pair") X(kDocToken, "document_word") \
  X(kSpanLength, "words") X(kPattern, "pattern") X(kChain, "chain") X(kChainNext, "chain_next") X(kInChain, "in_chain") \
  X(kGazSpan, "gazetteer") X(kGazOver, "gazetteer_longer") X(kGazCross, "gazetteer_crosses") X(kGazPart, "gazetteer_within") \
  X(kRule, "rule") X(kQuoted, "quoted") X(kHeadBefore, "head_before") X(kHeadFirst, "head_first") X(kHeadAfter, "head_after") \
  X(kAgree, "agreement") X(kBalance, "balance") X(kDocSpan, "document_span") X(kBias, "bias") X(kTail, "tail") \
  X(kGazKind, "gazetteer_kind") X(kRuleOver, "rule_longer") X(kGazAdded, "gazetteer_added") X(kListHead, "list_head") \
  X(kNeighbour, "neighbour") X(kAcronym, "acronym") X(kGazLong, "gazetteer_words") \
  X(kNoCapital, "no_capital") X(kDocSurname, "document_surname")
// clang-format on

enum Template : std::uint8_t {
#define X(id, name) id,
  ATAU_TEMPLATES(X)
#undef X
      kTemplateCount
};
std::string_view TemplateName(Template t);

// The compiled key of a piece of evidence: a template and the key of its value.
inline std::uint64_t EvidenceKey(Template t, std::uint64_t value) {
  std::uint64_t h = value ^ (0x9E3779B97F4A7C15ull * (static_cast<std::uint64_t>(t) + 1));
  h ^= h >> 32;
  h *= 0xD6E8FEB86659FD93ull;
  h ^= h >> 32;
  return h;
}
// The key of a value given as text (the same as the compiled table uses for source rows).
std::uint64_t ValueKey(std::string_view value);

// One row of the compiled table: the slots that are not zero. Word evidence: slot = (offset + 2) * kLane + part * kTypes + type; mention
// evidence: slot = 240 + type.
struct WeightCell {
  std::uint32_t slot;
  float weight;
};
inline constexpr std::uint32_t kSpanSlot = 240;

// Immutable, thread-safe; looks at compiled sections, which must outlive it.
class WeightTable {
 public:
  // Opens the sections (the first bundle's first; a later section's row overrules an earlier one's with the same evidence, place and type).
  // Error: kCorrupt.
  static Result<std::unique_ptr<WeightTable>> Open(std::span<const std::string_view> sections);
  // Has what Find will look at of a key brought to the cache.
  void Ask(std::uint64_t key) const {
#if defined(__GNUC__)
    for (const Section& section : sections_) bundle::Prefetch(&section.slots[key & section.mask]);
#endif
  }
  // The cells of a piece of evidence, empty where the table says nothing of it.
  std::span<const WeightCell> Find(std::uint64_t key) const;
  // False for nearly all keys that the table says nothing of, without a look at it.
  bool MayHave(std::uint64_t key) const {
    const std::uint64_t bit = key >> kFilterShift;
    return (filter_[bit / 64] >> bit % 64 & 1) != 0;
  }
  // Calls `use` with the cells of every row, those too that another section overrules.
  template <class Use>
  void Each(Use use) const {
    for (const Section& section : sections_) {
      for (std::uint64_t i = 0; i <= section.mask; ++i) {
        const Slot& slot = section.slots[i];
        if (slot.key != 0) use(std::span<const WeightCell>(section.cells + slot.first, slot.count));
      }
    }
  }
  std::size_t size() const { return rows_; }
  bool empty() const { return rows_ == 0; }

 private:
  // A slot of the open-addressing table: one cache line holds four.
  struct Slot {
    std::uint64_t key;  // 0 = free
    std::uint32_t first, count;
  };
  struct Section {
    const Slot* slots;
    const WeightCell* cells;
    std::uint64_t mask;
  };
  static std::span<const WeightCell> FindIn(const Section& section, std::uint64_t key);

  static constexpr int kFilterBits = 16, kFilterShift = 64 - kFilterBits;  // 8 KiB; what is learned sets one bit in twelve

  std::vector<Section> sections_;
  std::vector<std::uint64_t> filter_ = std::vector<std::uint64_t>((std::size_t{1} << kFilterBits) / 64);  // by the upper bits of the keys
  std::unordered_map<std::uint64_t, std::vector<WeightCell>> overruled_;  // what several sections have a word on: all of them together
  std::size_t rows_ = 0;
};

struct WeightRow {
  std::string evidence;
  std::uint32_t slot = 0;
  float weight = 0;
};

// Parses "in+0", "begin-1", "span" and a type to a slot; returns false when they make no sense.
bool ParsePlace(std::string_view place, std::string_view type, std::uint32_t* slot);
std::string PlaceName(std::uint32_t slot);  // "begin-1"
std::string_view SlotType(std::uint32_t slot);

// Compiles rows (later rows overrule earlier ones with the same evidence and slot) to a section.
std::string BuildWeights(const std::vector<WeightRow>& rows);
// Splits "lemma=город" into template and value; false for an unknown template.
bool ParseEvidence(std::string_view evidence, Template* t, std::string_view* value);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_WEIGHTS_H_
