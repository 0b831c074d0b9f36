#include "text/charset.h"

#include <unicode/ucnv.h>

#include <algorithm>
#include <boost/locale/encoding.hpp>
#include <memory>
#include <string>

#include "text/bigrams.h"
#include "text/letters.h"
#include "text/plain_run.h"
#include "text/utf8.h"

namespace atau::text {
namespace {

constexpr std::size_t kSample = 64 * 1024;
constexpr char kKnownCharsets[] =
    "utf-8, utf-16, utf-16le, utf-16be, windows-1251, koi8-r, cp866, iso-8859-5, x-mac-cyrillic, windows-1252 or auto";

std::string Lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return out;
}

// The name that this library uses for a charset, where it is one of the usual ones; else the name as it came.
std::string CanonicalName(std::string_view charset) {
  std::string key;
  for (const char c : Lower(charset)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key.push_back(c);
  }
  struct Alias {
    std::string_view key, name;
  };
  constexpr Alias kAliases[] = {
      {"utf8", "utf-8"},
      {"utf8sig", "utf-8"},
      {"ascii", "utf-8"},
      {"usascii", "utf-8"},
      {"utf16", "utf-16"},
      {"utf16le", "utf-16le"},
      {"utf16be", "utf-16be"},
      {"unicode", "utf-16"},
      {"windows1251", "windows-1251"},
      {"cp1251", "windows-1251"},
      {"win1251", "windows-1251"},
      {"xcp1251", "windows-1251"},
      {"1251", "windows-1251"},
      {"koi8r", "koi8-r"},
      {"koi8", "koi8-r"},
      {"cskoi8r", "koi8-r"},
      {"cp866", "cp866"},
      {"ibm866", "cp866"},
      {"866", "cp866"},
      {"dos866", "cp866"},
      {"iso88595", "iso-8859-5"},
      {"cyrillic", "iso-8859-5"},
      {"xmaccyrillic", "x-mac-cyrillic"},
      {"maccyrillic", "x-mac-cyrillic"},
      {"macintoshcyrillic", "x-mac-cyrillic"},
  };
  for (const Alias& a : kAliases) {
    if (a.key == key) return std::string(a.name);
  }
  return std::string(charset);
}

// iconv takes an empty name for the charset of the locale; nothing of the kind may get there.
bool IsName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
  };
  return !name.empty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), fits);
}

// The name under which iconv (which Boost.Locale asks first) and ICU know a charset.
std::string BackendName(const std::string& name) { return name == "x-mac-cyrillic" ? "mac-cyrillic" : name; }

struct Utf8Count {
  std::size_t invalid = 0, multibyte = 0;
};
Utf8Count CountUtf8(std::string_view s, bool cut) {
  Utf8Count count;
  const char* const end = s.data() + s.size();
  for (const char* p = s.data(); p < end;) {
    std::size_t size = 0;
    const char32_t c = Decode(p, end, &size);
    // A character that the sample's end cuts is no error.
    if (c == kInvalid && !(cut && end - p < 4 && static_cast<unsigned char>(*p) >= 0xC2)) ++count.invalid;
    count.multibyte += c != kInvalid && size > 1;
    p += size;
  }
  return count;
}

// UTF-16 without a mark: Latin text has zeros, Cyrillic text has 04 in one of the two bytes.
std::string_view GuessUtf16(std::string_view s) {
  const std::size_t pairs = s.size() / 2;
  if (pairs < 4 || s.size() % 2 != 0) return {};
  std::size_t high_first = 0, high_second = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const auto a = static_cast<unsigned char>(s[2 * i]);
    const auto b = static_cast<unsigned char>(s[2 * i + 1]);
    high_first += (a == 0x04 && b >= 0x10) || (a == 0 && b >= 0x0A && b < 0x7F) || (a == 0x20 && b >= 0x10 && b < 0x30);
    high_second += (b == 0x04 && a >= 0x10) || (b == 0 && a >= 0x0A && a < 0x7F) || (b == 0x20 && a >= 0x10 && a < 0x30);
  }
  if (std::max(high_first, high_second) * 10 < pairs * 8 || high_first == high_second) return {};
  return high_second > high_first ? "utf-16le" : "utf-16be";
}

