// What is made once of a program and a gazetteer: the tests of tokens, and for each rule where and when it is worth running. Immutable
// afterwards.
#ifndef ATAU_RULES_TABLES_H_
#define ATAU_RULES_TABLES_H_

#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/hash_index.h"
#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "rules/outline.h"
#include "rules/program.h"
#include "rules/rules.h"

namespace atau::rules {

// A class test with the ids of the gazetteer it runs against.
struct BoundClass {
  bool entity = false;
  bool never = false;  // the gazetteer has no such class or kind
  Type type = Type::kNone;
  std::uint16_t cls = 0, kind = 0;
  std::uint64_t flags = 0;  // the bit of the flag that is asked for, see RuleTables::flags
  std::string_view flag;    // one for which no bit was left
  std::uint32_t tier = 0;
};

// A rule is tried where the first three elements of a match may stand: something begins it (a trigger), what comes behind that may be its
// second element, and what comes behind that its third. What may stand at a token is kept as sets of rules, a bit each, so that a few ANDs
// leave the handful of rules worth running. The sets only ever say too much: the machine looks again.
enum Place {
  kFirst,
  kAlone,  // a first element that no other one need follow
  kSecond,
  kThird,        // behind a second element of one token
  kLater,        // a token that every match holds, the one that says most (see Need)
  kThirdBehind,  // behind a second element of any length: a class match; last, since few tokens are asked for it
  kPlaces
};

// An Instruction as it is run: small, since those of all rules are much memory.
struct Step {
  static constexpr std::uint32_t kNoCapture = 127;
  Op op : 8 = Op::kMatch;
  std::uint32_t once : 1 = 0;              // no two ways of one run come to it at one token, so that nobody need remember it
  std::uint32_t capture : 7 = kNoCapture;  // Instruction::d
  // Of token checks; of an opening sign: the tokens that may stand inside of it, see Inside; of a split: so many steps behind it stands the
  // element that every way on from `a` begins with, 0 for none.
  std::uint32_t count : 16 = 0;
  std::uint32_t a = 0;  // as of the instruction
  std::uint32_t b = 0;  // the same; of a split: the element that every way on from the next step begins with, kNoIndex for none
};
static_assert(sizeof(Step) == 12 && kMaxCaptures < Step::kNoCapture && kMaxProgram < 1 << 16);

// How many tokens a group in quotes or brackets may hold inside.
struct Inside {
  static constexpr std::uint32_t kAnyNumber = 255;
  std::uint32_t min = 0, max = kAnyNumber;  // kAnyNumber: so many or more
  std::uint32_t Packed() const { return min | max << 8; }
  static bool Allows(std::uint32_t packed, std::uint32_t tokens) {
    return tokens >= (packed & 0xFF) && (packed >> 8 == kAnyNumber || tokens <= packed >> 8);
  }
};

// What is asked of a rule before and behind its run, all in one line of memory.
struct alignas(64) Start {
  std::uint32_t rule = kNoIndex;
  Step first;  // the element that every match begins with; kMatch where there is no such
  Range needs;
  std::uint32_t anchor = kNoIndex;                              // a Node::Anchor that every match begins with
  std::uint32_t start = 0, size = 0;                            // as of its RuleCode
  std::uint32_t entry = kNoIndex;                               // the step of that element
  std::uint32_t single = kNoIndex;                              // the step of the rule's only element, a token or a class match
  std::uint32_t first_capture = 0;                              // its captures, in RuleTables::capture_ids
  std::uint16_t captures = 0;                                   // how many it has
  std::uint8_t from = Step::kNoCapture, to = Step::kNoCapture;  // captures of the emitted span
  std::uint8_t whole = Step::kNoCapture;                        // a capture of all of a match, which no step need save
  bool contexts = false, crosses_lines = false, each_length = false, agrees = false;
  bool sure = false;  // the first place says all of that element, so that it need not be looked at again
};
static_assert(sizeof(Start) == 64);

// What every match holds (for tokens: one of them at least), and how many tokens behind its start: `min` at least, `max` and `classes`
// class matches at most. For an entity that many behind the entity that the match begins with.
struct Need {
  std::uint32_t min = 0, max = 0, classes = 0;
  std::uint32_t required = kNoIndex;  // a class test, by its place in RuleTables::required; kNoIndex: a token of kLater, or an entity
  std::uint32_t entity = kNoIndex;    // the type of an entity (0 any); kNoIndex: none
};

// Words of a set of rules.
struct WordRange {
  std::size_t from = 0, to = 0;
};

// What of a token test depends on its form alone.
struct Atom {
  std::uint32_t form_test = kNoIndex;
  TokenMask need = 0, forbid = 0;
};

// How the outcome of a form test is found.
enum class TestKind : std::uint8_t {
  kTags,     // depends on the signature of the form alone: kind, shape, readings
  kTagsNot,  // the same, but for a list of exceptions
  kRegex,    // the same, and regular expressions
  kKeyed,    // names lemmas or words: found from these
};

// A ConjunctionTest, ready to be looked at.
struct TokenCheck {
  std::uint32_t asked = 0, need = 0;  // of the bits that are asked for, a token has those that are needed and no others (a TokenMask each)
  enum Rest : std::uint32_t {
    kNothing,    // no more is asked
    kSignature,  // the test at the place `number` in the rows of signatures tells all
    kKey,        // the test `number`, of kKeyed, tells all; one bit of those that hold of a form denies most
    kMore,       // what costs more; the same place denies most, where there is one
  };
  static constexpr std::uint32_t kNoNumber = 0x3FFFFFFF;
  std::uint32_t rest : 2 = kNothing;
  std::uint32_t number : 30 = kNoNumber;
};
static_assert(sizeof(TokenCheck) == 12);
// What a TokenCheck of kMore asks.
struct MoreCheck {
  std::uint32_t test = kNoIndex;   // form test
  std::uint32_t place = kNoIndex;  // its place in the rows of signatures; kNoIndex: it is found by its key
  std::uint32_t own = kNoIndex;    // its place in the rows of forms; kNoIndex: the signature tells
  Range not_classes;
};
static_assert((kAllKinds | kAllShapes) <= 0xFFFFFFFF, "a TokenMask fits 32 bits");

struct Expression {
  bool literal = false;
  std::string_view text;  // of a literal
  std::uint32_t capture = 0;
  std::string_view what;  // "text" …
};

// Sets of rules are words of bits, a bit a rule; those of one phase stand together.
class RuleTables {
 public:
  RuleTables(Program of, const gazetteer::Gazetteer& gazetteer) : program(std::move(of)) { Bind(gazetteer); }

