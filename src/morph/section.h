// A compiled morphology section: stems, paradigms, probabilities and endings in place, looked at through checked accessors.
//
// A lexeme is a folded stem and a paradigm. A paradigm is a list of forms (prefix, suffix, tag); form 0 is the lemma. A word is looked up
// by each of its suffixes that the suffix trie knows: is the rest a stem, and has one of that stem's paradigms this suffix? Five million
// forms need no table of their own.
#ifndef ATAU_MORPH_SECTION_H_
#define ATAU_MORPH_SECTION_H_

#include <atau/status.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "bundle/prefetch.h"
#include "morph/form_table.h"
#include "morph/letters.h"

namespace atau::morph {

inline constexpr std::uint32_t kSectionTag = 0x4850524Du;  // "MRPH"
inline constexpr std::uint32_t kSectionVersion = 2;

enum Part : std::uint32_t {
  kPartTags,        // TagRow
  kPartText,        // bytes of the tags
  kPartPrefixes,    // inflectional prefixes (по-, наи-): u8 size, letters; the first one is empty
  kPartSuffixes,    // SuffixRow
  kPartSuffixText,  // letters
  kPartFolded,      // one u8 a folded suffix: a bit for each prefix that stands with it
  kPartTrie,        // TrieCell; cell 0 is the root
  kPartParadigms,   // ParadigmRow
  kPartForms,       // FormRow, paradigm after paradigm
  kPartLooks,       // LookRow, parallel to the forms, sorted within a paradigm (see BucketOf)
  kPartStemSlots,   // u32: 0 or 5 bits of hash and 27 bits of 1 + offset into the stems
  kPartStems,       // records: u8 size, letters, u8 lexemes, then each lexeme (see Lexeme)
  kPartShareSlots,  // ShareSlot
  kPartShares,      // ShareRow
  kPartEndSlots,    // u32: 0 or 1 + offset into the endings
  kPartEnds,        // records: u8 size, letters, u8 entries, then EndRow each
  kPartAffixes,     // u8 kind, u8 size, letters: prefixes of compounds and of names with inner capitals
  kPartCamels,      // u64 keys of folded lemmas written with inner capitals, sorted
  kPartCount
};

struct TagRow {
  Grammemes grammemes;
  std::uint32_t at;
  std::uint32_t size;
};
struct SuffixRow {
  std::uint32_t at;
  std::uint16_t size;
  std::uint16_t folded;
  std::uint32_t yo;  // bit n: letter n of the suffix is ё
};
// The folded suffixes, read from the word's end, as a double array: the child of a cell with a letter is the cell at `base` + letter, where
// that one has the letter. No two cells have the same base.
struct TrieCell {
  std::uint32_t base;      // 0 = no children
  std::uint16_t terminal;  // 1 + number of the folded suffix that ends here, or 0
  std::uint8_t code;       // its letter; 0 = a free cell
  std::uint8_t prefixes;   // of the suffix that ends here, as in kPartFolded
};
inline constexpr std::size_t kTrieLetters = 256;  // cells behind each base
struct ParadigmRow {
  std::uint32_t first;
  std::uint32_t forms;
};
struct FormRow {
  std::uint16_t suffix;
  std::uint16_t tag;
  std::uint16_t prefix;
};
struct LookRow {
  std::uint16_t folded;
  std::uint16_t prefix;
  std::uint16_t form;
};
// The rows of a paradigm stand by bucket, then by suffix, prefix and form, so that a byte a bucket tells where to look for those with a
// suffix and a prefix.
inline constexpr std::uint32_t kLookBuckets = 64;
constexpr std::uint32_t LookKey(std::uint32_t folded, std::uint32_t prefix) { return folded << 16 | prefix; }
constexpr std::uint32_t BucketOf(std::uint32_t look_key) { return look_key * 0x9E3779B9u >> 26; }
struct ShareSlot {
  std::uint64_t key;  // hash of the form's letters, ё kept; 0 = empty
  std::uint32_t first;
  std::uint32_t count;
};
struct ShareRow {
  std::uint16_t tag;
  std::uint16_t share;  // thousandths
};

// What the class of a guess is: ordinary words, and the kinds of names that only capitalised words are guessed to be.
enum class GuessClass : std::uint8_t { kCommon, kGiven, kSurname, kPatronymic, kPlace };
GuessClass GuessClassOf(Grammemes tag);

struct EndRow {
  std::uint16_t paradigm = 0;
  std::uint16_t form = 0;   // one of those with this ending; the others with the same suffix are meant too
  std::uint16_t count = 0;  // lexemes, at most 65535
  std::uint8_t cls = 0;
};
inline constexpr std::size_t kEndRowBytes = 7;

enum AffixKind : std::uint8_t {
  kAffixPrefix = 1,    // stands before a word without changing how it inflects («экс-», «авиа»)
  kAffixCamel = 2,     // a capital may follow it («Мак»)
  kAffixParticle = 3,  // stands behind a word («-то»)
};

// Where a stem and paradigm come from, and which lists name it.
struct Lexeme {
  std::uint32_t id = 0;  // offset in the stems
  std::uint16_t paradigm = 0;
  Origin origin = Origin::kDictionary;
  std::uint8_t list = 0;
  std::string_view yo;  // distances of ё from the end of the stem, 1 = the last letter
};
inline constexpr std::uint8_t kLexemeOrigin = 0x03;  // bits of its flags byte
inline constexpr std::uint8_t kLexemeHasList = 0x04;
inline constexpr std::uint8_t kLexemeHasYo = 0x08;

// One place where a word was found.
struct Found {
  Lexeme lexeme;
  std::uint16_t form = 0;
};

// A view of one section. Every access stays within it, whatever its bytes are.
class Section {
 public:
  // Checks all tables but the stems, shares and endings, whose records are checked when they are read. Error: kCorrupt.
  static Result<Section> Open(std::string_view bytes);

