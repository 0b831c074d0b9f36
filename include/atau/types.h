/// @file
/// Types of entities and the plain structures that results are made of. All are values: copy them, move them, keep them as long as you
/// like.
#ifndef ATAU_TYPES_H_
#define ATAU_TYPES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace atau {

/// What a mention is a mention of.
enum class Type : std::uint8_t {
  kNone,          ///< nothing; no mention in a document has it
  kPerson,        ///< a person or a family
  kOrganization,  ///< a company, ministry, party, newspaper, team, …
  kLocation,      ///< a country, city, river, cosmodrome, planet, …
  kProgram,       ///< a programme, project, launcher, spacecraft, pipeline, …
  kDate,          ///< a day, time, period or length of time
  kMoney,         ///< an amount of money
  kRole,          ///< the post or title of a person who is named
};
/// How many types there are, kNone among them.
inline constexpr int kTypeCount = 8;

/// "PERSON", "ORGANIZATION", …; "" for kNone. The name lives as long as the program. Any thread.
std::string_view TypeName(Type type);
/// The type of a name ("PERSON", also the short "PER", "ORG", "LOC", "PRO"); kNone for an unknown one. Any thread.
Type TypeByName(std::string_view name);

/// A half-open range [start, end). In bytes of the UTF-8 text that was handed in, unless said otherwise.
struct Span {
  std::size_t start = 0;  ///< where it begins
  std::size_t end = 0;    ///< behind its last unit
  /// Same start and same end.
  friend bool operator==(const Span&, const Span&) = default;
};

/// Named values of an entity in a fixed order: "first", "middle", "last", "gender" of a person, "value" of a date, and so on.
using Slots = std::vector<std::pair<std::string, std::string>>;

/// One mention: a place in the text that speaks of something.
struct Entity {
  Span span;                ///< bytes of the text handed in
  Span code_points;         ///< the same in code points, as Python counts; an invalid byte counts as one
  Type type = Type::kNone;  ///< never kNone in a document
  std::string kind;         ///< a narrower sort, "government", "launcher", …; may be empty
  std::string text;         ///< the words as the clean view has them (repaired); may differ from the bytes of `span`
  std::string normal;       ///< the name in the nominative, as it is officially written
  Slots slots;              ///< named values; may be empty
  int entity = -1;          ///< index into Document::document_entities, -1 for none
  std::string gazetteer;    ///< id of the gazetteer's entry, empty where unknown
  double score = 0;         ///< sum of the weights of its evidence (a logarithm of odds; greater is surer)
  std::string rule;         ///< the piece of evidence that spoke most for it
  int parent = -1;          ///< in the nested view: index of the smallest mention around it, -1 for none
};

/// One thing that the document speaks of, with all its mentions.
struct DocumentEntity {
  std::string id;             ///< "e1", "e2", … in order of first mention
  Type type = Type::kNone;    ///< of all its mentions
  std::string normal;         ///< the fullest proper name
  std::string gazetteer;      ///< id of the gazetteer's entry, empty where unknown
  std::vector<int> mentions;  ///< ascending indices into Document::entities
};

/// Something that the text says of two things.
struct Relation {
  std::string type;  ///< WORKS_AS, LOCATED_IN, ALIAS_OF or RUN_BY
  int subject = -1;  ///< index into Document::document_entities, -1 where there is none
  std::string role;  ///< for WORKS_AS: the post in the nominative; for ALIAS_OF: the other name that object has; else empty
  int object = -1;   ///< index into Document::document_entities, -1 where there is none
  Span span;         ///< bytes of the text from the first to the last word that shows it
  Span code_points;  ///< the same in code points
};

/// A repair that the clean view made.
struct Repair {
  std::string kind;    ///< "soft_hyphen", "look_alike", …; a name that ExtractOptions::keep takes
  Span span;           ///< bytes of the text handed in
  std::string before;  ///< those bytes
  std::string after;   ///< what the clean view has in their place; empty where they were dropped
};

}  // namespace atau

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_TYPES_H_
