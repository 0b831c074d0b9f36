// From chosen mentions to the document that users see.
#ifndef ATAU_DOCUMENT_BUILD_H_
#define ATAU_DOCUMENT_BUILD_H_

#include <atau/document.h>
#include <atau/extractor.h>

#include <string_view>

#include "document/draft.h"
#include "document/pipeline.h"

namespace atau::document {

// After Pipeline::Analyze and Resolve on the same scratch: entities with kinds, slots and normal forms, the nested tree, document entities
// and relations. Valid until the scratch is used again.
const Draft& BuildDraft(const Pipeline& pipeline, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch);

// The same as a document of its own, with its text and repairs.
void BuildDocument(const Pipeline& pipeline, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch, Document* out);

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_BUILD_H_
