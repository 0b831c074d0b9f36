#include "rules/compiler.h"

#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <map>
#include <set>

#include "morph/form_table.h"
#include "rules/examples.h"
#include "rules/language.h"
#include "rules/parser.h"
#include "rules/program.h"

namespace atau::rules {
namespace {

struct Width {
  int min = 0, max = 0;
};

constexpr int kHuge = 1 << 20;
int Capped(long long value) { return static_cast<int>(std::min<long long>(value, kHuge)); }

Width WidthOf(const Node& node) {
  switch (node.kind) {
    case Node::kToken:
      return {1, 1};
    case Node::kClass:
    case Node::kResolved:
      return {1, kMaxClassTokens};
    case Node::kGroup: {
      if (node.children.empty()) return {3, kMaxGroupTokens + 2};
      const Width inner = WidthOf(*node.children[0]);
      return {inner.min + 2, Capped(std::min(inner.max, kMaxGroupTokens) + 2)};
    }
    case Node::kSequence: {
      Width sum;
      for (const NodePtr& child : node.children) {
        const Width w = WidthOf(*child);
        sum.min = Capped(sum.min + w.min);
        sum.max = Capped(sum.max + w.max);
      }
      return sum;
    }
    case Node::kChoice: {
      Width out{kHuge, 0};
      for (const NodePtr& child : node.children) {
        const Width w = WidthOf(*child);
        out.min = std::min(out.min, w.min);
        out.max = std::max(out.max, w.max);
      }
      return out;
    }
    case Node::kRepeat: {
      const Width w = WidthOf(*node.children[0]);
      return {Capped(static_cast<long long>(w.min) * node.min), Capped(static_cast<long long>(w.max) * node.max)};
    }
    case Node::kCapture:
      return WidthOf(*node.children[0]);
    case Node::kAnchor:
      return {0, 0};
  }
  return {};
}

// Why a conjunction can never hold, empty where it may.
std::string Contradiction(const Conjunction& t) {
  const auto several = [&](morph::Grammemes group) { return std::popcount(t.need & group) > 1; };
  if (several(morph::kPos)) return "no reading has two parts of speech";
  if (several(morph::kCases)) return "no reading has two cases";
  if (several(morph::kGenders)) return "no reading has two genders";
  if (several(morph::kName | morph::kSurn | morph::kPatr | morph::kGeox)) return "no reading is two kinds of name";
  if (several(morph::ksing | morph::kplur)) return "no reading has two numbers";
  if ((t.need & (t.forbid | t.never)) != 0) return "a grammeme is asked for and forbidden";
  if (t.has_lemmas && t.lemmas.empty()) return "no reading has two lemmas";
  if (t.has_texts && t.texts.empty()) return "no token has two texts";
  if (t.has_exacts && t.exacts.empty()) return "no token has two texts";
  if (t.origins != 0 && (t.origins & 0x3F) == 0) return "no reading has two origins";
  if (std::popcount(t.mask_need & kAllKinds) > 1) return "no token is of two kinds";
  if (std::popcount(t.mask_need & kAllShapes) > 1) return "no token has two shapes";
  if ((t.mask_need & token::kLatin) != 0 && (t.mask_need & token::kCyrillic) != 0) return "no token is Latin and Cyrillic";
  if ((t.mask_need & t.mask_forbid) != 0 || (t.form_need & t.form_forbid) != 0) return "a test is asked for and forbidden";
  return {};
}

bool HasBlank(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [](const std::string& w) { return w.find(' ') != std::string::npos; });
}

constexpr std::string_view kParts[] = {"text", "lemma", "class", "normal", "id", "name"};

}  // namespace

struct RuleCompiler::State {
  struct File {
    std::string content;
    Places places;
    explicit File(std::string_view c) : content(c), places(content) {}
  };
  std::map<std::string, std::unique_ptr<File>, std::less<>> files;
  std::vector<RuleSource> sources;
  std::vector<RuleExample> examples;
  std::size_t compiled = 0;
};

namespace {

// Compiles one rule after the other into one program.
class Generator {
 public:
  Generator(const gazetteer::Gazetteer* gazetteer, bundle::Diagnostics* diagnostics) : gazetteer_(gazetteer), diagnostics_(diagnostics) {}

