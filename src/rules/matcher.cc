#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

#include "morph/inflect.h"
#include "morph/morph.h"
#include "rules/program.h"
#include "rules/rules.h"

namespace atau::rules {
namespace {

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
  std::string_view flag;
  std::uint32_t tier = 0;
};

// What a class test looks at, decoded once a match.
struct MatchKey {
  std::uint16_t cls = 0, kind = 0;
  Type type = Type::kNone;
  bool words = false, support = false;
};

struct CaptureSlot {
  std::uint32_t begin = kNoIndex, end = 0;
  std::int32_t match = -1, resolved = -1;
};

// The rules that one kind of trigger may begin, one list a phase.
struct Entry {
  std::vector<std::uint32_t> rules[2];
};

struct FormTrigger {
  std::uint32_t form_test = kNoIndex;
  TokenMask need = 0, forbid = 0;
  Entry entry;
};

struct Expression {
  bool literal = false;
  std::string_view text;  // of a literal
  std::uint32_t capture = 0;
  std::string_view what;  // "text" …
};

bool HasFlag(std::string_view flags, std::string_view flag) {
  while (!flags.empty()) {
    const std::size_t comma = flags.find(',');
    std::string_view one = flags.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    if (one == flag) return true;
    if (comma == std::string_view::npos) return false;
    flags.remove_prefix(comma + 1);
  }
  return false;
}

constexpr std::uint32_t kUndo = 0x80000000;

}  // namespace

struct MatchScratch::State {
  // Which rules and which form table the caches belong to.
  const void* owner = nullptr;
  const morph::FormTable* table = nullptr;
  std::uint64_t generation = 0;
  std::vector<std::uint64_t> bits;   // for each form: known bits, then outcome bits
  std::vector<Range> form_triggers;  // for each form and phase: into trigger_pool; count kNoIndex = not yet looked at
  std::vector<std::uint32_t> trigger_pool;
  // One document.
  std::vector<MatchKey> keys;           // parallel to View::matches
  std::vector<std::uint32_t> match_at;  // first match that begins at each token
  std::vector<std::int32_t> resolved_at;
  std::vector<std::vector<std::uint32_t>> required_at;  // for each required class: where its matches begin
  std::vector<std::uint32_t> required_cursor;
  std::vector<std::uint32_t> last_try;  // for each rule: where it was tried last
  // The machine: one for matches, one for contexts (which run inside of a match).
  struct Machine {
    struct Job {
      std::uint32_t pc = 0, pos = 0;
    };
    std::vector<Job> jobs;
    std::vector<CaptureSlot> undo;
    std::vector<CaptureSlot> slots;
    std::vector<std::uint64_t> visited;
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
    Run run{*this, view, *scratch->state_, *out};
    if (!run.Begin()) return;
    const std::size_t first = out->hits.size();
    const auto n = static_cast<std::uint32_t>(view.tokens->size());
    for (std::uint32_t i = 0; i < n; ++i) run.At(i, static_cast<int>(phase));
    Order(first, out);
  }

