#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unistd.h>

#include <cstdlib>

#include "text/utf8.h"

namespace atau::cli {
namespace {

std::size_t ColumnsOf(char32_t c) {
  if (c == text::kInvalid) return 1;
  const auto u = static_cast<UChar32>(c);
  const int category = u_charType(u);
  if (category == U_NON_SPACING_MARK || category == U_ENCLOSING_MARK || category == U_FORMAT_CHAR || category == U_CONTROL_CHAR) return 0;
  const int width = u_getIntPropertyValue(u, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

// The length of the escape sequence at `p`, 0 where there is none.
std::size_t EscapeAt(const char* p, const char* end) {
  if (end - p < 2 || p[0] != '\x1b' || p[1] != '[') return 0;
  const char* q = p + 2;
  while (q < end && (static_cast<unsigned char>(*q) < 0x40 || static_cast<unsigned char>(*q) > 0x7E)) ++q;
  return static_cast<std::size_t>(q - p) + (q < end);
}

}  // namespace

std::size_t TerminalWidth(int file) {
  constexpr std::size_t kLeast = 40, kUnknown = 100;
  std::size_t width = 0;
  if (const char* named = std::getenv("COLUMNS"); named != nullptr) width = static_cast<std::size_t>(std::strtoul(named, nullptr, 10));
  winsize size{};
  if (width == 0 && ioctl(file, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  if (width == 0 || width > 10000) return kUnknown;
  return width < kLeast ? kLeast : width;
}

std::size_t Columns(std::string_view s) {
  std::size_t columns = 0;
  const char* const end = s.data() + s.size();
  for (const char* p = s.data(); p < end;) {
    std::size_t size = EscapeAt(p, end);
    if (size == 0) columns += ColumnsOf(text::Decode(p, end, &size));
    p += size;
  }
  return columns;
}

std::string FirstColumns(std::string_view s, std::size_t most) {
  std::size_t columns = 0;
  const char* const end = s.data() + s.size();
  const char* p = s.data();
  while (p < end) {
    std::size_t size = 0;
    const std::size_t wide = ColumnsOf(text::Decode(p, end, &size));
    if (columns + wide > most) break;
    columns += wide;
    p += size;
  }
  return std::string(s.data(), p);
}

std::string PadRight(std::string text, std::size_t width) {
  const std::size_t columns = Columns(text);
  return columns < width ? text.append(width - columns, ' ') : text;
}

std::string PadLeft(std::string text, std::size_t width) {
  const std::size_t columns = Columns(text);
  return columns < width ? text.insert(0, width - columns, ' ') : text;
}

bool WantsColour(std::string_view when, int file) {
  if (when != "auto") return when == "always";
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(file) != 0 && (no_colour == nullptr || *no_colour == '\0') && (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::string Paint::OfType(Type type, const std::string& s) const {
  switch (type) {
    case Type::kPerson:
      return With("1;34", s);
    case Type::kOrganization:
      return With("1;35", s);
    case Type::kLocation:
      return With("1;32", s);
    case Type::kProgram:
      return With("1;33", s);
    case Type::kDate:
      return With("1;36", s);
    case Type::kMoney:
      return With("33", s);
    case Type::kRole:
      return With("1;31", s);
    case Type::kNone:
      break;
  }
  return With("1", s);
}

std::string Printable(std::string_view s) {
  std::string out;
  const char* const end = s.data() + s.size();
  for (const char* p = s.data(); p < end;) {
    std::size_t size = 0;
    const char32_t c = text::Decode(p, end, &size);
    if (c == '\n' || c == '\r' || c == '\t') {
      out += ' ';
    } else if (c == text::kInvalid || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(p, size);
    }
    p += size;
  }
  return out;
}

}  // namespace atau::cli
