#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "bundle/prefetch.h"
#include "gazetteer/entry_flags.h"
#include "morph/inflect.h"
#include "morph/morph.h"
#include "rules/outline.h"
#include "rules/program.h"
#include "rules/rules.h"

namespace atau::rules {
namespace {

using bundle::Prefetch;

// The one place where text is handed to RE2: its StringPiece is a class of its own in old releases and absl::string_view in new ones.
bool FullMatch(const RE2& regex, std::string_view text) { return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex); }

// Appends `from` to `into`, moving every index.
void Merge(Program from, Program* into) {
  const auto base = [](const auto& table) { return static_cast<std::uint32_t>(table.size()); };
  const std::uint32_t strings = base(into->strings), keys = base(into->keys), regexes = base(into->regexes), forms = base(into->form_tests),
                      conjunctions = base(into->conjunctions), classes = base(into->class_tests), code = base(into->code),
                      triggers = base(into->triggers), contexts = base(into->contexts), agrees = base(into->agrees),
                      agree_parts = base(into->agree_parts), names = base(into->capture_names), emits = base(into->emits),
                      examples = base(into->examples);
  const auto move = [](std::uint32_t* index, std::uint32_t by) {
    if (*index != kNoIndex) *index += by;
  };
  for (RegexUse& r : from.regexes) r.pattern += strings;
  for (FormTest& t : from.form_tests) {
    for (Range* r : {&t.lemmas, &t.not_lemmas, &t.texts, &t.not_texts}) r->first += keys;
    for (Range* r : {&t.exacts, &t.not_exacts}) r->first += strings;
    t.regexes.first += regexes;
  }
  for (ConjunctionTest& t : from.conjunctions) move(&t.form_test, forms), t.not_classes.first += classes;
  for (ClassTest& t : from.class_tests) move(&t.cls, strings), move(&t.kind, strings), move(&t.flag, strings);
  for (Instruction& n : from.code) {
    if (n.op == Op::kToken) n.a += conjunctions;
    if (n.op == Op::kClass) n.a += classes, n.b += conjunctions;
    if (n.op == Op::kSplit || n.op == Op::kJump) n.a += code;
  }
  for (Trigger& t : from.triggers) {
    if (t.kind == Trigger::kForm) move(&t.index, forms);
    if (t.kind == Trigger::kClass) t.index += classes;
  }
  for (ContextCode& c : from.contexts) c.start += code;
  for (Range& r : from.agrees) r.first += agree_parts;
  for (std::uint32_t& n : from.capture_names) n += strings;
  for (Emit& e : from.emits) e.key += strings, e.expression += strings;
  for (ExampleCode& e : from.examples) e.text += strings;
  for (RuleCode& r : from.rules) {
    r.name += strings, r.file += strings, r.label += strings;
    r.start += code;
    r.captures.first += names, r.agree.first += agrees, r.contexts.first += contexts, r.triggers.first += triggers;
    r.emits.first += emits, r.examples.first += examples;
    move(&r.required, classes);
  }
  const auto append = [](auto& a, auto& b) { b.insert(b.end(), std::make_move_iterator(a.begin()), std::make_move_iterator(a.end())); };
  append(from.strings, into->strings), append(from.keys, into->keys), append(from.regexes, into->regexes);
  append(from.form_tests, into->form_tests), append(from.conjunctions, into->conjunctions), append(from.class_tests, into->class_tests);
  append(from.code, into->code), append(from.triggers, into->triggers), append(from.contexts, into->contexts);
  append(from.agrees, into->agrees), append(from.agree_parts, into->agree_parts), append(from.capture_names, into->capture_names);
  append(from.emits, into->emits), append(from.examples, into->examples), append(from.rules, into->rules);
}

// A class test with the ids of the gazetteer it runs against.
struct BoundClass {
  bool entity = false;
  bool never = false;  // the gazetteer has no such class or kind
  Type type = Type::kNone;
  std::uint16_t cls = 0, kind = 0;
  std::uint64_t flags = 0;  // the bit of the flag that is asked for, see flags_
  std::string_view flag;    // one for which no bit was left
  std::uint32_t tier = 0;
};

// What a class test looks at, decoded once an entry.
struct MatchKey {
  std::uint16_t cls = 0, kind = 0;
  Type type = Type::kNone;
  std::uint64_t flags = 0;  // those that some class test asks for
  bool words = false, support = false;
};

struct CaptureSlot {
  std::uint32_t begin = kNoIndex, end = 0;
  std::int32_t match = -1, resolved = -1;
};

// A rule is tried where the first three elements of a match may stand: something begins it (a trigger), what comes behind that may be its
// second element, and what comes behind that its third. What may stand at a token is kept as sets of rules, a bit each, so that a few ANDs
// leave the handful of rules worth running. The sets only ever say too much: the machine looks again.
enum Place {
  kFirst,
  kAlone,  // a first element that no other one need follow
  kSecond,
  kThird,        // behind a second element of one token
  kThirdBehind,  // behind a second element of any length: a class match
  kLater,        // a token that every match holds, the one that says most (see Need)
  kPlaces
};

// What is asked of a rule before it is run, all in one place.
struct Start {
  std::uint32_t rule = kNoIndex;
  Op op = Op::kMatch;  // of the element that every match begins with; kMatch where there is no such
  std::uint32_t a = 0, b = 0, c = 0;
  Range needs;                      // into needs_
  std::uint32_t crosses_lines = 0;  // 0 or 1
};

// What every match holds, and how many tokens behind its start: `min` at least, `max` and `classes` class matches at most.
struct Need {
  std::uint32_t min = 0, max = 0, classes = 0;
  std::uint32_t required = kNoIndex;  // a class test, by its place in required_; kNoIndex: a token of kLater
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
  TokenMask need = 0, forbid = 0;
  std::uint32_t test = kNoIndex;   // form test
  std::uint32_t place = kNoIndex;  // its place in the rows of signatures; kNoIndex: it is found by its key
  std::uint32_t own = kNoIndex;    // its place in the rows of forms; kNoIndex: the signature tells
  Range not_classes;
};

std::uint64_t Mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

// From hashes to numbers; open addressing.
class HashIndex {
 public:
  // Where a look at `hash` will be taken soon.
  void Expect(std::uint64_t hash) const {
    if (!slots_.empty()) Prefetch(slots_.data() + ((hash >> 32) & (slots_.size() - 1)));
  }
  // The number under `hash`, which is kNoIndex where there is none yet; the caller may set it at once.
  std::uint32_t& At(std::uint64_t hash) {
    if ((size_ + 1) * 2 > slots_.size()) Grow();
    Slot& slot = Find(hash);
    if (slot.number == kNoIndex) slot.hash = hash, ++size_;
    return slot.number;
  }
  void Clear() { slots_.clear(), size_ = 0; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t number = kNoIndex;
  };
  Slot& Find(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = (hash >> 32) & mask;
    while (slots_[at].number != kNoIndex && slots_[at].hash != hash) at = (at + 1) & mask;
    return slots_[at];
  }
  void Grow() {
    std::vector<Slot> old(std::max<std::size_t>(256, slots_.size() * 2));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNoIndex) Find(slot.hash) = slot;
    }
  }
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

struct Expression {
  bool literal = false;
  std::string_view text;  // of a literal
  std::uint32_t capture = 0;
  std::string_view what;  // "text" …
};

