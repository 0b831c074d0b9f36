// Readings of frequent forms, found when a bundle is made: a text's commonest words need no analysis.
//
// The section belongs to one morphology section, whose lexemes and tags it names. Forms are found by their keys (KeyOf). Most forms are
// read like many others, so that lists of readings are kept once, and so are lexemes; a form's own is which lexemes these are. The more
// frequent a form, the further ahead what is stored of it: what texts ask for again and again stands together.
#ifndef ATAU_MORPH_STORED_H_
#define ATAU_MORPH_STORED_H_

#include <atau/status.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/prefetch.h"
#include "morph/form_table.h"
#include "morph/section.h"
#include "token/token.h"

namespace atau::morph {

inline constexpr std::uint32_t kStoredTag = 0x53445246u;  // "FRDS"
inline constexpr std::uint32_t kStoredVersion = 1;

enum StoredPart : std::uint32_t {
  kStoredSlots,    // u32: 0, or 8 bits of the key and 24 bits of 1 + offset into the records; a power of two of them
  kStoredRecords,  // u32: see StoredRecord, then the numbers of the form's lexemes
  kStoredLexemes,  // StoredLexeme
  kStoredLists,    // StoredReading: a list's head (count, and in `list` whether it is `open`), then its readings
  kStoredPartCount
};

struct StoredRecord {
  std::uint32_t key[2];   // low half first
  std::uint32_t capital;  // 1 + where the list of the form with a capital letter begins; 0 = not stored
  std::uint32_t lower;    // the same of the form in lower case; most have one list for both
};
struct StoredLexeme {
  std::uint32_t lexeme;
  std::uint32_t lemma_key[2];
};
struct StoredReading {
  std::uint16_t tag;  // of the morphology section; in a head how many readings follow
  std::uint16_t paradigm_form;
  std::uint8_t weight;
  std::uint8_t list;    // in a head 1, where no reading is a dictionary's: another section may have more to say
  std::uint8_t origin;  // Origin in the low 4 bits, Reading::parts in the high ones
  std::uint8_t lexeme;  // which of the record's numbers
};
static_assert(sizeof(StoredRecord) == 16 && sizeof(StoredLexeme) == 12 && sizeof(StoredReading) == 8);

// A view of one section. Every access stays within it, whatever its bytes are.
class StoredForms {
 public:
  // Holds no form.
  StoredForms() = default;
  // Error: kCorrupt.
  static Result<StoredForms> Open(std::string_view bytes);

  bool empty() const { return slots_.empty(); }
  // Has what Find looks at first brought to the cache, and then what it looks at next. These three are not for an empty one.
  void Expect(std::uint64_t key) const { bundle::Prefetch(&slots_[key & (slots_.size() - 1)]); }
  void ExpectRecord(std::uint64_t key) const { bundle::Prefetch(records_.data() + (slots_[key & (slots_.size() - 1)] & kOffsetMask)); }
  struct Found {
    std::span<const StoredReading> readings;      // none where nothing is stored
    std::span<const std::uint32_t> lexemes = {};  // the numbers of its lexemes, and the rest of the records
    // No reading is a dictionary's: what other sections hold, or that the form is an abbreviation, may change all of them.
    bool open = false;
  };
  // What is stored of a form that is written in this shape.
  Found Find(std::uint64_t key, token::Shape shape) const;
  // Has what Read looks at brought to the cache.
  void ExpectReadings(const Found& found) const {
    bundle::Prefetch(found.readings.data());
    if (!found.lexemes.empty() && found.lexemes[0] < lexemes_.size()) bundle::Prefetch(&lexemes_[found.lexemes[0]]);
  }
  // Appends what was found, as readings of the morphology section `of`, the first one.
  void Read(const Found& found, const Section& of, std::vector<Reading>* out) const;

  static constexpr std::uint32_t kOffsetBits = 24, kOffsetMask = (std::uint32_t{1} << kOffsetBits) - 1;

 private:
  std::span<const std::uint32_t> slots_, records_;
  std::span<const StoredLexeme> lexemes_;
  std::span<const StoredReading> lists_;
};

// A section with the readings that a morphology section by itself gives to forms (folded; the most frequent one first), in lower case and
// with a capital. Those of which no section has the letters, and those that are read in a way that the format does not know, are left out.
// Error: kCorrupt, where the morphology is no good section; kTooLarge.
Result<std::string> StoreReadings(std::string_view morphology, std::span<const std::string> forms);

}  // namespace atau::morph

#endif  // ATAU_MORPH_STORED_H_
