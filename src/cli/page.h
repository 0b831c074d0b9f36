// Self-contained pages.
#ifndef ATAU_CLI_PAGE_H_
#define ATAU_CLI_PAGE_H_

#include <string>
#include <string_view>

namespace atau::cli {

// A page like those of the library (document/html.h), with a style sheet of the command line's pages and `head` behind it, in the chosen
// language.
std::string Page(std::string_view title, std::string_view head, std::string_view body);

// "<span class=…>" with the type's colour.
std::string TypeChip(std::string_view type);

}  // namespace atau::cli

#endif  // ATAU_CLI_PAGE_H_
