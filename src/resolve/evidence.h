// Evidence: what words, their neighbours and whole candidates say about types, named so that a person can read it.
//
// Word evidence depends on the form alone (its weights are summed once a form and cached) or on the place in the text (a few numbers a
// token). Candidate evidence belongs to a span. Everything that can be listed beforehand (categories, pairs of them, word classes, rules,
// …) has a dense number in the vocabulary.
#ifndef ATAU_RESOLVE_EVIDENCE_H_
#define ATAU_RESOLVE_EVIDENCE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gazetteer/gazetteer.h"
#include "resolve/analysis.h"
#include "resolve/memory.h"
#include "resolve/type_sums.h"
#include "resolve/weights.h"
#include "rules/rules.h"

namespace atau::resolve {

// The category of a token: a coarse summary of shape, part of speech, name marks and word class. Pairs and patterns are made of categories.
// clang-format off
#define ATAU_CATS(X) \
  X(kPad, "pad") X(kStop, "stop") X(kComma, "comma") X(kColon, "colon") X(kOpen, "open") X(kClose, "close") X(kQuoteOpen, "quote_open") \
  X(kQuoteClose, "quote_close") X(kDashCat, "dash") X(kSign, "sign") X(kNum, "number") X(kUrlCat, "url") X(kLNounNom, "noun_nomn") \
  X(kLNounGen, "noun_gent") X(kLNoun, "noun") X(kLAdj, "adjective") X(kLVerb, "verb") X(kLPart, "participle") X(kLPrep, "preposition") \
  X(kLConj, "conjunction") X(kLAdv, "adverb") X(kLPron, "pronoun") X(kLOther, "other") X(kLUnknown, "unknown") X(kLOrgHead, "org_head") \
  X(kLRole, "role") X(kLRoles, "roles_gent") X(kLPlaceHead, "place_head") X(kLProgHead, "program_head") X(kLTitleHead, "title_head") \
  X(kLSpeech, "speech_verb") X(kLPersonCtx, "person_context") X(kLMonth, "month") X(kLParticle, "particle") X(kLatLower, "latin_lower") \
  X(kCName, "Given") X(kCSurn, "Surname") X(kCNameSurn, "GivenSurname") X(kCPatr, "Patronymic") X(kCGeo, "Place") \
  X(kCGeoSurn, "PlaceName") X(kCOrgn, "Body") X(kCAdj, "Adjective") X(kCNoun, "Noun") X(kCOther, "Other") X(kCUnknown, "Unknown") \
  X(kCOrgHead, "OrgHead") X(kCRole, "Role") X(kCPlaceHead, "PlaceHead") X(kCProgHead, "ProgramHead") X(kCFunction, "Function") \
  X(kUAbbr, "ABBREVIATION") X(kUKnown, "UPPER") X(kUUnknown, "UNKNOWN") X(kInitialCat, "Initial") X(kLatCap, "Latin") \
  X(kLatUpper, "LATIN") X(kLatMixed, "laTin") X(kMixedCat, "miXed") X(kWordNum, "word2")
// clang-format on

enum Cat : std::uint8_t {
#define X(id, name) id,
  ATAU_CATS(X)
#undef X
      kCatCount
};
static_assert(kCatCount <= 64);
std::string_view CatName(Cat cat);

// Dense number of a piece of evidence in the vocabulary.
using EvidenceId = std::uint32_t;

// A candidate: a span of tokens and the types it may have (bit i = kCompeting[i]).
struct Candidate {
  std::uint32_t begin = 0, end = 0;
  std::uint8_t types = 0;
};

// What the listed evidence of a form depends on; many forms share it.
struct FormTraits {
  bool word = false;  // others have no listed evidence
  bool hyphen = false, digits = false, url = false, known = false;
  std::uint8_t variant = 0;             // letter shape, and Latin or not
  std::uint8_t letters = 0;             // how many, 10 where they do not count
  std::uint8_t lists = 0, guessed = 0;  // morph::List bits; bits for given names, surnames and patronymics that are guessed
  std::uint16_t only = 0;               // marks that all readings have, by number
  morph::Grammemes any = 0;             // parts of speech, cases and marks of some reading
  std::uint64_t Key() const;            // a hash, equal for equal traits
};

struct FormEvidence {
  struct Keyed {
    Template t;
    std::uint64_t key;  // of the value
  };
  std::vector<EvidenceId> ids;
  std::vector<Keyed> keyed;
};

// Pieces of evidence of a candidate that cannot be listed beforehand: a template and the key of its value.
struct SpanKeyed {
  Template t = kPattern;
  std::uint64_t key = 0;
};
struct SpanKeys {
  std::array<SpanKeyed, 4> items;
  std::uint32_t size = 0;
};

// What the evidence of candidates depends on by the place where they begin alone; those that begin there share it.
class SpanStart {
 private:
  friend class Evidence;
  bool opened_ = false;                                      // behind a quote that opens
  bool bracket_ = false;                                     // behind a bracket that opens
  std::uint32_t left_ = 0;                                   // where what stands before the candidate ends: a quote between is passed over
  std::uint16_t list_ = 0;                                   // Chains::ListHead
  std::uint32_t named_ = 0;                                  // the first of Analysis::named that may reach into a candidate
  std::uint32_t hits_ = 0, hits_end_ = 0;                    // of Analysis::placed_hits that may reach over a candidate
  std::vector<EvidenceId> before_;                           // word classes before it, each once
  std::vector<std::pair<std::uint32_t, EvidenceId>> first_;  // word classes that begin it, and where these end
  std::uint64_t exact_ = 0;                                  // bit n: an entry or a rule proposes just the n tokens from here
  std::uint64_t in_chain_ = 0;                               // Chains::AroundKey
  bool has_in_chain_ = false;
};

// The most that pieces of evidence of a candidate add to its sums; see Evidence::MostOf.
struct SpanMost {
  using Sums = std::array<float, kTypes>;
  static constexpr std::uint32_t kLengths = 13;  // of spans of no words, of one, …; the last: of so many or more
  Sums always{};                                 // what all candidates have, and what is seldom above zero
  std::array<Sums, kLengths> length{};           // the length itself, and the agreement of several words
  std::array<Sums, kCatCount> tail{};            // by the last word's category
  Sums quoted{};                                 // beside a quote
  Sums bracketed{};                              // beside a bracket
  Sums named{};                                  // for each entry near it that is not the candidate itself
  Sums after{};                                  // for each word class behind it
  Sums keyed{};                                  // for each piece that is not in the vocabulary
};

class Evidence {
 public:
  Evidence(const gazetteer::Gazetteer* gazetteer, const rules::RuleSet* rules);