  // False when the rule has mistakes; then nothing of it can be reached from the program's rules.
  bool Add(const RuleSource& rule, const Places& places) {
    rule_ = &rule;
    places_ = &places;
    failed_ = false;
    captures_.clear();
    slots_ = 0;
    Check(*rule.pattern, false);
    CheckOrder(*rule.pattern);
    for (const Context& context : rule.contexts) {
      Check(*context.pattern, true);
      const Width width = WidthOf(*context.pattern);
      if (width.max > kMaxContextTokens) {
        Fail(context.offset, "a context of more than 16 tokens", "contexts look at the words next to a match; use smaller repetitions");
      }
      if (width.min == 0) Fail(context.offset, "a context that an empty text fulfils", "ask for one token at least");
    }
    const Width width = WidthOf(*rule.pattern);
    if (width.min == 0) Fail(rule.pattern->offset, "the pattern matches an empty text", "ask for one token at least");
    if (width.min > kMaxMatchTokens) Fail(rule.pattern->offset, "the pattern needs more than 64 tokens and can never match");
    RuleCode code;
    code.from = Part(rule.from);
    code.to = Part(rule.to);
    if (rule.from.text.empty() && !rule.relation) {
      const auto it = captures_.find("name");
      if (it != captures_.end()) code.from = it->second;
    }
    for (const auto& [key, expression] : rule.attributes) CheckExpression(expression);
    for (const auto& names : rule.agree) {
      for (const Name& name : names) Part(name);
    }
    if (failed_) return false;

    code.name = String(rule.name);
    code.file = String(rule.file);
    code.label = String(rule.label);
    code.line = rule.line;
    code.type = static_cast<std::uint32_t>(rule.type);
    code.vetoes = rule.vetoes;
    code.phase = rule.phase == Phase::kRelations ? 1 : 0;
    code.weight = rule.weight;
    code.crosses_lines = rule.crosses_lines;
    code.each_length = rule.each_length;
    code.start = static_cast<std::uint32_t>(p_.code.size());
    Generate(*rule.pattern, kNoIndex);
    Emit1(Op::kMatch);
    code.contexts.first = static_cast<std::uint32_t>(p_.contexts.size());
    for (const Context& context : rule.contexts) {
      const Width w = WidthOf(*context.pattern);
      p_.contexts.push_back({context.before, context.negated, static_cast<std::uint32_t>(p_.code.size()), static_cast<std::uint32_t>(w.min),
                             static_cast<std::uint32_t>(w.max)});
      Generate(*context.pattern, kNoIndex);
      Emit1(Op::kMatch);
    }
    code.contexts.count = static_cast<std::uint32_t>(rule.contexts.size());
    code.size = static_cast<std::uint32_t>(p_.code.size()) - code.start;
    if (code.size > static_cast<std::uint32_t>(kMaxProgram)) {
      p_.code.resize(code.start);
      p_.contexts.resize(code.contexts.first);
      Fail(rule.pattern->offset, "the pattern is too large",
           "at most 4096 steps after all repetitions are written out; use fewer or smaller ones");
      return false;
    }
    code.agree.first = static_cast<std::uint32_t>(p_.agrees.size());
    code.agree.count = static_cast<std::uint32_t>(rule.agree.size());
    for (const auto& names : rule.agree) {
      p_.agrees.push_back({static_cast<std::uint32_t>(p_.agree_parts.size()), static_cast<std::uint32_t>(names.size())});
      for (const Name& name : names) {
        AgreePart part;
        part.capture = captures_.at(name.text);
        Readings(*rule.pattern, name.text, &part);
        p_.agree_parts.push_back(part);
      }
    }
    code.captures = {static_cast<std::uint32_t>(p_.capture_names.size()), slots_};
    p_.capture_names.resize(p_.capture_names.size() + slots_, String(""));
    for (const auto& [name, index] : captures_) p_.capture_names[code.captures.first + index] = String(name);
    code.triggers.first = static_cast<std::uint32_t>(p_.triggers.size());
    Firsts(*rule.pattern);
    code.triggers.count = static_cast<std::uint32_t>(p_.triggers.size()) - code.triggers.first;
    int offset = 0;
    code.required = Required(*rule.pattern, &offset);
    code.required_within = static_cast<std::uint32_t>(std::min(offset, kMaxMatchTokens));
    code.emits = {static_cast<std::uint32_t>(p_.emits.size()), static_cast<std::uint32_t>(rule.attributes.size())};
    for (const auto& [key, expression] : rule.attributes) p_.emits.push_back({String(key.text), String(expression.text)});
    code.examples = {static_cast<std::uint32_t>(p_.examples.size()), static_cast<std::uint32_t>(rule.examples.size())};
    for (const Example& example : rule.examples) p_.examples.push_back({example.yes, String(example.text), example.line});
    p_.rules.push_back(code);
    return true;
  }

