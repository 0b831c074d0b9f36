// From chosen mentions to the document that users see.
#ifndef ATAU_DOCUMENT_BUILD_H_
#define ATAU_DOCUMENT_BUILD_H_

#include <atau/document.h>
#include <atau/extractor.h>

#include "document/pipeline.h"

namespace atau::document {

// After Pipeline::Analyze and Resolve on the same scratch: entities with kinds, slots and normal forms, the nested tree, document entities,
// relations, repairs.
void BuildDocument(const Pipeline& pipeline, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch, Document* out);

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_BUILD_H_
