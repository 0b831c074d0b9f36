#include "cli/page.h"

#include "cli/messages.h"
#include "document/html.h"

namespace atau::cli {
namespace {

// The colours and marks of a single text come from the library's sheet; this one lays out a page with tables, bars and controls.
constexpr std::string_view kStyle = R"(<style>
body.atau{--accent:#0b57d0}
@media(prefers-color-scheme:dark){body.atau{--accent:#a8c7fa}}
.atau a{color:var(--accent)}
.atau .note{color:var(--dim);font-size:.9rem}
.atau .wide{overflow-x:auto}
.atau td.n,.atau th.n{text-align:right;font-variant-numeric:tabular-nums}
.atau td.hit{font-weight:700}
.atau details{margin:.5rem 0}
.atau summary{cursor:pointer;color:var(--dim)}
.atau summary:focus-visible,.atau a:focus-visible,.atau button:focus-visible,.atau input:focus-visible,.atau select:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
</style>
)";

}  // namespace

std::string Page(std::string_view title, std::string_view head, std::string_view body) {
  std::string page = document::HtmlPage(title, body);
  // The library's pages hold Russian text only; here its language is marked on the texts, and the page speaks the user's.
  constexpr std::string_view kLanguage = "<html lang=\"ru\"";
  if (const std::size_t at = page.find(kLanguage); at != std::string::npos) {
    page.replace(at, kLanguage.size(), "<html lang=\"" + Language() + "\"");
  }
  page.insert(page.find("</head>"), std::string(kStyle) + std::string(head));
  return page;
}

std::string TypeChip(std::string_view type) {
  return "<span class=\"atau-chip atau-" + std::string(type) + "\">" + std::string(type) + "</span>";
}

}  // namespace atau::cli
