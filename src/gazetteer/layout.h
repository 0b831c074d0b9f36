// The compiled gazetteer section: what the builder writes and the matcher looks at.
#ifndef ATAU_GAZETTEER_LAYOUT_H_
#define ATAU_GAZETTEER_LAYOUT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bundle/prefetch.h"
#include "morph/form_table.h"
#include "token/token.h"

namespace atau::gazetteer {

inline constexpr std::uint32_t kSectionTag = 0x31474147;  // "GAG1"
inline constexpr std::uint32_t kSectionVersion = 4;

// Parts of the section, in this order.
enum Part : std::uint32_t {
  kPartEdges,    // EdgeSlot[]: the trie, an open-addressing table; on the way from a home slot hashes only grow
  kPartFinals,   // Final[]: what ends at a state, in runs that end with kLastFinal
  kPartEntries,  // EntryRecord[]
  kPartKinds,    // KindRecord[]
  kPartClasses,  // u32[]: strings
  kPartIds,      // IdRecord[]: sorted by hash
  kPartStrings,  // a string is a u16 length and its bytes, at a multiple of 2
  kPartLimits,   // u32[2]: the longest probe of the edge table, the greatest number of tokens of a name
  kPartFilters,  // KeyFilter[]: for each state with children (the root is 0) the keys of the edges that leave it
  kPartFirst,    // u64[]: the keys of the edges that leave the root, see FirstKeys
  kPartCount
};

// One edge of the trie, which is also the state that it leads to: states are numbered from 1, those with children first; 0 is the root.
struct EdgeSlot {
  std::uint64_t hash;    // MixEdge(state before, key); 0 = free
  std::uint32_t state;   // with kHasChildren
  std::uint32_t finals;  // index into finals plus 1; 0 = no name ends here
};
static_assert(sizeof(EdgeSlot) == 16);
inline constexpr std::uint32_t kHasChildren = 1u << 31;

// A name that ends at a state.
struct Final {
  std::uint32_t entry;
  std::uint32_t allowed;   // Agreement bits of which one must be left after the walk (0: no token inflects), and the bits below
  std::uint16_t capitals;  // bit n: the n-th token of the name begins with a capital letter
  std::uint16_t uppers;    // bit n: the n-th token of the name is written in capitals
  std::uint16_t inners;    // bit n: the n-th token of the name has capitals inside («КамАЗ»)
  std::uint8_t variant;
  std::uint8_t flags;  // MatchFlag
};
static_assert(sizeof(Final) == 16);
inline constexpr std::uint32_t kLastFinal = 1u << 31;  // in Final::allowed: the last of its state
inline constexpr std::uint32_t kCaseOnly = 1u << 30;   // nouns of different gender stand in one case («города Москвы»)
inline constexpr std::uint32_t kAnyForm = 1u << 29;    // no agreement is asked for (verbs, adverbs of word classes)
inline constexpr std::uint32_t kUnhyphened =
    1u << 28;  // a hyphenated word taken apart: matches hyphenated words of a text a part at a time too
inline constexpr std::uint32_t kAnyNumber = 1u << 27;  // nouns of one rank stand in one case, each in its number («Лютика и партнёров»)

struct EntryRecord {
  std::uint32_t id;  // strings
  std::uint32_t name;
  std::uint32_t slots;
  std::uint16_t kind;  // index into kinds
  std::uint8_t type;   // atau::Type
  std::uint8_t flags;  // EntryFlag
};
static_assert(sizeof(EntryRecord) == 16);
enum EntryFlag : std::uint8_t { kEntrySupport = 1, kEntryWords = 2 };

struct KindRecord {
  std::uint32_t cls;   // index into classes
  std::uint32_t kind;  // string
};
struct IdRecord {
  std::uint32_t hash;
  std::uint32_t entry;
};

// Three ways in which a token of a name is compared, each with keys of its own.
inline std::uint64_t LemmaKey(std::uint64_t key) { return key * 0x9E3779B97F4A7C15u + 1; }  // in any form of the lemma
inline std::uint64_t FixedKey(std::uint64_t key) { return key * 0xD6E8FEB86659FD93u + 2; }  // in this form, whatever the letter case
inline std::uint64_t ExactKey(std::uint64_t key) { return key * 0xCA5A826395121157u + 3; }  // in this form and letter case

inline std::uint64_t MixEdge(std::uint32_t state, std::uint64_t key) {
  std::uint64_t h = key ^ (state * 0xA0761D6478BD642Fu + 0xE7037ED1A0B428DBu);
  h ^= h >> 32;
  h *= 0x8EBC6AF09C88C6E3u;
  h ^= h >> 29;
  h *= 0x589965CC75374CC3u;
  h ^= h >> 32;
  return h == 0 ? 1 : h;
}
// A set of keys that may seem to hold others too, by two bits of each: nearly all tokens behind a state lead nowhere, and need no look-up.
struct KeyFilter {
  std::uint64_t first = 0, second = 0;
  static constexpr KeyFilter Of(std::uint64_t key) { return {std::uint64_t{1} << (key >> 58), std::uint64_t{1} << (key >> 52 & 63)}; }
  // False where none of the keys of `other` is in this set.
  constexpr bool MayMeet(const KeyFilter& other) const { return (first & other.first) != 0 && (second & other.second) != 0; }
  constexpr void Add(const KeyFilter& other) { first |= other.first, second |= other.second; }
};
static_assert(sizeof(KeyFilter) == 16);
// The keys that names begin with, for which a KeyFilter is too small: two bits of one word for each key, in a power of two of words. It
// stays in the cache, which the edges do not, and holds few of the keys that no name begins with.
class FirstKeys {
 public:
  static constexpr std::size_t kKeysPerWord = 8;  // at most