// The charset that an HTML or XML head names, or "".
std::string MetaCharset(std::string_view s) {
  const std::string head = Lower(s.substr(0, 4096));
  if (head.find('<') == std::string::npos) return {};
  for (const std::string_view key : {"charset", "encoding"}) {
    std::size_t p = head.find(key);
    if (p == std::string::npos) continue;
    p += key.size();
    while (p < head.size() && (head[p] == ' ' || head[p] == '=' || head[p] == '"' || head[p] == '\'')) ++p;
    std::size_t end = p;
    while (end < head.size() && end - p < 40 &&
           ((head[end] >= 'a' && head[end] <= 'z') || (head[end] >= '0' && head[end] <= '9') || head[end] == '-' || head[end] == '_'))
      ++end;
    if (end > p) return CanonicalName(std::string_view(head).substr(p, end - p));
  }
  return {};
}

// What a byte of 0x80 or more means in a single-byte charset: a Russian letter (0 to 31 = а to я, +32 for capitals), a usual sign, or
// something that Russian text hardly ever has.
constexpr int kSign = 64, kOdd = 65;

struct Candidate {
  const char* name;
  int prior;  // breaks ties: the commoner charset first
};
constexpr Candidate kCandidates[] = {{"windows-1251", 4}, {"koi8-r", 3}, {"cp866", 2}, {"iso-8859-5", 1}, {"x-mac-cyrillic", 0}};

constexpr std::u32string_view kKoi8Order = U"юабцдефгхийклмнопярстужвьызшэщчъ";

int Koi8(unsigned b) {
  if (b >= 0xC0) {
    const int letter = static_cast<int>(kKoi8Order[b & 0x1F] - U'а');
    return b >= 0xE0 ? letter + 32 : letter;
  }
  return b == 0xA3 ? 5 : b == 0xB3 ? 37 : b == 0x9A || b == 0x95 || b == 0x9C ? kSign : kOdd;
}
int Windows1251(unsigned b) {
  if (b >= 0xC0) return b >= 0xE0 ? static_cast<int>(b - 0xE0) : static_cast<int>(b - 0xC0) + 32;
  switch (b) {
    case 0xB8:
      return 5;
    case 0xA8:
      return 37;
    case 0xAB:
    case 0xBB:
    case 0x96:
    case 0x97:
    case 0x93:
    case 0x94:
    case 0x84:
    case 0x85:
    case 0xB9:
    case 0xA0:
    case 0x92:
    case 0xA9:
    case 0xAD:
      return kSign;
    default:
      return kOdd;
  }
}
int Cp866(unsigned b) {
  if (b < 0xA0) return static_cast<int>(b - 0x80) + 32;
  if (b < 0xB0) return static_cast<int>(b - 0xA0);
  if (b >= 0xE0 && b < 0xF0) return static_cast<int>(b - 0xE0) + 16;
  return b == 0xF1 ? 5 : b == 0xF0 ? 37 : b == 0xFC || b == 0xFF ? kSign : kOdd;
}
int Iso88595(unsigned b) {
  if (b >= 0xB0 && b < 0xD0) return static_cast<int>(b - 0xB0) + 32;
  if (b >= 0xD0 && b < 0xF0) return static_cast<int>(b - 0xD0);
  return b == 0xF1 ? 5 : b == 0xA1 ? 37 : b == 0xF0 || b == 0xA0 || b == 0xAD ? kSign : kOdd;
}
int MacCyrillic(unsigned b) {
  if (b < 0xA0) return static_cast<int>(b - 0x80) + 32;
  if (b >= 0xE0 && b < 0xFF) return static_cast<int>(b - 0xE0);
  switch (b) {
    case 0xDF:
      return 31;
    case 0xDE:
      return 5;
    case 0xDD:
      return 37;
    case 0xC7:
    case 0xC8:
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3:
    case 0xD7:
    case 0xC9:
    case 0xDC:
    case 0xCA:
    case 0xA9:
      return kSign;
    default:
      return kOdd;
  }
}

int Meaning(int charset, unsigned byte) {
  switch (charset) {
    case 0:
      return Windows1251(byte);
    case 1:
      return Koi8(byte);
    case 2:
      return Cp866(byte);
    case 3:
      return Iso88595(byte);
    default:
      return MacCyrillic(byte);
  }
}