  // To be called before any other. Error: kCorrupt.
  Status CompileRegexes();

  // Adds the bit of a rule to a set.
  void Set(std::uint32_t rule, std::uint64_t* set) const { set[bit_of[rule] / 64] |= std::uint64_t{1} << (bit_of[rule] % 64); }

  // Where a word of the set of a place stands in `sets`.
  std::size_t WordAt(std::size_t place, std::size_t word) const {
    const WordRange& of = words_of_phase[word < words_of_phase[0].to ? 0 : 1];
    return of.from * kPlaces + place * (of.to - of.from) + (word - of.from);
  }
  // Adds the bit of a rule to the set of a place.
  void Set(std::uint32_t rule, Place place, std::uint64_t* sets) const {
    sets[WordAt(place, bit_of[rule] / 64)] |= std::uint64_t{1} << (bit_of[rule] % 64);
  }

  // Whether a form test holds.
  bool Evaluate(const FormTest& t, const morph::FormTable& forms, const morph::Form& form) const;
  // What a reading says of tests that no key finds, and of their atoms: first those that it suits, then those that it forbids.
  void ReadingRow(const morph::Reading& reading, std::uint64_t* row) const;
  // The tests of kKeyed that may hold of a form or a lemma with this key: into keyed_tests.
  Range TestsOfKey(std::uint64_t key) const {
    const std::size_t mask = key_slots.size() - 1;
    for (std::size_t at = key & mask; key_slots[at].tests.count != 0; at = (at + 1) & mask) {
      if (key_slots[at].key == key) return key_slots[at].tests;
    }
    return {};
  }
  // Has what TestsOfKey looks at first brought to the cache.
  void ExpectKey(std::uint64_t key) const { bundle::Prefetch(&key_slots[key & (key_slots.size() - 1)]); }
  // The bits of the flags of an entry, of those that some class test asks for.
  std::uint64_t FlagsOf(std::string_view slots) const;
  static bool IsCapital(const morph::Form& form);