  FirstKeys() = default;
  explicit FirstKeys(std::span<const std::uint64_t> words) : words_(words) {}

  static std::size_t WordOf(std::uint64_t key, std::size_t words) { return (key >> 32) & (words - 1); }
  static std::uint64_t BitsOf(std::uint64_t key) { return std::uint64_t{1} << (key & 63) | std::uint64_t{1} << (key >> 6 & 63); }
  // Has what MayHave looks at brought to the cache.
  void Expect(std::uint64_t key) const {
    if (!words_.empty()) bundle::Prefetch(&words_[WordOf(key, words_.size())]);
  }
  bool MayHave(std::uint64_t key) const {
    const std::uint64_t bits = BitsOf(key);
    return !words_.empty() && (words_[WordOf(key, words_.size())] & bits) == bits;
  }

 private:
  std::span<const std::uint64_t> words_;
};
// The extension spares a division; -Wpedantic asks for the word.
__extension__ using Wide = unsigned __int128;
inline std::uint64_t HomeSlot(std::uint64_t hash, std::uint64_t slots) {
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * slots) >> 64);
}

// The key of a form compared as it stands. Indices are spelled in many ways: «2.1а», «2.1А», «2,1a» (Latin), and so are short codes («МС»,
// "MC").
std::uint64_t KeyOfFixed(const morph::Form& form);

// Letter shapes that are no plain capital word.
inline bool IsLowerShape(token::Shape shape) { return shape == token::Shape::kLower; }
inline bool IsUpperShape(token::Shape shape) { return shape == token::Shape::kUpper || shape == token::Shape::kInitial; }

// Quotes and dashes are no part of a name: they are passed over on both sides.
inline bool IsPassedOver(const token::Token& token) { return token.kind == token::Kind::kQuote || token.Has(token::kDash); }
inline constexpr int kMaxPassedOver = 3;  // in a row («"Союз" - "2.1а"»)

inline std::uint32_t HashOfId(std::string_view id) { return static_cast<std::uint32_t>(morph::KeyOf(id) >> 32); }

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_LAYOUT_H_