  // The stems that a word may have (with no prefix), and where they are looked for.
  struct Asked {
    struct Stem {
      std::uint64_t hash;
      std::uint16_t folded;  // the suffix
      std::uint8_t suffix;   // its letters
    };
    struct End {
      std::uint16_t folded;
      std::uint8_t size, prefixes;
    };
    std::size_t ends, stems;  // how many
    End end[kMaxLetters + 1];
    Stem stem[kMaxLetters + 1];
  };
  // Begins a look at a folded word: fills `out`, and has the places of its stems brought to the cache. AskMore goes on with those, when
  // they had time to come.
  void Ask(const Letters& word, Asked* out) const;
  void AskMore(const Asked& asked) const;

  // Calls `f` with every lexeme and form of the folded word `word`, of which `asked` tells.
  template <class F>
  void ForEach(const Letters& word, const Asked& asked, F&& f) const {
    const auto visit = [](void* context, const Found& found) {
      (*static_cast<std::remove_reference_t<F>*>(context))(found);
      return true;
    };
    Walk(word, asked, visit, &f);
  }
  bool Has(const Letters& word) const;
  // The lexeme at an offset that Find gave; false when there is none.
  bool LexemeAt(std::uint32_t id, Lexeme* out) const;

  std::uint32_t paradigms() const { return static_cast<std::uint32_t>(paradigms_.size()); }
  std::span<const FormRow> FormsOf(std::uint32_t paradigm) const {
    if (paradigm >= paradigms_.size()) return {};
    return forms_.subspan(paradigms_[paradigm].first, paradigms_[paradigm].forms);
  }
  // The forms of a paradigm with a folded suffix and a prefix, in their order.
  std::span<const LookRow> LooksOf(std::uint32_t paradigm, std::uint32_t folded, std::uint32_t prefix) const;
  const TagRow& tag(std::uint32_t index) const { return tags_[index]; }
  std::string_view TagText(std::uint32_t index) const { return text_.substr(tags_[index].at, tags_[index].size); }
  std::uint32_t tags() const { return static_cast<std::uint32_t>(tags_.size()); }
  const SuffixRow& suffix(std::uint32_t index) const { return suffixes_[index]; }
  std::string_view SuffixText(std::uint32_t index) const { return suffix_text_.substr(suffixes_[index].at, suffixes_[index].size); }
  std::string_view Prefix(std::uint32_t index) const { return prefixes_[index]; }
  const std::vector<std::string_view>& prefixes() const { return prefixes_; }