  void MatchRule(std::uint32_t rule, const View& view, MatchScratch* scratch, Hits* out) const override {
    Run run{*this, view, *scratch->state_, *out};
    if (rule >= p_.rules.size() || !run.Begin()) return;
    const std::size_t first = out->hits.size();
    const auto n = static_cast<std::uint32_t>(view.tokens->size());
    const int phase = static_cast<int>(p_.rules[rule].phase);
    run.only = rule;
    for (std::uint32_t i = 0; i < n; ++i) run.At(i, phase);
    Order(first, out);
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
      if (t.flag != kNoIndex) b.flag = p_.strings[t.flag];
      if (t.cls != kNoIndex) b.cls = gazetteer.ClassId(p_.strings[t.cls]);
      if (t.cls != kNoIndex && t.kind != kNoIndex) b.kind = gazetteer.KindId(p_.strings[t.cls], p_.strings[t.kind]);
      b.never = (!b.entity && b.cls == 0) || (t.kind != kNoIndex && b.kind == 0);
      classes_.push_back(b);
    }
    required_index_.assign(p_.class_tests.size(), kNoIndex);
    std::map<std::tuple<std::uint32_t, TokenMask, TokenMask>, std::size_t> form_triggers;
    std::map<std::uint32_t, Entry> class_entries;
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
      for (std::uint32_t j = 0; j < r.triggers.count; ++j) {
        const Trigger& t = p_.triggers[r.triggers.first + j];
        Entry* entry = nullptr;
        switch (t.kind) {
          case Trigger::kForm: {
            const auto [it, added] = form_triggers.try_emplace({t.index, t.need, t.forbid}, form_triggers_.size());
            if (added) form_triggers_.push_back({t.index, t.need, t.forbid, {}});
            entry = &form_triggers_[it->second].entry;
            break;
          }
          case Trigger::kClass:
            entry = &class_entries[t.index];
            break;
          case Trigger::kResolved:
            entry = &resolved_[t.index];
            break;
          case Trigger::kQuote:
            entry = &quotes_;
            break;
          case Trigger::kBracket:
            entry = &brackets_;
            break;
          default:
            entry = &anywhere_;
        }
        std::vector<std::uint32_t>& list = entry->rules[r.phase];
        if (list.empty() || list.back() != i) list.push_back(i);
      }
      if (r.required != kNoIndex && required_index_[r.required] == kNoIndex) {
        required_index_[r.required] = static_cast<std::uint32_t>(required_.size());
        required_.push_back(r.required);
      }
    }
    for (auto& [test, entry] : class_entries) {
      const BoundClass& b = classes_[test];
      if (b.never) continue;
      if (b.cls == 0) {
        any_entity_.emplace_back(test, std::move(entry));
      } else {
        if (by_class_.size() <= b.cls) by_class_.resize(b.cls + 1u);
        by_class_[b.cls].emplace_back(test, std::move(entry));
      }
    }
    if (by_class_.empty()) by_class_.resize(1);
    for (std::uint32_t test : required_) {
      const BoundClass& b = classes_[test];
      const std::uint16_t cls = b.cls;
      if (required_by_class_.size() <= cls) required_by_class_.resize(cls + 1u);
      if (!b.never) required_by_class_[cls].push_back(test);
    }
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

  static void Order(std::size_t first, Hits* out) {
    const auto begin = out->hits.begin() + static_cast<std::ptrdiff_t>(first);
    const auto key = [](const Hit& h) { return std::tuple(h.begin, h.end, h.rule); };
    std::stable_sort(begin, out->hits.end(), [&](const Hit& a, const Hit& b) { return key(a) < key(b); });
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

  bool Evaluate(const FormTest& t, const morph::FormTable& forms, const morph::Form& form) const {
    if ((t.form_need & kKnownForm) != 0 && !form.known) return false;
    if ((t.form_forbid & kKnownForm) != 0 && form.known) return false;
    if (((t.form_need | t.form_forbid) & kCapitalForm) != 0) {
      const bool letters = form.shape != token::Shape::kNone && !form.surface.empty() && !form.folded.empty();
      const bool capital = letters && First(form.surface) != First(form.folded);
      if ((t.form_need & kCapitalForm) != 0 ? !capital : capital) return false;
    }
    if ((form.any & t.never) != 0) {
      // Guesses and names that are rather common words do not count: nearly every word might be a surname.
      for (const morph::Reading& r : forms.ReadingsOf(form)) {
        if ((r.tag & t.never) != 0 && r.origin != morph::Origin::kGuess && r.origin != morph::Origin::kNameSupport) return false;
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
        good = (r.tag & t.need) == t.need && (r.tag & t.forbid) == 0 &&
               (t.origins == 0 || ((t.origins >> static_cast<int>(r.origin)) & 1) != 0) &&
               ((t.has & 1) == 0 || HasKey(t.lemmas, r.lemma_key));
      }
      if (!good) return false;
    }
    for (std::uint32_t i = 0; i < t.regexes.count; ++i) {
      const RegexUse& use = p_.regexes[t.regexes.first + i];
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

  // One document.
  struct Run {
    const RuleSetImpl& set;
    const View& view;
    State& s;
    Hits& out;
    std::uint32_t only = kNoIndex;

    bool Begin() {
      if (view.tokens == nullptr || view.forms == nullptr || view.tokens->empty()) return false;
      if (s.owner != &set || s.table != view.forms || s.generation != view.forms->generation()) {
        s.owner = &set;
        s.table = view.forms;
        s.generation = view.forms->generation();
        s.bits.clear();
        s.form_triggers.clear();
        s.trigger_pool.clear();
      }
      const std::size_t words = Words();
      s.bits.resize(view.forms->size() * words * 2);
      s.form_triggers.resize(view.forms->size() * 2, Range{0, kNoIndex});
      s.last_try.assign(set.p_.rules.size(), kNoIndex);
      const std::size_t n = view.tokens->size();
      s.keys.clear();
      s.match_at.assign(n + 1, 0);
      s.required_at.resize(set.required_.size());
      for (auto& list : s.required_at) list.clear();
      s.required_cursor.assign(set.required_.size(), 0);
      if (view.matches != nullptr && view.gazetteer != nullptr) {
        for (const gazetteer::Match& m : *view.matches) {
          const gazetteer::Entry entry = view.gazetteer->entry(m.entry);
          const bool of_words = (m.flags & gazetteer::kWords) != 0;
          s.keys.push_back({entry.class_id, entry.kind_id, entry.type, of_words, (m.flags & gazetteer::kSupport) != 0});
          if (m.begin < n) ++s.match_at[m.begin + 1];
        }
        for (std::size_t i = 1; i <= n; ++i) s.match_at[i] += s.match_at[i - 1];
        for (std::uint32_t m = 0; m < s.keys.size(); ++m) {
          Require(m, s.keys[m].cls);
          if (s.keys[m].cls != 0) Require(m, 0);
        }
      }
      s.resolved_at.clear();
      if (view.resolved != nullptr) {
        s.resolved_at.assign(n, -1);
        for (std::size_t i = 0; i < view.resolved->size(); ++i) {
          const View::Resolved& r = (*view.resolved)[i];
          if (r.begin < n && r.end <= n && r.begin < r.end) s.resolved_at[r.begin] = static_cast<std::int32_t>(i);
        }
      }
      return true;
    }

    void Require(std::uint32_t match, std::uint16_t cls) {
      if (cls >= set.required_by_class_.size()) return;
      for (std::uint32_t test : set.required_by_class_[cls]) {
        if (!Fits(set.classes_[test], match)) continue;
        auto& list = s.required_at[set.required_index_[test]];
        const std::uint32_t begin = (*view.matches)[match].begin;
        if (list.empty() || list.back() != begin) list.push_back(begin);
      }
    }

    std::size_t Words() const { return (set.p_.form_tests.size() + 63) / 64; }

    // Whether a test holds of a form: looked at once a form.
    bool Holds(std::uint32_t test, std::uint32_t form) {
      const std::size_t words = Words();
      std::uint64_t* known = s.bits.data() + std::size_t{form} * words * 2;
      std::uint64_t* value = known + words;
      const std::uint64_t bit = std::uint64_t{1} << (test % 64);
      if ((known[test / 64] & bit) == 0) {
        known[test / 64] |= bit;
        if (set.Evaluate(set.p_.form_tests[test], *view.forms, (*view.forms)[form])) value[test / 64] |= bit;
      }
      return (value[test / 64] & bit) != 0;
    }

    bool Fits(const BoundClass& b, std::uint32_t match) const {
      const MatchKey& k = s.keys[match];
      if (b.never || b.entity == k.words) return false;
      if (b.cls != 0 && b.cls != k.cls) return false;
      if (b.type != Type::kNone && b.type != k.type) return false;
      if (b.kind != 0 && b.kind != k.kind) return false;
      if (b.tier == ClassRef::kOnlySupport && !k.support) return false;
      if (b.tier == ClassRef::kOnlyAlone && k.support) return false;
      return b.flag.empty() || HasFlag(view.gazetteer->entry((*view.matches)[match].entry).slots, b.flag);
    }

    Range TriggersOf(std::uint32_t form, int phase) {
      Range& range = s.form_triggers[std::size_t{form} * 2 + static_cast<std::size_t>(phase)];
      if (range.count != kNoIndex) return range;
      const morph::Form& f = (*view.forms)[form];
      const TokenMask mask = TokenMask{f.flags} | KindBit(f.kind) | ShapeBit(f.shape);
      const auto first = static_cast<std::uint32_t>(s.trigger_pool.size());
      for (const FormTrigger& t : set.form_triggers_) {
        if (t.entry.rules[phase].empty()) continue;
        if ((mask & t.need) != t.need || (mask & t.forbid) != 0) continue;
        if (t.form_test != kNoIndex && !Holds(t.form_test, form)) continue;
        s.trigger_pool.insert(s.trigger_pool.end(), t.entry.rules[phase].begin(), t.entry.rules[phase].end());
      }
      const auto begin = s.trigger_pool.begin() + first;
      std::sort(begin, s.trigger_pool.end());
      s.trigger_pool.erase(std::unique(begin, s.trigger_pool.end()), s.trigger_pool.end());
      range = {first, static_cast<std::uint32_t>(s.trigger_pool.size()) - first};
      return range;
    }

    void At(std::uint32_t i, int phase) {
      const token::Token& t = (*view.tokens)[i];
      const Range range = TriggersOf(t.form, phase);
      for (std::uint32_t j = 0; j < range.count; ++j) Try(s.trigger_pool[range.first + j], i);
      const auto all = [&](const Entry& entry) {
        for (std::uint32_t rule : entry.rules[phase]) Try(rule, i);
      };
      if (!s.keys.empty()) {
        for (std::uint32_t m = s.match_at[i]; m < s.match_at[i + 1]; ++m) {
          const std::uint16_t cls = s.keys[m].cls;
          if (cls < set.by_class_.size()) {
            for (const auto& [test, entry] : set.by_class_[cls]) {
              if (Fits(set.classes_[test], m)) all(entry);
            }
          }
          for (const auto& [test, entry] : set.any_entity_) {
            if (Fits(set.classes_[test], m)) all(entry);
          }
        }
      }
      if (t.Has(token::kOpens)) all(t.kind == token::Kind::kQuote ? set.quotes_ : set.brackets_);
      if (!s.resolved_at.empty() && s.resolved_at[i] >= 0) {
        const Type type = (*view.resolved)[static_cast<std::size_t>(s.resolved_at[i])].type;
        all(set.resolved_[0]);
        if (type != Type::kNone) all(set.resolved_[static_cast<std::size_t>(type)]);
      }
      all(set.anywhere_);
    }

    void Try(std::uint32_t rule, std::uint32_t i) {
      if (only != kNoIndex && only != rule) return;
      if (s.last_try[rule] == i) return;
      s.last_try[rule] = i;
      const RuleCode& r = set.p_.rules[rule];
      if (r.required != kNoIndex) {
        const std::uint32_t index = set.required_index_[r.required];
        const auto& list = s.required_at[index];
        std::uint32_t& cursor = s.required_cursor[index];
        while (cursor < list.size() && list[cursor] < i) ++cursor;
        if (cursor == list.size() || list[cursor] - i > r.required_within) return;
      }
      Match(rule, i);
    }

    void Match(std::uint32_t rule, std::uint32_t i) {
      const RuleCode& r = set.p_.rules[rule];
      std::size_t found = 0;
      int before = -1;  // whether the contexts in front hold; looked at when the first match is found
      Execute(s.main, r, r.start, i, i, r.agree.count == 0, [&](std::uint32_t end) {
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
      });
      for (std::size_t k = 0; k < found; ++k) Report(rule, r, i, s.found[k].end, s.found[k].slots);
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

    // Whether a match may not go on with the token at `pos`.
    bool Wall(const RuleCode& r, std::uint32_t pos) const {
      return (*view.tokens)[pos].Has(r.crosses_lines != 0 ? token::kBlockStart : token::kSentenceStart | token::kBlockStart);
    }

    bool Before(const RuleCode& r, std::uint32_t begin) {
      for (std::uint32_t k = 0; k < r.contexts.count; ++k) {
        const ContextCode& c = set.p_.contexts[r.contexts.first + k];
        if (c.before == 0) continue;
        bool holds = false;
        if (begin > 0 && !Wall(r, begin)) {
          for (std::uint32_t width = c.min; width <= c.max && width <= begin && !holds; ++width) {
            Execute(s.context, r, c.start, begin - width, begin - width, true,
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
        Execute(s.context, r, c.start, end, end - 1, true, [&](std::uint32_t) { return holds = true; });
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
      const token::Token& t = (*view.tokens)[pos];
      const TokenMask mask = MaskOf(t);
      for (std::uint32_t k = first; k < first + count; ++k) {
        const ConjunctionTest& c = set.p_.conjunctions[k];
        if ((mask & c.need) != c.need || (mask & c.forbid) != 0) continue;
        if (c.form_test != kNoIndex && !Holds(c.form_test, t.form)) continue;
        if (c.not_classes.count != 0 && BeginsOneOf(c.not_classes, pos)) continue;
        return true;
      }
      return false;
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
    // agreement, where another way to the same place may agree) by the limit of steps.
    template <class F>
    void Execute(State::Machine& machine, const RuleCode& r, std::uint32_t start, std::uint32_t pos, std::uint32_t origin, bool remember,
                 F on_match) {
      const std::vector<Instruction>& code = set.p_.code;
      const auto n = static_cast<std::uint32_t>(view.tokens->size());
      machine.jobs.clear();
      machine.undo.clear();
      machine.slots.assign(r.captures.count, CaptureSlot{});
      bool cleared = false;
      std::uint64_t steps = std::uint64_t{r.size} * kMaxMatchTokens;
      std::uint32_t pc = start;
      const auto change = [&](std::uint32_t slot) -> CaptureSlot& {
        // Only where there is a way back to take is there something to undo.
        if (!machine.jobs.empty()) {
          machine.undo.push_back(machine.slots[slot]);
          machine.jobs.push_back({kUndo | slot, 0});
        }
        return machine.slots[slot];
      };
      const auto seen = [&](std::uint32_t at) {
        if (!remember) return false;
        if (!cleared) {
          machine.visited.assign(r.size, 0);
          cleared = true;
        }
        std::uint64_t& bits = machine.visited[at - r.start];
        const std::uint64_t bit = std::uint64_t{1} << ((pos - origin) & 63);
        if ((bits & bit) != 0) return true;
        bits |= bit;
        return false;
      };
      while (true) {
        bool alive = steps-- != 0;
        if (!alive) return;
        const Instruction& in = code[pc];
        // No element goes over the end of a sentence, and none beyond the longest match.
        const bool consumes = in.op <= Op::kAny;
        if (consumes && (pos >= n || pos - origin >= kMaxMatchTokens - 1 || (pos > origin && Wall(r, pos)))) alive = false;
        if (alive) {
          switch (in.op) {
            case Op::kAny:
              ++pos, ++pc;
              break;
            case Op::kToken:
              alive = TokenHolds(in.a, in.b, pos);
              ++pos, ++pc;
              break;
            case Op::kClass: {
              alive = false;
              if (s.keys.empty() || seen(pc) || (in.c != 0 && !TokenHolds(in.b, in.c, pos))) break;
              // The longest match comes first in the view; shorter ones are ways back.
              const BoundClass& test = set.classes_[in.a];
              std::uint32_t chosen = kNoIndex;
              const std::size_t bottom = machine.jobs.size();
              for (std::uint32_t m = s.match_at[pos]; m < s.match_at[pos + 1]; ++m) {
                if (!Fits(test, m) || (*view.matches)[m].end > n || (*view.matches)[m].end - origin > kMaxMatchTokens) continue;
                if (chosen == kNoIndex) {
                  chosen = m;
                } else if ((*view.matches)[m].end != (*view.matches)[chosen].end) {
                  machine.jobs.push_back({kUndo | (kUndo >> 1) | pc, m});
                }
              }
              if (chosen == kNoIndex) break;
              std::reverse(machine.jobs.begin() + static_cast<std::ptrdiff_t>(bottom), machine.jobs.end());
              TakeMatch(change, in, chosen, &pos);
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
              const token::Token& t = (*view.tokens)[pos];
              alive = t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0);
              if (!alive) break;
              const auto close = static_cast<std::uint32_t>(t.pair);
              alive = close < n && close - pos >= 2 && close - pos <= kMaxGroupTokens + 1 && close - origin < kMaxMatchTokens;
              for (std::uint32_t k = pos + 1; alive && k <= close; ++k) alive = !(*view.tokens)[k].Has(token::kBlockStart);
              if (!alive) break;
              if (in.d != kNoIndex) {
                CaptureSlot& slot = change(in.d);
                slot = {pos + 1, close, -1, -1};
              }
              pos = close + 1;
              ++pc;
              break;
            }
            case Op::kOpen: {
              const token::Token& t = (*view.tokens)[pos];
              alive = t.Has(token::kOpens) && t.pair > static_cast<std::int32_t>(pos) && (t.kind == token::Kind::kQuote) == (in.a == 0);
              if (!alive) break;
              change(in.b).begin = pos;
              ++pos, ++pc;
              break;
            }
            case Op::kClose: {
              const token::Token& t = (*view.tokens)[pos];
              alive = t.Has(token::kCloses) && t.pair >= 0 && static_cast<std::uint32_t>(t.pair) == machine.slots[in.b].begin;
              ++pos, ++pc;
              break;
            }
            case Op::kSplit:
              alive = !seen(pc);
              if (!alive) break;
              machine.jobs.push_back({in.a, pos});
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
          if (machine.jobs.empty()) return;
          const State::Machine::Job job = machine.jobs.back();
          machine.jobs.pop_back();
          if ((job.pc & kUndo) == 0) {
            pc = job.pc;
            pos = job.pos;
            break;
          }
          if ((job.pc & (kUndo >> 1)) != 0) {
            pc = job.pc & ~(kUndo | (kUndo >> 1));
            TakeMatch(change, code[pc], job.pos, &pos);
            ++pc;
            break;
          }
          machine.slots[job.pc & ~kUndo] = machine.undo.back();
          machine.undo.pop_back();
        }
      }
    }

    template <class F>
    void TakeMatch(F& change, const Instruction& in, std::uint32_t match, std::uint32_t* pos) {
      if (in.d != kNoIndex) change(in.d).match = static_cast<std::int32_t>(match);
      *pos = (*view.matches)[match].end;
    }
  };

  Program p_;
  std::vector<RuleInfo> infos_;
  std::vector<std::unique_ptr<RE2>> owned_;
  std::vector<const RE2*> regexes_;  // parallel to Program::regexes
  std::vector<BoundClass> classes_;  // parallel to Program::class_tests
  std::vector<std::string_view> names_;
  std::vector<std::uint16_t> capture_ids_;  // parallel to Program::capture_names
  std::vector<Expression> expressions_;     // parallel to Program::emits
  std::vector<FormTrigger> form_triggers_;
  std::vector<std::vector<std::pair<std::uint32_t, Entry>>> by_class_;  // class tests that begin rules, by class
  std::vector<std::pair<std::uint32_t, Entry>> any_entity_;
  Entry resolved_[kTypeCount];
  Entry quotes_, brackets_, anywhere_;
  std::vector<std::uint32_t> required_;        // class tests
  std::vector<std::uint32_t> required_index_;  // from class test to its place in required_
  std::vector<std::vector<std::uint32_t>> required_by_class_;
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