  const Program& program() const { return p_; }

 private:
  void Fail(std::uint32_t offset, std::string message, std::string hint = {}) {
    failed_ = true;
    diagnostics_->Error(rule_->file, places_->LineOf(offset), places_->ColumnOf(offset), std::move(message), std::move(hint));
  }

  std::uint32_t String(std::string_view s) {
    const auto [it, added] = strings_.try_emplace(std::string(s), static_cast<std::uint32_t>(p_.strings.size()));
    if (added) p_.strings.emplace_back(s);
    return it->second;
  }

  std::uint32_t Part(const Name& name) {
    if (name.text.empty()) return kNoIndex;
    const auto it = captures_.find(name.text);
    if (it != captures_.end()) return it->second;
    std::string known;
    for (const auto& [other, index] : captures_) known += (known.empty() ? "" : ", ") + other;
    Fail(name.offset, "no part is called `" + name.text + "`", known.empty() ? "name a part with `name:` before it" : "parts are " + known);
    return kNoIndex;
  }

  void CheckExpression(const Name& expression) {
    if (expression.text[0] == '\'') return;
    const std::size_t dot = expression.text.find('.');
    Name part = expression;
    part.text = expression.text.substr(0, dot);
    Part(part);
    if (dot == std::string::npos) return;
    const std::string what = expression.text.substr(dot + 1);
    if (std::find(std::begin(kParts), std::end(kParts), what) == std::end(kParts)) {
      Fail(expression.offset, "a part has no `" + what + "`", "write part.text, part.lemma, part.class, part.normal, part.id or part.name");
    }
  }

  void CheckClass(const ClassRef& ref) {
    if (gazetteer_ == nullptr || ref.cls.empty()) return;
    if (ref.entity) {
      if (!ref.kind.empty() && gazetteer_->KindId(ref.cls, ref.kind) == 0) {
        Fail(ref.offset, "no " + ref.cls + " is of kind `" + ref.kind + "`", "kinds stand in the column `kind` of the dictionaries");
      }
      return;
    }
    if (gazetteer_->ClassId(ref.cls) == 0) {
      Fail(ref.offset, "unknown class `" + ref.cls + "`", "classes are named by `#! words class=…` in dictionaries/words");
    } else if (!ref.kind.empty() && gazetteer_->KindId(ref.cls, ref.kind) == 0) {
      Fail(ref.offset, "no word of class " + ref.cls + " is of kind `" + ref.kind + "`",
           "kinds stand in the column `kind` of the class' rows");
    }
  }

  void CheckTests(const Node& node) {
    for (const Conjunction& t : node.tests) {
      const std::string why = Contradiction(t);
      if (!why.empty()) Fail(node.offset, "the test can never hold: " + why, "use `|` for either");
      if (HasBlank(t.lemmas) || HasBlank(t.texts) || HasBlank(t.exacts) || HasBlank(t.not_lemmas) || HasBlank(t.not_texts) ||
          HasBlank(t.not_exacts)) {
        Fail(node.offset, "a token holds no blank, so the test can never hold", "write one element a word");
      }
      for (const ClassRef& ref : t.not_classes) CheckClass(ref);
      for (const Conjunction::Regex& regex : t.regexes) {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(1 << 20);
        const RE2 compiled(regex.pattern, options);
        if (!compiled.ok()) Fail(node.offset, "bad regular expression /" + regex.pattern + "/: " + compiled.error());
      }
    }
  }

