// From rule files to a compiled section `rules`, and the run of the examples that every rule carries.
#ifndef ATAU_RULES_COMPILER_H_
#define ATAU_RULES_COMPILER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/diagnostics.h"
#include "gazetteer/gazetteer.h"
#include "rules/rules.h"

namespace atau::rules {

// Collects rule files and turns them into one section. One compile run, one thread. The language is described in
// dictionaries/rules/README.md.
//
//   RuleCompiler compiler;
//   for (const Source& source : rule_sources) compiler.Add(source.name, source.content, &diagnostics);
//   std::string section = compiler.Finish(gazetteer.get(), &diagnostics);  // Writer::Add("rules", std::move(section))
class RuleCompiler {
 public:
  RuleCompiler();
  ~RuleCompiler();
  RuleCompiler(const RuleCompiler&) = delete;
  RuleCompiler& operator=(const RuleCompiler&) = delete;

  // Parses one file and reports every mistake in it. `file` names it in messages, in RuleInfo::file and nowhere else.
  void Add(std::string_view file, std::string_view content, bundle::Diagnostics* diagnostics);

  // Compiles what was added, in the order of file names, and reports what can be told only now: rules of one name, classes and kinds that
  // `gazetteer` does not have (null: not checked), rules that can never match. Returns the bytes of the section; the same files give the
  // same bytes. When there were errors the faulty rules are left out, so that the rest can still be tried. An empty string when no rule is
  // left.
  std::string Finish(const gazetteer::Gazetteer* gazetteer, bundle::Diagnostics* diagnostics);

  // The examples of all rules that were compiled; filled by Finish. RuleSet::examples() has the same list.
  const std::vector<RuleExample>& examples() const;
  std::size_t rules() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Analyses a text for the examples: clean view, tokens, forms and gazetteer matches. The view and all that it points to stay valid until
// the next call. `resolved` may be left null: examples of relations name their entities themselves («[Дмитрий Рогозин]PERSON возглавил
// [Роскосмос]ORGANIZATION»). The clean view must be the text itself (examples are written clean); where it is not, the example is reported
// as one that cannot be placed.
using AnalyzeExample = std::function<View(std::string_view text)>;

// Runs every example of every rule, each against its own rule only, and reports each one that fails as an error at its file and line: a
// `yes` whose span is not emitted (with what was emitted instead), a `no` that matches. Returns the number of failures. `files` of a set
// opened from several sections are kept apart by RuleInfo::file.
std::size_t RunExamples(const RuleSet& rules, const AnalyzeExample& analyze, bundle::Diagnostics* diagnostics);

}  // namespace atau::rules

#endif  // ATAU_RULES_COMPILER_H_
