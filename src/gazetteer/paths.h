// The ways in which a name may stand in a text: which of its words inflect together and which stay as they are.
#ifndef ATAU_GAZETTEER_PATHS_H_
#define ATAU_GAZETTEER_PATHS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "gazetteer/builder.h"
#include "morph/form_table.h"
#include "token/token.h"

namespace atau::gazetteer {

// A sequence of keys (see layout.h) with what must hold at its end.
struct NamePath {
  std::vector<std::uint64_t> keys;
  std::uint32_t allowed = 0;  // Final::allowed without kLastFinal
  std::uint16_t capitals = 0;
  std::uint16_t uppers = 0;
  std::uint16_t inners = 0;
  friend bool operator==(const NamePath&, const NamePath&) = default;
};

inline constexpr std::size_t kMaxNameTokens = 32;
inline constexpr std::size_t kMaxPaths = 16;

// A word of a name: its form and what its readings say of it in the nominative.
struct NameWord {
  morph::Form form;
  std::vector<morph::Reading> readings;
  bool inside_quotes = false;
  bool inflects_by_letters = false;  // a Cyrillic word that may have cases at all (no number, Latin word, short abbreviation)
};

// Splits names into the words that count (quotes and dashes are left out), with readings from a table of its own.
class NameReader {
 public:
  explicit NameReader(const morph::Morph* morph) : forms_(morph) {}
  // Replaces `words`. Forms are views that stay valid until the next call.
  void Read(std::string_view name, std::vector<NameWord>* words);

 private:
  morph::FormTable forms_;
  std::vector<token::Token> tokens_;
};

// True where the word is to be learnt by the morphology: it may inflect, and nothing but a guess is known of it.
bool NeedsLexeme(const NameWord& word);

// True where the word is known, but only as a case form of somebody's name («Русал», of a surname «Русала»): as the name of a thing it has
// cases of its own.
bool IsFormOfSurname(const NameWord& word);

// All ways of a name; empty when it has no word, or too many.
std::vector<NamePath> PathsOf(const std::vector<NameWord>& words, const SourceEntry& entry, bool exact);

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_PATHS_H_
