// What a terminal can show: its width, colours, and how wide a text is.
#ifndef ATAU_CLI_TERMINAL_H_
#define ATAU_CLI_TERMINAL_H_

#include <atau/types.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace atau::cli {

// Columns of the terminal behind a file descriptor; $COLUMNS where that is set; 100 where there is no terminal.
std::size_t TerminalWidth(int file);

// Columns that a UTF-8 text takes, escape sequences left out. Combining marks take none, wide characters (by ICU's East Asian width) two.
std::size_t Columns(std::string_view text);
// As much of the beginning of a text (without escape sequences) as fits.
std::string FirstColumns(std::string_view text, std::size_t most);
// The text with blanks after it (or before it) up to a width.
std::string PadRight(std::string text, std::size_t width);
std::string PadLeft(std::string text, std::size_t width);

// What --color says: "auto" colours a terminal unless NO_COLOR is set (and not empty) or TERM is "dumb".
bool WantsColour(std::string_view when, int file);

// Colours of the terminal, or nothing at all.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  std::string Strong(const std::string& s) const { return With("1", s); }
  std::string Dim(const std::string& s) const { return With("2", s); }
  std::string Good(const std::string& s) const { return With("32", s); }
  std::string Bad(const std::string& s) const { return With("31", s); }
  // One colour a type, near to those of the pages.
  std::string OfType(Type type, const std::string& s) const;
  bool on() const { return on_; }

 private:
  std::string With(const char* code, const std::string& s) const {
    return on_ && !s.empty() ? "\x1b[" + std::string(code) + "m" + s + "\x1b[0m" : s;
  }
  bool on_;
};

// What may not reach a terminal as it is: control characters of texts become U+FFFD, line ends a blank.
std::string Printable(std::string_view text);

}  // namespace atau::cli

#endif  // ATAU_CLI_TERMINAL_H_
