// The word forms that a scratch has met, each analysed once: readings, keys and masks that the later rooms look at.
#ifndef ATAU_MORPH_FORM_TABLE_H_
#define ATAU_MORPH_FORM_TABLE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "morph/grammemes.h"
#include "token/token.h"

namespace atau::morph {

class Morph;

enum class Origin : std::uint8_t {
  kDictionary,    // OpenCorpora
  kNameAlone,     // a names file, tier alone
  kNameSupport,   // a names file, tier support
  kGazetteer,     // a word of a gazetteer entry that OpenCorpora lacks, with a guessed paradigm
  kGuess,         // guessed by suffix at run time
  kNone,          // neither: Latin words, numbers, signs (one reading, its own form as lemma, no grammemes)
};

struct Reading {
  Grammemes tag = 0;
  std::uint64_t lemma_key = 0;  // KeyOf(folded lemma): equal for equal lemmas, whatever the lexeme
  std::uint32_t lexeme = 0;     // opaque, for Morph::Lemma and Morph::Inflect; meaningful with `section`
  std::uint16_t paradigm_form = 0;
  std::uint8_t section = 0;     // which morphology section (bundle) it comes from; 255 = guessed or none
  Origin origin = Origin::kNone;
  std::uint8_t weight = 0;      // how likely this reading is among those of the form, 0..255 (relative)
};

struct Form {
  std::string_view surface;  // as in the clean view; owned by the table
  std::string_view folded;   // lower case, ё→е, look-alike free; owned by the table
  std::uint64_t key = 0;     // KeyOf(folded)
  std::uint32_t first_reading = 0;
  std::uint16_t readings = 0;
  token::Shape shape = token::Shape::kNone;
  token::Kind kind = token::Kind::kOther;
  std::uint16_t flags = 0;   // token::Flag bits that depend on the form only (Latin, Cyrillic, digits, hyphen, url)
  bool known = false;        // at least one reading is not guessed
  Grammemes any = 0;         // union of the tags of all readings
  Agreement agreement = 0;   // union over nominal readings
};

// Keys are 64-bit hashes; two different strings share one with a probability that may be neglected (2^-64 a pair).
std::uint64_t KeyOf(std::string_view folded);

// Lower case, ё→е: writes to `out` (replaced). Works on UTF-8; Cyrillic, Kazakh and Latin letters; others are left alone.
void Fold(std::string_view word, std::string* out);

// Not thread-safe: one table a scratch. References stay valid until Clear().
class FormTable {
 public:
  explicit FormTable(const Morph* morph);
  ~FormTable();
  FormTable(const FormTable&) = delete;
  FormTable& operator=(const FormTable&) = delete;

  // Index of the form of `surface`, analysed now if it is new. `shape` and the form-level `flags` are those the tokenizer found.
  std::uint32_t Intern(std::string_view surface, const token::Token& token);
  // Interns every token of the text: sets Token::form.
  void InternAll(std::string_view clean, std::vector<token::Token>* tokens);

  const Form& operator[](std::uint32_t form) const { return forms_[form]; }
  std::span<const Reading> ReadingsOf(const Form& form) const { return {readings_.data() + form.first_reading, form.readings}; }
  std::size_t size() const { return forms_.size(); }
  const Morph& morph() const { return *morph_; }
  // Forgets all forms. Called between documents when the table has grown beyond its bound; form indices start again at 0, and `generation` moves.
  void Clear();
  std::uint64_t generation() const { return generation_; }

 private:
  const Morph* morph_;
  std::vector<Form> forms_;
  std::vector<Reading> readings_;
  std::uint64_t generation_ = 0;
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace atau::morph

#endif  // ATAU_MORPH_FORM_TABLE_H_