  Program program;
  std::vector<RuleInfo> infos;
  std::vector<std::unique_ptr<RE2>> owned;
  std::vector<const RE2*> regexes;      // parallel to Program::regexes
  std::vector<BoundClass> classes;      // parallel to Program::class_tests
  std::size_t fit_words = 0;            // of a set of class tests
  std::vector<std::string_view> flags;  // those that class tests ask for
  std::vector<std::string_view> names;
  std::vector<std::uint32_t> entry;  // by instruction: the element that every way on from it begins with, kNoIndex for none
  std::vector<Step> steps;           // by instruction
  static constexpr std::uint16_t kNoName = 0xFFFF;
  std::vector<std::uint16_t> capture_ids;     // parallel to Program::capture_names: into names, kNoName for one that shows nowhere
  std::vector<Expression> expressions;        // parallel to Program::emits
  std::vector<std::uint32_t> required;        // class tests
  std::vector<std::uint32_t> required_index;  // from class test to its place in required
  std::vector<Need> needs;
  std::vector<Start> starts;                          // by the bit of a rule; some bits have none
  std::vector<std::uint64_t> need_class, need_later;  // rules that need each required class, or a token of kLater
  // Sets of rules: `words` words each; where it says `sets`, kPlaces of them, those of one phase together (see WordAt), so that a phase
  // touches no memory of the other.
  std::size_t words = 0;
  std::size_t row_words = 0;  // the same, and room up to the end of a line of memory
  WordRange words_of_phase[2];
  std::vector<std::uint32_t> bit_of;  // of a rule its bit
  std::vector<std::uint64_t> of_phase[2], crosses_lines;
  std::vector<std::uint64_t> anything;          // sets: rules that any token suits
  std::vector<std::uint64_t> nothing;           // sets: rules that need nothing more, so that the end of the text or a sentence suits
  std::vector<std::uint64_t> opens[2], closes;  // sets: of opening quotes, opening brackets, closing ones
  // Of quotes, of brackets: rules that begin with a group whose inside the rule spells out, and with one of any inside, where no match
  // begins with a token test. They are not in the first place of `opens`: what is behind the sign, or behind the group, is looked at too.
  std::vector<std::uint64_t> sign_first[2], group_first[2];
  std::vector<std::uint64_t> class_sets;             // sets, by class test
  std::vector<std::uint64_t> resolved;               // by type, first place only; 0 = any
  std::vector<std::uint64_t> resolved_alone;         // rules whose match may end behind a resolved entity (see kAlone)
  std::vector<std::uint64_t> resolved_second;        // by type: rules whose second element may be one; 0 = any
  std::vector<std::uint64_t> groups[2];              // rules whose second element may be a group in quotes, or in brackets
  std::vector<std::vector<std::uint32_t>> by_class;  // class tests that say something of rules, by class; 0 = any
  std::vector<Atom> atoms;
  bundle::HashIndex atom_index;
  std::vector<std::uint64_t> atom_sets;  // sets, by atom, until SortTests keeps the few words of them that hold something
  struct SetWord {
    std::uint32_t word = 0;
    std::uint64_t bits = 0;
  };
  std::vector<SetWord> atom_bits;
  std::vector<Range> bits_of_atom;                   // by atom: into atom_bits
  std::vector<std::vector<std::uint32_t>> atoms_of;  // by form test
  // Form tests.
  std::vector<TestKind> test_kinds;
  morph::Grammemes told_tags = 0;                         // those that tests name which are not kKeyed
  std::vector<std::uint32_t> unkeyed_tests, test_places;  // the others, and their places in the rows of signatures
  // Rows of bits for these tests, and behind them for atoms: what the readings, and what the form as a whole, say of them.
  std::size_t atom_words = 0, half_row = 0, reading_words = 0;
  std::vector<std::uint64_t> any_reading_row;  // those that ask for no reading
  std::vector<std::uint64_t> form_rows;        // four of them: by whether the form is known (1), and has a capital (2)
  std::vector<Range> regexes_of_atom;          // into Program::regexes
  // Atoms with regular expressions have numbers, and sets of them are `pattern_words` words. By LetterBit, the set of those that a text
  // may suit which begins or ends with the letter: first by the folded text, then by the surface.
  std::vector<std::uint32_t> pattern_atoms, pattern_of;  // atoms by number; numbers by atom, kNoIndex for none
  std::size_t pattern_words = 0;
  std::vector<std::uint64_t> begin_patterns[2], end_patterns[2];
  std::size_t own_words = 0, test_words = 0;
  std::vector<std::uint32_t> agree_kinds;  // parallel to Program::agree_parts: those that ask for the same readings have one number
  std::size_t form_words = 0;              // of a row of a form: two for each of own_words, and behind them half a one for each such number
  std::vector<TokenCheck> checks;          // parallel to Program::conjunctions
  std::vector<MoreCheck> more;             // the same
  struct KeySlot {
    std::uint64_t key = 0;
    Range tests;  // into keyed_tests; count 0 = free
  };
  std::vector<KeySlot> key_slots;
  std::vector<std::uint32_t> keyed_tests;
  std::vector<Outline> outlines;  // parallel to Program::regexes

