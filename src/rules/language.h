// What a rule file says, as a tree: the parser makes it, the compiler reads it.
#ifndef ATAU_RULES_LANGUAGE_H_
#define ATAU_RULES_LANGUAGE_H_

#include <atau/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "morph/grammemes.h"
#include "rules/rules.h"
#include "token/token.h"

namespace atau::rules {

// Limits of the language. They keep the size of a program, and so the time a token, bounded whatever a file says.
inline constexpr int kDefaultRepeat = 8;        // the most that `*` and `+` take
inline constexpr int kMaxRepeat = 32;           // the most that {m,n} may ask for
inline constexpr int kMaxGroupTokens = 16;      // tokens inside a quoted or bracketed group
inline constexpr int kMaxClassTokens = 12;      // tokens of a class or entity match, for the width of contexts
inline constexpr int kMaxMatchTokens = 64;      // tokens of a match
inline constexpr int kMaxContextTokens = 16;    // tokens of a `before` or `after` context
inline constexpr int kMaxProgram = 4096;        // instructions of a rule
inline constexpr int kMaxConjunctions = 64;     // alternatives of one token test
inline constexpr int kMaxNesting = 40;          // brackets in brackets
inline constexpr std::size_t kMaxRegex = 1000;  // bytes of a regular expression
inline constexpr std::size_t kMaxCaptures = 64;
inline constexpr std::size_t kMaxFile = 4u << 20;

// Bits of a token that a test may ask for: token::Flag as they are, then kinds and shapes.
using TokenMask = std::uint64_t;
inline constexpr TokenMask KindBit(token::Kind kind) { return TokenMask{1} << (16 + static_cast<int>(kind)); }
inline constexpr TokenMask ShapeBit(token::Shape shape) { return TokenMask{1} << (24 + static_cast<int>(shape)); }
inline constexpr TokenMask kAllKinds = TokenMask{0xFF} << 16;
inline constexpr TokenMask kAllShapes = TokenMask{0xFF} << 24;
// What depends on the word form alone, so that it may decide whether a form triggers a rule.
inline constexpr TokenMask kFormMask = kAllShapes | KindBit(token::Kind::kWord) | KindBit(token::Kind::kNumber) | token::kLatin |
                                       token::kCyrillic | token::kDigits | token::kHyphen | token::kUrl;
inline TokenMask MaskOf(const token::Token& token) { return TokenMask{token.flags} | KindBit(token.kind) | ShapeBit(token.shape); }

// Tests of a form beyond its readings.
enum FormBit : std::uint8_t { kKnownForm = 1, kCapitalForm = 2 };

// A word class or a type of entity: `in org_head:media/keep`, `entity ORGANIZATION:media/support`.
struct ClassRef {
  bool entity = false;
  Type type = Type::kNone;  // entities; kNone is any type
  std::string cls, kind, flag;
  enum Tier : std::uint8_t { kAnyTier, kOnlySupport, kOnlyAlone } tier = kAnyTier;
  std::uint32_t offset = 0;  // where it stands in the file, for messages
};

// Tests joined by `&`. All that speak of grammemes must hold in one reading.
struct Conjunction {
  morph::Grammemes need = 0;    // in the reading
  morph::Grammemes forbid = 0;  // not in that reading
  morph::Grammemes never = 0;   // in no reading
  std::uint8_t origins = 0;     // bits of morph::Origin that the reading may have; 0 = any
  bool has_lemmas = false, has_texts = false, has_exacts = false;
  std::vector<std::string> lemmas;  // the reading has one of them (folded)
  std::vector<std::string> not_lemmas;
  std::vector<std::string> texts;  // the folded form is one of them
  std::vector<std::string> not_texts;
  std::vector<std::string> exacts;  // the surface is one of them
  std::vector<std::string> not_exacts;
  struct Regex {
    std::string pattern;
    bool surface = false;
    bool negated = false;
    friend bool operator<(const Regex& a, const Regex& b) {
      return std::tie(a.pattern, a.surface, a.negated) < std::tie(b.pattern, b.surface, b.negated);
    }
  };
  std::vector<Regex> regexes;
  TokenMask mask_need = 0, mask_forbid = 0;
  std::uint8_t form_need = 0, form_forbid = 0;  // FormBit
  std::vector<ClassRef> classes;                // at most one; makes the element a class match
  std::vector<ClassRef> not_classes;            // no such match begins at the token
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  enum Kind : std::uint8_t {
    kToken,     // one token: `tests`
    kClass,     // a class or entity match: `ref`; `tests` of its first token
    kResolved,  // a resolved entity of `type` (kNone: any)
    kGroup,     // a quoted (round = false) or bracketed group; `children` empty: any content
    kSequence,
    kChoice,
    kRepeat,   // children[0], min..max times; lazy for gaps
    kCapture,  // children[0] under `name`
    kAnchor,
  };
  enum Anchor : std::uint8_t { kLineBegin, kBlockBegin, kSentenceBegin, kLineEnd, kSentenceEnd };

  Kind kind = kSequence;
  std::uint32_t offset = 0;
  std::vector<Conjunction> tests;
  ClassRef ref;
  Type type = Type::kNone;
  bool round = false;
  bool lazy = false;
  int min = 1, max = 1;
  Anchor anchor = kLineBegin;
  std::string name;
  std::vector<NodePtr> children;
};

struct Context {
  bool before = false;
  bool negated = false;
  NodePtr pattern;
  std::uint32_t offset = 0;
};

struct Name {
  std::string text;
  std::uint32_t offset = 0;
};

struct Example {
  bool yes = true;
  std::string text;
  std::uint32_t line = 0;
};

struct RuleSource {
  std::string name;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t offset = 0;
  Phase phase = Phase::kCandidates;
  bool has_weight = false;
  float weight = 1;
  NodePtr pattern;
  std::vector<std::vector<Name>> agree;
  std::vector<Context> contexts;
  bool crosses_lines = false;
  bool each_length = false;
  // emit
  bool emits = false, veto = false, relation = false;
  std::uint32_t emit_offset = 0;
  Type type = Type::kNone;
  std::uint16_t vetoes = 0;
  std::string label;
  Name from, to;  // empty: the whole match
  std::vector<std::pair<Name, Name>> attributes;
  std::vector<Example> examples;
};

}  // namespace atau::rules

#endif  // ATAU_RULES_LANGUAGE_H_