  // Names and tests, once a node of the tree.
  void Check(const Node& node, bool context) {
    if (node.kind == Node::kCapture) {
      if (context) {
        Fail(node.offset, "a part of a context has no name", "take what is to be named into `match`");
      } else if (captures_.find(node.name) == captures_.end()) {
        if (captures_.size() + 1 > kMaxCaptures / 2) {
          Fail(node.offset, "more than 32 named parts");
          return;
        }
        captures_.emplace(node.name, slots_++);
      }
    }
    if (node.kind == Node::kGroup && !node.children.empty() && slots_ + 1 > kMaxCaptures)
      Fail(node.offset, "too many groups with a pattern inside");
    CheckTests(node);
    if (node.kind == Node::kClass) CheckClass(node.ref);
    for (const NodePtr& child : node.children) Check(*child, context);
  }

  // Anchors where no match can pass them.
  void CheckOrder(const Node& node) {
    if (node.kind == Node::kSequence) {
      bool consumed = false;
      const Node* closed = nullptr;
      for (const NodePtr& child : node.children) {
        if (child->kind == Node::kAnchor && !rule_->crosses_lines) {
          const bool start = child->anchor == Node::kSentenceBegin || child->anchor == Node::kBlockBegin;
          if (start && consumed)
            Fail(child->offset, "the anchor can never hold: a match does not go over the end of a sentence", "put it first");
          if (child->anchor == Node::kSentenceEnd) closed = child.get();
        } else if (WidthOf(*child).min > 0) {
          if (closed != nullptr) Fail(closed->offset, "the anchor can never hold: something follows it", "put it last");
          closed = nullptr;
          consumed = true;
        }
      }
    }
    for (const NodePtr& child : node.children) CheckOrder(*child);
  }

  // The grammemes that a named token is asked for, so that agreement looks at those readings only.
  static bool Readings(const Node& node, const std::string& name, AgreePart* part) {
    if (node.kind == Node::kCapture && node.name == name) {
      const Node* inner = node.children[0].get();
      if (inner->kind == Node::kRepeat) inner = inner->children[0].get();
      if ((inner->kind == Node::kToken || inner->kind == Node::kClass) && inner->tests.size() == 1) {
        part->need = inner->tests[0].need;
        part->forbid = inner->tests[0].forbid;
      }
      return true;
    }
    for (const NodePtr& child : node.children) {
      if (Readings(*child, name, part)) return true;
    }
    return false;
  }

  // ---- tables ----

  Range Keys(const std::vector<std::string>& words) {
    std::vector<std::uint64_t> keys;
    for (const std::string& word : words) keys.push_back(morph::KeyOf(word));
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    if (keys.empty()) return {};
    const auto [it, added] = keys_.try_emplace(keys, static_cast<std::uint32_t>(p_.keys.size()));
    if (added) p_.keys.insert(p_.keys.end(), keys.begin(), keys.end());
    return {it->second, static_cast<std::uint32_t>(keys.size())};
  }

  // Strings of a list stand next to each other, so they are not shared with others.
  Range Strings(std::vector<std::string> words) {
    if (words.empty()) return {};
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    const auto [it, added] = lists_.try_emplace(words, static_cast<std::uint32_t>(p_.strings.size()));
    if (added) p_.strings.insert(p_.strings.end(), words.begin(), words.end());
    return {it->second, static_cast<std::uint32_t>(words.size())};
  }

