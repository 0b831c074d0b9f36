// The word forms that a scratch has met, each analysed once: readings, keys and masks that the later rooms look at.
#ifndef ATAU_MORPH_FORM_TABLE_H_
#define ATAU_MORPH_FORM_TABLE_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "morph/grammemes.h"
#include "token/token.h"

namespace atau::morph {

class Morph;

enum class Origin : std::uint8_t {
  kDictionary,   // OpenCorpora
  kNameAlone,    // a names file, tier alone
  kNameSupport,  // a names file, tier support
  kGazetteer,    // a word of a gazetteer entry that OpenCorpora lacks, with a guessed paradigm
  kGuess,        // guessed by suffix at run time
  kNone,         // neither: Latin words, numbers, signs (one reading, its own form as lemma, no grammemes)
};

// Which names files list a reading's lexeme (Reading::list), whether OpenCorpora has it or not.
enum List : std::uint8_t {
  kListGiven = 1 << 0,         // a given name that may fire alone
  kListGivenSupport = 1 << 1,  // a given name, ambiguous
  kListSurname = 1 << 2,
  kListSurnameSupport = 1 << 3,
  kListPatronymic = 1 << 4,
  kListPatronymicSupport = 1 << 5,
  kListNickname = 1 << 6,
  kListNicknameSupport = 1 << 7,
};
inline constexpr std::uint8_t kListAlone = kListGiven | kListSurname | kListPatronymic | kListNickname;

// How a reading was made out of the form's parts (Reading::parts); for Lemma and Inflect.
enum Parts : std::uint8_t {
  kPartsTail = 1 << 0,  // what follows a hyphen stays as it is («Союзом-2.1а»)
  kPartsBoth = 1 << 1,  // both parts of «ракетой-носителем» inflect
};

struct Reading {
  Grammemes tag = 0;
  std::uint64_t lemma_key = 0;  // KeyOf(folded lemma): equal for equal lemmas, whatever the lexeme
  std::uint32_t lexeme = 0;     // opaque, for Morph::Lemma and Morph::Inflect; meaningful with `section`
  std::uint16_t paradigm_form = 0;
  std::uint8_t section = 0;  // which morphology section (bundle) its paradigm comes from; 255 = none
  Origin origin = Origin::kNone;
  std::uint8_t weight = 0;  // how likely this reading is among those of the form, 0..255 (relative)
  std::uint8_t list = 0;    // List bits
  std::uint8_t parts = 0;   // Parts bits

  bool operator==(const Reading&) const = default;
};

struct Form {
  std::string_view surface;  // as in the clean view; owned by the table
  std::string_view folded;   // lower case, ё→е, look-alike free; owned by the table
  std::uint64_t key = 0;     // KeyOf(folded)
  std::uint32_t first_reading = 0;
  std::uint16_t readings = 0;
  token::Shape shape = token::Shape::kNone;
  token::Kind kind = token::Kind::kOther;
  std::uint16_t flags = 0;  // token::Flag bits that depend on the form only (Latin, Cyrillic, digits, hyphen, url)
  bool known = false;       // at least one reading is not guessed
  Grammemes any = 0;        // union of the tags of all readings
  Agreement agreement = 0;  // union over nominal readings
};

// Keys are 64-bit hashes; two different strings share one with a probability that may be neglected (2^-64 a pair). Bundles store keys:
// another function is another bundle format version.
std::uint64_t KeyOf(std::string_view folded);

// Lower case, ё→е: writes to `out` (replaced). Works on UTF-8; Cyrillic, Kazakh, Greek and Latin letters; typographic apostrophes and
// hyphens become the plain ones (O’Нил → o'нил); others are left alone.
void Fold(std::string_view word, std::string* out);

// An array that grows without moving what it holds; what is added together stands together.
template <class T>
class Blocks {
 public:
  static constexpr std::uint32_t kBits = 12;
  static constexpr std::uint32_t kSize = std::uint32_t{1} << kBits;

  const T& operator[](std::uint32_t i) const { return blocks_[i >> kBits].get()[i & (kSize - 1)]; }
  std::uint32_t Add(const T& value) { return Add(std::span<const T>(&value, 1)); }
  // The index of the first of `values` (at most kSize of them).
  std::uint32_t Add(std::span<const T> values) {
    if ((size_ & (kSize - 1)) + values.size() > kSize) size_ = (size_ | (kSize - 1)) + 1;
    const std::uint32_t first = size_;
    if (first >> kBits == blocks_.size()) blocks_.emplace_back(std::allocator<T>().allocate(kSize));
    std::uninitialized_copy(values.begin(), values.end(), blocks_[first >> kBits].get() + (first & (kSize - 1)));
    size_ += static_cast<std::uint32_t>(values.size());
    return first;
  }
  std::uint32_t size() const { return size_; }
  void Clear() { size_ = 0; }

 private:
  // A block is not filled before its items come, and these need not be destroyed.
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
  struct Free {
    void operator()(T* block) const { std::allocator<T>().deallocate(block, kSize); }
  };
  std::vector<std::unique_ptr<T, Free>> blocks_;
  std::uint32_t size_ = 0;
};

// Not thread-safe: one table a scratch. References and spans stay valid until Clear().
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
  std::span<const Reading> ReadingsOf(const Form& form) const { return {&readings_[form.first_reading], form.readings}; }
  std::size_t size() const { return forms_.size(); }
  const Morph& morph() const { return *morph_; }
  // Forgets the new forms that only one text (call of InternAll) had, and of those that an earlier Trim kept the ones that none had since:
  // most forms of a feed are met once, and the others hold most of what comes. Call it between documents when the table has grown beyond
  // its bound; form indices start again at 0, and `generation` moves. Linear.
  void Trim();
  // The same with all forms.
  void Clear();
  std::uint64_t generation() const { return generation_; }

 private:
  // `hash` is that of the surface.
  std::uint32_t Intern(std::string_view surface, std::uint32_t hash, const token::Token& token);
  std::uint32_t Add(std::string_view surface, std::uint32_t hash, const token::Token& token);

  const Morph* morph_;
  Blocks<Form> forms_;
  Blocks<Reading> readings_;
  std::uint64_t generation_ = 0;
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace atau::morph

#endif  // ATAU_MORPH_FORM_TABLE_H_