  // P(tag | form) for a form whose letters keep ё.
  std::span<const ShareRow> SharesOf(std::uint64_t key) const;
  // Has what SharesOf looks at first brought to the cache.
  void ExpectShares(std::uint64_t key) const { bundle::Prefetch(&share_slots_[key & (share_slots_.size() - 1)]); }
  // The guesses for an ending; replaces `out`.
  void EndsOf(std::string_view ending, std::vector<EndRow>* out) const;
  struct Affix {
    AffixKind kind;
    std::string_view text;
  };
  const std::vector<Affix>& affixes() const { return affixes_; }
  bool IsCamel(std::uint64_t key) const;

  // Calls `f` with each stem and its lexemes, in no useful order; for builders.
  template <class F>
  void ForEachLexeme(F&& f) const {
    std::size_t at = 0;
    while (at < stems_.size()) {
      const std::size_t size = static_cast<std::uint8_t>(stems_[at]);
      if (at + 2 + size > stems_.size()) return;
      const std::string_view stem = stems_.substr(at + 1, size);
      std::size_t left = static_cast<std::uint8_t>(stems_[at + 1 + size]);
      at += 2 + size;
      for (; left != 0; --left) {
        Lexeme lexeme;
        if (!ReadLexeme(&at, &lexeme)) return;
        f(stem, lexeme);
      }
    }
  }

 private:
  bool ReadLexeme(std::size_t* at, Lexeme* out) const;
  // Offset of the lexeme count of a stem's record, or npos.
  std::size_t FindStem(std::string_view stem, std::uint64_t hash) const;
  // Rows with a key among those of a paradigm, from `at` on, where its bucket begins.
  std::span<const LookRow> LooksFrom(std::uint32_t paradigm, std::uint32_t key, std::uint8_t at) const;
  using Visit = bool (*)(void* context, const Found& found);
  // Calls `visit` for each lexeme and form of the word, until it returns false.
  void Walk(const Letters& word, const Asked& asked, Visit visit, void* context) const;
  // Finds the stems behind the prefix `p` of a word, and asks for their places.
  void AskStems(const Letters& word, std::size_t p, Asked* out) const;

  std::span<const TagRow> tags_;
  std::string_view text_;
  std::vector<std::string_view> prefixes_;
  std::span<const SuffixRow> suffixes_;
  std::string_view suffix_text_;
  std::string_view folded_;
  std::span<const TrieCell> trie_;
  std::span<const ParadigmRow> paradigms_;
  // By paradigm and bucket, the first of its rows there, or kNoLook: most lexemes of a short stem have none that fits. What is beyond
  // kLastLook is looked for from there on.
  static constexpr std::uint8_t kNoLook = 255, kLastLook = 254;
  std::vector<std::uint8_t> look_buckets_;
  std::span<const FormRow> forms_;
  std::span<const LookRow> looks_;
  std::span<const std::uint32_t> stem_slots_;
  std::string_view stems_;
  std::span<const ShareSlot> share_slots_;
  std::span<const ShareRow> shares_;
  std::span<const std::uint32_t> end_slots_;
  std::string_view ends_;
  std::vector<Affix> affixes_;
  std::span<const std::uint64_t> camels_;
};

inline bool Section::ReadLexeme(std::size_t* at, Lexeme* out) const {
  if (stems_.size() < 3 || *at > stems_.size() - 3) return false;
  out->id = static_cast<std::uint32_t>(*at);
  const auto byte = [this](std::size_t i) { return static_cast<std::uint8_t>(stems_[i]); };
  out->paradigm = static_cast<std::uint16_t>(byte(*at) | byte(*at + 1) << 8);
  const std::uint8_t flags = byte(*at + 2);
  *at += 3;
  out->origin = static_cast<Origin>(flags & kLexemeOrigin);
  out->list = 0;
  out->yo = {};
  if (flags & kLexemeHasList) {
    if (*at >= stems_.size()) return false;
    out->list = byte((*at)++);
  }
  if (flags & kLexemeHasYo) {
    if (*at >= stems_.size()) return false;
    const std::size_t count = byte(*at);
    if (count > stems_.size() - *at - 1) return false;
    out->yo = stems_.substr(*at + 1, count);
    *at += 1 + count;
  }
  return out->paradigm < paradigms_.size();
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_SECTION_H_
