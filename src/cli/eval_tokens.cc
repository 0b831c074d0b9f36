// Tokens as razdel splits them, by which published results for Russian are counted.
#include <unicode/uchar.h>

#include <string_view>

#include "cli/eval_score.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

enum class Kind { kRussian, kLatin, kNumber, kSign, kOther };

// A run of letters or digits, or one character.
struct Atom {
  Point span;
  Kind kind;
};

constexpr std::u32string_view kDashes = U"‑–—−-", kEndings = U".?!…";

bool In(std::u32string_view set, char32_t c) { return set.find(c) != std::u32string_view::npos; }

bool IsBlank(char32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

Kind KindOf(char32_t c) {
  if ((c >= U'а' && c <= U'я') || (c >= U'А' && c <= U'Я') || c == U'ё' || c == U'Ё') return Kind::kRussian;
  // The last ones are those that fold to Latin letters: İ, ı, ſ and the sign of Kelvin.
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == 0x130 || c == 0x131 || c == 0x17F || c == 0x212A) return Kind::kLatin;
  if (u_charType(static_cast<UChar32>(c)) == U_DECIMAL_DIGIT_NUMBER) return Kind::kNumber;
  // Its list of brackets has no {, which so is another character.
  constexpr std::u32string_view kSigns = U"\\/!#$%&*+,.:;<=>?@^_`|~№…«“‘»”’\"„'([})]";
  return In(kSigns, c) || In(kDashes, c) ? Kind::kSign : Kind::kOther;
}

// "=)", ":-((": as much of one as has been read.
bool IsSmile(std::u32string_view s) {
  if (s.empty() || !In(U"=:;", s[0])) return false;
  s.remove_prefix(1);
  if (!s.empty() && s[0] == '-') s.remove_prefix(1);
  if (s.empty() || s.size() > 3) return false;
  for (const char32_t c : s) {
    if (c != '(' && c != ')') return false;
  }
  return true;
}

class Tokenizer {
 public:
  explicit Tokenizer(const std::u32string& text) : text_(text) {
    for (std::size_t i = 0; i < text.size();) {
      if (IsBlank(text[i])) {
        ++i;
        continue;
      }
      const Kind kind = KindOf(text[i]);
      const std::size_t begin = i++;
      while ((kind == Kind::kRussian || kind == Kind::kLatin || kind == Kind::kNumber) && i < text.size() && KindOf(text[i]) == kind) ++i;
      atoms_.push_back({{begin, i}, kind});
    }
  }

  std::vector<Point> Run() const {
    std::vector<Point> out;
    for (std::size_t i = 0; i < atoms_.size(); ++i) {
      const Point& span = atoms_[i].span;
      if (!out.empty() && out.back().second == span.first && Joins(i, out.back().first)) {
        out.back().second = span.second;
      } else {
        out.push_back(span);
      }
    }
    return out;
  }

 private:
  char32_t Sign(std::size_t i) const { return atoms_[i].kind == Kind::kSign ? text_[atoms_[i].span.first] : 0; }

  // What stands on both sides of a sign of `signs` next to the boundary before atom `i`; also over blanks, as razdel does it.
  bool Around(std::size_t i, std::u32string_view signs, const Atom** left, const Atom** right) const {
    if (Sign(i - 1) != 0 && In(signs, Sign(i - 1))) {
      *left = i >= 2 ? &atoms_[i - 2] : nullptr;
      *right = &atoms_[i];
    } else if (Sign(i) != 0 && In(signs, Sign(i))) {
      *left = &atoms_[i - 1];
      *right = i + 1 < atoms_.size() ? &atoms_[i + 1] : nullptr;
    } else {
      return false;
    }
    return *left != nullptr && *right != nullptr;
  }

  // Whether atom `i` goes on with the token that began at `begin`.
  bool Joins(std::size_t i, std::size_t begin) const {
    const Atom *left = nullptr, *right = nullptr;
    for (const std::u32string_view signs : {kDashes, std::u32string_view(U"_")}) {
      if (Around(i, signs, &left, &right) && left->kind != Kind::kSign && right->kind != Kind::kSign) return true;
    }
    for (const std::u32string_view signs : {std::u32string_view(U".,"), std::u32string_view(U"/\\")}) {
      if (Around(i, signs, &left, &right) && left->kind == Kind::kNumber && right->kind == Kind::kNumber) return true;
    }
    const Kind a = atoms_[i - 1].kind, b = atoms_[i].kind;
    if (a == Kind::kSign && b == Kind::kSign) {
      const char32_t x = Sign(i - 1), y = Sign(i);
      if (IsSmile(std::u32string_view(text_).substr(begin, atoms_[i].span.second - begin))) return true;
      if ((In(kEndings, x) && In(kEndings, y)) || (x == y && (x == '-' || x == '*'))) return true;
    }
    const auto is_letter = [](Kind k) { return k == Kind::kRussian || k == Kind::kLatin; };
    if ((a == Kind::kOther && (b == Kind::kOther || is_letter(b))) || (b == Kind::kOther && is_letter(a))) return true;
    return Sign(i) == '!' && Is(atoms_[i - 1], U"yahoo");
  }

  bool Is(const Atom& atom, std::u32string_view word) const {
    if (atom.span.second - atom.span.first != word.size()) return false;
    for (std::size_t k = 0; k < word.size(); ++k) {
      if (u_tolower(static_cast<UChar32>(text_[atom.span.first + k])) != static_cast<UChar32>(word[k])) return false;
    }
    return true;
  }

  const std::u32string& text_;
  std::vector<Atom> atoms_;
};

}  // namespace

std::vector<Point> Tokens(const std::u32string& text) { return Tokenizer(text).Run(); }

std::string Pieces::operator()(std::size_t begin, std::size_t end) const {
  std::string out;
  for (std::size_t i = begin; i < end && i < text_.size(); ++i) text::Append(text_[i], &out);
  return out;
}

}  // namespace atau::cli
