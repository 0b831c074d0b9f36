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
  kInvalidUtf8,    // replaced by U+FFFD
  kNormalized,     // NFC
  kSoftHyphen,     // dropped
  kInvisible,      // zero-width characters, directional marks, BOM, control characters: dropped (NUL becomes a blank)
  kSpace,          // no-break and typographic blanks become a plain blank
  kLookAlike,      // a Latin letter in a Cyrillic word, or the reverse, becomes the letter it looks like
  kJoinedLine,     // a word hyphenated over a line end is joined
  kHtml,           // a tag, comment, script or entity became text
};
inline constexpr int kRepairKinds = 8;
std::string_view RepairName(RepairKind kind);

struct Change {
  RepairKind kind;
  std::uint32_t begin = 0, end = 0;              // bytes of the original
  std::uint32_t clean_begin = 0, clean_end = 0;  // bytes of the clean view that stand for them (may be empty)
};

struct CleanOptions {
  bool html = false;                 // the text is HTML: reduce it to text
  std::uint32_t disabled = 0;        // bit (1 << RepairKind): leave this kind alone (kInvalidUtf8 cannot be left alone)
};

// The clean view. When nothing had to change, `view` is the original itself and the alignment is the identity.
class CleanText {
 public:
  std::string_view view() const { return view_; }
  std::string_view original() const { return original_; }
  const std::vector<Change>& changes() const { return changes_; }
  // Where a clean span [begin, end) lies in the original: the start of its first character and the end of its last one; what was dropped inside belongs to
  // it, what was dropped at its edges does not. O(log changes).
  std::size_t OriginalBegin(std::size_t clean_begin) const;
  std::size_t OriginalEnd(std::size_t clean_end) const;
  // The reverse: the clean offset of an original one (for explain(start, end)).
  std::size_t CleanOffset(std::size_t original) const;

  // Cleans `original` (any bytes; it must outlive this object). Replaces what was here; memory is reused. Linear.
  void Assign(std::string_view original, const CleanOptions& options);

 private:
  std::string_view original_;
  std::string_view view_;
  std::string buffer_;
  std::vector<Change> changes_;
};

// Byte offsets (ascending) to code points or UTF-16 units in one pass. Invalid bytes count as one each, as Python's surrogateescape and U+FFFD decoding do.
void ToCodePoints(std::string_view utf8, std::vector<std::size_t>* offsets);
void ToUtf16(std::string_view utf8, std::vector<std::size_t>* offsets);

}  // namespace atau::text

#endif  // ATAU_TEXT_CLEAN_H_