  // Every listed piece: template and value.
  std::size_t size() const { return names_.size(); }
  Template TemplateOf(EvidenceId id) const { return names_[id].first; }
  const std::string& ValueOf(EvidenceId id) const { return names_[id].second; }

  // Evidence that a form shows wherever it stands. What can be listed beforehand stands in `ids`, the rest (the form, its lemma, beginnings
  // and endings) in `keyed`. Replaces `out`.
  void OfForm(const morph::FormTable& forms, std::uint32_t form, bool caseless, FormEvidence* out) const;
  // The same in two steps: the listed evidence depends on the traits alone.
  static FormTraits TraitsOf(const morph::FormTable& forms, std::uint32_t form, bool caseless);
  void OfTraits(const FormTraits& traits, std::vector<EvidenceId>* ids) const;
  static void KeyedOf(const morph::FormTable& forms, std::uint32_t form, bool caseless, std::vector<FormEvidence::Keyed>* keyed);
  // The value of a keyed piece as the table of weights writes it.
  std::string KeyedValue(const morph::FormTable& forms, std::uint32_t form, bool caseless, Template t) const;

  // The categories of all tokens; the result has tokens.size() elements.
  void Categories(const Analysis& a, std::vector<Cat>* cats) const;

  // Evidence of a token in its place (added to `out`): pairs of categories, word classes, gazetteer words, position.
  void OfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t token, std::vector<EvidenceId>* out) const;
  // The same as numbers: writes to `out` the one that `of` has for each piece (by evidence), where it is not 0, in the order of the pieces;
  // returns behind the last. There is room for MostOfToken at `out`.
  std::uint32_t* OfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t token, const std::uint32_t* of,
                         std::uint32_t* out) const;
  // The pair of categories among the evidence of a token.
  EvidenceId PairOf(const Analysis& a, const std::vector<Cat>& cats, std::size_t token) const {
    const Cat before = token == 0 || a.tokens[token].Has(token::Flag::kBlockStart) ? kPad : cats[token - 1];
    return pair_ + before * kCatCount + cats[token];
  }
  // At least as many as the pieces of a token in its place.
  static std::size_t MostOfToken(const Analysis& a, std::size_t token) {
    constexpr std::size_t kOfPlace = 8;  // a pair, and what the position says
    return kOfPlace + a.matches_at.Until(token + 1) - a.matches_at.From(token);
  }
  // What the document's memory says of a token.
  void Remembered(const Analysis& a, std::size_t token, const Memory& memory, std::vector<EvidenceId>* out) const;
  // Whether it may say anything of such a token.
  static bool MayRemember(const Analysis& a, const token::Token& t) {
    return t.kind == token::Kind::kWord && (t.shape != token::Shape::kLower || a.caseless);
  }

  // Evidence of a candidate as a whole (added to `out`).
  void OfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, std::vector<EvidenceId>* out) const;
  // What the evidence of all candidates that begin at a token shares. Replaces `start`.
  void StartOf(const Analysis& a, std::size_t begin, SpanStart* start) const;
  // The same as OfSpan as sums: of the numbers that `of` has for each piece (by evidence), in the order of the pieces. `start` is that of
  // the candidate's first token.
  TypeSums OfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start,
                  const std::array<float, kTypes>* of) const;
  // What the sums of OfSpan and OfSpanKeyed are not above, told without looking at most pieces. MostOf is asked once, with the same numbers
  // as OfSpan and the most that a piece of OfSpanKeyed adds; MostOfStart tells what all candidates share that begin at a token, and
  // MostOfSpan what one of them adds to it.
  SpanMost MostOf(const std::array<float, kTypes>* of, const std::array<float, kTypes>& keyed) const;
  TypeSums MostOfStart(const Analysis& a, std::size_t begin, const SpanStart& start, const std::array<float, kTypes>* of,
                       const SpanMost& most) const;
  static TypeSums MostOfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start,
                             const SpanMost& most, const TypeSums& of_start) {
    TypeSums sum = of_start;
    sum += SumsOf(most.length[std::min(c.end - c.begin, SpanMost::kLengths - 1)]);
    sum += SumsOf(most.tail[cats[c.end - 1]]);
    if (const std::uint32_t until = a.named_at.Until(c.end); start.named_ < until)
      sum += SumsOf(most.named) * static_cast<float>(until - start.named_);
    std::size_t right = c.end;
    if (right < a.tokens.size()) {
      const token::Token& t = a.tokens[right];
      if (t.kind == token::Kind::kQuote) {
        sum += SumsOf(most.quoted);
        right += t.Has(token::Flag::kCloses) ? 1 : 0;
      } else if (a.clean[t.begin] == '(') {
        sum += SumsOf(most.bracketed);
      }
    }
    if (right < a.tokens.size()) sum += SumsOf(most.after) * static_cast<float>(a.matches_at.At(right).size());
    return sum;
  }
  // Whether an entry or a rule proposes just this candidate: MostOfSpan does not count what these say.
  static bool IsProposed(const Candidate& c, const SpanStart& start) {
    return (start.exact_ >> std::min<std::uint32_t>(c.end - c.begin, 63) & 1) != 0;
  }
  // What the document's memory says of a candidate.
  void Remembered(const Analysis& a, const Candidate& c, const Memory& memory, std::vector<EvidenceId>* out) const {
    for (const EvidenceId id : {RememberedBefore(a, c.begin, memory), RememberedBehind(a, c.end, memory)}) {
      if (id != kNothing) out->push_back(id);
    }
    RememberedOf(a, c, memory, out);
  }
  // The same in three steps: what stands before a candidate is equal for all that begin at a token, and what stands behind for all that
  // end there; kNothing where nothing does.
  static constexpr EvidenceId kNothing = ~EvidenceId{0};
  EvidenceId RememberedBefore(const Analysis& a, std::size_t begin, const Memory& memory) const;
  EvidenceId RememberedBehind(const Analysis& a, std::size_t end, const Memory& memory) const;
  void RememberedOf(const Analysis& a, const Candidate& c, const Memory& memory, std::vector<EvidenceId>* out) const;
  // Whether the initials of a longer name may be remembered of a candidate: it is one word in capitals.
  static bool MaySpell(const Analysis& a, const Candidate& c) {
    return c.end - c.begin == 1 && a.tokens[c.begin].shape == token::Shape::kUpper;
  }
  // Whether a surname may be remembered of it: it holds one.
  static bool MayHoldSurname(const Analysis& a, const Candidate& c, const Memory& memory) {
    for (std::uint32_t i = c.begin; i < c.end; ++i) {
      if (memory.MayBeSurname(a, i)) return true;
    }
    return false;
  }
  // Its evidence that is not in the vocabulary: the pattern of its categories, and how it hangs together as a chain (see chains.h).
  SpanKeys OfSpanKeyed(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c) const;
  SpanKeys OfSpanKeyed(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start) const;
  // The value of such a piece as the table of weights writes it.
  std::string SpanKeyedValue(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, Template t) const;

 private:
  // Calls `say` with each piece of evidence of a token in its place.
  template <class Say>
  void EachOfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t token, Say say) const;
  // Calls `say` with each piece of evidence of a candidate as a whole.
  template <class Say>
  void EachOfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start, Say say) const;
  template <class Say>
  void EachOfAcronyms(const Analysis& a, const Candidate& c, bool opened, Say say) const;
  EvidenceId NeighbourId(const Memory::Neighbour& next, Memory::Side side) const;
  // The key of a kind's name.
  std::uint64_t KindKey(std::uint16_t kind) const { return kind < kind_key_.size() ? kind_key_[kind] : 0; }
  EvidenceId Add(Template t, std::string value);
  EvidenceId Range(Template t, const std::vector<std::string>& values);

  std::vector<std::pair<Template, std::string>> names_;
  EvidenceId pair_, position_, position_cat_, bias_, length_, quoted_, balance_, agree_, gaz_token_, gaz_over_, gaz_cross_, gaz_part_,
      doc_token_, doc_span_, rule_, rule_over_, tail_, url_, gaz_added_, gaz_long_, no_capital_, neighbour_, acronym_, doc_surname_;
  EvidenceId shape_, known_, letters_, pos_of_, case_of_, mark_, only_, list_;  // each value once for every letter shape
  std::vector<EvidenceId> class_, head_before_, head_first_, head_after_, list_head_, gaz_span_,
      gaz_kind_;                                        // by kind id (or type and flags)
  std::vector<std::uint64_t> kind_key_;                 // by kind id: the key of its name
  std::vector<Cat> class_cat_lower_, class_cat_upper_;  // by class id: the category a word of the class gets, kPad for none
};

// The key of a value as the table of weights writes it ("Given+Surname" of a pattern); most templates have that of the text.
std::uint64_t SpanValueKey(Template t, std::string_view value);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_EVIDENCE_H_
