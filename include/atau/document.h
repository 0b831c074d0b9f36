// The result of one extraction.
#ifndef ATAU_DOCUMENT_H_
#define ATAU_DOCUMENT_H_

#include <atau/status.h>
#include <atau/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace atau {

// Everything that was found in one text, in two views: `nested` holds all mentions as a tree (Entity::parent), `entities` the flat view:
// the best cover, one type a character. A plain value: copy it, move it, keep it as long as you like; it refers to nothing. Reading it from
// many threads is safe.
struct Document {
  std::string text;                               // as handed in (UTF-8)
  std::vector<Entity> entities;                   // flat, in the order of the text, never overlapping
  std::vector<Entity> nested;                     // all, in the order of the text, the longer ones first
  std::vector<DocumentEntity> document_entities;  // mentions are indices into `entities`
  std::vector<Relation> relations;
  std::vector<Repair> repairs;  // what the clean view mended
};

// One line of JSON without a line end: the object of the command line's contract ("entities", "nested", "document_entities", "relations";
// with `id` first when it is not empty). The same document gives the same bytes everywhere. Offsets are code points.
std::string ToJson(const Document& document, std::string_view id = {});
// The same, added to what `out` holds: a buffer that is used again and again costs no memory anew.
void AppendJson(const Document& document, std::string_view id, std::string* out);

// A piece of HTML that shows the text with nested coloured marks, and a table of document entities and relations. Any text is safe in it.
// `page` makes a whole, self-contained page of it.
std::string ToHtml(const Document& document, bool page = false, std::string_view title = {});

// brat's stand-off annotation (.ann) of the flat view; offsets in code points.
std::string ToBrat(const Document& document);

// CoNLL: one token a line with its BIO tag of the flat view, an empty line after each sentence.
std::string ToConll(const Document& document);

}  // namespace atau

#endif  // ATAU_DOCUMENT_H_