  std::uint32_t FormTestOf(const Conjunction& t) {
    FormTest f;
    f.need = t.need;
    f.forbid = t.forbid;
    f.never = t.never;
    f.origins = t.origins & 0x3Fu;
    f.form_need = t.form_need;
    f.form_forbid = t.form_forbid;
    f.has = (t.has_lemmas ? 1u : 0u) | (t.has_texts ? 2u : 0u) | (t.has_exacts ? 4u : 0u);
    f.lemmas = Keys(t.lemmas);
    f.not_lemmas = Keys(t.not_lemmas);
    f.texts = Keys(t.texts);
    f.not_texts = Keys(t.not_texts);
    f.exacts = Strings(t.exacts);
    f.not_exacts = Strings(t.not_exacts);
    if (!t.regexes.empty()) {
      std::vector<Conjunction::Regex> regexes = t.regexes;
      std::sort(regexes.begin(), regexes.end());
      const auto [it, added] = regexes_.try_emplace(regexes, static_cast<std::uint32_t>(p_.regexes.size()));
      if (added) {
        for (const Conjunction::Regex& r : regexes) p_.regexes.push_back({String(r.pattern), r.surface, r.negated});
      }
      f.regexes = {it->second, static_cast<std::uint32_t>(regexes.size())};
    }
    if (f == FormTest{}) return kNoIndex;
    const auto [it, added] = form_tests_.try_emplace(f, static_cast<std::uint32_t>(p_.form_tests.size()));
    if (added) p_.form_tests.push_back(f);
    return it->second;
  }

  std::uint32_t StringOrNone(const std::string& s) { return s.empty() ? kNoIndex : String(s); }

  ClassTest ClassTestRow(const ClassRef& ref) {
    return {ref.entity, static_cast<std::uint32_t>(ref.type), StringOrNone(ref.cls), StringOrNone(ref.kind), StringOrNone(ref.flag),
            ref.tier};
  }

  std::uint32_t ClassTestOf(const ClassRef& ref) {
    const ClassTest t = ClassTestRow(ref);
    const auto key = std::tuple(t.entity, t.type, t.cls, t.kind, t.flag, t.tier);
    const auto [it, added] = class_tests_.try_emplace(key, static_cast<std::uint32_t>(p_.class_tests.size()));
    if (added) p_.class_tests.push_back(t);
    return it->second;
  }

  Range Conjunctions(const std::vector<Conjunction>& tests) {
    const Range range{static_cast<std::uint32_t>(p_.conjunctions.size()), static_cast<std::uint32_t>(tests.size())};
    for (const Conjunction& t : tests) {
      ConjunctionTest c;
      c.need = t.mask_need;
      c.forbid = t.mask_forbid;
      c.form_test = FormTestOf(t);
      c.not_classes = {static_cast<std::uint32_t>(p_.class_tests.size()), static_cast<std::uint32_t>(t.not_classes.size())};
      for (const ClassRef& ref : t.not_classes) p_.class_tests.push_back(ClassTestRow(ref));
      p_.conjunctions.push_back(c);
    }
    return range;
  }

  static bool Trivial(const std::vector<Conjunction>& tests) {
    if (tests.size() != 1) return false;
    const Conjunction& t = tests[0];
    return t.need == 0 && t.forbid == 0 && t.never == 0 && t.origins == 0 && !t.has_lemmas && !t.has_texts && !t.has_exacts &&
           t.not_lemmas.empty() && t.not_texts.empty() && t.not_exacts.empty() && t.regexes.empty() && t.mask_need == 0 &&
           t.mask_forbid == 0 && t.form_need == 0 && t.form_forbid == 0 && t.not_classes.empty();
  }

  // ---- code ----

  std::size_t Emit1(Op op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0, std::uint32_t d = kNoIndex) {
    p_.code.push_back({op, a, b, c, d});
    return p_.code.size() - 1;
  }
  std::uint32_t Here() const { return static_cast<std::uint32_t>(p_.code.size()); }