// How much the bytes look like Russian in a charset: letter pairs that Russian has, and capitals only where words start (or everywhere).
long Score(std::string_view s, int charset) {
  int meaning[128];
  for (unsigned b = 0x80; b < 0x100; ++b) meaning[b - 0x80] = Meaning(charset, b);
  long score = 0;
  int last = -1;  // the letter before, as above; -1 where none
  for (const char c : s) {
    const auto b = static_cast<unsigned char>(c);
    if (b < 0x80) {
      last = -1;
      continue;
    }
    const int m = meaning[b - 0x80];
    if (m >= kSign) {
      score -= m == kOdd ? 12 : last >= 0 ? 1 : 0;
      last = -1;
      continue;
    }
    if (last < 0) {
      // ь, ъ and ы start no word; capitals do.
      if (m % 32 >= 26 && m % 32 <= 28) score -= 6;
      if (m >= 32) score += 1;
    } else {
      score += kBigrams[last % 32][static_cast<std::size_t>(m % 32)] - '0' - 6;
      if (last < 32 && m >= 32) score -= 6;   // вЕ
      if (last >= 32 && m >= 32) score -= 1;  // ВЕ is rarer than ве
    }
    last = m;
  }
  return score;
}

// The value of a converter that Boost.Locale refused to finish: ICU puts a substitute where the source is invalid.
struct ConverterCloser {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, ConverterCloser>;

Error Unknown(std::string_view charset) {
  return Error{
      Code::kInvalidArgument, "unknown charset \"" + std::string(charset) + "\"", "", 0, 0, std::string("known ones: ") + kKnownCharsets};
}

std::string ValidUtf8(std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
  std::string out;
  out.reserve(bytes.size());
  const char* const end = bytes.data() + bytes.size();
  for (const char* p = bytes.data(); p < end;) {
    const char* const plain = SkipPlain(p, end);
    out.append(p, plain);
    if (plain == end) break;
    std::size_t size = 0;
    const char32_t c = Decode(plain, end, &size);
    if (c == kInvalid) {
      Append(kReplacement, &out);
    } else {
      out.append(plain, size);
    }
    p = plain + size;
  }
  return out;
}

std::string FromUtf16(std::string_view bytes, bool little) {
  std::string out;
  out.reserve(bytes.size());
  const auto unit = [&](std::size_t i) -> char32_t {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    return little ? (static_cast<char32_t>(b) << 8 | a) : (static_cast<char32_t>(a) << 8 | b);
  };
  std::size_t i = 0;
  if (bytes.size() >= 2 && unit(0) == 0xFEFF) i = 2;
  while (i + 1 < bytes.size()) {
    char32_t c = unit(i);
    i += 2;
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < bytes.size() && unit(i) >= 0xDC00 && unit(i) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(i) - 0xDC00);
      i += 2;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = kReplacement;
    }
    Append(c, &out);
  }
  if (i < bytes.size()) Append(kReplacement, &out);
  return out;
}

}  // namespace

