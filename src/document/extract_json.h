// Extraction for those who want JSON and nothing else.
#ifndef ATAU_DOCUMENT_EXTRACT_JSON_H_
#define ATAU_DOCUMENT_EXTRACT_JSON_H_

#include <atau/extractor.h>
#include <atau/status.h>

#include <string_view>

#include "text/buffer.h"

namespace atau::document {

// Appends what AppendJson gives for Extractor::Extract of the extractor that made `scratch` (not null), without a document in between. Same
// errors, and then nothing is appended.
Status ExtractJson(std::string_view text, const ExtractOptions& options, Scratch* scratch, std::string_view id, text::Buffer* out);

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_EXTRACT_JSON_H_
