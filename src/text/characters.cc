// Invalid bytes, invisible characters and odd blanks; then NFC, only around the places that need it.
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "text/letters.h"
#include "text/plain_run.h"
#include "text/stages.h"
#include "text/utf8.h"

namespace atau::text {
namespace {

// Common characters beyond SkipPlain that are never repaired and never take part in composition from the right.
bool IsUntouched(char32_t c) {
  return (c >= 0xA1 && c < 0x300 && c != 0xAD) || (c >= 0x400 && c < 0x530 && !(c >= 0x483 && c <= 0x489)) ||
         (c >= 0x2012 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205E) || (c >= 0x20A0 && c <= 0x20BF) || (c >= 0x2100 && c <= 0x2125);
}

bool IsInvisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x034F || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool IsOddBlank(char32_t c) {
  return c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F || c == 0x3000;
}
bool IsOddLineEnd(char32_t c) { return c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 || c == 0x2029; }
bool IsOddHyphen(char32_t c) { return c == 0x2010 || c == 0x2011; }

// True when the character may change under NFC, alone or with what stands before it.
bool MayCompose(char32_t c) {
  return u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_NFC_QUICK_CHECK) != UNORM_YES ||
         u_getCombiningClass(static_cast<UChar32>(c)) != 0;
}

// Behind a soft hyphen: where the word goes on if the line ends here, or null.
const char* NextLineWord(const char* p, const char* end) {
  while (p < end && (*p == ' ' || *p == '\t')) ++p;
  if (p < end && *p == '\r') ++p;
  if (p == end || *p != '\n') return nullptr;
  ++p;
  while (p < end && (*p == ' ' || *p == '\t')) ++p;
  std::size_t size = 0;
  if (p == end) return nullptr;
  const char32_t c = Decode(p, end, &size);
  return c != kInvalid && IsLower(LetterOf(c)) ? p : nullptr;
}

constexpr int kLongestCluster = 64;  // code points composed at once; keeps hostile runs of combining marks linear

}  // namespace

bool CleanCharacters(std::string_view in, const CleanOptions& options, std::string* out, std::vector<Change>* changes, bool* compose) {
  Editor editor(in, out, changes);
  const bool may_compose = Enabled(options, RepairKind::kNormalized);
  *compose = false;
  const char* const begin = in.data();
  const char* const end = begin + in.size();
  for (const char* p = SkipPlain(begin, end); p < end; p = SkipPlain(p, end)) {
    std::size_t size = 0;
    const char32_t c = Decode(p, end, &size);
    const std::size_t at = static_cast<std::size_t>(p - begin);
    p += size;
    if (IsUntouched(c)) continue;
    const auto replace = [&](RepairKind kind, std::string_view with) {
      if (Enabled(options, kind)) editor.Replace(kind, at, static_cast<std::size_t>(p - begin), with);
    };
    if (c == kInvalid) {
      editor.Replace(RepairKind::kInvalidUtf8, at, at + size, "\xEF\xBF\xBD");
    } else if (c == 0xAD) {
      const char* word =
          Enabled(options, RepairKind::kJoinedLine) && Enabled(options, RepairKind::kSoftHyphen) ? NextLineWord(p, end) : nullptr;
      if (word != nullptr) {
        p = word;
        replace(RepairKind::kJoinedLine, "");
      } else {
        replace(RepairKind::kSoftHyphen, "");
      }
    } else if (IsOddBlank(c)) {
      replace(RepairKind::kSpace, " ");
    } else if (IsOddLineEnd(c)) {
      replace(RepairKind::kSpace, "\n");
    } else if (IsOddHyphen(c)) {
      replace(RepairKind::kSpace, "-");
    } else if (IsInvisible(c)) {
      replace(RepairKind::kInvisible, c == 0 ? " " : "");
    } else if (may_compose && !*compose) {
      *compose = MayCompose(c);
    }
  }
  return editor.Finish();
}

bool Compose(std::string_view in, std::string* out, std::vector<Change>* changes) {
  Editor editor(in, out, changes);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return false;  // ICU without its data: the text stays as it is
  const char* const begin = in.data();
  const char* const end = begin + in.size();
  std::string composed, kept;
  for (const char* p = SkipPlain(begin, end); p < end; p = SkipPlain(p, end)) {
    std::size_t size = 0;
    const char32_t c = Decode(p, end, &size);
    const char* low = p;
    p += size;
    if (IsUntouched(c) || !MayCompose(c)) continue;
    // The cluster: back to a character that nothing before it can change, forward to the next such one.
    const char* const done = begin + editor.done();
    int length = 1;
    for (char32_t first = c; low > done && length < kLongestCluster && !nfc->hasBoundaryBefore(static_cast<UChar32>(first)); ++length) {
      low = Previous(low, done);
      first = Decode(low, end, &size);
    }
    for (; p < end && length < kLongestCluster; ++length) {
      const char32_t next = Decode(p, end, &size);
      if (nfc->hasBoundaryBefore(static_cast<UChar32>(next))) break;
      p += size;
    }
    const icu::UnicodeString cluster = icu::UnicodeString::fromUTF8(icu::StringPiece(low, static_cast<std::int32_t>(p - low)));
    status = U_ZERO_ERROR;
    const icu::UnicodeString normal = nfc->normalize(cluster, status);
    if (U_FAILURE(status)) continue;
    composed.clear();
    normal.toUTF8String(composed);
    // Stress marks («Влади́мир») that did not compose.
    kept.clear();
    Letter before = Letter::kNone;
    for (const char *q = composed.data(), *stop = q + composed.size(); q < stop; q += size) {
      const char32_t mark = Decode(q, stop, &size);
      if (mark == 0x301 && IsCyrillic(before)) continue;
      if (LetterOf(mark) != Letter::kMark) before = LetterOf(mark);
      kept.append(q, size);
    }
    editor.Replace(RepairKind::kNormalized, static_cast<std::size_t>(low - begin), static_cast<std::size_t>(p - begin), kept);
  }
  return editor.Finish();
}

}  // namespace atau::text
