// What is remembered of forms and matches from one document to the next, and what is known of the document at hand.
#ifndef ATAU_RULES_SCRATCH_H_
#define ATAU_RULES_SCRATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "bundle/hash_index.h"
#include "gazetteer/entry_flags.h"
#include "rules/rules.h"
#include "rules/tables.h"

namespace atau::rules {

using bundle::HashIndex;
using bundle::Mixed;

struct CaptureSlot {
  std::uint32_t begin = kNoIndex, end = 0;
  std::int32_t match = -1, resolved = -1;
};

struct MatchScratch::State {
  // Which rules and which form table the caches belong to.
  const void* owner = nullptr;
  const morph::FormTable* table = nullptr;
  std::uint64_t generation = 0;
  // What is known of forms. Forms of one signature (kind, shape, tags of the readings) share the outcome of most tests.
  struct FormState {
    std::uint32_t profile = kNoIndex;  // into profiles; kNoIndex = not yet looked at
    std::uint32_t tests = 0;           // into signature_tests
    std::uint32_t row = 0;             // into rows; 0 = shared by the forms of which no such test was asked
    std::uint32_t held = 0;            // into held; where `keyed` has a bit
    std::uint64_t keyed = 0;           // the tests of kKeyed that hold, a bit for each 64th of them
  };
  struct Signature {
    std::uint32_t profile = 0;
    bool tries = false;  // whether it has regular expressions that are to be tried
  };
  std::vector<FormState> forms;
  std::vector<Signature> signatures;
  std::vector<std::uint64_t> signature_tests;  // a bit for each form test that no key finds
  std::vector<std::uint32_t> held;             // of each form the tests of kKeyed that hold, then kNoIndex
  std::vector<std::uint64_t> pending;  // by signature the atoms whose regular expressions are to be tried, RuleTables::pattern_words each
  // What a form or a match says of places: for each the rules that suit, an offset in place_rows. Of the thousands of profiles most share
  // their rows, so that the memory that is looked at for each token stays small.
  struct Profile {
    std::array<std::uint32_t, kPlaces> at{};
  };
  std::vector<Profile> profiles;
  std::vector<std::uint64_t> place_rows;  // sets of rules, RuleTables::row_words each
  std::vector<std::uint64_t> draft;       // kPlaces sets of rules, of the profile that is being made
  HashIndex signature_index, profile_index, place_row_index;
  HashIndex read_index;  // of signatures, by readings as they are
  // What readings say of tests and atoms. Readings of which all tests say the same share a number.
  HashIndex reading_index;  // by tags and origin
  HashIndex reading_rows_index;
  std::vector<std::uint64_t> reading_rows;  // RuleTables::reading_words each: see ReadingRow
  std::vector<std::uint32_t> reading_seen;  // by number: the form that it was last met at, of forms looked at
  std::uint32_t looked_at = 0;
  // What flags, kind and shape of a form say: atoms that they allow, and a profile.
  HashIndex mask_index;
  std::vector<std::uint64_t> mask_rows;
  // For tests that depend on more than the signature: a word of known bits, then one of outcomes, and so on; behind them what the readings
  // that a part of an agreement asks for agree with, two numbers a word, each with kAgreementKnown, or 0. RuleTables::form_words each.
  std::vector<std::uint64_t> rows;
  static constexpr std::uint32_t kAgreementKnown = 0x80000000;
  std::vector<std::uint32_t> extra, extra_tests, reading_numbers;
  // What matches of one kind may be.
  struct KindRow {
    Range required;                        // into kind_required
    std::uint64_t classes = 0;             // the class tests that they fit, a bit for each 64th of them
    std::uint32_t profile = 0;             // into profiles
    std::uint8_t begins = 0, goes_on = 0;  // the phases (bits) in which they may be the first element of a rule, or a later one
  };
  HashIndex entry_rows;  // into kinds, by entry, words and support
  HashIndex kind_rows;   // into kinds, by key
  std::vector<KindRow> kinds;
  std::vector<std::uint64_t> kind_fits;  // a bit for each class test that they fit, but for flags to which no bit was left
  std::vector<std::uint32_t> kind_required;
  // One document.
  std::vector<std::uint32_t> keys;      // into kinds, parallel to View::matches
  std::vector<std::uint32_t> match_at;  // first match that begins at each token
  // A match as the choice of rules looks at it. Matches that say nothing are left out, and those that say what the one before said.
  struct Stand {
    std::uint32_t end = 0;                 // the end of the text at most
    std::uint32_t profile = 0;             // into profiles
    std::uint8_t begins = 0, goes_on = 0;  // as of its kind
  };
  std::vector<Stand> stands;
  std::vector<std::uint32_t> stand_at;  // first stand that begins at each token
  struct TokenState {
    std::uint32_t mask = 0;  // a TokenMask
    std::uint32_t form = 0;
    std::uint32_t tests = 0;               // into signature_tests
    std::uint32_t profile = 0;             // into profiles
    std::uint64_t keyed = 0;               // as of its form
    std::uint64_t classes = 0;             // as of the kinds of the matches that begin there
    std::uint8_t begins = 0, goes_on = 0;  // of the matches that begin there, see KindRow
    bool plain = false;                    // it opens and closes nothing, and begins no sentence
  };
  std::vector<TokenState> tokens;
  std::vector<std::int32_t> resolved_at;
  std::size_t ring = 0;               // a power of two
  std::vector<std::uint64_t> sets;    // at the last `ring` tokens: rules whose second element and what is behind it may stand there
  std::vector<std::uint64_t> behind;  // what may stand there: kThirdBehind, where a profile alone does not tell
  std::vector<const std::uint64_t*> behind_at;  // at the same tokens: the words of it, there or in place_rows
  // Rules to run, from the last token on.
  struct Chosen {
    std::uint32_t token = 0, word = 0;  // of the sets
    std::uint64_t rules = 0;
  };
  std::vector<Chosen> chosen;  // the first `runs` of them
  std::size_t runs = 0;
  std::vector<std::uint64_t> mask;
  std::vector<std::vector<std::uint32_t>> required_at;  // for each required class: where its matches begin
  std::vector<std::uint32_t> need_cursor;               // for each need of a class: the first place that may still serve
  std::vector<std::uint32_t> walls;                     // for each token: where the next sentence or block begins, and where the next block
  std::uint32_t widest = 0;                             // tokens of the widest match
  // The machine: one for matches, one for contexts (which run inside of a match).
  struct Machine {
    struct Job {
      std::uint32_t pc = 0, pos = 0;
      std::uint32_t fence = kNoIndex;  // at that place
      std::uint32_t held = kNoIndex;   // the element that was found there
      CaptureSlot slot;                // what is to be put back
    };
    struct Visit {
      std::uint64_t run = 0, bits = 0;
    };
    std::vector<Job> jobs;
    std::vector<CaptureSlot> slots;
    std::vector<Visit> visited;
    std::uint64_t run = 0;
  } main, context;
  struct Found {
    std::uint32_t end = 0;
    std::vector<CaptureSlot> slots;
  };
  std::vector<Found> found;
};

// One document and one phase. Work goes from one part of the room to the next: ReadDocument, ChooseRules, RunRules.
struct Run {
  using State = MatchScratch::State;

  const RuleTables& set;
  const View& view;
  State& s;
  Hits& out;
  const Phase phase;
  const WordRange words;  // of the sets: those of the phase

  // Whether a match is what a class test asks for.
  bool Fits(std::uint32_t test, std::uint32_t match) const {
    const std::uint64_t* const fits = s.kind_fits.data() + s.keys[match] * set.fit_words;
    if (((fits[test / 64] >> (test % 64)) & 1) == 0) return false;
    const std::string_view flag = set.classes[test].flag;
    return flag.empty() || gazetteer::HasFlag(view.gazetteer->entry((*view.matches)[match].entry).slots, flag);
  }
};

}  // namespace atau::rules

#endif  // ATAU_RULES_SCRATCH_H_
