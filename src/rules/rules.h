// Declarative token-pattern rules: they propose candidates and relations with evidence; nothing is decided here.
#ifndef ATAU_RULES_RULES_H_
#define ATAU_RULES_RULES_H_

#include <atau/status.h>
#include <atau/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gazetteer/gazetteer.h"
#include "morph/form_table.h"
#include "token/token.h"

namespace atau::rules {

// What a rule looks at: the tokens of one document, their forms, what the gazetteer found, and (for rules of phase `relations`) resolved
// spans.
struct View {
  std::string_view clean;
  const std::vector<token::Token>* tokens = nullptr;
  const morph::FormTable* forms = nullptr;
  const gazetteer::Gazetteer* gazetteer = nullptr;
  const std::vector<gazetteer::Match>* matches = nullptr;  // sorted by begin
  struct Resolved {
    std::uint32_t begin = 0, end = 0;  // tokens
    Type type = Type::kNone;
    std::uint32_t index = 0;  // the caller's own number of the entity
  };
  const std::vector<Resolved>* resolved = nullptr;  // sorted by begin, not overlapping; null in phase `candidates`
  // The last Match with the same scratch was over the same tokens, forms and matches: what was found out about them still holds.
  bool again = false;
};

struct Capture {
  std::uint16_t name = 0;            // RuleSet::NameOf
  std::uint32_t begin = 0, end = 0;  // tokens, half-open
  std::int32_t match = -1;           // index into View::matches where the part was a gazetteer or class match
  std::int32_t resolved = -1;        // index into View::resolved where the part was a resolved entity
};

struct Hit {
  std::uint32_t rule = 0;
  std::uint32_t begin = 0, end = 0;  // the emitted span (tokens)
  std::uint32_t first_capture = 0;   // into Hits::captures
  std::uint32_t captures = 0;
};

struct Hits {
  std::vector<Hit> hits;
  std::vector<Capture> captures;
  void Clear() { hits.clear(), captures.clear(); }
};

enum class Phase : std::uint8_t { kCandidates, kRelations };

// One rule as the sources have it.
struct RuleInfo {
  std::string_view name;  // "program.head_quoted"
  std::string_view file;
  std::uint32_t line = 0;
  Type type = Type::kNone;   // what it emits (kNone for relations and for vetoes)
  std::uint16_t vetoes = 0;  // for vetoes: bit (1 << Type) of each type that it speaks against; the weight is negative
  std::string_view label;    // relation type for relations ("WORKS_AS"), else empty
  Phase phase = Phase::kCandidates;
  float weight = 0;  // default weight of its evidence; negative speaks against the span
  // Emitted attributes: key ("kind", "name", "head", "subject", "value", …) and expression ("kind.class", "name.text", "'launcher'").
  std::vector<std::pair<std::string_view, std::string_view>> emits;
};

// An example of a rule: a text in which it must (yes) or must not (no) fire.
struct RuleExample {
  std::string rule;  // its name
  std::string file;
  std::uint32_t line = 0;
  bool yes = true;
  std::string text;  // as written, with the marks: "проект [«Байтерек»]", "[Аскар Мамин]PERSON возглавил [Казахмыс]ORGANIZATION -> p |
                     // возглавил | o"
};

// Per-call memory; one a thread. Caches the outcome of token tests for each form of a table.
class MatchScratch {
 public:
  MatchScratch();
  ~MatchScratch();

  struct State;  // see scratch.h

 private:
  friend class RuleSetImpl;
  std::unique_ptr<State> state_;
};

// Immutable and thread-safe. Looks at the sections of one or more bundles.
class RuleSet {
 public:
  virtual ~RuleSet() = default;
  // Runs all rules of a phase over the document and appends their hits, sorted by begin, end, rule. Linear in the number of tokens for a
  // given set of rules.
  virtual void Match(const View& view, Phase phase, MatchScratch* scratch, Hits* out) const = 0;
  virtual std::uint32_t size() const = 0;
  virtual const RuleInfo& rule(std::uint32_t index) const = 0;
  virtual std::string_view NameOf(std::uint16_t capture_name) const = 0;
  // The examples of all rules, in the order of the rules.
  virtual std::vector<RuleExample> examples() const = 0;
  // Runs one rule alone (for its examples and for explain).
  virtual void MatchRule(std::uint32_t rule, const View& view, MatchScratch* scratch, Hits* out) const = 0;
  // The value of an emitted attribute of a hit: text of a capture, the kind of the class it matched, or a literal. Empty when the rule does
  // not emit it.
  virtual std::string Attribute(const View& view, const Hits& hits, const Hit& hit, std::string_view key) const = 0;
};

// Opens compiled rule sections against a gazetteer (for the ids of classes). Error: kCorrupt.
Result<std::unique_ptr<RuleSet>> OpenRules(std::span<const std::string_view> sections, const gazetteer::Gazetteer& gazetteer);

}  // namespace atau::rules

#endif  // ATAU_RULES_RULES_H_