  void Generate(const Node& node, std::uint32_t capture) {
    // The size is checked once the rule is done; past the limit nothing more is written, so that no file can make this long.
    if (!p_.rules.empty() ? Here() > p_.rules.back().start + p_.rules.back().size + kMaxProgram * 2u : Here() > kMaxProgram * 2u) return;
    switch (node.kind) {
      case Node::kToken: {
        if (Trivial(node.tests)) {
          Emit1(Op::kAny);
        } else {
          const Range r = TestsOf(node);
          Emit1(Op::kToken, r.first, r.count);
        }
        break;
      }
      case Node::kClass: {
        const Range r = Trivial(node.tests) ? Range{} : TestsOf(node);
        Emit1(Op::kClass, ClassTestOf(node.ref), r.first, r.count, capture);
        break;
      }
      case Node::kResolved:
        Emit1(Op::kResolved, static_cast<std::uint32_t>(node.type), 0, 0, capture);
        break;
      case Node::kGroup:
        Group(node, kNoIndex);
        break;
      case Node::kSequence:
        for (const NodePtr& child : node.children) Generate(*child, capture);
        break;
      case Node::kChoice:
        if (OneToken(node)) {
          const Range r = TestsOf(node);
          Emit1(Op::kToken, r.first, r.count);
        } else {
          Choice(node, [&](const Node& child) { Generate(child, capture); });
        }
        break;
      case Node::kRepeat: {
        const Node& child = *node.children[0];
        for (int i = 0; i < node.min; ++i) Generate(child, capture);
        std::vector<std::size_t> exits;
        for (int i = node.min; i < node.max; ++i) {
          if (node.lazy) {
            // The split goes on at the next instruction first: a jump out; the body is the second choice.
            const std::size_t split = Emit1(Op::kSplit);
            exits.push_back(Emit1(Op::kJump));
            p_.code[split].a = Here();
          } else {
            exits.push_back(Emit1(Op::kSplit));
          }
          Generate(child, capture);
        }
        for (std::size_t exit : exits) p_.code[exit].a = Here();
        break;
      }
      case Node::kCapture:
        Capture(*node.children[0], captures_.at(node.name));
        break;
      case Node::kAnchor:
        Emit1(Op::kAnchor, node.anchor);
        break;
    }
  }

  // A choice of tokens is one token with more tests.
  static bool OneToken(const Node& choice) {
    return std::all_of(choice.children.begin(), choice.children.end(),
                       [](const NodePtr& c) { return c->kind == Node::kToken && !Trivial(c->tests); });
  }

  template <class F>
  void Choice(const Node& node, F generate) {
    std::vector<std::size_t> jumps;
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      const std::size_t split = last ? 0 : Emit1(Op::kSplit);
      generate(*node.children[i]);
      if (!last) {
        jumps.push_back(Emit1(Op::kJump));
        p_.code[split].a = Here();
      }
    }
    for (std::size_t jump : jumps) p_.code[jump].a = Here();
  }

  // The span of a named group is what it holds, also where the group is one of several choices.
  void Capture(const Node& node, std::uint32_t capture) {
    if (node.kind == Node::kGroup) {
      Group(node, capture);
    } else if (node.kind == Node::kChoice && std::any_of(node.children.begin(), node.children.end(), [](const NodePtr& c) {
                 return c->kind == Node::kGroup || c->kind == Node::kChoice;
               })) {
      Choice(node, [&](const Node& child) { Capture(child, capture); });
    } else {
      Emit1(Op::kSave, capture, 0);
      Generate(node, capture);
      Emit1(Op::kSave, capture, 1);
    }
  }

  void Group(const Node& node, std::uint32_t capture) {
    if (node.children.empty()) {
      Emit1(Op::kGroup, node.round, 0, 0, capture);
      return;
    }
    const auto [it, added] = group_slots_.try_emplace({rule_, &node}, slots_);
    if (added) ++slots_;
    const std::uint32_t slot = it->second;
    Emit1(Op::kOpen, node.round, slot);
    if (capture != kNoIndex) Emit1(Op::kSave, capture, 0);
    Generate(*node.children[0], capture);
    if (capture != kNoIndex) Emit1(Op::kSave, capture, 1);
    Emit1(Op::kClose, node.round, slot);
  }

  Range TestsOf(const Node& node) {
    // One node may be written out many times by repetitions; its tests stand once.
    const auto [it, added] = node_tests_.try_emplace({rule_, &node}, Range{});
    if (added) {
      if (node.kind == Node::kChoice) {
        std::vector<Conjunction> tests;
        for (const NodePtr& child : node.children) tests.insert(tests.end(), child->tests.begin(), child->tests.end());
        it->second = Conjunctions(tests);
      } else {
        it->second = Conjunctions(node.tests);
      }
    }
    return it->second;
  }

  // ---- entry ----

