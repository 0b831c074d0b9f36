// A compiled rule section in memory: tables of tests and one instruction array; written by the compiler, read by the matcher.
#ifndef ATAU_RULES_PROGRAM_H_
#define ATAU_RULES_PROGRAM_H_

#include <atau/status.h>
#include <atau/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "morph/grammemes.h"
#include "rules/language.h"
#include "rules/rules.h"

namespace atau::rules {

inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFF;

struct Range {
  std::uint32_t first = 0, count = 0;
  friend auto operator<=>(const Range&, const Range&) = default;
};

// What can be told of a form without its neighbours; its outcome is cached for each form.
struct FormTest {
  morph::Grammemes need = 0, forbid = 0, never = 0;
  std::uint32_t origins = 0;    // bits; 0 = any
  std::uint32_t form_need = 0;  // FormBit
  std::uint32_t form_forbid = 0;
  Range lemmas, not_lemmas, texts, not_texts;  // into Program::keys
  std::uint32_t has = 0;                       // 1 lemmas, 2 texts, 4 exacts
  Range exacts, not_exacts;                    // into Program::strings
  Range regexes;                               // into Program::regexes
  friend auto operator<=>(const FormTest&, const FormTest&) = default;
};

struct RegexUse {
  std::uint32_t pattern = 0;  // into Program::strings
  std::uint32_t surface = 0;
  std::uint32_t negated = 0;
};

struct ConjunctionTest {
  TokenMask need = 0, forbid = 0;
  std::uint32_t form_test = kNoIndex;
  Range not_classes;  // into Program::class_refs
};

struct ClassTest {
  std::uint32_t entity = 0;
  std::uint32_t type = 0;
  std::uint32_t cls = kNoIndex, kind = kNoIndex, flag = kNoIndex;  // into Program::strings
  std::uint32_t tier = 0;
};

enum class Op : std::uint32_t {
  kToken,     // a: first conjunction, b: count
  kClass,     // a: class test, b: first conjunction | count in c; capture in d
  kResolved,  // a: type (0 any); capture in d
  kGroup,     // a: 1 = round; d: capture that takes the inside
  kOpen,      // a: 1 = round, b: slot that remembers the opening sign
  kClose,     // b: that slot
  kAny,
  kSplit,   // goes on at the next instruction first, then at a
  kJump,    // a
  kSave,    // a: capture, b: 0 begin, 1 end
  kAnchor,  // a: Node::Anchor
  kMatch,
};
inline constexpr std::uint32_t kOps = 12;

struct Instruction {
  Op op = Op::kMatch;
  std::uint32_t a = 0, b = 0, c = 0, d = kNoIndex;
};

// What may begin a match; a rule is tried only at tokens where one of its triggers holds.
struct Trigger {
  enum Kind : std::uint32_t { kAnyToken, kForm, kClass, kResolved, kQuote, kBracket };
  std::uint32_t kind = kAnyToken;
  std::uint32_t index = 0;         // kForm: form test (kNoIndex: none), kClass: class test, kResolved: type
  TokenMask need = 0, forbid = 0;  // kForm: of the form
};

struct ContextCode {
  std::uint32_t before = 0, negated = 0;
  std::uint32_t start = 0;
  std::uint32_t min = 0, max = 0;  // tokens
};

struct AgreePart {
  std::uint32_t capture = 0;
  morph::Grammemes need = 0, forbid = 0;  // of the readings that count
};

struct Emit {
  std::uint32_t key = 0, expression = 0;  // strings
};

struct ExampleCode {
  std::uint32_t yes = 0, text = 0, line = 0;
};

struct RuleCode {
  std::uint32_t name = 0, file = 0, label = 0;  // strings
  std::uint32_t line = 0;
  std::uint32_t type = 0, vetoes = 0, phase = 0;
  float weight = 0;
  std::uint32_t crosses_lines = 0, each_length = 0;
  std::uint32_t start = 0, size = 0;             // instructions (contexts included)
  std::uint32_t from = kNoIndex, to = kNoIndex;  // captures of the emitted span
  Range captures;                                // into capture_names
  Range agree;                                   // into agrees
  Range contexts;
  Range triggers;
  Range emits;
  Range examples;
  std::uint32_t required = kNoIndex;  // a class test that every match holds
  std::uint32_t required_within = 0;  // tokens from the start to it, at most
};

struct Program {
  std::vector<std::string> strings;
  std::vector<std::uint64_t> keys;
  std::vector<RegexUse> regexes;
  std::vector<FormTest> form_tests;
  std::vector<ConjunctionTest> conjunctions;
  std::vector<ClassTest> class_tests;
  std::vector<Instruction> code;
  std::vector<Trigger> triggers;
  std::vector<ContextCode> contexts;
  std::vector<Range> agrees;  // into agree_parts
  std::vector<AgreePart> agree_parts;
  std::vector<std::uint32_t> capture_names;  // strings
  std::vector<Emit> emits;
  std::vector<ExampleCode> examples;
  std::vector<RuleCode> rules;
};

// The bytes of a section, and back. Reading checks every index, every jump (forward only, within its rule) and every size. Error: kCorrupt,
// kVersion.
std::string WriteProgram(const Program& program);
Result<Program> ReadProgram(std::string_view bytes);

// Appends `from` to `into`, moving every index: several sections are run as one program.
void Append(Program from, Program* into);

}  // namespace atau::rules

#endif  // ATAU_RULES_PROGRAM_H_
