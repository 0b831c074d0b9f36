// The clean view of a text: valid UTF-8, NFC, without invisible characters, look-alikes and torn words, aligned with the original bytes.
#ifndef ATAU_TEXT_CLEAN_H_
#define ATAU_TEXT_CLEAN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace atau::text {

enum class RepairKind : std::uint8_t {
  kInvalidUtf8,  // replaced by U+FFFD
  kNormalized,   // NFC; stress marks over Cyrillic letters are dropped
  kSoftHyphen,   // dropped
  kInvisible,    // zero-width characters, directional marks, BOM, control characters: dropped (NUL becomes a blank)
  kSpace,        // no-break and typographic blanks become a plain blank, odd line separators a line feed, U+2010 and U+2011 a plain hyphen
  kLookAlike,    // a Latin letter in a Cyrillic word, or the reverse, becomes the letter it looks like
  kJoinedLine,   // a word hyphenated over a line end is joined (with its hyphen where it has one of its own: «Нур-Султан»)
  kHtml,         // a tag, comment, script or entity became text
};
inline constexpr int kRepairKinds = 8;
std::string_view RepairName(RepairKind kind);

struct Change {
  RepairKind kind;
  std::uint32_t begin = 0, end = 0;              // bytes of the original
  std::uint32_t clean_begin = 0, clean_end = 0;  // bytes of the clean view that stand for them (may be empty)
};

// Tells which words exist; decides whether a word torn at a line end had a hyphen of its own. Implementations are immutable and
// thread-safe.
class KnownWords {
 public:
  virtual ~KnownWords() = default;
  // `word`: a whole word in any letter case, perhaps with inner hyphens.
  virtual bool IsKnownWord(std::string_view word) const = 0;
  // Whether a dictionary lists the word as it is; false for one that is only made up of known parts («экс-порт»).
  virtual bool IsListedWord(std::string_view word) const { return IsKnownWord(word); }
};

struct CleanOptions {
  bool html = false;           // the text is HTML: reduce it to text
  std::uint32_t disabled = 0;  // bit (1 << RepairKind): leave this kind alone (kInvalidUtf8 and, in HTML, kHtml cannot be left alone)
  const KnownWords* words = nullptr;  // may be null: then only the letter case of the second part decides about its hyphen
};

// The clean view. When nothing had to change, `view` is the original itself and the alignment is the identity.
class CleanText {
 public:
  std::string_view view() const { return view_; }
  std::string_view original() const { return original_; }
  const std::vector<Change>& changes() const { return changes_; }
  // Where a clean span [begin, end) lies in the original: the start of its first character and the end of its last one; what was dropped
  // inside belongs to it, what was dropped at its edges does not. A bound inside a changed piece widens to the whole piece. O(log changes).
  // For an empty span the two may cross where something was dropped; take the greater one.
  std::size_t OriginalBegin(std::size_t clean_begin) const;
  std::size_t OriginalEnd(std::size_t clean_end) const;
  // The reverse: the clean offset of an original one (for explain(start, end)).
  std::size_t CleanOffset(std::size_t original) const;

  // Cleans `original` (any bytes; it must outlive the use of this object). Replaces what was here; memory is reused. Linear, never fails.
  // Only the first kMaxBytes are looked at: callers report longer text as kTooLarge.
  void Assign(std::string_view original, const CleanOptions& options);
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

  CleanText() = default;
  CleanText(const CleanText&) = delete;  // view() may point into the object
  CleanText& operator=(const CleanText&) = delete;

 private:
  std::string_view original_;
  std::string_view view_;
  std::string buffer_, spare_;
  std::vector<Change> changes_, stage_, merged_;
};

// Byte offsets (ascending, at most the size of the text) to code points or UTF-16 units in one pass. An offset inside a character counts
// it. Invalid bytes count as one each, as in Python's surrogateescape.
void ToCodePoints(std::string_view utf8, std::vector<std::size_t>* offsets);
void ToUtf16(std::string_view utf8, std::vector<std::size_t>* offsets);
// The same for offsets in any order, as many as are asked for.
class CodePoints {
 public:
  // Counts those of `utf8`, which must outlive the questions. Replaces what was here; memory is reused. Linear.
  // `valid`: the text is known to be valid UTF-8.
  void Assign(std::string_view utf8, bool valid = false);
  // Those before a byte offset, as ToCodePoints tells them; offsets behind the text are that of its end. O(1).
  std::size_t Before(std::size_t offset) const;
  // Those that begin at the bytes [begin, end) of the text: what Before tells of `end`, less what it tells of `begin`.
  std::size_t Within(std::size_t begin, std::size_t end) const;

 private:
  static constexpr std::size_t kBlock = 64;  // bytes
  struct Block {
    std::uint32_t points = 0;  // before its first character
    std::uint32_t first = 0;   // where that begins; in a valid text, where the block does
  };
  std::string_view utf8_;
  bool valid_ = true;
  std::vector<Block> blocks_;
};
// The reverse: code points (ascending) to byte offsets. What lies behind the end becomes the size of the text.
void FromCodePoints(std::string_view utf8, std::vector<std::size_t>* offsets);

}  // namespace atau::text

#endif  // ATAU_TEXT_CLEAN_H_
