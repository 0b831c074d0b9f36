// Types of entities and the plain structures that results are made of.
#ifndef ATAU_TYPES_H_
#define ATAU_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace atau {

enum class Type : std::uint8_t { kNone, kPerson, kOrganization, kLocation, kProgram, kDate, kMoney, kRole };
inline constexpr int kTypeCount = 8;

// "PERSON", "ORGANIZATION", …; "" for kNone.
std::string_view TypeName(Type type);
// The type of a name ("PERSON", also the short "PER", "ORG", "LOC", "PRO"); kNone for an unknown one.
Type TypeByName(std::string_view name);

// Half-open range. Bytes of the UTF-8 text that was handed in, unless said otherwise.
struct Span {
  std::size_t start = 0;
  std::size_t end = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

// Named values of an entity, in the order of the design's table ("first", "last", …).
using Slots = std::vector<std::pair<std::string, std::string>>;

// One mention.
struct Entity {
  Span span;         // bytes of the text handed in
  Span code_points;  // the same in code points
  Type type = Type::kNone;
  std::string kind;    // "government", "launcher", …; may be empty
  std::string text;    // as in the clean view
  std::string normal;  // nominative, as the name is officially written
  Slots slots;
  int entity = -1;        // index into Document::document_entities, -1 for none
  std::string gazetteer;  // id of the gazetteer's entry, empty where unknown
  double score = 0;       // sum of the weights of its evidence
  std::string rule;       // the piece of evidence that spoke most for it
  int parent = -1;        // in the nested view: index of the smallest entity around it
};

// One thing that the document speaks of, with all its mentions.
struct DocumentEntity {
  std::string id;  // "e1", "e2", … in order of first mention
  Type type = Type::kNone;
  std::string normal;         // the fullest proper name
  std::string gazetteer;      // id, empty where unknown
  std::vector<int> mentions;  // indices into Document::entities
};

// subject and object are indices into Document::document_entities, -1 where there is none.
struct Relation {
  std::string type;  // WORKS_AS, LOCATED_IN, ALIAS_OF, RUN_BY
  int subject = -1;
  std::string role;  // for WORKS_AS: the post in the nominative
  int object = -1;
  Span span;  // bytes of the text from the first to the last word that shows it
  Span code_points;
};

// A repair that the clean view made.
struct Repair {
  std::string kind;  // "soft_hyphen", "look_alike", …
  Span span;         // bytes of the text handed in
  std::string before;
  std::string after;
};

}  // namespace atau

#endif  // ATAU_TYPES_H_