  // Adds what may begin a match of the node; returns whether the node may take no token.
  bool Firsts(const Node& node) {
    switch (node.kind) {
      case Node::kToken:
        for (const Conjunction& t : node.tests) {
          Trigger trigger;
          trigger.kind = Trigger::kForm;
          trigger.index = FormTestOf(t);
          trigger.need = t.mask_need & kFormMask;
          trigger.forbid = t.mask_forbid & kFormMask;
          if (trigger.index == kNoIndex && trigger.need == 0) {
            const bool opens = (t.mask_need & token::kOpens) != 0;
            trigger.kind = opens && (t.mask_need & KindBit(token::Kind::kQuote)) != 0 ? Trigger::kQuote : Trigger::kAnyToken;
          }
          p_.triggers.push_back(trigger);
        }
        return false;
      case Node::kClass:
        p_.triggers.push_back({Trigger::kClass, ClassTestOf(node.ref), 0, 0});
        return false;
      case Node::kResolved:
        p_.triggers.push_back({Trigger::kResolved, static_cast<std::uint32_t>(node.type), 0, 0});
        return false;
      case Node::kGroup:
        p_.triggers.push_back({node.round ? Trigger::kBracket : Trigger::kQuote, 0, 0, 0});
        return false;
      case Node::kSequence:
        for (const NodePtr& child : node.children) {
          if (!Firsts(*child)) return false;
        }
        return true;
      case Node::kChoice: {
        bool empty = false;
        for (const NodePtr& child : node.children) empty = Firsts(*child) || empty;
        return empty;
      }
      case Node::kRepeat:
        return Firsts(*node.children[0]) || node.min == 0;
      case Node::kCapture:
        return Firsts(*node.children[0]);
      case Node::kAnchor:
        return true;
    }
    return true;
  }

  // A class match that every match of the node holds, and how far from the start it may stand at most.
  std::uint32_t Required(const Node& node, int* offset) {
    switch (node.kind) {
      case Node::kClass:
        return ClassTestOf(node.ref);
      case Node::kSequence:
        for (const NodePtr& child : node.children) {
          const int before = *offset;
          const std::uint32_t found = Required(*child, offset);
          if (found != kNoIndex) return found;
          *offset = Capped(before + WidthOf(*child).max);
        }
        return kNoIndex;
      case Node::kCapture:
        return Required(*node.children[0], offset);
      case Node::kRepeat:
        return node.min > 0 ? Required(*node.children[0], offset) : kNoIndex;
      default:
        return kNoIndex;
    }
  }

  const gazetteer::Gazetteer* gazetteer_;
  bundle::Diagnostics* diagnostics_;
  const RuleSource* rule_ = nullptr;
  const Places* places_ = nullptr;
  bool failed_ = false;
  Program p_;
  std::map<std::string, std::uint32_t, std::less<>> captures_;
  std::uint32_t slots_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> strings_;
  std::map<std::vector<std::string>, std::uint32_t> lists_;
  std::map<std::vector<std::uint64_t>, std::uint32_t> keys_;
  std::map<std::vector<Conjunction::Regex>, std::uint32_t> regexes_;
  std::map<FormTest, std::uint32_t> form_tests_;
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t>
      class_tests_;
  std::map<std::pair<const RuleSource*, const Node*>, std::uint32_t> group_slots_;
  std::map<std::pair<const RuleSource*, const Node*>, Range> node_tests_;
};

