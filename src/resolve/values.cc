#include "resolve/values.h"

#include "morph/letters.h"

namespace atau::resolve {

std::string TitleCase(std::string_view text) {
  std::string out;
  bool first = true;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = morph::NextCodePoint(text, &at);
    const bool letter = morph::ToLower(c) != morph::ToUpper(c);
    morph::AppendCodePoint(letter && !first ? morph::ToLower(c) : morph::ToUpper(c), &out);
    first = !letter && c != U'\'' && c != U'’';
  }
  return out;
}

std::optional<Day> ParseDay(std::string_view) { return std::nullopt; }

std::string DateValue(const Analysis&, std::size_t, std::size_t, const std::optional<Day>&, std::string*) { return {}; }

std::string MoneyValue(const Analysis&, std::size_t, std::size_t) { return {}; }

}  // namespace atau::resolve
