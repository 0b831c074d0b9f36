// A reason for a person: verdict, weights and rivals, as text for a terminal, as JSON, and as a page.
#ifndef ATAU_CLI_EXPLAIN_VIEW_H_
#define ATAU_CLI_EXPLAIN_VIEW_H_

#include <atau/atau.h>

#include <string>
#include <vector>

#include "cli/terminal.h"

namespace atau::cli {

// One place that was asked about.
struct Asked {
  std::string words;  // as they stand in the text
  Span code_points;
  std::string before, after;  // what stands around it
  Explanation why;
  Type value_type = Type::kNone;         // DATE, MONEY or ROLE where the span is such a mention: these are found by rules alone
  std::vector<std::string> rival_words;  // of why.rivals
};

struct ViewOptions {
  bool all = false;  // every piece of evidence of every reading
  std::size_t width = 100;
  Paint paint{false};
};

// One line: what the span is and mainly why, or what kept it from being found.
std::string Verdict(const Asked& asked);
std::string ExplainAsText(const Asked& asked, const ViewOptions& options);
// One line, with its line feed.
std::string ExplainAsJson(const Asked& asked);
std::string ExplainAsPage(const std::vector<Asked>& asked, const std::string& title);

}  // namespace atau::cli

#endif  // ATAU_CLI_EXPLAIN_VIEW_H_