// Two rules that say the same are a slip of copying.
std::string Fingerprint(const Program& p, const RuleCode& r) {
  std::string out;
  for (std::uint32_t i = r.start; i < r.start + r.size; ++i) {
    const Instruction& n = p.code[i];
    const bool jump = n.op == Op::kSplit || n.op == Op::kJump;
    out += std::to_string(static_cast<int>(n.op)) + "," +
           std::to_string(jump                 ? n.a - i
                          : n.op == Op::kToken ? 0
                                               : n.a) +
           "," + std::to_string(n.d) + ";";
    const Range tests = n.op == Op::kToken ? Range{n.a, n.b} : n.op == Op::kClass ? Range{n.b, n.c} : Range{};
    for (std::uint32_t j = 0; j < tests.count; ++j) {
      const ConjunctionTest& c = p.conjunctions[tests.first + j];
      out += std::to_string(c.need) + "/" + std::to_string(c.forbid) + "/" + std::to_string(c.form_test) + "/" +
             std::to_string(c.not_classes.count) + ".";
      for (std::uint32_t k = 0; k < c.not_classes.count; ++k) {
        const ClassTest& t = p.class_tests[c.not_classes.first + k];
        out += std::to_string(t.type) + "!" + std::to_string(t.cls) + "!" + std::to_string(t.kind) + "!" + std::to_string(t.flag) + "!" +
               std::to_string(t.tier);
      }
    }
  }
  for (std::uint32_t i = 0; i < r.contexts.count; ++i) {
    const ContextCode& c = p.contexts[r.contexts.first + i];
    out += std::to_string(c.before) + std::to_string(c.negated) + std::to_string(c.start - r.start) + "|";
  }
  return out + std::to_string(r.type) + "," + std::to_string(r.vetoes) + "," + std::to_string(r.label) + "," + std::to_string(r.from) +
         "," + std::to_string(r.to) + "," + std::to_string(r.agree.count) + "," + std::to_string(r.crosses_lines);
}

}  // namespace

RuleCompiler::RuleCompiler() : state_(std::make_unique<State>()) {}
RuleCompiler::~RuleCompiler() = default;

void RuleCompiler::Add(std::string_view file, std::string_view content, bundle::Diagnostics* diagnostics) {
  auto& slot = state_->files[std::string(file)];
  if (slot) {
    diagnostics->Error(file, 0, 0, "the file was added twice");
    return;
  }
  slot = std::make_unique<State::File>(content);
  std::vector<RuleSource> rules = ParseRules(file, slot->content, diagnostics);
  for (RuleSource& rule : rules) {
    for (const Example& example : rule.examples) {
      const MarkedText marked = ParseMarked(example.text);
      if (!marked.error.empty()) {
        diagnostics->Error(file, example.line, 0, "bad example: " + marked.error, "write \\[ for a bracket of the text itself");
      } else if (example.yes && marked.marks.empty()) {
        diagnostics->Error(file, example.line, 0, "a `yes` example without a mark",
                           "put the span that the rule must emit into square brackets");
      } else if (!example.yes && !marked.marks.empty() && rule.phase == Phase::kCandidates) {
        diagnostics->Error(file, example.line, 0, "a `no` example with a mark", "write \\[ for a bracket of the text itself");
      }
    }
    state_->sources.push_back(std::move(rule));
  }
}

std::string RuleCompiler::Finish(const gazetteer::Gazetteer* gazetteer, bundle::Diagnostics* diagnostics) {
  std::stable_sort(state_->sources.begin(), state_->sources.end(),
                   [](const RuleSource& a, const RuleSource& b) { return a.file < b.file; });
  Generator generator(gazetteer, diagnostics);
  std::map<std::string_view, const RuleSource*> names;
  std::map<std::string, const RuleSource*> seen;
  state_->examples.clear();
  state_->compiled = 0;
  for (const RuleSource& rule : state_->sources) {
    const Places& places = state_->files.find(rule.file)->second->places;
    const auto [it, fresh] = names.emplace(rule.name, &rule);
    if (!fresh) {
      diagnostics->Error(rule.file, rule.line, places.ColumnOf(rule.offset), "a second rule `" + rule.name + "`",
                         "the first one stands at " + it->second->file + ":" + std::to_string(it->second->line));
      continue;
    }
    if (!generator.Add(rule, places)) continue;
    ++state_->compiled;
    const auto [other, unique] = seen.emplace(Fingerprint(generator.program(), generator.program().rules.back()), &rule);
    if (!unique) {
      diagnostics->Warning(rule.file, rule.line, places.ColumnOf(rule.offset),
                           "rule `" + rule.name + "` says the same as `" + other->second->name + "`", "keep one of them");
    }
    for (const Example& example : rule.examples) {
      state_->examples.push_back({rule.name, rule.file, example.line, example.yes, example.text});
    }
  }
  if (generator.program().rules.empty()) return {};
  return WriteProgram(generator.program());
}

const std::vector<RuleExample>& RuleCompiler::examples() const { return state_->examples; }
std::size_t RuleCompiler::rules() const { return state_->compiled; }

}  // namespace atau::rules