 private:
  void Bind(const gazetteer::Gazetteer& gazetteer);
  // Rules of one phase get their bits together, from a word of their own on, so that the other phase's words need no look.
  void PlaceBits();
  void AddRule(std::uint32_t rule, const RuleCode& r);
  // The only element of a rule, a token or a class match; kNoIndex where the rule has others.
  std::uint32_t SingleOf(const RuleCode& r) const;
  // What every match of the rule holds: the instructions through which every way to its end leads.
  void AddNeeds(std::uint32_t rule, const RuleCode& r);
  // Fills `steps`.
  void MakeSteps();
  // Whether the triggers of a rule say of its first element, a token, all that its tests ask for.
  bool IsSure(const RuleCode& r) const;
  // The capture that holds all of every match of a rule, kNoCapture where there is none: its end need not be saved.
  std::uint8_t WholeOf(const RuleCode& r);
  // How many tokens may stand inside of the group that the instruction `open` opens.
  Inside InsideOf(const RuleCode& r, std::uint32_t open) const;
  // How much the tests of an instruction tell.
  std::uint32_t Telling(const Instruction& in) const;
  // Adds the instructions that take a token, and the end, as they can be reached from `pc`.
  void Reach(const RuleCode& r, std::uint32_t pc, std::vector<std::uint32_t>* out) const;
  void AddPlace(std::uint32_t rule, Place place, const std::vector<std::uint32_t>& pcs);
  void AddAtom(std::uint32_t rule, Place place, const Atom& atom);
  // Parts the tests by the way in which their outcome is found.
  void SortTests();
  // Sets the bits of a test and of its atoms in half a row of a reading.
  void SetTest(std::uint32_t test, std::uint64_t* row) const;
  bool HasKey(Range range, std::uint64_t key) const;
  bool HasString(Range range, std::string_view s) const;
};

}  // namespace atau::rules

#endif  // ATAU_RULES_TABLES_H_