std::string DetectCharset(std::string_view bytes) {
  if (bytes.substr(0, 3) == "\xEF\xBB\xBF") return "utf-8";
  if (bytes.substr(0, 2) == "\xFF\xFE") return "utf-16le";
  if (bytes.substr(0, 2) == "\xFE\xFF") return "utf-16be";
  const bool cut = bytes.size() > kSample;
  const std::string_view sample = bytes.substr(0, kSample);
  if (const std::string_view utf16 = GuessUtf16(sample); !utf16.empty()) return std::string(utf16);
  const Utf8Count utf8 = CountUtf8(sample, cut);
  if (utf8.invalid == 0) return "utf-8";
  // A few damaged bytes do not make a UTF-8 text another one: single-byte Russian hardly ever holds a valid pair.
  if (utf8.multibyte > utf8.invalid * 4) return "utf-8";
  if (std::string meta = MetaCharset(sample); !meta.empty() && meta != "utf-8" && meta.substr(0, 6) != "utf-16") {
    UErrorCode status = U_ZERO_ERROR;
    if (Converter(ucnv_open(BackendName(meta).c_str(), &status)) != nullptr && U_SUCCESS(status)) return meta;
  }
  int best = 0;
  long best_score = 0;
  for (int i = 0; i < static_cast<int>(std::size(kCandidates)); ++i) {
    const long score = Score(sample, i) * 8 + kCandidates[i].prior;
    if (i == 0 || score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return kCandidates[best].name;
}

Result<std::string> ToUtf8(std::string_view bytes, std::string_view charset) {
  std::string name = Lower(charset) == "auto" ? DetectCharset(bytes) : CanonicalName(charset);
  if (name == "utf-8") return ValidUtf8(bytes);
  if (name == "utf-16")
    name = bytes.substr(0, 2) == "\xFE\xFF"                                      ? "utf-16be"
           : bytes.substr(0, 2) == "\xFF\xFE" || GuessUtf16(bytes) != "utf-16be" ? "utf-16le"
                                                                                 : "utf-16be";
  if (name == "utf-16le" || name == "utf-16be") return FromUtf16(bytes, name == "utf-16le");
  if (!IsName(name)) return Unknown(charset);
  name = BackendName(name);
  namespace conv = boost::locale::conv;
  try {
    return conv::to_utf<char>(bytes.data(), bytes.data() + bytes.size(), name, conv::stop);
  } catch (const conv::invalid_charset_error&) {
    return Unknown(charset);
  } catch (const conv::conversion_error&) {
    // Fall through to the converter that substitutes.
  } catch (const std::exception& e) {
    return Error{Code::kEncoding, std::string("cannot convert from ") + name + ": " + e.what(), "", 0, 0, ""};
  }
  UErrorCode status = U_ZERO_ERROR;
  const Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) return Unknown(charset);
  std::string out;
  out.reserve(bytes.size() * 2);
  UChar buffer[1024];
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  std::string wide;
  do {
    UChar* target = buffer;
    status = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &target, buffer + std::size(buffer), &p, end, nullptr, true, &status);
    wide.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(target - buffer) * sizeof(UChar));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(status)) return Error{Code::kEncoding, "cannot convert from " + name, "", 0, 0, ""};
  constexpr char16_t kOrder = 1;
  return FromUtf16(wide, *reinterpret_cast<const char*>(&kOrder) == 1);
}

Result<std::string> FromUtf8(std::string_view utf8, std::string_view charset) {
  std::string name = CanonicalName(charset);
  if (name == "utf-8") return ValidUtf8(utf8);
  if (name == "utf-16") name = "utf-16le";
  if (!IsName(name)) return Unknown(charset);
  name = BackendName(name);
  const std::string valid = ValidUtf8(utf8);
  namespace conv = boost::locale::conv;
  try {
    return conv::from_utf<char>(valid, name, conv::stop);
  } catch (const conv::invalid_charset_error&) {
    return Unknown(charset);
  } catch (const conv::conversion_error&) {
    // Some character has no place there: once more, one at a time.
  } catch (const std::exception& e) {
    return Error{Code::kEncoding, std::string("cannot convert to ") + name + ": " + e.what(), "", 0, 0, ""};
  }
  UErrorCode status = U_ZERO_ERROR;
  const Converter converter(ucnv_open(name.c_str(), &status));
  if (U_FAILURE(status)) return Unknown(charset);
  ucnv_setSubstChars(converter.get(), "?", 1, &status);
  std::u16string wide;
  for (const char *p = valid.data(), *end = p + valid.size(); p < end;) {
    std::size_t size = 0;
    const char32_t c = Decode(p, end, &size);
    p += size;
    if (c < 0x10000) {
      wide.push_back(static_cast<char16_t>(c));
    } else {
      wide.push_back(static_cast<char16_t>(0xD7C0 + (c >> 10)));
      wide.push_back(static_cast<char16_t>(0xDC00 + (c & 0x3FF)));
    }
  }
  std::string out;
  char buffer[2048];
  const UChar* p = wide.data();
  do {
    char* target = buffer;
    status = U_ZERO_ERROR;
    ucnv_fromUnicode(converter.get(), &target, buffer + sizeof buffer, &p, wide.data() + wide.size(), nullptr, true, &status);
    out.append(buffer, static_cast<std::size_t>(target - buffer));
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(status)) return Error{Code::kEncoding, "cannot convert to " + name, "", 0, 0, ""};
  return out;
}

}  // namespace atau::text
