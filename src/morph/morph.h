// Morphology: readings of word forms from compiled dictionaries, guesses for the rest, and inflection.
#ifndef ATAU_MORPH_MORPH_H_
#define ATAU_MORPH_MORPH_H_

#include <atau/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "morph/form_table.h"
#include "morph/grammemes.h"
#include "token/token.h"

namespace atau::morph {

// Immutable and thread-safe. Looks at one or more compiled sections (the main bundle's first, then those of users' bundles); the bytes must
// outlive it. A second language is a second implementation of this class' virtual calls.
class Morph : public token::WordOracle {
 public:
  ~Morph() override = default;

  // All readings of a folded form (lower case, ё→е; a ё that is kept finds only words with ё there) from every section, the most likely
  // first; guesses when none knows it and `guess` is set. `shape` steers the guesser (a capitalised unknown word may be a surname). Appends
  // to `out`.
  virtual void Analyze(std::string_view folded, token::Shape shape, bool guess, std::vector<Reading>* out) const = 0;
  // The same of several forms, with guesses, which takes less time than one by one: the readings one form after the other, and in `ends`
  // where those of each end. Appends to both.
  struct Asked {
    std::string_view folded;
    std::uint64_t key = 0;  // KeyOf(folded)
    token::Shape shape = token::Shape::kNone;
  };
  virtual void AnalyzeEach(std::span<const Asked> forms, std::vector<Reading>* out, std::vector<std::size_t>* ends) const {
    for (const Asked& form : forms) {
      Analyze(form.folded, form.shape, true, out);
      ends->push_back(out->size());
    }
  }
  // The lemma of a reading with its ё («орёл»), in lower case. `folded` is the form it was found for.
  virtual std::string Lemma(const Reading& reading, std::string_view folded) const = 0;
  // The reading's word in another form: the paradigm's form that has all grammemes of `target` and differs least otherwise;
  // nothing where the paradigm has none. Lower case.
  virtual std::optional<std::string> Inflect(const Reading& reading, std::string_view folded, Grammemes target) const = 0;
  // The form itself with its ё («королева» as a form of «королёв» → «королёва»), in lower case.
  virtual std::string Spelling(const Reading& /*reading*/, std::string_view folded) const { return std::string(folded); }
  // OpenCorpora's tag string of a reading ("NOUN,anim,masc,Sgtm,Surn sing,gent"), for explain and tests.
  virtual std::string TagString(const Reading& reading) const = 0;
  // Names written with inner capitals, and words (WordOracle).
  bool IsKnownWord(std::string_view word) const override = 0;
  // Whether a dictionary lists the word as it is; false for one that is only made up of known parts.
  virtual bool IsListedWord(std::string_view word) const { return IsKnownWord(word); }
  bool IsCamelName(std::string_view word) const override = 0;
};

// Opens compiled sections (see morph/builder.h). Every offset is checked. `stored` are readings that were stored with the first section
// (see morph/stored.h), or nothing: they change what an analysis costs, not what it says. Error: kCorrupt with what is wrong.
Result<std::unique_ptr<Morph>> OpenMorph(std::span<const std::string_view> sections, std::string_view stored = {});

// Whether a shape has a capital letter.
inline bool IsCapital(token::Shape shape) {
  return shape == token::Shape::kCap || shape == token::Shape::kUpper || shape == token::Shape::kMixed || shape == token::Shape::kInitial;
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_MORPH_H_
