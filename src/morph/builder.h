// From morphology sources and names files to a morphology section (see section.h for its layout).
#ifndef ATAU_MORPH_BUILDER_H_
#define ATAU_MORPH_BUILDER_H_

#include <atau/status.h>

#include <memory>
#include <string>
#include <string_view>

#include "bundle/diagnostics.h"
#include "morph/grammemes.h"

namespace atau::morph {

// Collects sources, then builds. Not thread-safe. The same sources give the same bytes, in whatever order they were added.
class Builder {
 public:
  // Mistakes in sources are reported to `diagnostics`, which must outlive the builder.
  explicit Builder(bundle::Diagnostics* diagnostics);
  ~Builder();
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  // True for the file kinds (the word behind `#!`) that Add takes: tags, paradigms, lexemes, probabilities, models, affixes, names.
  static bool Accepts(std::string_view kind);

  // A section that the new one extends: its lexemes need no second entry, and new words take its paradigms. The bytes must outlive Build.
  // Error: kCorrupt.
  Status UseBase(std::string_view section);
  // One source. `file` stands in messages. A file of another kind is an error in the diagnostics. The content is copied.
  void Add(std::string_view file, std::string_view content);
  // A word of a gazetteer entry, as it is written there (nominative, its letter case). If no lexeme has it as its lemma, it gets one by
  // analogy, of origin kGazetteer. `hint` narrows what it may be (kGeox, kSurn, kName, kNOUN | kinan, …; 0 = any noun or adjective). Names
  // with inner capitals are remembered for Morph::IsCamelName. Words of capitals only, and words that are not Cyrillic, get no lexeme.
  // `anew`: that it is a form of another lexeme does not matter.
  void AddWord(std::string_view word, Grammemes hint = 0, bool anew = false);

  // The section. Error: kTooLarge, where a table outgrows its format; kSyntax, where sources had errors (they stand in the diagnostics).
  Result<std::string> Build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace atau::morph

#endif  // ATAU_MORPH_BUILDER_H_