constexpr std::uint32_t kUndo = 0x80000000;

}  // namespace

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
    Range pending;  // into pending: atoms whose regular expressions are to be tried
  };
  std::vector<FormState> forms;
  std::vector<Signature> signatures;
  std::vector<std::uint64_t> signature_tests;  // a bit for each form test that no key finds
  std::vector<std::uint32_t> held;             // of each form the tests of kKeyed that hold, then kNoIndex
  std::vector<std::uint32_t> pending;
  std::vector<std::uint64_t> profiles;  // kPlaces sets of rules each
  HashIndex signature_index, profile_index;
  // What readings say of tests and atoms. Readings of which all tests say the same share a number.
  HashIndex reading_index;  // by tags and origin
  HashIndex reading_rows_index;
  std::vector<std::uint64_t> reading_rows;  // RuleSetImpl::reading_words_ each: see ReadingRow
  std::vector<std::uint32_t> reading_seen;  // by number: the form that it was last met at, of forms looked at
  std::uint32_t looked_at = 0;
  // What flags, kind and shape of a form say: atoms that they allow, and a profile.
  HashIndex mask_index;
  std::vector<std::uint64_t> mask_rows;
  std::vector<std::uint64_t>
      rows;  // for tests that depend on more than the signature: a word of known bits, then one of outcomes, and so on
  std::vector<std::uint32_t> extra, extra_tests, reading_numbers;
  // What matches of one kind may be.
  struct KindRow {
    MatchKey key;
    Range required;                        // into kind_required
    std::uint8_t begins = 0, goes_on = 0;  // the phases (bits) in which they may be the first element of a rule, or a later one
  };
  HashIndex entry_rows;  // into kinds, by entry, words and support
  HashIndex kind_rows;   // into kinds, by key
  std::vector<KindRow> kinds;
  std::vector<std::uint64_t> kind_sets;  // kPlaces sets of rules each
  std::vector<std::uint32_t> kind_required;
  // One document.
  std::vector<std::uint32_t> keys;      // into kinds, parallel to View::matches
  std::vector<std::uint32_t> match_at;  // first match that begins at each token
  struct TokenState {
    TokenMask mask = 0;
    std::uint32_t form = 0;
    std::uint32_t tests = 0;               // into signature_tests
    std::uint32_t profile = 0;             // offset in profiles
    std::uint64_t keyed = 0;               // as of its form
    std::uint8_t begins = 0, goes_on = 0;  // of the matches that begin there, see KindRow
  };
  std::vector<TokenState> tokens;
  std::vector<std::int32_t> resolved_at;
  std::size_t ring = 0;               // a power of two
  std::vector<std::uint64_t> sets;    // at the last `ring` tokens: rules whose second element and what is behind it may stand there
  std::vector<std::uint64_t> behind;  // what may stand there: kThirdBehind
  // Rules to run, from the last token on.
  struct Chosen {
    std::uint32_t token = 0, word = 0;  // of the sets
    std::uint64_t rules = 0;
  };
  std::vector<Chosen> chosen;  // the first `runs` of them
  std::size_t runs = 0;
  std::vector<std::uint64_t> later;  // the rules whose kLater some token is
  std::vector<std::uint64_t> mask;
  std::vector<std::vector<std::uint32_t>> required_at;  // for each required class: where its matches begin
  std::vector<std::uint32_t> need_cursor;               // for each need of a class: the first place that may still serve
  std::vector<std::uint32_t> walls;                     // for each token: where the next sentence or block begins, and where the next block
  std::uint32_t widest = 0;                             // tokens of the widest match
  // The machine: one for matches, one for contexts (which run inside of a match).
  struct Machine {
    struct Job {
      std::uint32_t pc = 0, pos = 0;
    };
    struct Visit {
      std::uint64_t run = 0, bits = 0;
    };
    std::vector<Job> jobs;
    std::vector<CaptureSlot> undo;
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

MatchScratch::MatchScratch() : state_(std::make_unique<State>()) {}
MatchScratch::~MatchScratch() = default;

class RuleSetImpl : public RuleSet {
 public:
  RuleSetImpl(Program program, const gazetteer::Gazetteer& gazetteer) : p_(std::move(program)) { Bind(gazetteer); }

  Status CompileRegexes() {
    std::map<std::string_view, const RE2*> known;
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    for (const RegexUse& use : p_.regexes) {
      const std::string& pattern = p_.strings[use.pattern];
      auto [it, added] = known.emplace(pattern, nullptr);
      if (added) {
        owned_.push_back(std::make_unique<RE2>(pattern, options));
        if (!owned_.back()->ok())
          return Error{Code::kCorrupt, "the rule section holds a bad regular expression: " + owned_.back()->error()};
        it->second = owned_.back().get();
      }
      regexes_.push_back(it->second);
      outlines_.push_back(use.negated != 0 ? Outline{} : OutlineOfRegex(pattern));
      outlines_.back().of_surface = use.surface != 0;
    }
    return {};
  }

  std::uint32_t size() const override { return static_cast<std::uint32_t>(infos_.size()); }
  const RuleInfo& rule(std::uint32_t index) const override { return infos_[index]; }
  std::string_view NameOf(std::uint16_t name) const override { return name < names_.size() ? names_[name] : std::string_view(); }

  std::vector<RuleExample> examples() const override {
    std::vector<RuleExample> out;
    for (const RuleCode& r : p_.rules) {
      for (std::uint32_t i = 0; i < r.examples.count; ++i) {
        const ExampleCode& e = p_.examples[r.examples.first + i];
        out.push_back({p_.strings[r.name], p_.strings[r.file], e.line, e.yes != 0, p_.strings[e.text]});
      }
    }
    return out;
  }

  void Match(const View& view, Phase phase, MatchScratch* scratch, Hits* out) const override {
    Run run{*this, view, *scratch->state_, *out, phase, words_of_phase_[static_cast<int>(phase)]};
    run.s.mask = of_phase_[static_cast<int>(phase)];
    RunAll(&run);
  }

  void MatchRule(std::uint32_t rule, const View& view, MatchScratch* scratch, Hits* out) const override {
    if (rule >= p_.rules.size()) return;
    Run run{*this, view, *scratch->state_, *out, static_cast<Phase>(p_.rules[rule].phase), words_of_phase_[p_.rules[rule].phase]};
    run.s.mask.assign(words_, 0);
    Set(rule, run.s.mask.data());
    RunAll(&run);
  }

  std::string Attribute(const View& view, const Hits& hits, const Hit& hit, std::string_view key) const override {
    const RuleCode& r = p_.rules[hit.rule];
    for (std::uint32_t i = 0; i < r.emits.count; ++i) {
      if (p_.strings[p_.emits[r.emits.first + i].key] != key) continue;
      const Expression& e = expressions_[r.emits.first + i];
      if (e.literal) return std::string(e.text);
      for (std::uint32_t j = 0; j < hit.captures; ++j) {
        const Capture& c = hits.captures[hit.first_capture + j];
        if (c.name == e.capture) return Evaluate(view, c, e.what);
      }
      return {};
    }
    return {};
  }

 private:
  using State = MatchScratch::State;
  struct Run;

  void Bind(const gazetteer::Gazetteer& gazetteer) {
    std::map<std::string_view, std::uint16_t> ids;
    for (std::uint32_t name : p_.capture_names) {
      const auto [it, added] = ids.emplace(p_.strings[name], static_cast<std::uint16_t>(names_.size()));
      if (added) names_.push_back(p_.strings[name]);
      capture_ids_.push_back(it->second);
    }
    for (const ClassTest& t : p_.class_tests) {
      BoundClass b;
      b.entity = t.entity != 0;
      b.type = static_cast<Type>(t.type);
      b.tier = t.tier;
      if (t.flag != kNoIndex) {
        const auto at = std::find(flags_.begin(), flags_.end(), p_.strings[t.flag]);
        if (at == flags_.end() && flags_.size() == 64) {
          b.flag = p_.strings[t.flag];
        } else {
          b.flags = std::uint64_t{1} << (at - flags_.begin());
          if (at == flags_.end()) flags_.emplace_back(p_.strings[t.flag]);
        }
      }
      if (t.cls != kNoIndex) b.cls = gazetteer.ClassId(p_.strings[t.cls]);
      if (t.cls != kNoIndex && t.kind != kNoIndex) b.kind = gazetteer.KindId(p_.strings[t.cls], p_.strings[t.kind]);
      b.never = (!b.entity && b.cls == 0) || (t.kind != kNoIndex && b.kind == 0);
      classes_.push_back(b);
    }
    // A way that leads to a jump leads to where that jumps to.
    for (Instruction& in : p_.code) {
      if (in.op != Op::kSplit && in.op != Op::kJump) continue;
      while (p_.code[in.a].op == Op::kJump) in.a = p_.code[in.a].a;
    }
    // The element that a way begins with, for a look at it before the way is taken.
    entry_.assign(p_.code.size(), kNoIndex);
    for (std::uint32_t pc = static_cast<std::uint32_t>(p_.code.size()); pc-- > 0;) {
      const Op op = p_.code[pc].op;
      if (op < Op::kAny) {
        entry_[pc] = pc;
      } else if (op == Op::kSave || op == Op::kJump) {
        entry_[pc] = entry_[op == Op::kSave ? pc + 1 : p_.code[pc].a];
      }
    }
    required_index_.assign(p_.class_tests.size(), kNoIndex);
    PlaceBits();
    for (auto& set : of_phase_) set.assign(words_, 0);
    crosses_lines_.assign(words_, 0);
    resolved_alone_.assign(words_, 0);
    anything_.assign(words_ * kPlaces, 0);
    nothing_.assign(words_ * kPlaces, 0);
    for (auto* sets : {&opens_[0], &opens_[1], &closes_}) sets->assign(words_ * kPlaces, 0);
    class_sets_.assign(p_.class_tests.size() * words_ * kPlaces, 0);
    resolved_.assign(kTypeCount * words_, 0);
    resolved_second_.assign(kTypeCount * words_, 0);
    for (auto& set : groups_) set.assign(words_, 0);
    for (std::uint32_t i = 0; i < p_.rules.size(); ++i) {
      const RuleCode& r = p_.rules[i];
      RuleInfo info;
      info.name = p_.strings[r.name];
      info.file = p_.strings[r.file];
      info.line = r.line;
      info.type = static_cast<Type>(r.type);
      info.vetoes = static_cast<std::uint16_t>(r.vetoes);
      info.label = p_.strings[r.label];
      info.phase = static_cast<Phase>(r.phase);
      info.weight = r.weight;
      for (std::uint32_t j = 0; j < r.emits.count; ++j) {
        const Emit& e = p_.emits[r.emits.first + j];
        info.emits.emplace_back(p_.strings[e.key], p_.strings[e.expression]);
      }
      infos_.push_back(std::move(info));
      AddRule(i, r);
      Start& start = starts_[bit_of_[i]];
      start.crosses_lines = r.crosses_lines != 0 ? 1 : 0;
      if (entry_[r.start] != kNoIndex) {
        const Instruction& first = p_.code[entry_[r.start]];
        start.op = first.op, start.a = first.a, start.b = first.b, start.c = first.c;
      }
      start.needs.first = static_cast<std::uint32_t>(needs_.size());
      AddNeeds(i, r);
      start.needs.count = static_cast<std::uint32_t>(needs_.size()) - start.needs.first;
      single_.push_back(SingleOf(r));
    }
    for (std::uint32_t test = 0; test < classes_.size(); ++test) {
      const BoundClass& b = classes_[test];
      const auto sets = class_sets_.begin() + static_cast<std::ptrdiff_t>(test * words_ * kPlaces);
      const auto end = sets + static_cast<std::ptrdiff_t>(words_ * kPlaces);
      if (b.never || (required_index_[test] == kNoIndex && std::all_of(sets, end, [](std::uint64_t word) { return word == 0; }))) continue;
      if (by_class_.size() <= b.cls) by_class_.resize(b.cls + 1u);
      by_class_[b.cls].push_back(test);
    }
    if (by_class_.empty()) by_class_.resize(1);
    need_class_.assign(required_.size() * words_, 0);
    need_later_.assign(words_, 0);
    for (std::uint32_t i = 0; i < p_.rules.size(); ++i) {
      const Range needs = starts_[bit_of_[i]].needs;
      for (std::uint32_t k = needs.first; k < needs.first + needs.count; ++k) {
        const std::uint32_t required = needs_[k].required;
        Set(i, required == kNoIndex ? need_later_.data() : need_class_.data() + required * words_);
      }
    }
    SortTests();
    for (const RuleCode& r : p_.rules) {
      for (std::uint32_t j = 0; j < r.emits.count; ++j)
        expressions_.resize(std::max<std::size_t>(expressions_.size(), r.emits.first + j + 1));
    }
    for (const RuleCode& r : p_.rules) {
      for (std::uint32_t j = 0; j < r.emits.count; ++j) {
        const std::string_view text = p_.strings[p_.emits[r.emits.first + j].expression];
        Expression& e = expressions_[r.emits.first + j];
        if (text.size() >= 2 && text.front() == '\'') {
          e.literal = true;
          e.text = text.substr(1, text.size() - 2);
          continue;
        }
        const std::size_t dot = text.find('.');
        const auto it = ids.find(text.substr(0, dot));
        e.capture = it == ids.end() ? kNoIndex : it->second;
        e.what = dot == std::string_view::npos ? std::string_view("text") : text.substr(dot + 1);
      }
    }
  }

  // ---- what may stand at the first places of a match ----

  // Rules of one phase have their bits together, from a word of their own on, so that the other phase's words need no look.
  void PlaceBits() {
    bit_of_.resize(p_.rules.size());
    for (const Phase phase : {Phase::kCandidates, Phase::kRelations}) {
      const std::size_t first = starts_.size() / 64;
      for (std::uint32_t rule = 0; rule < p_.rules.size(); ++rule) {
        if (static_cast<Phase>(p_.rules[rule].phase) != phase) continue;
        bit_of_[rule] = static_cast<std::uint32_t>(starts_.size());
        starts_.emplace_back().rule = rule;
      }
      starts_.resize((starts_.size() + 63) / 64 * 64);
      words_of_phase_[static_cast<int>(phase)] = {first, starts_.size() / 64};
    }
    words_ = starts_.size() / 64;
  }

  void Set(std::uint32_t rule, std::uint64_t* set) const { set[bit_of_[rule] / 64] |= std::uint64_t{1} << (bit_of_[rule] % 64); }
  void Set(std::uint32_t rule, Place place, std::vector<std::uint64_t>* sets) const { Set(rule, sets->data() + place * words_); }

  void AddRule(std::uint32_t rule, const RuleCode& r) {
    Set(rule, of_phase_[r.phase].data());
    if (r.crosses_lines != 0) Set(rule, crosses_lines_.data());
    for (std::uint32_t j = 0; j < r.triggers.count; ++j) {
      const Trigger& t = p_.triggers[r.triggers.first + j];
      switch (t.kind) {
        case Trigger::kForm:
          AddAtom(rule, kFirst, {t.index, t.need, t.forbid});
          break;
        case Trigger::kClass:
          Set(rule, class_sets_.data() + t.index * words_ * kPlaces);
          break;
        case Trigger::kResolved:
          Set(rule, resolved_.data() + t.index * words_);
          break;
        case Trigger::kQuote:
        case Trigger::kBracket:
          Set(rule, kFirst, &opens_[t.kind == Trigger::kBracket]);
          break;
        default:
          Set(rule, kFirst, &anything_);
      }
    }
    std::vector<std::uint32_t> first, alone, second, third, behind;
    Reach(r, r.start, &first);
    for (std::uint32_t pc : first) {
      std::vector<std::uint32_t> next;
      Reach(r, pc + 1, &next);
      const bool stands_alone = std::any_of(next.begin(), next.end(), [&](std::uint32_t n) { return p_.code[n].op == Op::kMatch; });
      if (stands_alone && p_.code[pc].op == Op::kResolved) {
        Set(rule, resolved_alone_.data());
      } else if (stands_alone) {
        alone.push_back(pc);
      }
      for (const std::uint32_t n : next) {
        const Instruction& in = p_.code[n];
        if (in.op == Op::kGroup) Set(rule, groups_[in.a == 1].data());
        if (in.op == Op::kResolved) Set(rule, resolved_second_.data() + in.a * words_);
      }
      Reach(r, pc + 1, &second);
    }
    AddPlace(rule, kAlone, alone);
    // What follows an entity or a group is not looked at.
    std::erase_if(second, [&](std::uint32_t pc) {
      const Op op = p_.code[pc].op;
      return op == Op::kMatch || op == Op::kResolved || op == Op::kGroup;
    });
    AddPlace(rule, kSecond, second);
    for (std::uint32_t pc : second) {
      const Op op = p_.code[pc].op;
      Reach(r, pc + 1, op == Op::kClass ? &behind : &third);
    }
    AddPlace(rule, kThird, third);
    AddPlace(rule, kThirdBehind, behind);
  }

  // The only element of a rule, a token or a class match; kNoIndex where the rule has others.
  std::uint32_t SingleOf(const RuleCode& r) const {
    std::uint32_t element = kNoIndex;
    for (std::uint32_t pc = r.start; p_.code[pc].op != Op::kMatch; ++pc) {
      const Op op = p_.code[pc].op;
      if (op == Op::kSave) continue;
      if ((op != Op::kToken && op != Op::kClass) || element != kNoIndex) return kNoIndex;
      element = pc;
    }
    return element;
  }

  // What every match of the rule holds: the instructions through which every way to its end leads.
  void AddNeeds(std::uint32_t rule, const RuleCode& r) {
    struct Step {
      std::uint32_t dominator = kNoIndex, depth = 0;  // the last instruction that every way to this one passes
      std::uint32_t min = 0, max = 0, classes = 0;    // what may stand before it
    };
    std::vector<Step> steps(r.size);
    steps[0].dominator = 0;
    // Code runs forward only, so that all ways to an instruction are known when it is reached.
    const auto reach = [&](std::uint32_t from, std::uint32_t to, std::uint32_t min, std::uint32_t max, std::uint32_t classes) {
      const Step& before = steps[from];
      Step& step = steps[to];
      if (step.dominator == kNoIndex) {
        step = {from, before.depth + 1, before.min + min, before.max + max, before.classes + classes};
        return;
      }
      step.min = std::min(step.min, before.min + min);
      step.max = std::max(step.max, before.max + max);
      step.classes = std::max(step.classes, before.classes + classes);
      std::uint32_t a = step.dominator, b = from;
      while (a != b) {
        std::uint32_t& deeper = steps[a].depth > steps[b].depth ? a : b;
        deeper = steps[deeper].dominator;
      }
      step.dominator = a;
      step.depth = steps[a].depth + 1;
    };
    std::uint32_t at = 0;
    for (; p_.code[r.start + at].op != Op::kMatch; ++at) {
      if (steps[at].dominator == kNoIndex) continue;
      const Instruction& in = p_.code[r.start + at];
      const std::uint32_t classes = in.op == Op::kClass ? 1 : 0;
      const std::uint32_t min = in.op <= Op::kAny ? 1 : 0;
      std::uint32_t max = classes != 0 ? 0 : min;
      if (in.op == Op::kResolved) max = kMaxMatchTokens;
      if (in.op == Op::kGroup) max = kMaxGroupTokens + 2;
      if (in.op == Op::kSplit || in.op == Op::kJump) reach(at, in.a - r.start, min, max, classes);
      if (in.op != Op::kJump) reach(at, at + 1, min, max, classes);
    }
    std::uint32_t best = kNoIndex, best_score = 0;
    for (at = steps[at].dominator; at != kNoIndex && at != 0; at = steps[at].dominator) {
      const Instruction& in = p_.code[r.start + at];
      const Step& step = steps[at];
      if (step.max + step.classes == 0) continue;  // that is what triggers look at
      if (in.op == Op::kClass) {
        if (required_index_[in.a] == kNoIndex) {
          required_index_[in.a] = static_cast<std::uint32_t>(required_.size());
          required_.push_back(in.a);
        }
        needs_.push_back({step.min, step.max, step.classes, required_index_[in.a]});
      } else if (in.op == Op::kToken) {
        const std::uint32_t score = Telling(in);
        if (score > best_score) best = at, best_score = score;
      }
    }
    if (best == kNoIndex) return;
    needs_.push_back({steps[best].min, steps[best].max, steps[best].classes, kNoIndex});
    AddPlace(rule, kLater, {r.start + best});
  }

  // How much the tests of an instruction tell.
  std::uint32_t Telling(const Instruction& in) const {
    std::uint32_t least = 5;
    for (std::uint32_t k = in.a; k < in.a + in.b; ++k) {
      const ConjunctionTest& c = p_.conjunctions[k];
      std::uint32_t score = (c.need & kFormMask) != 0 ? 1 : 0;
      if (c.form_test != kNoIndex) {
        const FormTest& t = p_.form_tests[c.form_test];
        // Words that are asked for as they stand are prepositions and the like as a rule.
        score = (t.has & 1) != 0 ? 5 : (t.has & 7) != 0 ? 4 : t.regexes.count != 0 ? 3 : 2;
      }
      least = std::min(least, score);
    }
    return least;
  }

  // Adds the instructions that take a token, and the end, as they can be reached from `pc`.
  void Reach(const RuleCode& r, std::uint32_t pc, std::vector<std::uint32_t>* out) const {
    std::vector<bool> seen(r.size);
    std::vector<std::uint32_t> left{pc};
    while (!left.empty()) {
      pc = left.back();
      left.pop_back();
      while (!seen[pc - r.start]) {
        seen[pc - r.start] = true;
        const Instruction& in = p_.code[pc];
        if (in.op <= Op::kAny || in.op == Op::kMatch) {
          if (std::find(out->begin(), out->end(), pc) == out->end()) out->push_back(pc);
          break;
        }
        if (in.op == Op::kSplit) left.push_back(in.a);
        pc = in.op == Op::kJump ? in.a : pc + 1;
      }
    }
  }

  void AddPlace(std::uint32_t rule, Place place, const std::vector<std::uint32_t>& pcs) {
    for (std::uint32_t pc : pcs) {
      const Instruction& in = p_.code[pc];
      switch (in.op) {
        case Op::kToken:
          for (std::uint32_t k = in.a; k < in.a + in.b; ++k) {
            const ConjunctionTest& c = p_.conjunctions[k];
            AddAtom(rule, place, {c.form_test, c.need & kFormMask, c.forbid & kFormMask});
          }
          break;
        case Op::kClass:
          Set(rule, class_sets_.data() + (in.a * kPlaces + place) * words_);
          break;
        case Op::kGroup:
        case Op::kOpen:
          Set(rule, place, &opens_[in.a == 1]);
          break;
        case Op::kClose:
          Set(rule, place, &closes_);
          break;
        case Op::kMatch:
          Set(rule, place, &nothing_);
          break;
        default:
          Set(rule, place, &anything_);
      }
    }
  }

  void AddAtom(std::uint32_t rule, Place place, const Atom& atom) {
    if (atom.form_test == kNoIndex && atom.need == 0 && atom.forbid == 0) {
      Set(rule, place, &anything_);
      return;
    }
    std::uint32_t& index = atom_index_.At(Mixed(Mixed(Mixed(0, atom.form_test), atom.need), atom.forbid));
    if (index == kNoIndex) {
      index = static_cast<std::uint32_t>(atoms_.size());
      atoms_.push_back(atom);
      atom_sets_.resize(atom_sets_.size() + words_ * kPlaces);
    }
    Set(rule, atom_sets_.data() + (index * kPlaces + place) * words_);
  }

  // Parts the tests by the way in which their outcome is found.
  void SortTests() {
    kinds_.reserve(p_.form_tests.size());
    for (const FormTest& t : p_.form_tests) {
      const bool exceptions = t.not_lemmas.count != 0 || t.not_texts.count != 0 || t.not_exacts.count != 0;
      kinds_.push_back((t.has & 7) != 0       ? TestKind::kKeyed
                       : t.regexes.count != 0 ? TestKind::kRegex
                       : exceptions           ? TestKind::kTagsNot
                                              : TestKind::kTags);
      if (kinds_.back() != TestKind::kKeyed) told_tags_ |= t.need | t.forbid | t.never;
    }
    std::uint32_t own = 0;
    place_.assign(kinds_.size(), kNoIndex);
    for (std::uint32_t test = 0; test < kinds_.size(); ++test) {
      if (kinds_[test] == TestKind::kKeyed) continue;
      place_[test] = static_cast<std::uint32_t>(unkeyed_tests_.size());
      unkeyed_tests_.push_back(test);
    }
    std::vector<std::uint32_t> own_of(kinds_.size(), kNoIndex);
    for (const std::uint32_t test : unkeyed_tests_) {
      if (kinds_[test] != TestKind::kTags) own_of[test] = own++;
    }
    for (const ConjunctionTest& c : p_.conjunctions) {
      TokenCheck& check = checks_.emplace_back(TokenCheck{c.need, c.forbid, c.form_test, kNoIndex, kNoIndex, c.not_classes});
      if (c.form_test != kNoIndex) check.place = place_[c.form_test], check.own = own_of[c.form_test];
    }
    own_words_ = (own + 63) / 64;
    test_words_ = (unkeyed_tests_.size() + 63) / 64;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed;  // tests by the keys that may make them hold
    std::string folded;
    for (std::uint32_t test = 0; test < kinds_.size(); ++test) {
      if (kinds_[test] != TestKind::kKeyed) continue;
      const FormTest& t = p_.form_tests[test];
      // One list is enough: the test asks for all of them.
      if ((t.has & 2) != 0) {
        for (std::uint32_t k = 0; k < t.texts.count; ++k) keyed.emplace_back(p_.keys[t.texts.first + k], test);
      } else if ((t.has & 4) != 0) {
        for (std::uint32_t k = 0; k < t.exacts.count; ++k) {
          morph::Fold(p_.strings[t.exacts.first + k], &folded);
          keyed.emplace_back(morph::KeyOf(folded), test);
        }
      } else {
        for (std::uint32_t k = 0; k < t.lemmas.count; ++k) keyed.emplace_back(p_.keys[t.lemmas.first + k], test);
      }
    }
    std::sort(keyed.begin(), keyed.end());
    keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());
    std::size_t size = 256;
    while (size < keyed.size() * 2) size *= 2;
    key_slots_.assign(size, {});
    for (std::size_t i = 0; i < keyed.size();) {
      const std::uint64_t key = keyed[i].first;
      const auto first = static_cast<std::uint32_t>(keyed_tests_.size());
      for (; i < keyed.size() && keyed[i].first == key; ++i) keyed_tests_.push_back(keyed[i].second);
      std::size_t at = key & (size - 1);
      while (key_slots_[at].tests.count != 0) at = (at + 1) & (size - 1);
      key_slots_[at] = {key, {first, static_cast<std::uint32_t>(keyed_tests_.size()) - first}};
    }
    const std::size_t sets = words_ * kPlaces;
    for (std::size_t atom = 0; atom < atoms_.size(); ++atom) {
      const auto first = static_cast<std::uint32_t>(atom_bits_.size());
      for (std::size_t w = 0; w < sets; ++w) {
        if (const std::uint64_t bits = atom_sets_[atom * sets + w]; bits != 0) atom_bits_.push_back({static_cast<std::uint32_t>(w), bits});
      }
      bits_of_atom_.push_back({first, static_cast<std::uint32_t>(atom_bits_.size()) - first});
    }
    atom_sets_ = {};
    atoms_of_.assign(p_.form_tests.size(), {});
    for (std::uint32_t atom = 0; atom < atoms_.size(); ++atom) {
      const std::uint32_t test = atoms_[atom].form_test;
      if (test != kNoIndex) atoms_of_[test].push_back(atom);
      regexes_of_atom_.push_back(test == kNoIndex ? Range{} : p_.form_tests[test].regexes);
    }
    atom_words_ = (atoms_.size() + 63) / 64;
    half_row_ = test_words_ + atom_words_;
    reading_words_ = std::max<std::size_t>(2 * half_row_, 1);  // rules without tests have rows too
    any_reading_row_.assign(half_row_, 0);
    form_rows_.assign(4 * half_row_, 0);
    for (const std::uint32_t test : unkeyed_tests_) {
      const FormTest& t = p_.form_tests[test];
      if (!AsksForReading(t)) SetTest(test, any_reading_row_.data());
      for (std::uint32_t form = 0; form < 4; ++form) {
        const bool known = (form & 1) != 0, capital = (form & 2) != 0;
        if (OfForm(t, known, capital)) SetTest(test, form_rows_.data() + form * half_row_);
      }
    }
  }

  static bool AsksForReading(const FormTest& t) { return t.need != 0 || t.forbid != 0 || t.origins != 0; }

  // Sets the bits of a test and of its atoms in half a row of a reading.
  void SetTest(std::uint32_t test, std::uint64_t* row) const {
    row[place_[test] / 64] |= std::uint64_t{1} << (place_[test] % 64);
    for (std::uint32_t atom : atoms_of_[test]) row[test_words_ + atom / 64] |= std::uint64_t{1} << (atom % 64);
  }

  // What a reading says of tests that no key finds, and of their atoms: first those that it suits, then those that it forbids.
  void ReadingRow(const morph::Reading& reading, std::uint64_t* row) const {
    for (const std::uint32_t test : unkeyed_tests_) {
      const FormTest& t = p_.form_tests[test];
      if (AsksForReading(t) && OfReading(t, reading)) SetTest(test, row);
      if (Forbids(t, reading)) SetTest(test, row + half_row_);
    }
  }

  // The bits of the flags of an entry, of those that some class test asks for.
  std::uint64_t FlagsOf(std::string_view slots) const {
    std::uint64_t bits = 0;
    gazetteer::EachFlag(slots, [&](std::string_view one) {
      const auto at = std::find(flags_.begin(), flags_.end(), one);
      if (at != flags_.end()) bits |= std::uint64_t{1} << (at - flags_.begin());
      return true;
    });
    return bits;
  }

  Range TestsOfKey(std::uint64_t key) const {
    const std::size_t mask = key_slots_.size() - 1;
    for (std::size_t at = key & mask; key_slots_[at].tests.count != 0; at = (at + 1) & mask) {
      if (key_slots_[at].key == key) return key_slots_[at].tests;
    }
    return {};
  }

  static void Order(std::size_t first, Hits* out) {
    const auto begin = out->hits.begin() + static_cast<std::ptrdiff_t>(first);
    const auto key = [](const Hit& h) { return std::tuple(h.begin, h.end, h.rule); };
    // Of one span those found first come first, which their captures tell.
    const auto order = [&key](const Hit& h) { return std::tuple(key(h), h.first_capture, h.captures); };
    std::sort(begin, out->hits.end(), [&](const Hit& a, const Hit& b) { return order(a) < order(b); });
    // Several starts may lead to one span; the first is as good as the others.
    out->hits.erase(std::unique(begin, out->hits.end(), [&](const Hit& a, const Hit& b) { return key(a) == key(b); }), out->hits.end());
  }

  static std::string_view TextOf(const View& view, std::uint32_t begin, std::uint32_t end) {
    if (begin >= end || end > view.tokens->size()) return {};
    const std::size_t b = (*view.tokens)[begin].begin;
    return view.clean.substr(b, (*view.tokens)[end - 1].end - b);
  }

  std::string Evaluate(const View& view, const Capture& c, std::string_view what) const {
    if (c.match >= 0 && view.matches != nullptr && view.gazetteer != nullptr &&
        (what == "class" || what == "id" || what == "name" || what == "lemma")) {
      const gazetteer::Match& m = (*view.matches)[static_cast<std::size_t>(c.match)];
      const gazetteer::Entry entry = view.gazetteer->entry(m.entry);
      if (what == "class") return std::string(entry.kind);
      if (what == "id") return std::string(entry.id);
      if (what == "name" || (m.begin == c.begin && m.end == c.end)) return std::string(entry.name);
    }
    if (what == "text") return std::string(TextOf(view, c.begin, c.end));
    if (what == "normal") {
      return morph::NominativeOf(view.clean, *view.tokens, c.begin, c.end, *view.forms, morph::GroupOptions{});
    }
    if (what == "lemma") {
      std::string out;
      for (std::uint32_t i = c.begin; i < c.end; ++i) {
        const token::Token& t = (*view.tokens)[i];
        const morph::Form& form = (*view.forms)[t.form];
        if (i > c.begin && t.Has(token::kSpaceBefore)) out += ' ';
        const auto readings = view.forms->ReadingsOf(form);
        if (readings.empty() || readings[0].tag == 0) {
          out += form.folded;
        } else {
          out += view.forms->morph().Lemma(readings[0], form.folded);
        }
      }
      return out;
    }
    return {};
  }

  static bool IsCapital(const morph::Form& form) {
    if (form.surface.data() == form.folded.data()) return false;
    const bool letters = form.shape != token::Shape::kNone && !form.surface.empty() && !form.folded.empty();
    return letters && First(form.surface) != First(form.folded);
  }

  // What depends on the form as a whole, and needs no list.
  static bool OfForm(const FormTest& t, bool known, bool capital) {
    if ((t.form_need & kKnownForm) != 0 && !known) return false;
    if ((t.form_forbid & kKnownForm) != 0 && known) return false;
    if (((t.form_need | t.form_forbid) & kCapitalForm) != 0) {
      if ((t.form_need & kCapitalForm) != 0 ? !capital : capital) return false;
    }
    return true;
  }

  // Guesses and names that are rather common words do not count: nearly every word might be a surname.
  static bool Forbids(const FormTest& t, const morph::Reading& r) {
    return (r.tag & t.never) != 0 && r.origin != morph::Origin::kGuess && r.origin != morph::Origin::kNameSupport;
  }

  static bool OfReading(const FormTest& t, const morph::Reading& r) {
    return (r.tag & t.need) == t.need && (r.tag & t.forbid) == 0 &&
           (t.origins == 0 || ((t.origins >> static_cast<int>(r.origin)) & 1) != 0);
  }

  bool Evaluate(const FormTest& t, const morph::FormTable& forms, const morph::Form& form) const {
    if (!OfForm(t, form.known, IsCapital(form))) return false;
    if ((form.any & t.never) != 0) {
      for (const morph::Reading& r : forms.ReadingsOf(form)) {
        if (Forbids(t, r)) return false;
      }
    }
    if ((t.has & 2) != 0 && !HasKey(t.texts, form.key)) return false;
    if (t.not_texts.count != 0 && HasKey(t.not_texts, form.key)) return false;
    if ((t.has & 4) != 0 && !HasString(t.exacts, form.surface)) return false;
    if (t.not_exacts.count != 0 && HasString(t.not_exacts, form.surface)) return false;
    const bool of_reading = t.need != 0 || t.forbid != 0 || t.origins != 0 || (t.has & 1) != 0;
    if (of_reading || t.not_lemmas.count != 0) {
      bool good = !of_reading;
      for (const morph::Reading& r : forms.ReadingsOf(form)) {
        if (t.not_lemmas.count != 0 && HasKey(t.not_lemmas, r.lemma_key)) return false;
        if (good) continue;
        good = OfReading(t, r) && ((t.has & 1) == 0 || HasKey(t.lemmas, r.lemma_key));
      }
      if (!good) return false;
    }
    for (std::uint32_t i = 0; i < t.regexes.count; ++i) {
      const RegexUse& use = p_.regexes[t.regexes.first + i];
      if (!outlines_[t.regexes.first + i].Allows(OutlineOfText(use.surface != 0 ? form.surface : form.folded))) return false;
      const bool holds = FullMatch(*regexes_[t.regexes.first + i], use.surface != 0 ? form.surface : form.folded);
      if (holds == (use.negated != 0)) return false;
    }
    return true;
  }

  // The bytes of the first character.
  static std::string_view First(std::string_view s) {
    std::size_t e = 1;
    while (e < s.size() && (static_cast<unsigned char>(s[e]) & 0xC0) == 0x80) ++e;
    return s.substr(0, e);
  }
  bool HasKey(Range range, std::uint64_t key) const {
    const auto begin = p_.keys.begin() + range.first;
    return std::binary_search(begin, begin + range.count, key);
  }
  bool HasString(Range range, std::string_view s) const {
    for (std::uint32_t i = 0; i < range.count; ++i) {
      if (p_.strings[range.first + i] == s) return true;
    }
    return false;
  }

  static void RunAll(Run* run) {
    if (!run->Begin()) return;
    const std::size_t first = run->out.hits.size();
    // Each rule goes through the text from its beginning.
    for (std::size_t k = run->s.runs; k-- > 0;) run->At(run->s.chosen[k]);
    Order(first, &run->out);
  }

  // One document.
  struct Run {
    const RuleSetImpl& set;
    const View& view;
    State& s;
    Hits& out;
    const Phase phase;
    const WordRange words;                  // of the sets: those of the phase
    static constexpr std::size_t kFar = 8;  // what is far away in memory is asked for so many tokens or matches before it is needed

    bool Begin() {
      if (view.tokens == nullptr || view.forms == nullptr || view.tokens->empty() || set.words_ == 0) return false;
      s.need_cursor.assign(set.needs_.size(), 0);
      const bool known = s.owner == &set && s.table == view.forms && s.generation == view.forms->generation();
      if (!known || !view.again || s.tokens.size() != view.tokens->size()) {
        if (!known) Forget();
        ReadMatches();
        ReadTokens();
      }
      s.resolved_at.clear();
      if (view.resolved != nullptr) {
        const std::size_t n = view.tokens->size();
        s.resolved_at.assign(n, -1);
        for (std::size_t i = 0; i < view.resolved->size(); ++i) {
          const View::Resolved& r = (*view.resolved)[i];
          if (r.begin < n && r.end <= n && r.begin < r.end) s.resolved_at[r.begin] = static_cast<std::int32_t>(i);
        }
      }
      LeaveOut();
      Places();
      return true;
    }

    // Takes the rules out of the mask of which the text as a whole lacks something.
    void LeaveOut() {
      for (std::size_t required = 0; required < set.required_.size(); ++required) {
        if (!s.required_at[required].empty()) continue;
        const std::uint64_t* lacking = set.need_class_.data() + required * set.words_;
        for (std::size_t w = words.from; w < words.to; ++w) s.mask[w] &= ~lacking[w];
      }
      for (std::size_t w = words.from; w < words.to; ++w) s.mask[w] &= s.later[w] | ~set.need_later_[w];
    }

    // Fills what is known of matches.
    void ReadMatches() {
      const std::size_t n = view.tokens->size();
      s.keys.clear();
      s.match_at.assign(n + 1, 0);
      s.required_at.resize(set.required_.size());
      for (auto& list : s.required_at) list.clear();
      s.widest = 0;
      if (view.matches != nullptr && view.gazetteer != nullptr) {
        const std::vector<gazetteer::Match>& matches = *view.matches;
        for (std::size_t at = 0; at < matches.size(); ++at) {
          if (at + kFar < matches.size()) s.entry_rows.Expect(HashOf(matches[at + kFar]));
          const gazetteer::Match& m = matches[at];
          const std::uint32_t row = RowOf(m);
          s.keys.push_back(row);
          if (m.begin < n) ++s.match_at[m.begin + 1];
          s.widest = std::max(s.widest, m.end - m.begin);
          const Range required = s.kinds[row].required;
          for (std::uint32_t k = 0; k < required.count; ++k) {
            auto& list = s.required_at[s.kind_required[required.first + k]];
            if (list.empty() || list.back() != m.begin) list.push_back(m.begin);
          }
        }
        for (std::size_t i = 1; i <= n; ++i) s.match_at[i] += s.match_at[i - 1];
      }
    }

    void Forget() {
      s.owner = &set;
      s.table = view.forms;
      s.generation = view.forms->generation();
      s.forms.clear(), s.signatures.clear(), s.signature_tests.clear(), s.pending.clear(), s.profiles.clear();
      s.signature_index.Clear(), s.profile_index.Clear();
      s.reading_index.Clear(), s.reading_rows_index.Clear(), s.reading_rows.clear(), s.reading_seen.clear();
      s.mask_index.Clear(), s.mask_rows.clear();
      s.rows.assign(set.own_words_ * 2, 0);
      s.held.clear();
      s.entry_rows.Clear(), s.kind_rows.Clear(), s.kinds.clear(), s.kind_sets.clear(), s.kind_required.clear();
    }

    // Of what tells what a match may be for rules.
    static std::uint64_t HashOf(const gazetteer::Match& match) {
      const bool word = (match.flags & gazetteer::kWords) != 0, support = (match.flags & gazetteer::kSupport) != 0;
      return Mixed(0, std::uint64_t{match.entry} * 4 + (word ? 1u : 0u) + (support ? 2u : 0u));
    }

    // What a match may be for rules.
    std::uint32_t RowOf(const gazetteer::Match& match) {
      const bool word = (match.flags & gazetteer::kWords) != 0, support = (match.flags & gazetteer::kSupport) != 0;
      std::uint32_t& row = s.entry_rows.At(HashOf(match));
      if (row == kNoIndex) {
        const gazetteer::Entry entry = view.gazetteer->entry(match.entry);
        row = RowOf(MatchKey{entry.class_id, entry.kind_id, entry.type, set.FlagsOf(entry.slots), word, support});
      }
      return row;
    }

    std::uint32_t RowOf(const MatchKey& key) {
      const std::uint64_t small = std::uint64_t{key.cls} | std::uint64_t{key.kind} << 16 | static_cast<std::uint64_t>(key.type) << 32 |
                                  std::uint64_t{key.words} << 40 | std::uint64_t{key.support} << 41;
      std::uint32_t& known = s.kind_rows.At(Mixed(Mixed(0, small), key.flags));
      if (known != kNoIndex) return known;
      const auto row = static_cast<std::uint32_t>(s.kinds.size());
      known = row;
      State::KindRow& kind = s.kinds.emplace_back();
      kind.key = key;
      kind.required.first = static_cast<std::uint32_t>(s.kind_required.size());
      const std::size_t size = set.words_ * kPlaces;
      s.kind_sets.resize(s.kind_sets.size() + size);
      std::uint64_t* sets = s.kind_sets.data() + row * size;
      const auto add = [&](const std::vector<std::uint32_t>& tests) {
        for (std::uint32_t test : tests) {
          if (!FitsKey(set.classes_[test], key)) continue;
          for (std::size_t w = 0; w < size; ++w) sets[w] |= set.class_sets_[test * size + w];
          if (set.required_index_[test] != kNoIndex) s.kind_required.push_back(set.required_index_[test]);
        }
      };
      add(set.by_class_[0]);
      if (key.cls != 0 && key.cls < set.by_class_.size()) add(set.by_class_[key.cls]);
      kind.required.count = static_cast<std::uint32_t>(s.kind_required.size()) - kind.required.first;
      for (std::size_t p = 0; p < std::size(set.words_of_phase_); ++p) {
        const WordRange of = set.words_of_phase_[p];
        for (std::size_t place = 0; place < kPlaces; ++place) {
          const std::uint64_t* words_of_place = sets + place * set.words_;
          if (place == kAlone || std::all_of(words_of_place + of.from, words_of_place + of.to, [](std::uint64_t w) { return w == 0; }))
            continue;
          (place == kFirst ? kind.begins : kind.goes_on) |= static_cast<std::uint8_t>(1u << p);
        }
      }
      return row;
    }

    // Fills what is known of tokens.
    void ReadTokens() {
      const std::size_t n = view.tokens->size();
      s.forms.resize(view.forms->size());
      s.tokens.resize(n);
      s.walls.resize(n * 2);
      for (std::size_t i = 0; i < n; ++i) {
        const token::Token& t = (*view.tokens)[i];
        if (i + kFar < n) Prefetch(s.forms.data() + (*view.tokens)[i + kFar].form);
        State::FormState& form = s.forms[t.form];
        if (form.profile == kNoIndex) LookAt(t.form);
        const auto profile = static_cast<std::uint32_t>(form.profile * set.words_ * kPlaces);
        Prefetch(s.profiles.data() + profile + kLater * set.words_);
        s.tokens[i] = {MaskOf(t), t.form, form.tests, profile, form.keyed};
      }
      s.later.assign(set.words_, 0);
      for (std::size_t w = 0; w < set.words_; ++w) {
        const std::uint64_t* profiles = s.profiles.data() + kLater * set.words_ + w;
        std::uint64_t later = 0;
        for (const State::TokenState& t : s.tokens) later |= profiles[t.profile];
        s.later[w] = later;
      }
      for (std::size_t m = 0; m < s.keys.size(); ++m) {
        const std::uint32_t begin = (*view.matches)[m].begin;
        if (begin >= n) continue;
        const State::KindRow& kind = s.kinds[s.keys[m]];
        s.tokens[begin].begins |= kind.begins, s.tokens[begin].goes_on |= kind.goes_on;
      }
      std::uint32_t sentence = static_cast<std::uint32_t>(n), block = sentence;
      for (std::size_t i = n; i-- > 0;) {
        const token::Token& t = (*view.tokens)[i];
        s.walls[i * 2] = sentence;
        s.walls[i * 2 + 1] = block;
        if (t.Has(token::kSentenceStart | token::kBlockStart)) sentence = static_cast<std::uint32_t>(i);
        if (t.Has(token::kBlockStart)) block = static_cast<std::uint32_t>(i);
      }
    }

    // Fills in what may stand at each token, and the rules that are worth running there. No word of the sets depends on another one; a
    // fixed number of them at once stays in registers.
    void Places() {
      // What may stand at a token is asked for by those before it as far as a match or an entity reaches, and by none before that.
      std::uint32_t reach = s.widest;
      if (view.resolved != nullptr) {
        for (const View::Resolved& r : *view.resolved) reach = std::max(reach, r.end - r.begin);
      }
      s.ring = std::bit_ceil(std::size_t{reach} + 3);
      s.sets.resize(s.ring * set.words_);
      s.behind.resize(s.ring * set.words_);
      s.chosen.resize(view.tokens->size() * (words.to - words.from));
      s.runs = 0;
      for (std::size_t w = words.from; w < words.to;) {
        const std::size_t left = words.to - w;
        if (left >= 8) {
          Places<8>(w), w += 8;
        } else if (left == 7) {
          Places<7>(w), w += 7;
        } else if (left >= 6) {
          Places<6>(w), w += 6;
        } else if (left >= 5) {
          Places<5>(w), w += 5;
        } else if (left >= 4) {
          Places<4>(w), w += 4;
        } else if (left >= 2) {
          Places<2>(w), w += 2;
        } else {
          Places<1>(w), w += 1;
        }
      }
    }

    // The same of kWords words from `from` on.
    template <std::size_t kWords>
    void Places(const std::size_t from) {
      using Words = std::array<std::uint64_t, kWords>;
      constexpr std::size_t kAhead = 4;  // a profile is several lines of memory
      const std::size_t n = view.tokens->size();
      const std::size_t stride = set.words_;
      // Words of the set that stands `place` sets behind `sets`.
      const auto load = [from, stride](const std::uint64_t* sets, std::size_t place) {
        Words loaded;
        for (std::size_t w = 0; w < kWords; ++w) loaded[w] = sets[place * stride + from + w];
        return loaded;
      };
      const auto store = [from, stride](const Words& stored, std::uint64_t* sets, std::size_t place) {
        for (std::size_t w = 0; w < kWords; ++w) sets[place * stride + from + w] = stored[w];
      };
      const auto both = [](const Words& x, const Words& y) {
        Words z;
        for (std::size_t w = 0; w < kWords; ++w) z[w] = x[w] & y[w];
        return z;
      };
      const auto join = [](Words* x, const Words& y) {
        for (std::size_t w = 0; w < kWords; ++w) (*x)[w] |= y[w];
      };
      // Rules of `first` that need nothing behind, or something of `behind`.
      const auto begin = [](const Words& first, const Words& alone, const Words& behind) {
        Words z;
        for (std::size_t w = 0; w < kWords; ++w) z[w] = first[w] & (alone[w] | behind[w]);
        return z;
      };
      const auto of_phase = static_cast<std::uint8_t>(1u << static_cast<unsigned>(phase));
      const Words mask = load(s.mask.data(), 0), crosses = load(set.crosses_lines_.data(), 0);
      const Words no_third = load(set.nothing_.data(), kThird), no_behind = load(set.nothing_.data(), kThirdBehind);
      const std::size_t turn = s.ring - 1;  // rows are used in turn
      store(no_behind, s.behind.data(), n & turn);
      store(Words{}, s.sets.data(), n & turn);
      Words after{}, next_third = no_third;  // of the token behind
      State::Chosen* run = s.chosen.data() + s.runs;
      // From the end, since each token is asked what may stand behind it.
      for (std::size_t i = n; i-- > 0;) {
        const token::Token& t = (*view.tokens)[i];
        const std::uint64_t* profile = s.profiles.data() + s.tokens[i].profile;
        if (i >= kAhead) Prefetch(s.profiles.data() + s.tokens[i - kAhead].profile);

        // Rules that may match here, where it is known what may stand behind.
        Words chosen = begin(load(profile, kFirst), load(profile, kAlone), after);
        const bool begins = (s.tokens[i].begins & of_phase) != 0, goes_on = (s.tokens[i].goes_on & of_phase) != 0;
        for (std::uint32_t m = s.match_at[i]; begins && m < s.match_at[i + 1]; ++m) {
          if ((s.kinds[s.keys[m]].begins & of_phase) == 0 || Repeats(m)) continue;
          const std::uint64_t* kind = s.kind_sets.data() + s.keys[m] * stride * kPlaces;
          join(&chosen,
               begin(load(kind, kFirst), load(kind, kAlone), load(s.sets.data(), std::min<std::size_t>((*view.matches)[m].end, n) & turn)));
        }
        if (t.Has(token::kOpens)) join(&chosen, load(set.opens_[t.kind != token::Kind::kQuote].data(), kFirst));
        if (!s.resolved_at.empty() && s.resolved_at[i] >= 0) {
          const View::Resolved& r = (*view.resolved)[static_cast<std::size_t>(s.resolved_at[i])];
          const Words behind = load(s.sets.data(), r.end & turn);
          const Words alone = load(set.resolved_alone_.data(), 0);
          join(&chosen, begin(load(set.resolved_.data(), 0), alone, behind));
          join(&chosen, begin(load(set.resolved_.data(), static_cast<std::size_t>(r.type)), alone, behind));
        }
        chosen = both(chosen, mask);
        std::uint64_t some = 0;
        for (const std::uint64_t word : chosen) some |= word;
        for (std::size_t w = 0; some != 0 && w < kWords; ++w) {
          if (chosen[w] != 0) *run++ = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(from + w), chosen[w]};
        }

        // What it says to the tokens before it.
        Words sets{}, third = no_third, third_behind = no_behind;
        if (!t.Has(token::kBlockStart)) {  // else no match goes on here
          Words second = load(profile, kSecond);
          third = load(profile, kThird);
          third_behind = load(profile, kThirdBehind);
          const auto add = [&](const std::uint64_t* more) {
            join(&second, load(more, kSecond));
            join(&third, load(more, kThird));
            join(&third_behind, load(more, kThirdBehind));
          };
          if (t.Has(token::kOpens)) add(set.opens_[t.kind != token::Kind::kQuote].data());
          if (t.Has(token::kCloses)) add(set.closes_.data());
          sets = both(second, next_third);
          for (std::uint32_t m = s.match_at[i]; goes_on && m < s.match_at[i + 1]; ++m) {
            if ((s.kinds[s.keys[m]].goes_on & of_phase) == 0 || Repeats(m)) continue;
            const std::uint64_t* more = s.kind_sets.data() + s.keys[m] * stride * kPlaces;
            join(&sets, both(load(more, kSecond), load(s.behind.data(), std::min<std::size_t>((*view.matches)[m].end, n) & turn)));
            join(&third, load(more, kThird));
            join(&third_behind, load(more, kThirdBehind));
          }
          if (t.Has(token::kOpens)) join(&sets, load(set.groups_[t.kind != token::Kind::kQuote].data(), 0));
          if (!s.resolved_at.empty() && s.resolved_at[i] >= 0) {
            const Type type = (*view.resolved)[static_cast<std::size_t>(s.resolved_at[i])].type;
            join(&sets, load(set.resolved_second_.data(), 0));
            join(&sets, load(set.resolved_second_.data(), static_cast<std::size_t>(type)));
          }
          if (t.Has(token::kSentenceStart)) {
            sets = both(sets, crosses), third = both(third, crosses), third_behind = both(third_behind, crosses);
            join(&third, no_third);
            join(&third_behind, no_behind);
          }
        }
        store(sets, s.sets.data(), i & turn);
        store(third_behind, s.behind.data(), i & turn);
        after = sets;
        next_third = third;
      }
      s.runs = static_cast<std::size_t>(run - s.chosen.data());
    }

    // Whether the match before it says the same of the rules.
    bool Repeats(std::uint32_t m) const {
      return m > 0 && s.keys[m] == s.keys[m - 1] && (*view.matches)[m].begin == (*view.matches)[m - 1].begin &&
             (*view.matches)[m].end == (*view.matches)[m - 1].end;
    }

    // Finds the profile of a new form.
    void LookAt(std::uint32_t index) {
      const morph::Form& form = (*view.forms)[index];
      const std::span<const morph::Reading> readings = view.forms->ReadingsOf(form);
      const bool capital = IsCapital(form);
      const TokenMask mask = TokenMask{form.flags} | KindBit(form.kind) | ShapeBit(form.shape);
      // The order of the readings says nothing, nor does a reading that says what another one did.
      std::uint64_t tags = 0;
      s.reading_numbers.clear();
      ++s.looked_at;
      for (const morph::Reading& r : readings) {
        const std::uint32_t number = NumberOf(r);
        if (s.reading_seen[number] == s.looked_at) continue;
        s.reading_seen[number] = s.looked_at;
        s.reading_numbers.push_back(number);
        tags += Mixed(0, number + 1u);
      }
      std::uint64_t hash = Mixed(Mixed(mask, (form.known ? 1u : 0u) + (capital ? 2u : 0u)), tags);
      std::uint32_t& signature_number = s.signature_index.At(hash);
      if (signature_number == kNoIndex) signature_number = NewSignature(mask, form.known, capital);
      const std::uint32_t number = signature_number;
      State::FormState& state = s.forms[index];
      state.tests = static_cast<std::uint32_t>(number * set.test_words_);
      const State::Signature& signature = s.signatures[number];
      s.extra.clear();
      s.extra_tests.clear();
      const auto look_up = [&](std::uint64_t key) {
        const Range tests = set.TestsOfKey(key);
        for (std::uint32_t k = tests.first; k < tests.first + tests.count; ++k) {
          const std::uint32_t test = set.keyed_tests_[k];
          if (std::find(s.extra_tests.begin(), s.extra_tests.end(), test) != s.extra_tests.end()) continue;
          if (!set.Evaluate(set.p_.form_tests[test], *view.forms, form)) continue;
          s.extra_tests.push_back(test);
          for (std::uint32_t atom : set.atoms_of_[test]) {
            const Atom& a = set.atoms_[atom];
            if ((mask & a.need) == a.need && (mask & a.forbid) == 0) s.extra.push_back(atom);
          }
        }
      };
      look_up(form.key);
      std::uint64_t last = 0;
      for (const morph::Reading& r : readings) {
        if (r.lemma_key != last && (last = r.lemma_key) != form.key) look_up(last);
      }
      if (!s.extra_tests.empty()) {
        state.held = static_cast<std::uint32_t>(s.held.size());
        for (const std::uint32_t test : s.extra_tests) state.keyed |= std::uint64_t{1} << (test % 64);
        s.held.insert(s.held.end(), s.extra_tests.begin(), s.extra_tests.end());
        s.held.push_back(kNoIndex);
      }
      if (signature.pending.count != 0) {
        const TextOutline folded = OutlineOfText(form.folded);
        const TextOutline surface = form.surface.data() == form.folded.data() ? folded : OutlineOfText(form.surface);
        const std::uint32_t* const atoms = s.pending.data() + signature.pending.first;
        for (std::uint32_t k = 0; k < signature.pending.count; ++k) {
          const Range regexes = set.regexes_of_atom_[atoms[k]];
          const Outline* outline = set.outlines_.data() + regexes.first;
          const Outline* const end = outline + regexes.count;
          while (outline != end && outline->Allows(outline->of_surface ? surface : folded)) ++outline;
          if (outline == end) s.extra.push_back(atoms[k]);
        }
      }
      if (s.extra.empty()) {
        state.profile = signature.profile;
        return;
      }
      for (std::uint32_t atom : s.extra) hash = Mixed(hash, atom + 1u);
      std::uint32_t& profile = s.profile_index.At(hash);
      if (profile == kNoIndex) {
        const std::size_t size = set.words_ * kPlaces;
        profile = static_cast<std::uint32_t>(s.profiles.size() / size);
        s.profiles.resize(s.profiles.size() + size);
        std::uint64_t* own = s.profiles.data() + profile * size;
        std::copy_n(s.profiles.data() + signature.profile * size, size, own);
        for (std::uint32_t atom : s.extra) AddSets(atom, own);
      }
      state.profile = profile;
    }

    void AddSets(std::uint32_t atom, std::uint64_t* sets) const {
      const Range bits = set.bits_of_atom_[atom];
      for (std::uint32_t k = bits.first; k < bits.first + bits.count; ++k) sets[set.atom_bits_[k].word] |= set.atom_bits_[k].bits;
    }

    // The number of what tests say of a reading.
    std::uint32_t NumberOf(const morph::Reading& reading) {
      std::uint32_t& number =
          s.reading_index.At(Mixed(Mixed(0, static_cast<std::uint64_t>(reading.origin) + 1), reading.tag & set.told_tags_));
      if (number != kNoIndex) return number;
      const std::size_t size = set.reading_words_;
      const std::size_t first = s.reading_rows.size();
      s.reading_rows.resize(first + size);
      set.ReadingRow(reading, s.reading_rows.data() + first);
      std::uint64_t hash = 0;
      for (std::size_t w = first; w < first + size; ++w) hash = Mixed(hash, s.reading_rows[w]);
      std::uint32_t& row = s.reading_rows_index.At(hash);
      if (row == kNoIndex) {
        row = static_cast<std::uint32_t>(first / size);
        s.reading_seen.push_back(0);
      } else {
        s.reading_rows.resize(first);
      }
      number = row;
      return number;
    }

    // What a form's flags, kind and shape say: atoms, then a profile.
    const std::uint64_t* MaskRow(TokenMask mask) {
      const std::size_t size = set.atom_words_ + set.words_ * kPlaces;
      std::uint32_t& row = s.mask_index.At(Mixed(0, mask));
      if (row == kNoIndex) {
        row = static_cast<std::uint32_t>(s.mask_rows.size() / size);
        s.mask_rows.resize(s.mask_rows.size() + size);
        std::uint64_t* atoms = s.mask_rows.data() + row * size;
        std::uint64_t* profile = atoms + set.atom_words_;
        for (std::size_t w = 0; w < set.words_ * kPlaces; ++w) profile[w] = set.anything_[w] | set.nothing_[w];
        for (std::uint32_t atom = 0; atom < set.atoms_.size(); ++atom) {
          const Atom& a = set.atoms_[atom];
          if ((mask & a.need) != a.need || (mask & a.forbid) != 0) continue;
          atoms[atom / 64] |= std::uint64_t{1} << (atom % 64);
          if (a.form_test == kNoIndex) AddSets(atom, profile);
        }
      }
      return s.mask_rows.data() + row * size;
    }

    // Of a form whose readings have s.reading_numbers.
    std::uint32_t NewSignature(TokenMask mask, bool known, bool capital) {
      const auto number = static_cast<std::uint32_t>(s.signatures.size());
      State::Signature& signature = s.signatures.emplace_back();
      const std::size_t size = set.words_ * kPlaces;
      signature.profile = static_cast<std::uint32_t>(s.profiles.size() / size);
      signature.pending.first = static_cast<std::uint32_t>(s.pending.size());
      const std::uint64_t* allowed = MaskRow(mask);
      s.profiles.insert(s.profiles.end(), allowed + set.atom_words_, allowed + set.atom_words_ + size);
      std::uint64_t* profile = s.profiles.data() + signature.profile * size;
      // A test holds that some reading suits (or that asks for none), no reading forbids, and the form as a whole suits.
      const std::uint64_t* of_form = set.form_rows_.data() + ((known ? 1u : 0u) + (capital ? 2u : 0u)) * set.half_row_;
      const auto held = [&](std::size_t w) {
        std::uint64_t good = set.any_reading_row_[w], bad = 0;
        for (const std::uint32_t reading : s.reading_numbers) {
          const std::uint64_t* row = s.reading_rows.data() + reading * set.reading_words_;
          good |= row[w];
          bad |= row[set.half_row_ + w];
        }
        return good & ~bad & of_form[w];
      };
      for (std::size_t w = 0; w < set.test_words_; ++w) s.signature_tests.push_back(held(w));
      for (std::size_t w = 0; w < set.atom_words_; ++w) {
        for (std::uint64_t left = held(set.test_words_ + w) & allowed[w]; left != 0; left &= left - 1) {
          const auto atom = static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
          if (set.regexes_of_atom_[atom].count != 0) {
            s.pending.push_back(atom);
          } else {
            AddSets(atom, profile);
          }
        }
      }
      signature.pending.count = static_cast<std::uint32_t>(s.pending.size()) - signature.pending.first;
      return number;
    }

    std::uint64_t* OwnRow(State::FormState* form) {
      const std::size_t size = set.own_words_ * 2;
      if (form->row == 0) {
        form->row = static_cast<std::uint32_t>(s.rows.size() / size);
        s.rows.resize(s.rows.size() + size);
      }
      return s.rows.data() + form->row * size;
    }

    // Whether a test holds of a form that is found by its key.
    bool HoldsKeyed(std::uint32_t test, std::uint64_t keyed, std::uint32_t form) const {
      if (((keyed >> (test % 64)) & 1) == 0) return false;
      const std::uint32_t* held = s.held.data() + s.forms[form].held;
      while (*held != test && *held != kNoIndex) ++held;
      return *held == test;
    }

    // Whether a test of kTagsNot or kRegex holds of a form: looked at once a form.
    bool Holds(const TokenCheck& c, std::uint32_t form) {
      const State::FormState& state = s.forms[form];
      const std::uint64_t* row = s.rows.data() + state.row * set.own_words_ * 2 + c.own / 64 * 2;
      if (((row[0] >> (c.own % 64)) & 1) == 0) return HoldsNow(c, form);
      return ((row[1] >> (c.own % 64)) & 1) != 0;
    }

    bool HoldsNow(const TokenCheck& c, std::uint32_t form) {
      State::FormState& state = s.forms[form];
      std::uint64_t* row = OwnRow(&state) + c.own / 64 * 2;
      const std::uint64_t bit = std::uint64_t{1} << (c.own % 64);
      row[0] |= bit;
      // What its signature denies needs no expression.
      const bool possible = ((s.signature_tests[state.tests + c.place / 64] >> (c.place % 64)) & 1) != 0;
      const bool holds = possible && set.Evaluate(set.p_.form_tests[c.test], *view.forms, (*view.forms)[form]);
      if (holds) row[1] |= bit;
      return holds;
    }

    static bool FitsKey(const BoundClass& b, const MatchKey& k) {
      if (b.never || b.entity == k.words) return false;
      if (b.cls != 0 && b.cls != k.cls) return false;
      if (b.type != Type::kNone && b.type != k.type) return false;
      if (b.kind != 0 && b.kind != k.kind) return false;
      if ((b.flags & ~k.flags) != 0) return false;
      if (b.tier == ClassRef::kOnlySupport && !k.support) return false;
      return b.tier != ClassRef::kOnlyAlone || !k.support;
    }

    bool Fits(const BoundClass& b, std::uint32_t match) const {
      if (!FitsKey(b, s.kinds[s.keys[match]].key)) return false;
      return b.flag.empty() || gazetteer::HasFlag(view.gazetteer->entry((*view.matches)[match].entry).slots, b.flag);
    }

    // Runs rules that may match at a token.
    void At(const State::Chosen& chosen) {
      for (std::uint64_t bits = chosen.rules; bits != 0; bits &= bits - 1) {
        Try(set.starts_[chosen.word * std::size_t{64} + static_cast<std::size_t>(std::countr_zero(bits))], chosen.token);
      }
    }

    void Try(const Start& start, std::uint32_t i) {
      if (!MayStand(start.op, start.a, start.b, start.c, i)) return;
      if (start.needs.count != 0) {
        // No match goes over the end of its sentence.
        const std::uint32_t end = s.walls[i * std::size_t{2} + start.crosses_lines];
        for (std::uint32_t k = start.needs.first; k < start.needs.first + start.needs.count; ++k) {
          if (!Finds(set.needs_[k], k, start.rule, i, end)) return;
        }
      }
      Match(start.rule, i);
    }

    bool Finds(const Need& need, std::uint32_t number, std::uint32_t rule, std::uint32_t i, std::uint32_t end) {
      const std::uint32_t to = std::min(i + need.max + need.classes * s.widest + 1, end);
      if (need.required != kNoIndex) {
        const auto& list = s.required_at[need.required];
        std::uint32_t& cursor = s.need_cursor[number];
        while (cursor < list.size() && list[cursor] < i + need.min) ++cursor;
        return cursor < list.size() && list[cursor] < to;
      }
      const std::uint32_t bit = set.bit_of_[rule];
      const std::uint64_t* profiles = s.profiles.data() + kLater * set.words_ + bit / 64;
      const State::TokenState* tokens = s.tokens.data();
      // Starts only move on, so that what was looked at for the start before is known to hold none, but for its last token.
      std::uint32_t& cursor = s.need_cursor[number];
      std::uint32_t at = std::max(i + need.min, cursor);
      for (; at < to; ++at) {
        if (((profiles[tokens[at].profile] >> (bit % 64)) & 1) != 0) break;
      }
      cursor = std::max(cursor, at);
      return at < to;
    }

    void Match(std::uint32_t rule, std::uint32_t i) {
      const RuleCode& r = set.p_.rules[rule];
      std::size_t found = 0;
      int before = -1;  // whether the contexts in front hold; looked at when the first match is found
      const auto on_match = [&](std::uint32_t end) {
        if (end == i) return false;
        if (before < 0) before = Before(r, i) ? 1 : 0;
        if (before == 0) return true;
        if (r.each_length == 0 && found != 0 && s.found[0].end >= end) return false;
        if (r.each_length != 0) {
          for (std::size_t k = 0; k < found; ++k) {
            if (s.found[k].end == end) return false;
          }
        }
        if (!Agrees(r) || !After(r, end)) return false;
        const std::size_t at = r.each_length != 0 ? found : 0;
        if (s.found.size() <= at) s.found.resize(at + 1);
        s.found[at].end = end;
        s.found[at].slots.assign(s.main.slots.begin(), s.main.slots.end());
        found = at + 1;
        return false;
      };
      if (set.single_[rule] == kNoIndex) {
        Execute(s.main, r, r.start, i, i, r.agree.count == 0, set.entry_[r.start], on_match);
      } else {
        Single(s.main, r, set.single_[rule], i, on_match);
      }
      for (std::size_t k = 0; k < found; ++k) Report(rule, r, i, s.found[k].end, s.found[k].slots);
    }

    // What Execute does, for a rule of one element, which `element` is.
    template <class F>
    void Single(State::Machine& machine, const RuleCode& r, std::uint32_t element, std::uint32_t i, F on_match) {
      const Instruction& in = set.p_.code[element];
      // MayStand said that the token test holds.
      const auto at = [&](std::uint32_t end, std::int32_t match) {
        machine.slots.assign(r.captures.count, CaptureSlot{});
        for (std::uint32_t pc = r.start; set.p_.code[pc].op != Op::kMatch; ++pc) {
          const Instruction& save = set.p_.code[pc];
          if (pc == element && in.op == Op::kClass && in.d != kNoIndex) machine.slots[in.d].match = match;
          if (save.op != Op::kSave) continue;
          if (save.b == 0) {
            const std::uint32_t from = pc < element ? i : end;
            machine.slots[save.a] = {from, from, -1, -1};
          } else {
            machine.slots[save.a].end = pc < element ? i : end;
          }
        }
        return on_match(end);
      };
      if (in.op == Op::kToken) {
        at(i + 1, -1);
        return;
      }
      // The longest match comes first in the view.
      const BoundClass& test = set.classes_[in.a];
      std::uint32_t longest = 0;
      for (std::uint32_t m = s.match_at[i]; m < s.match_at[i + 1]; ++m) {
        const std::uint32_t end = (*view.matches)[m].end;
        if (!Fits(test, m) || end > view.tokens->size() || end - i > kMaxMatchTokens || end == longest) continue;
        if (at(end, static_cast<std::int32_t>(m))) return;
        if (longest == 0) longest = end;
      }
    }

    void Report(std::uint32_t rule, const RuleCode& r, std::uint32_t begin, std::uint32_t end, const std::vector<CaptureSlot>& slots) {
      const auto set_ = [](const CaptureSlot& c) { return c.begin != kNoIndex && c.end > c.begin; };
      Hit hit;
      hit.rule = rule;
      hit.begin = begin;
      hit.end = end;
      if (r.from != kNoIndex) {
        const CaptureSlot& from = slots[r.from];
        const CaptureSlot& to = r.to != kNoIndex && set_(slots[r.to]) ? slots[r.to] : from;
        const CaptureSlot& first = set_(from) ? from : to;
        if (!set_(first)) return;
        hit.begin = std::min(first.begin, to.begin);
        hit.end = std::max(first.end, to.end);
      }
      hit.first_capture = static_cast<std::uint32_t>(out.captures.size());
      for (std::uint32_t k = 0; k < r.captures.count; ++k) {
        const std::uint16_t name = set.capture_ids_[r.captures.first + k];
        if (!set_(slots[k]) || set.names_[name].empty()) continue;
        out.captures.push_back({name, slots[k].begin, slots[k].end, slots[k].match, slots[k].resolved});
      }
      hit.captures = static_cast<std::uint32_t>(out.captures.size()) - hit.first_capture;
      out.hits.push_back(hit);
    }

    // Flags of the tokens with which a match may not go on.
    static std::uint16_t WallOf(const RuleCode& r) {
      return r.crosses_lines != 0 ? token::kBlockStart : token::kSentenceStart | token::kBlockStart;
    }

    bool Before(const RuleCode& r, std::uint32_t begin) {
      for (std::uint32_t k = 0; k < r.contexts.count; ++k) {
        const ContextCode& c = set.p_.contexts[r.contexts.first + k];
        if (c.before == 0) continue;
        bool holds = false;
        if (begin > 0 && !(*view.tokens)[begin].Has(WallOf(r))) {
          for (std::uint32_t width = c.min; width <= c.max && width <= begin && !holds; ++width) {
            Execute(s.context, r, c.start, begin - width, begin - width, true, kNoIndex,
                    [&](std::uint32_t end) { return holds = holds || end == begin; });
          }
        }
        if (holds == (c.negated != 0)) return false;
      }
      return true;
    }

    bool After(const RuleCode& r, std::uint32_t end) {
      for (std::uint32_t k = 0; k < r.contexts.count; ++k) {
        const ContextCode& c = set.p_.contexts[r.contexts.first + k];
        if (c.before != 0) continue;
        bool holds = false;
        Execute(s.context, r, c.start, end, end - 1, true, kNoIndex, [&](std::uint32_t) { return holds = true; });
        if (holds == (c.negated != 0)) return false;
      }
      return true;
    }

    bool Agrees(const RuleCode& r) const {
      for (std::uint32_t k = 0; k < r.agree.count; ++k) {
        const Range parts = set.p_.agrees[r.agree.first + k];
        morph::Agreement common = morph::kAllAgreement;
        for (std::uint32_t j = 0; j < parts.count; ++j) {
          const AgreePart& part = set.p_.agree_parts[parts.first + j];
          common &= AgreementOf(part, s.main.slots[part.capture]);
        }
        if (common == 0) return false;
      }
      return true;
    }

    // The cases, numbers and genders in which a part may stand; a part that is missing or shows none agrees with everything.
    morph::Agreement AgreementOf(const AgreePart& part, const CaptureSlot& c) const {
      if (c.begin == kNoIndex || c.end <= c.begin) return morph::kAllAgreement;
      if (c.match >= 0) {
        const gazetteer::Match& m = (*view.matches)[static_cast<std::size_t>(c.match)];
        if (m.begin == c.begin && m.end == c.end && m.agreement != 0) return m.agreement;
      }
      morph::Agreement common = morph::kAllAgreement;
      for (std::uint32_t i = c.begin; i < c.end; ++i) {
        const morph::Form& form = (*view.forms)[(*view.tokens)[i].form];
        morph::Agreement mask = form.agreement;
        if (part.need != 0 || part.forbid != 0) {
          mask = 0;
          for (const morph::Reading& reading : view.forms->ReadingsOf(form)) {
            if ((reading.tag & part.need) == part.need && (reading.tag & part.forbid) == 0) mask |= morph::AgreementOf(reading.tag);
          }
          if (mask == 0) mask = form.agreement;
        }
        // A tail in another case («генеральный директор Роскосмоса») does not take part.
        if (mask != 0 && (common & mask) != 0) common &= mask;
      }
      return common;
    }

    bool TokenHolds(std::uint32_t first, std::uint32_t count, std::uint32_t pos) {
      const State::TokenState& t = s.tokens[pos];
      const TokenMask mask = t.mask;
      for (const TokenCheck *c = set.checks_.data() + first, *end = c + count; c != end; ++c) {
        if ((mask & c->need) != c->need || (mask & c->forbid) != 0) continue;
        if (c->test != kNoIndex) {
          if (c->place == kNoIndex) {
            if (!HoldsKeyed(c->test, t.keyed, t.form)) continue;
          } else if (c->own == kNoIndex) {
            if (((s.signature_tests[t.tests + c->place / 64] >> (c->place % 64)) & 1) == 0) continue;
          } else if (!Holds(*c, t.form)) {
            continue;
          }
        }
        if (c->not_classes.count != 0 && BeginsOneOf(c->not_classes, pos)) continue;
        return true;
      }
      return false;
    }

    // Whether an element (an instruction without its capture) may stand at a token, as far as a short look tells; true of an end, which
    // stands for what is no element.
    bool MayStand(Op op, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t pos) {
      switch (op) {
        case Op::kToken:
          return TokenHolds(a, b, pos);
        case Op::kClass:
          return s.match_at[pos] != s.match_at[pos + 1] && (c == 0 || TokenHolds(b, c, pos));
        case Op::kMatch:
          return true;
        case Op::kResolved:
          return !s.resolved_at.empty() && s.resolved_at[pos] >= 0;
        case Op::kClose:
          return (*view.tokens)[pos].Has(token::kCloses);
        default:
          return (*view.tokens)[pos].Has(token::kOpens);
      }
    }

    bool BeginsOneOf(Range tests, std::uint32_t pos) const {
      if (s.keys.empty()) return false;
      for (std::uint32_t m = s.match_at[pos]; m < s.match_at[pos + 1]; ++m) {
        for (std::uint32_t k = 0; k < tests.count; ++k) {
          if (Fits(set.classes_[tests.first + k], m)) return true;
        }
      }
      return false;
    }

    bool AnchorHolds(std::uint32_t anchor, std::uint32_t pos) const {
      const std::size_t n = view.tokens->size();
      const auto has = [&](std::uint16_t flag) { return pos < n && (pos == 0 || (*view.tokens)[pos].Has(flag)); };
      switch (anchor) {
        case Node::kLineBegin:
          return has(token::kLineStart | token::kBlockStart);
        case Node::kBlockBegin:
          return has(token::kBlockStart);
        case Node::kSentenceBegin:
          return has(token::kSentenceStart | token::kBlockStart);
        case Node::kLineEnd:
          return pos == n || has(token::kLineStart | token::kBlockStart);
        default:
          return pos == n || has(token::kSentenceStart | token::kBlockStart);
      }
    }

    // Runs code from `pos`, all ways in the order of preference, and calls `on_match` at each end until it returns true. With `remember`
    // each step is taken once at each token, so that the time is bounded by the size of the code times the tokens; without it (rules with
    // agreement, where another way to the same place may agree) by the limit of steps. `held`: an element that MayStand found at `pos`, or
    // kNoIndex.
    template <class F>
    void Execute(State::Machine& machine, const RuleCode& r, std::uint32_t start, std::uint32_t pos, const std::uint32_t origin,
                 const bool remember, std::uint32_t held, F on_match) {
      std::uint32_t held_at = pos;
      const Instruction* const code = set.p_.code.data();
      const token::Token* const tokens = view.tokens->data();
      const auto n = static_cast<std::uint32_t>(view.tokens->size());
      // No element goes over the end of a sentence, and none beyond the longest match.
      const std::uint32_t limit = std::min(n, origin + static_cast<std::uint32_t>(kMaxMatchTokens) - 1);
      const std::uint16_t wall = WallOf(r);
      if (machine.jobs.empty()) machine.jobs.resize(64);
      std::size_t jobs = 0;  // those that are left
      machine.undo.clear();
      machine.slots.assign(r.captures.count, CaptureSlot{});
      if (machine.visited.size() < r.size) machine.visited.resize(r.size);
      State::Machine::Visit* const visited = machine.visited.data();
      const std::uint64_t number = ++machine.run;
      const auto push = [&](std::uint32_t what, std::uint32_t at) {
        if (jobs == machine.jobs.size()) machine.jobs.resize(jobs * 2);
        machine.jobs[jobs++] = {what, at};
      };
      const auto change = [&](std::uint32_t slot) -> CaptureSlot& {
        // Only where there is a way back to take is there something to undo.
        if (jobs != 0) {
          machine.undo.push_back(machine.slots[slot]);
          push(kUndo | slot, 0);
        }
        return machine.slots[slot];
      };
      const auto seen = [&](std::uint32_t at) {
        if (!remember) return false;
        State::Machine::Visit& visit = visited[at - r.start];
        if (visit.run != number) visit = {number, 0};
        const std::uint64_t bit = std::uint64_t{1} << ((pos - origin) & 63);
        if ((visit.bits & bit) != 0) return true;
        visit.bits |= bit;
        return false;
      };
      const auto take = [&](const Instruction& in, std::uint32_t match) {
        if (in.d != kNoIndex) change(in.d).match = static_cast<std::int32_t>(match);
        pos = (*view.matches)[match].end;
      };
      std::uint32_t pc = start;
      for (std::uint64_t steps = std::uint64_t{r.size} * kMaxMatchTokens; steps != 0; --steps) {
        const Instruction& in = code[pc];
        bool alive = in.op > Op::kAny || (pos < limit && (pos == origin || !tokens[pos].Has(wall)));
        if (alive) {
          switch (in.op) {
            case Op::kAny:
              ++pos, ++pc;
              break;
            case Op::kToken:
              alive = (pc == held && pos == held_at) || TokenHolds(in.a, in.b, pos);
              ++pos, ++pc;
              break;
            case Op::kClass: {
              alive = false;
              if (s.match_at[pos] == s.match_at[pos + 1] || seen(pc) ||
                  (in.c != 0 && !(pc == held && pos == held_at) && !TokenHolds(in.b, in.c, pos)))
                break;
              // The longest match comes first in the view; shorter ones are ways back.
              const BoundClass& test = set.classes_[in.a];
              std::uint32_t chosen = kNoIndex;
              const std::size_t bottom = jobs;
              for (std::uint32_t m = s.match_at[pos]; m < s.match_at[pos + 1]; ++m) {
                if (!Fits(test, m) || (*view.matches)[m].end > n || (*view.matches)[m].end - origin > kMaxMatchTokens) continue;
                if (chosen == kNoIndex) {
                  chosen = m;
                } else if ((*view.matches)[m].end != (*view.matches)[chosen].end) {
                  push(kUndo | (kUndo >> 1) | pc, m);
                }
              }
              if (chosen == kNoIndex) break;
              std::reverse(machine.jobs.begin() + static_cast<std::ptrdiff_t>(bottom),
                           machine.jobs.begin() + static_cast<std::ptrdiff_t>(jobs));
              take(in, chosen);
              ++pc;
              alive = true;
              break;
            }
            case Op::kResolved: {
              const std::int32_t index = s.resolved_at.empty() ? -1 : s.resolved_at[pos];
              alive = false;
              if (index < 0) break;
              const View::Resolved& e = (*view.resolved)[static_cast<std::size_t>(index)];
              if ((in.a != 0 && e.type != static_cast<Type>(in.a)) || e.end - origin > kMaxMatchTokens) break;
              if (in.d != kNoIndex) change(in.d).resolved = index;
              pos = e.end;
              ++pc;
              alive = true;
              break;
            }
            case Op::kGroup: {
              const token::Token& t = tokens[pos];
              alive = t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0);
              if (!alive) break;
              const auto close = static_cast<std::uint32_t>(t.pair);
              alive = close < n && close - pos >= 2 && close - pos <= kMaxGroupTokens + 1 && close - origin < kMaxMatchTokens;
              for (std::uint32_t k = pos + 1; alive && k <= close; ++k) alive = !tokens[k].Has(token::kBlockStart);
              if (!alive) break;
              if (in.d != kNoIndex) change(in.d) = {pos + 1, close, -1, -1};
              pos = close + 1;
              ++pc;
              break;
            }
            case Op::kOpen: {
              const token::Token& t = tokens[pos];
              alive = t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0);
              if (!alive) break;
              change(in.b).begin = pos;
              ++pos, ++pc;
              break;
            }
            case Op::kClose: {
              const token::Token& t = tokens[pos];
              alive = t.Has(token::kCloses) && t.pair >= 0 && static_cast<std::uint32_t>(t.pair) == machine.slots[in.b].begin;
              ++pos, ++pc;
              break;
            }
            case Op::kSplit:
              alive = !seen(pc);
              if (!alive) break;
              // Most ways end at their first element, and need not be gone.
              if (const std::uint32_t entry = set.entry_[pc + 1]; entry != kNoIndex) {
                const Instruction& e = code[entry];
                if (pos >= limit || (pos != origin && tokens[pos].Has(wall)) || !MayStand(e.op, e.a, e.b, e.c, pos)) {
                  pc = in.a;
                  break;
                }
                held = entry, held_at = pos;
              }
              push(in.a, pos);
              ++pc;
              break;
            case Op::kJump:
              pc = in.a;
              break;
            case Op::kSave:
              if (in.b == 0) {
                change(in.a) = {pos, pos, -1, -1};
              } else {
                change(in.a).end = pos;
              }
              ++pc;
              break;
            case Op::kAnchor:
              alive = AnchorHolds(in.a, pos);
              ++pc;
              break;
            case Op::kMatch:
              if (on_match(pos)) return;
              alive = false;
              break;
          }
        }
        if (alive) continue;
        // Back to the last choice that is left.
        while (true) {
          if (jobs == 0) return;
          const State::Machine::Job job = machine.jobs[--jobs];
          if ((job.pc & kUndo) == 0) {
            pc = job.pc;
            pos = job.pos;
            break;
          }
          if ((job.pc & (kUndo >> 1)) != 0) {
            pc = job.pc & ~(kUndo | (kUndo >> 1));
            take(code[pc], job.pos);
            ++pc;
            break;
          }
          machine.slots[job.pc & ~kUndo] = machine.undo.back();
          machine.undo.pop_back();
        }
      }
    }
  };

  Program p_;
  std::vector<RuleInfo> infos_;
  std::vector<std::unique_ptr<RE2>> owned_;
  std::vector<const RE2*> regexes_;      // parallel to Program::regexes
  std::vector<BoundClass> classes_;      // parallel to Program::class_tests
  std::vector<std::string_view> flags_;  // those that class tests ask for
  std::vector<std::string_view> names_;
  std::vector<std::uint32_t> entry_;           // by instruction: the element that every way on from it begins with, kNoIndex for none
  std::vector<std::uint16_t> capture_ids_;     // parallel to Program::capture_names
  std::vector<Expression> expressions_;        // parallel to Program::emits
  std::vector<std::uint32_t> required_;        // class tests
  std::vector<std::uint32_t> required_index_;  // from class test to its place in required_
  std::vector<Need> needs_;
  std::vector<Start> starts_;                           // by the bit of a rule; some bits have none
  std::vector<std::uint32_t> single_;                   // by rule: its only element
  std::vector<std::uint64_t> need_class_, need_later_;  // rules that need each required class, or a token of kLater
  // Sets of rules: words_ words each; where it says `sets`, kPlaces of them in a row.
  std::size_t words_ = 0;
  WordRange words_of_phase_[2];
  std::vector<std::uint32_t> bit_of_;  // of a rule its bit
  std::vector<std::uint64_t> of_phase_[2], crosses_lines_;
  std::vector<std::uint64_t> anything_;               // sets: rules that any token suits
  std::vector<std::uint64_t> nothing_;                // sets: rules that need nothing more, so that the end of the text or a sentence suits
  std::vector<std::uint64_t> opens_[2], closes_;      // sets: of opening quotes, opening brackets, closing ones
  std::vector<std::uint64_t> class_sets_;             // sets, by class test
  std::vector<std::uint64_t> resolved_;               // by type, first place only; 0 = any
  std::vector<std::uint64_t> resolved_alone_;         // rules whose match may end behind a resolved entity (see kAlone)
  std::vector<std::uint64_t> resolved_second_;        // by type: rules whose second element may be one; 0 = any
  std::vector<std::uint64_t> groups_[2];              // rules whose second element may be a group in quotes, or in brackets
  std::vector<std::vector<std::uint32_t>> by_class_;  // class tests that say something of rules, by class; 0 = any
  std::vector<Atom> atoms_;
  HashIndex atom_index_;
  std::vector<std::uint64_t> atom_sets_;  // sets, by atom, until SortTests keeps the few words of them that hold something
  struct SetWord {
    std::uint32_t word = 0;
    std::uint64_t bits = 0;
  };
  std::vector<SetWord> atom_bits_;
  std::vector<Range> bits_of_atom_;                   // by atom: into atom_bits_
  std::vector<std::vector<std::uint32_t>> atoms_of_;  // by form test
  // Form tests.
  std::vector<TestKind> kinds_;
  morph::Grammemes told_tags_ = 0;                    // those that tests name which are not kKeyed
  std::vector<std::uint32_t> unkeyed_tests_, place_;  // the others, and their places in the rows of signatures
  // Rows of bits for these tests, and behind them for atoms: what the readings, and what the form as a whole, say of them.
  std::size_t atom_words_ = 0, half_row_ = 0, reading_words_ = 0;
  std::vector<std::uint64_t> any_reading_row_;  // those that ask for no reading
  std::vector<std::uint64_t> form_rows_;        // four of them: by whether the form is known (1), and has a capital (2)
  std::vector<Range> regexes_of_atom_;          // into Program::regexes
  std::size_t own_words_ = 0, test_words_ = 0;
  std::vector<TokenCheck> checks_;  // parallel to Program::conjunctions
  struct KeySlot {
    std::uint64_t key = 0;
    Range tests;  // into keyed_tests_; count 0 = free
  };
  std::vector<KeySlot> key_slots_;
  std::vector<std::uint32_t> keyed_tests_;
  std::vector<Outline> outlines_;  // parallel to Program::regexes
};

Result<std::unique_ptr<RuleSet>> OpenRules(std::span<const std::string_view> sections, const gazetteer::Gazetteer& gazetteer) {
  Program all;
  for (std::string_view section : sections) {
    if (section.empty()) continue;
    Result<Program> one = ReadProgram(section);
    if (!one.ok()) return one.error();
    Merge(std::move(one.value()), &all);
  }
  auto set = std::make_unique<RuleSetImpl>(std::move(all), gazetteer);
  const Status status = set->CompileRegexes();
  if (!status.ok()) return status.error();
  return std::unique_ptr<RuleSet>(std::move(set));
}

}  // namespace atau::rules
