// Tokens as razdel splits them, by which published results for Russian are counted.
#include <string_view>

#include "cli/eval_score.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

using std::string_view_literals::operator""sv;

enum class Atom { kBlank, kCyrillic, kLatin, kDigit, kUnderscore, kSign };

Atom AtomOf(char32_t c) {
  if (c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
      c == 0x202F || c == 0x3000)
    return Atom::kBlank;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7)) return Atom::kLatin;
  if (c >= 0x400 && c <= 0x52F) return Atom::kCyrillic;
  if (c >= '0' && c <= '9') return Atom::kDigit;
  return c == '_' ? Atom::kUnderscore : Atom::kSign;
}

}  // namespace

// Runs of letters of one script or of digits, joined over inner hyphens, underscores and, between digits, over a comma, full stop or slash;
// other signs alone.
std::vector<Point> Tokens(const std::u32string& text) {
  constexpr std::u32string_view kDashes = U"‑–—−-", kInNumbers = U".,/\\";
  std::vector<Point> out;
  const std::size_t n = text.size();
  const auto is_word = [](Atom a) { return a == Atom::kCyrillic || a == Atom::kLatin || a == Atom::kDigit || a == Atom::kUnderscore; };
  for (std::size_t i = 0; i < n;) {
    Atom atom = AtomOf(text[i]);
    if (atom == Atom::kBlank) {
      ++i;
      continue;
    }
    const std::size_t begin = i++;
    if (is_word(atom)) {
      while (i < n) {
        const Atom next = AtomOf(text[i]);
        if (next == atom || next == Atom::kUnderscore || (is_word(next) && atom == Atom::kUnderscore)) {
          atom = next;
          ++i;
        } else if (i + 1 < n && next == Atom::kSign && is_word(AtomOf(text[i + 1])) &&
                   (kDashes.find(text[i]) != std::u32string_view::npos || (atom == Atom::kDigit && AtomOf(text[i + 1]) == Atom::kDigit &&
                                                                           kInNumbers.find(text[i]) != std::u32string_view::npos))) {
          atom = AtomOf(text[i + 1]);
          i += 2;
        } else {
          break;
        }
      }
    } else {
      while (i < n && text[i] == text[begin] && U".?!…-"sv.find(text[i]) != std::u32string_view::npos) ++i;
    }
    out.emplace_back(begin, i);
  }
  return out;
}

std::string Pieces::operator()(std::size_t begin, std::size_t end) const {
  std::string out;
  for (std::size_t i = begin; i < end && i < text_.size(); ++i) text::Append(text_[i], &out);
  return out;
}

}  // namespace atau::cli
