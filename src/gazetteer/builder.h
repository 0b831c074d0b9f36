// From names as the sources have them to a compiled gazetteer section.
#ifndef ATAU_GAZETTEER_BUILDER_H_
#define ATAU_GAZETTEER_BUILDER_H_

#include <atau/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/diagnostics.h"
#include "morph/morph.h"

namespace atau::gazetteer {

// One name of an entry, in the nominative, without its prefixes.
struct SourceName {
  std::string_view text;
  bool exact = false;
  bool support = false;
};

// One row of a source. Views must stay valid until Builder::Finish.
struct SourceEntry {
  bool words = false;    // a word of a class, not a thing
  std::string_view id;   // entities only
  std::string_view cls;  // the type's name, or the class
  std::string_view kind;
  std::string_view slots;   // or the flags
  Type type = Type::kNone;  // entities only
  bool support = false;
  std::vector<SourceName> names;  // the canonical one first
  std::string_view file;          // for messages
  std::uint32_t line = 0;
};

// A word of an entry that the morphology does not know.
struct UnknownWord {
  std::string word;           // as the name has it («Байтерек»)
  Type type = Type::kNone;    // of the first entry that has it; kNone for words of classes
  bool first = false;         // of a person: the word stands first in the name
  bool last = false;          // the word is the last of its name
  bool plural = false;        // what stands before it agrees in the plural («Объединённые … Эмираты»)
  bool abbreviation = false;  // written in capitals, but can be read as a word («ГЛОНАСС»)
  bool anew = false;          // known, but only as a form of somebody's name («Русал», of a surname «Русала»)
};

// Collects entries and compiles them. One thread. The same entries in the same order give the same bytes.
class Builder {
 public:
  Builder();
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void Add(SourceEntry entry);
  std::size_t size() const;

  // The words that inflect and that `morph` lacks, sorted, each once: the morphology of the same bundle should learn them before Finish.
  std::vector<UnknownWord> UnknownWords(const morph::Morph& morph) const;
  // Names with inner capitals («КазМунайГаз»), sorted, each once: the tokenizer must not take them for words that ran into each other.
  std::vector<std::string> CamelNames() const;

  // The section. Reports names that can never match and names that ask for more than the section can hold. `progress` may be empty.
  std::string Finish(const morph::Morph& morph, bundle::Diagnostics* diagnostics,
                     const std::function<void(double share)>& progress = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace atau::gazetteer

#endif  // ATAU_GAZETTEER_BUILDER_H_
