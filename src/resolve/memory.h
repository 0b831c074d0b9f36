// What the document itself taught in a first look: which words and names stood for which type.
#ifndef ATAU_RESOLVE_MEMORY_H_
#define ATAU_RESOLVE_MEMORY_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "resolve/analysis.h"
#include "resolve/key_map.h"
#include "resolve/weights.h"

namespace atau::resolve {

// A mention chosen by the cover search.
struct Mention {
  std::uint32_t begin = 0, end = 0;
  std::uint8_t type = 0;  // index into kCompeting
  float score = 0;
  std::uint32_t parted_end = 0;  // of a body whose place was set apart: where the place ends; else 0
};

// Writes the first letters of the words of [begin, end), in lower case, of parts behind a hyphen too; without prepositions and conjunctions
// unless `all`. Returns whether there are any of these (both ways give the same where there are none).
bool InitialsOf(const Analysis& a, std::size_t begin, std::size_t end, bool all, std::string* out);

// A crude stem of a folded word, equal for the cases of one name: the longest ending of declension taken off.
std::string_view StemOf(std::string_view folded);

class Memory {
 public:
  struct Counts {
    std::array<std::uint16_t, kTypes> whole{};  // stood alone as a whole mention of the type
    std::array<std::uint16_t, kTypes> part{};   // stood in a longer mention of the type
  };

  // Learns from the mentions of the first look.
  void Learn(const Analysis& a, const std::vector<Mention>& mentions);
  void Clear();

  // What was seen of the token's lemma elsewhere than in `own` (the mention of the first look around the token; may be null).
  Counts Elsewhere(const Analysis& a, std::size_t token) const;
  // How often the same sequence of lemmas was a mention of each type elsewhere than at [begin, end).
  std::array<std::uint16_t, kTypes> SpanElsewhere(const Analysis& a, std::size_t begin, std::size_t end) const;

  // Whether SpanElsewhere may be other than nothing, told quickly.
  bool MayBeSpan(const Analysis& a, std::size_t begin, std::size_t end) const {
    const std::uint64_t bit = BitOf(FirstWord(a, begin, end));
    return (first_words_[bit / 64] >> bit % 64 & 1) != 0;
  }

  // Whether the word is the surname of a longer mention of a person elsewhere («Татьяна Толстая … Толстая об этом не пожалела»).
  bool IsSurnameElsewhere(const Analysis& a, std::size_t token) const;
  // Whether that may be so, told quickly.
  bool MayBeSurname(const Analysis& a, std::size_t token) const {
    const std::uint64_t bit = BitOf(KeyOf(a, token));
    return (surname_bits_[bit / 64] >> bit % 64 & 1) != 0;
  }

  // The mention of the first look that stands next to a place (before a token, or the end) on a side of it, with nothing but signs and
  // conjunctions between; none where the place is within a mention.
  enum class Side : std::uint8_t { kBefore, kAfter };
  enum class Link : std::uint8_t { kTouches, kComma, kConjunction, kBracket, kDash, kSlash };
  struct Neighbour {
    Link link = Link::kTouches;
    int type = -1;  // index into kCompeting; -1: there is none
  };
  Neighbour NextTo(const Analysis& a, std::size_t place, Side side) const;
  // The type of a longer mention of the first look whose initials the token spells («Организация Объединённых Наций … ООН»), -1 for none.
  int SpelledOut(const Analysis& a, std::size_t token) const;

  // The key of a token that is equal for all cases of a word.
  static std::uint64_t WordKey(const Analysis& a, std::size_t token);

 private:
  // The token of the surname in a mention of a person: the last word that is no given name and no patronymic, or else the last; kNone
  // where it has one word.
  static constexpr std::size_t kNone = ~std::size_t{0};
  static std::size_t SurnameOf(const Analysis& a, const Mention& mention);
  // The key of a word or number; 0 for other tokens.
  std::uint64_t KeyOf(const Analysis& a, std::size_t token) const;
  std::uint64_t SpanKey(const Analysis& a, std::size_t begin, std::size_t end) const;

  // By form of the table that was seen last; 0: not asked for yet. As many as the table of the document in hand has, at least.
  mutable std::vector<std::uint64_t> form_keys_;
  const morph::FormTable* forms_ = nullptr;
  std::uint64_t generation_ = 0;
  KeyMap<Counts> words_;
  KeyMap<std::array<std::uint16_t, kTypes>> spans_;
  // Bits of the keys of first words: nearly all spans that were no mention are told by theirs.
  static constexpr std::uint64_t BitOf(std::uint64_t word_key) { return word_key >> 54; }
  std::uint64_t FirstWord(const Analysis& a, std::size_t begin, std::size_t end) const;
  std::array<std::uint64_t, 16> first_words_{}, surname_bits_{};  // of surnames_ too
  KeyMap<std::uint8_t> initials_;                                 // of longer mentions, by KeyOf: 1 + the type of the first
  KeyMap<std::uint16_t> surnames_;                                // how many mentions of persons with more words have this one, by KeyOf
  std::string letters_;                                           // scratch of Learn
  std::vector<std::int32_t> mention_of_;                          // by token: index of the first look's mention, -1
  std::vector<Mention> mentions_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_MEMORY_H_
