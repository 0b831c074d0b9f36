#include "rules/program.h"

#include <cmath>
#include <cstring>
#include <type_traits>

namespace atau::rules {
namespace {

constexpr std::string_view kMagic = "ATAURUL1";
constexpr std::uint32_t kVersion = 1;

// Every table goes through one list of fields, so that what is written and what is read cannot drift apart.
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, Range> {
  a(t.first), a(t.count);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, FormTest> {
  a(t.need), a(t.forbid), a(t.never), a(t.origins), a(t.form_need), a(t.form_forbid);
  Fields(a, t.lemmas), Fields(a, t.not_lemmas), Fields(a, t.texts), Fields(a, t.not_texts), a(t.has);
  Fields(a, t.exacts), Fields(a, t.not_exacts), Fields(a, t.regexes);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, RegexUse> {
  a(t.pattern), a(t.surface), a(t.negated);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, ConjunctionTest> {
  a(t.need), a(t.forbid), a(t.form_test), Fields(a, t.not_classes);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, ClassTest> {
  a(t.entity), a(t.type), a(t.cls), a(t.kind), a(t.flag), a(t.tier);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, Instruction> {
  a(t.op), a(t.a), a(t.b), a(t.c), a(t.d);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, Trigger> {
  a(t.kind), a(t.index), a(t.need), a(t.forbid);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, ContextCode> {
  a(t.before), a(t.negated), a(t.start), a(t.min), a(t.max);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, AgreePart> {
  a(t.capture), a(t.need), a(t.forbid);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, Emit> {
  a(t.key), a(t.expression);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, ExampleCode> {
  a(t.yes), a(t.text), a(t.line);
}
template <class A, class T>
void Fields(A& a, T& t) requires std::is_same_v<std::remove_const_t<T>, RuleCode> {
  a(t.name), a(t.file), a(t.label), a(t.line), a(t.type), a(t.vetoes), a(t.phase), a(t.weight), a(t.crosses_lines), a(t.each_length);
  a(t.start), a(t.size), a(t.from), a(t.to);
  Fields(a, t.captures), Fields(a, t.agree), Fields(a, t.contexts), Fields(a, t.triggers), Fields(a, t.emits), Fields(a, t.examples);
  a(t.required), a(t.required_within);
}
template <class A, class T>
void Fields(A& a,
            T& t) requires std::is_same_v<std::remove_const_t<T>, std::uint32_t> || std::is_same_v<std::remove_const_t<T>, std::uint64_t> {
  a(t);
}

struct Output {
  std::string bytes;
  void Unsigned(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
  template <class T>
  void operator()(const T& value) {
    if constexpr (std::is_same_v<T, float>) {
      std::uint32_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      Unsigned(bits, 4);
    } else {
      Unsigned(static_cast<std::uint64_t>(value), sizeof(T));
    }
  }
};

struct Input {
  std::string_view bytes;
  bool failed = false;
  std::uint64_t Unsigned(int size) {
    if (bytes.size() < static_cast<std::size_t>(size)) {
      failed = true;
      bytes = {};
      return 0;
    }
    std::uint64_t value = 0;
    for (int i = 0; i < size; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)])} << (8 * i);
    bytes.remove_prefix(static_cast<std::size_t>(size));
    return value;
  }
  template <class T>
  void operator()(T& value) {
    if constexpr (std::is_same_v<T, float>) {
      const auto bits = static_cast<std::uint32_t>(Unsigned(4));
      std::memcpy(&value, &bits, sizeof bits);
    } else {
      value = static_cast<T>(Unsigned(sizeof(T)));
    }
  }
};

template <class P, class F>
void Tables(P& p, F f) {
  f(p.keys), f(p.regexes), f(p.form_tests), f(p.conjunctions), f(p.class_tests), f(p.code), f(p.triggers), f(p.contexts);
  f(p.agrees), f(p.agree_parts), f(p.capture_names), f(p.emits), f(p.examples), f(p.rules);
}

// Every reference of every table, so that the matcher never has to look whether an index is good.
bool Sound(const Program& p) {
  const auto index = [](std::uint32_t i, const auto& table) { return i < table.size(); };
  const auto optional = [](std::uint32_t i, const auto& table) { return i == kNoIndex || i < table.size(); };
  const auto range = [](Range r, const auto& table) { return r.first <= table.size() && r.count <= table.size() - r.first; };
  for (const RegexUse& r : p.regexes) {
    if (!index(r.pattern, p.strings)) return false;
  }
  for (const FormTest& t : p.form_tests) {
    if (!range(t.lemmas, p.keys) || !range(t.not_lemmas, p.keys) || !range(t.texts, p.keys) || !range(t.not_texts, p.keys)) return false;
    if (!range(t.exacts, p.strings) || !range(t.not_exacts, p.strings) || !range(t.regexes, p.regexes)) return false;
  }
  for (const ClassTest& t : p.class_tests) {
    if (t.type >= static_cast<std::uint32_t>(kTypeCount) || t.tier > 2) return false;
    if (!optional(t.cls, p.strings) || !optional(t.kind, p.strings) || !optional(t.flag, p.strings)) return false;
  }
  for (const ConjunctionTest& t : p.conjunctions) {
    if (!optional(t.form_test, p.form_tests) || !range(t.not_classes, p.class_tests)) return false;
  }
  for (const Trigger& t : p.triggers) {
    switch (t.kind) {
      case Trigger::kAnyToken:
      case Trigger::kQuote:
      case Trigger::kBracket:
        break;
      case Trigger::kForm:
        if (!optional(t.index, p.form_tests)) return false;
        break;
      case Trigger::kClass:
        if (!index(t.index, p.class_tests)) return false;
        break;
      case Trigger::kResolved:
        if (t.index >= static_cast<std::uint32_t>(kTypeCount)) return false;
        break;
      default:
        return false;
    }
  }
  for (const Range& r : p.agrees) {
    if (!range(r, p.agree_parts)) return false;
  }
  for (std::uint32_t name : p.capture_names) {
    if (!index(name, p.strings)) return false;
  }
  for (const Emit& e : p.emits) {
    if (!index(e.key, p.strings) || !index(e.expression, p.strings)) return false;
  }
  for (const ExampleCode& e : p.examples) {
    if (!index(e.text, p.strings)) return false;
  }
  for (const RuleCode& r : p.rules) {
    if (!index(r.name, p.strings) || !index(r.file, p.strings) || !index(r.label, p.strings)) return false;
    if (r.type >= static_cast<std::uint32_t>(kTypeCount) || r.phase > 1 || !std::isfinite(r.weight) || r.vetoes > 0xFFFF) return false;
    if (!range({r.start, r.size}, p.code) || r.size == 0 || r.size > static_cast<std::uint32_t>(kMaxProgram)) return false;
    if (!range(r.captures, p.capture_names) || r.captures.count > kMaxCaptures || !range(r.agree, p.agrees) ||
        !range(r.contexts, p.contexts))
      return false;
    if (!range(r.triggers, p.triggers) || !range(r.emits, p.emits) || !range(r.examples, p.examples)) return false;
    if (!optional(r.required, p.class_tests)) return false;
    if ((r.from != kNoIndex && r.from >= r.captures.count) || (r.to != kNoIndex && r.to >= r.captures.count)) return false;
    for (std::uint32_t i = 0; i < r.agree.count; ++i) {
      const Range parts = p.agrees[r.agree.first + i];
      for (std::uint32_t j = 0; j < parts.count; ++j) {
        if (p.agree_parts[parts.first + j].capture >= r.captures.count) return false;
      }
    }
    const std::uint32_t end = r.start + r.size;
    for (std::uint32_t i = 0; i < r.contexts.count; ++i) {
      const ContextCode& c = p.contexts[r.contexts.first + i];
      if (c.start < r.start || c.start >= end || c.min > c.max || c.max > 1024) return false;
    }
    if (p.code[end - 1].op != Op::kMatch) return false;
    for (std::uint32_t i = r.start; i < end; ++i) {
      const Instruction& n = p.code[i];
      const bool capture = n.d == kNoIndex || n.d < r.captures.count;
      switch (n.op) {
        case Op::kToken:
          if (!range({n.a, n.b}, p.conjunctions) || n.b > 0xFFFF) return false;
          break;
        case Op::kClass:
          if (!index(n.a, p.class_tests) || !range({n.b, n.c}, p.conjunctions) || n.c > 0xFFFF || !capture) return false;
          break;
        case Op::kResolved:
          if (n.a >= static_cast<std::uint32_t>(kTypeCount) || !capture) return false;
          break;
        case Op::kGroup:
          if (!capture) return false;
          break;
        case Op::kOpen:
        case Op::kClose:
          if (n.b >= r.captures.count) return false;
          break;
        case Op::kSplit:
        case Op::kJump:
          if (n.a <= i || n.a >= end) return false;
          break;
        case Op::kSave:
          if (n.a >= r.captures.count || n.b > 1) return false;
          break;
        case Op::kAnchor:
          if (n.a > Node::kSentenceEnd) return false;
          break;
        case Op::kAny:
        case Op::kMatch:
          break;
        default:
          return false;
      }
    }
  }
  return true;
}

}  // namespace

std::string WriteProgram(const Program& program) {
  Output out;
  out.bytes = kMagic;
  out(kVersion);
  out(static_cast<std::uint32_t>(program.strings.size()));
  for (const std::string& s : program.strings) {
    out(static_cast<std::uint32_t>(s.size()));
    out.bytes += s;
  }
  Tables(program, [&](const auto& table) {
    out(static_cast<std::uint32_t>(table.size()));
    for (const auto& row : table) Fields(out, row);
  });
  return std::move(out.bytes);
}

Result<Program> ReadProgram(std::string_view bytes) {
  const auto corrupt = [](std::string what) {
    return Error{Code::kCorrupt, "the rule section is damaged: " + what, {}, 0, 0, "compile the bundle again"};
  };
  if (bytes.substr(0, kMagic.size()) != kMagic) return corrupt("it does not begin as one");
  Input in{bytes.substr(kMagic.size())};
  std::uint32_t version = 0;
  in(version);
  if (version != kVersion) {
    return Error{Code::kVersion,
                 "the rule section has format " + std::to_string(version) + ", this program reads " + std::to_string(kVersion),
                 {},
                 0,
                 0,
                 "compile the bundle again with this release"};
  }
  Program program;
  std::uint32_t count = 0;
  in(count);
  if (count > in.bytes.size() / 4) return corrupt("too many strings");
  program.strings.reserve(count);
  for (std::uint32_t i = 0; i < count && !in.failed; ++i) {
    std::uint32_t size = 0;
    in(size);
    if (size > in.bytes.size()) return corrupt("a string runs over the end");
    program.strings.emplace_back(in.bytes.substr(0, size));
    in.bytes.remove_prefix(size);
  }
  Tables(program, [&](auto& table) {
    std::uint32_t rows = 0;
    in(rows);
    // A row takes four bytes at least, so a forged count cannot make us allocate more than the file's size allows.
    if (in.failed || rows > in.bytes.size() / 4) {
      in.failed = true;
      return;
    }
    table.resize(rows);
    for (auto& row : table) Fields(in, row);
  });
  if (in.failed) return corrupt("it is cut off");
  if (!in.bytes.empty()) return corrupt("there is something behind its end");
  if (!Sound(program)) return corrupt("an index points outside of its table");
  return program;
}

void Append(Program from, Program* into) {
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

}  // namespace atau::rules
