// Scores as text, JSON and a page.
#ifndef ATAU_CLI_EVAL_REPORT_H_
#define ATAU_CLI_EVAL_REPORT_H_

#include <string>
#include <vector>

#include "cli/eval_score.h"

namespace atau::cli {

// Tables for a terminal.
std::string ScoresAsText(const Scores& scores);
// One object: a member for each type and "micro" with "token" and "exact", and "confusion", "faults", "normals", "entities", "occupations",
// "relations" where the gold has them. Ends with a line feed.
std::string ScoresAsJson(const Scores& scores);
// The first `most` mistakes of a type (kNone: of all types), one a line: fault, document, gold type, found type, and the words in context
// with the gold span in [[ ]] and the found one in {{ }}, parted by tabs.
std::string MistakesAsText(const Scores& scores, const std::vector<GoldDocument>& gold, Type type, std::size_t most);
// A self-contained page with all tables and, by type and fault, up to `most` mistakes of each kind; it says how many are left out.
std::string ScoresAsPage(const Scores& scores, const std::vector<GoldDocument>& gold, const std::string& title, std::size_t most);

}  // namespace atau::cli

#endif  // ATAU_CLI_EVAL_REPORT_H_
