// What help, completion and the manual page say of an option.
#ifndef ATAU_CLI_OPTION_SHAPE_H_
#define ATAU_CLI_OPTION_SHAPE_H_

#include <string>
#include <vector>

#include "cli/cli.h"

namespace atau::cli {

// What a shell must know of an option.
struct OptionShape {
  std::vector<std::string> names;    // "--jobs", "-j"
  std::vector<std::string> choices;  // of its value; empty: anything
  std::string type;                  // "FILE", "N", …; empty for a flag
  std::string description;
  std::string default_value;
  bool positional = false, required = false, repeated = false;
  bool takes_value() const { return !type.empty(); }
  bool takes_file() const { return type == "FILE" || type == "PATH" || type == "FOLDER" || type == "GOLD" || type == "PRED"; }
};

OptionShape ShapeOf(const CLI::Option& option);

// "a, b, c".
std::string Listed(const std::vector<std::string>& names);

}  // namespace atau::cli

#endif  // ATAU_CLI_OPTION_SHAPE_H_
