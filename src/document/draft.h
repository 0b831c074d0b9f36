// What is found in a text, before it is a document: the same members as views, so that JSON needs no document in between.
#ifndef ATAU_DOCUMENT_DRAFT_H_
#define ATAU_DOCUMENT_DRAFT_H_

#include <atau/types.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "resolve/describe.h"
#include "text/buffer.h"

namespace atau::document {

// As Entity.
struct EntityDraft {
  Span span, code_points;
  Type type = Type::kNone;
  int entity = -1;
  int parent = -1;
  int flat = -1;  // in the nested view: which one of the flat view this is, -1 for none
  double score = 0;
  std::string_view kind, text, normal, gazetteer, rule;
  resolve::SlotList slots;
};

// As DocumentEntity.
struct DocumentEntityDraft {
  std::string_view id;
  Type type = Type::kNone;
  std::string_view normal, gazetteer;
  std::span<const int> mentions;
};

// As Relation.
struct RelationDraft {
  std::string_view type;
  int subject = -1;
  std::string_view role;
  int object = -1;
  Span span, code_points;
};

// Lives in a scratch, with all that it points to, until that is used again.
struct Draft {
  std::vector<EntityDraft> entities, nested;
  std::vector<DocumentEntityDraft> document_entities;
  std::vector<RelationDraft> relations;
};

// As atau::AppendJson.
void AppendJson(const Draft& draft, std::string_view id, text::Buffer* out);

}  // namespace atau::document

#endif  // ATAU_DOCUMENT_DRAFT_H_
