// Parts of pages that show documents, for those who put several on one page (`atau render`).
#ifndef ATAU_DOCUMENT_HTML_H_
#define ATAU_DOCUMENT_HTML_H_

#include <atau/document.h>

#include <functional>
#include <string>
#include <string_view>

namespace atau::document {

// The style sheet, as a <style> element. All its selectors hold ".atau", so that it leaves the rest of a page alone.
std::string HtmlStyle();

// Text as it may stand in an element or in a quoted attribute. What is no UTF-8, and what HTML has no place for, becomes U+FFFD.
std::string HtmlEscape(std::string_view text);

// What the colours mean; only the types that are there.
std::string HtmlLegend(const Document& document);

// The marked text, without the style sheet. `attributes` (may be empty) gives what a mark has besides, such as " data-x=\"1\"".
std::string HtmlText(const Document& document, const std::function<std::string(const Entity&)>& attributes = {});
// The tables of document entities and relations; empty where there are none.
std::string HtmlTables(const Document& document);
// Both.
std::string HtmlBody(const Document& document);

// A self-contained page around `body`.
std::string HtmlPage(std::string_view title, std::string_view body);

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_HTML_H_
