/// @file
/// The result of one extraction, and the forms in which it can be written.
#ifndef ATAU_DOCUMENT_H_
#define ATAU_DOCUMENT_H_

#include <atau/status.h>
#include <atau/types.h>

#include <string>
#include <string_view>
#include <vector>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace atau {

/// Everything that was found in one text, in two views: `nested` holds all mentions as a tree (Entity::parent), `entities` the flat view:
/// the best cover, one type a character. A plain value: copy it, move it, keep it as long as you like; it refers to nothing. Reading it
/// from many threads is safe.
struct Document {
  std::string text;                               ///< as handed in (UTF-8)
  std::vector<Entity> entities;                   ///< flat, in the order of the text, never overlapping
  std::vector<Entity> nested;                     ///< all, in the order of the text, the longer ones first
  std::vector<DocumentEntity> document_entities;  ///< the things that are spoken of; their mentions are indices into `entities`
  std::vector<Relation> relations;                ///< what is said of them
  std::vector<Repair> repairs;                    ///< what the clean view mended, in the order of the text
};

/// One line of JSON without a line end: the object of the command line's contract ("entities", "nested", "document_entities", "relations";
/// with `id` first when it is not empty). The same document gives the same bytes everywhere. Offsets are code points; bytes that are no
/// UTF-8 become U+FFFD. Never fails; any thread.
std::string ToJson(const Document& document, std::string_view id = {});
/// The same, added to what `out` holds: a buffer that is used again and again costs no memory anew. `out` must not be null.
void AppendJson(const Document& document, std::string_view id, std::string* out);

/// A piece of HTML (UTF-8) that shows the text with nested coloured marks, and a table of document entities and relations. Any text is safe
/// in it. `page` makes a whole, self-contained page of it, with `title`. Never fails; any thread.
std::string ToHtml(const Document& document, bool page = false, std::string_view title = {});

/// brat's stand-off annotation (.ann) of the flat view; offsets in code points. Never fails; any thread.
std::string ToBrat(const Document& document);

/// CoNLL: one token a line with its BIO tag of the flat view, an empty line after each sentence. Never fails; any thread.
std::string ToConll(const Document& document);

}  // namespace atau

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_DOCUMENT_H_
