// The style sheet and the script of the page that `atau render` makes.
#ifndef ATAU_CLI_RENDER_PAGE_H_
#define ATAU_CLI_RENDER_PAGE_H_

#include <string_view>

namespace atau::cli {

extern const std::string_view kRenderStyle, kRenderScript;

}  // namespace atau::cli

#endif  // ATAU_CLI_RENDER_PAGE_H_
