// Annotated texts, in whatever format they come.
#ifndef ATAU_CLI_GOLD_H_
#define ATAU_CLI_GOLD_H_

#include <atau/atau.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace atau::cli {

using Point = std::pair<std::size_t, std::size_t>;  // code points, half-open

struct GoldMention {
  Point span;
  Type type = Type::kNone;  // kNone: a type that atau does not have, or (of an ignored mention) all types
  std::string normal;       // empty where the gold has none
  std::string entity;       // which thing it is, within the document; empty where the gold does not say
};

// One thing that the document speaks of.
struct GoldObject {
  std::string id;
  std::vector<Point> mentions;
};

// Who works as what and where; each by any of several names. What is empty is not asked for.
struct GoldFact {
  std::vector<std::string> who, position, where;
};

struct GoldRelation {
  std::string type;  // WORKS_AS, LOCATED_IN, ALIAS_OF, RUN_BY
  Point subject, object;
};

struct GoldDocument {
  std::string id;  // as JSON: "\"a\"", "7"; of files their name, and in a CoNLL file its name with #1, #2, …
  std::string text;
  std::u32string points;  // of the text
  std::vector<GoldMention> mentions;
  std::vector<GoldMention> ignored;  // what lies within counts neither way
  std::vector<GoldObject> objects;
  std::vector<GoldFact> facts;
  std::vector<GoldRelation> relations;
  bool has_objects = false, has_facts = false, has_relations = false;
};

// The type of a name in gold: also PER, ORG, LOC, PRO, GPE and PROJECT. kNone for others.
Type GoldType(const std::string& name);

// The formats, by their names on the command line. Each reader returns false, with a complaint that names the place, at the first thing
// that does not follow the format. Spans are checked to lie inside the text.
//
// JSONL (gold_jsonl.cc): {"id", "text", "entities": [{"start", "end", "type"}]}, a document a line. Optional: "ignore"; in entities "base"
// or "normal", "id" or "entity"; "objects": [{"id", "mentions": [[start, end]], "names": {…}}]; "facts": [{"type": "Occupation", "args":
// [["Who", "id name"], …]}]; "relations": [{"type", "subject", "object"}] by indices into "nested" (or "entities"), or by the ids of
// "document_entities". `with_text` false reads predictions, which need no text and whose spans cannot be checked.
bool ReadJsonlGold(const std::string& file, bool with_text, std::vector<GoldDocument>* out);
// CoNLL (gold_conll.cc): a token a line, its tag last (BIO, BIOES or IO); an empty line ends a sentence; -DOCSTART- begins a document. The
// text is made of the tokens again.
bool ReadConllGold(const std::string& file, std::vector<GoldDocument>* out);
// brat (gold_brat.cc): a folder of NAME.txt with NAME.ann.
bool ReadBratGold(const std::string& folder, std::vector<GoldDocument>* out);
// factRuEval-2016 (gold_factru.cc): a folder of NAME.txt with NAME.tokens, .spans, .objects and, where present, .coref and .facts.
bool ReadFactruGold(const std::string& folder, std::vector<GoldDocument>* out);

// "jsonl", "conll", "brat" or "factru", told by what is there; empty (with a complaint) when it cannot be told.
std::string DetectGold(const std::string& path);
// Reads by the format's name, "auto" for the detected one.
bool ReadGold(const std::string& path, const std::string& format, std::vector<GoldDocument>* out);

// For the readers.
std::u32string ToPoints(const std::string& text);
// Facts of factRuEval: arguments such as {"Who", "obj48 Лужков Юрий"}, and the names of the objects by id.
struct NamedObject {
  std::string id;
  std::vector<std::pair<std::string, std::string>> names;  // "lastname" → "Лужков"
};
void AddOccupation(const std::vector<std::pair<std::string, std::string>>& arguments, const std::vector<NamedObject>& objects,
                   std::vector<GoldFact>* out);
// The names of the files with an extension in a folder, without it, sorted.
std::vector<std::string> NamesIn(const std::string& folder, const std::string& extension);
// The first line of `content` from `*at` on, which moves behind it. False at the end.
bool NextLine(const std::string& content, std::size_t* at, std::string* line);

}  // namespace atau::cli

#endif  // ATAU_CLI_GOLD_H_
