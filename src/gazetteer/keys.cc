#include <array>
#include <string>

#include "gazetteer/layout.h"

namespace atau::gazetteer {
namespace {

// Latin letters whose capitals look like Cyrillic ones, lower case to lower case.
constexpr std::array<std::string_view, 26> kTwins = {"а", "в", "с", "", "е", "",  "", "н", "", "",  "к", "", "м",
                                                     "",  "о", "р", "", "",  "т", "", "",  "", "х", "у", ""};

std::string_view TwinOf(char c) { return c >= 'a' && c <= 'z' ? kTwins[c - 'a'] : std::string_view(); }

}  // namespace

std::uint64_t KeyOfFixed(const morph::Form& form) {
  const std::string_view folded = form.folded;
  const bool digits = (form.flags & token::kDigits) != 0;
  if (!digits) {
    if ((form.flags & token::kLatin) == 0 || folded.size() > 3 || !IsUpperShape(form.shape)) return FixedKey(form.key);
    for (const char c : folded) {
      if (TwinOf(c).empty()) return FixedKey(form.key);
    }
  }
  std::string spelled;
  for (const char c : folded) {
    if (const std::string_view twin = TwinOf(c); !twin.empty()) {
      spelled += twin;
    } else {
      spelled += c == ',' ? '.' : c;
    }
  }
  return FixedKey(morph::KeyOf(spelled));
}

}  // namespace atau::gazetteer
