// From the text of a rule file to its tree, with every mistake reported.
#ifndef ATAU_RULES_PARSER_H_
#define ATAU_RULES_PARSER_H_

#include <string>
#include <string_view>
#include <vector>

#include "bundle/diagnostics.h"
#include "rules/language.h"

namespace atau::rules {

// Line and column (code points, both from 1) of byte offsets of one file.
class Places {
 public:
  explicit Places(std::string_view content);
  std::uint32_t LineOf(std::size_t offset) const;
  std::uint32_t ColumnOf(std::size_t offset) const;

 private:
  std::string_view content_;
  std::vector<std::size_t> starts_;
};

// Parses a file. Rules with mistakes are left out; each mistake is reported once, with its line and column.
std::vector<RuleSource> ParseRules(std::string_view file, std::string_view content, bundle::Diagnostics* diagnostics);

}  // namespace atau::rules

#endif  // ATAU_RULES_PARSER_H_
