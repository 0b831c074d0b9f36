// Charsets in: bytes to UTF-8, by name or by detection (Boost.Locale, ICU).
#ifndef ATAU_TEXT_CHARSET_H_
#define ATAU_TEXT_CHARSET_H_

#include <atau/status.h>

#include <string>
#include <string_view>

namespace atau::text {

// The charset that the bytes most likely are in: "utf-8", "windows-1251", "koi8-r", "utf-16le", "utf-16be", "cp866", "iso-8859-5". Uses
// BOMs, UTF-8 validity, an HTML meta charset where there is one, and letter statistics of Russian. Linear in at most the first 64 KiB.
std::string DetectCharset(std::string_view bytes);

// `charset`: a name as above (any spelling that Boost.Locale knows) or "auto". Bytes that are invalid in a multi-byte charset become
// U+FFFD. Error: kInvalidArgument for an unknown charset (the hint names the known ones).
Result<std::string> ToUtf8(std::string_view bytes, std::string_view charset);

// UTF-8 to another charset; characters that it lacks become '?'.
Result<std::string> FromUtf8(std::string_view utf8, std::string_view charset);

}  // namespace atau::text

#endif  // ATAU_TEXT_CHARSET_H_
