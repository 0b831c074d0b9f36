#include "rules/outline.h"

#include <algorithm>
#include <bit>

#include "morph/letters.h"

namespace atau::rules {
namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};
constexpr std::uint32_t kEndless = 0xFFFFFFFF;
constexpr int kDeepest = 50;  // brackets in brackets

std::uint32_t Sum(std::uint32_t a, std::uint32_t b) { return a > kEndless - b ? kEndless : a + b; }
std::uint32_t Product(std::uint32_t a, std::uint32_t b) { return a != 0 && b > kEndless / a ? kEndless : a * b; }

// A part of an expression; the empty one matches nothing but the empty text.
struct Part {
  std::uint64_t first = 0, last = 0, needed = 0;
  std::uint32_t min = 0, max = 0;
};

Part Letter(std::uint64_t bits, bool sure) { return {bits, bits, sure ? bits : 0, 1, 1}; }

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) {}

  // False where something is not understood.
  bool Parse(Part* out) { return Choice(0, out) && at_ == pattern_.size(); }

 private:
  bool End() const { return at_ == pattern_.size(); }
  char Peek() const { return pattern_[at_]; }
  bool Take(char c) {
    if (End() || Peek() != c) return false;
    ++at_;
    return true;
  }

  bool Choice(int depth, Part* out) {
    if (depth > kDeepest || !Sequence(depth, out)) return false;
    while (Take('|')) {
      Part other;
      if (!Sequence(depth, &other)) return false;
      out->first |= other.first, out->last |= other.last, out->needed &= other.needed;
      out->min = std::min(out->min, other.min), out->max = std::max(out->max, other.max);
    }
    return true;
  }

  bool Sequence(int depth, Part* out) {
    *out = {};
    while (!End() && Peek() != '|' && Peek() != ')') {
      Part next;
      if (!Single(depth, &next) || !Repetition(&next)) return false;
      if (out->min == 0) out->first |= next.first;
      out->last = next.min == 0 ? out->last | next.last : next.last;
      out->needed |= next.needed;
      out->min = Sum(out->min, next.min), out->max = Sum(out->max, next.max);
    }
    return true;
  }

  bool Repetition(Part* part) {
    while (!End()) {
      std::uint32_t least = 0, most = 0;
      if (Take('?')) {
        most = 1;
      } else if (Take('*')) {
        most = kEndless;
      } else if (Take('+')) {
        least = 1, most = kEndless;
      } else if (Take('{')) {
        if (!Number(&least)) return false;
        most = least;
        if (Take(',') && !Number(&most)) most = kEndless;
        if (!Take('}')) return false;
      } else {
        return true;
      }
      Take('?');  // how much it takes at first does not matter
      if (least == 0) part->needed = 0;
      part->min = Product(part->min, least), part->max = Product(part->max, most);
    }
    return true;
  }

  bool Number(std::uint32_t* out) {
    if (End() || Peek() < '0' || Peek() > '9') return false;
    for (*out = 0; !End() && Peek() >= '0' && Peek() <= '9'; ++at_) {
      if (*out > 10000) return false;
      *out = *out * 10 + static_cast<std::uint32_t>(Peek() - '0');
    }
    return true;
  }

  bool Single(int depth, Part* out) {
    switch (Peek()) {
      case '(':
        ++at_;
        if (Take('?') && !Take(':')) return false;
        return Choice(depth + 1, out) && Take(')');
      case '[':
        ++at_;
        return Class(out);
      case '.':
        ++at_;
        *out = Letter(kAll, false);
        return true;
      case '\\': {
        std::uint64_t bits = 0;
        bool one = false;
        if (!Escape(&bits, &one)) return false;
        *out = Letter(bits, one);
        return true;
      }
      case '^':
      case '$':
      case '*':
      case '+':
      case '?':
      case '{':
        return false;
      default:
        *out = Letter(LetterBit(morph::NextCodePoint(pattern_, &at_)), true);
        return true;
    }
  }

  // What follows a backslash: a digit, or a sign that stands for itself.
  bool Escape(std::uint64_t* bits, bool* one) {
    ++at_;
    if (End()) return false;
    const char c = Peek();
    ++at_;
    if (c == 'd') {
      for (char32_t digit = '0'; digit <= '9'; ++digit) *bits |= LetterBit(digit);
      return true;
    }
    *one = true;
    *bits = LetterBit(static_cast<unsigned char>(c));
    return c > 0x20 && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z');
  }

  bool Class(Part* out) {
    if (End() || Peek() == '^' || Peek() == ']') return false;
    std::uint64_t bits = 0;
    while (!End() && Peek() != ']') {
      if (Peek() == '[') return false;
      if (Peek() == '\\') {
        bool one = false;
        if (!Escape(&bits, &one)) return false;
        if (!End() && Peek() == '-') return false;
        continue;
      }
      const char32_t low = morph::NextCodePoint(pattern_, &at_);
      char32_t high = low;
      if (at_ + 1 < pattern_.size() && Peek() == '-' && pattern_[at_ + 1] != ']') {
        ++at_;
        if (Peek() == '[' || Peek() == '\\') return false;
        high = morph::NextCodePoint(pattern_, &at_);
      }
      if (high < low || high - low > 0x400) return false;
      for (char32_t c = low; c <= high; ++c) bits |= LetterBit(c);
    }
    *out = Letter(bits, false);
    return Take(']');
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace

TextOutline OutlineOfText(std::string_view text) {
  std::uint64_t first = 0, last = 0, all = 0;
  std::uint32_t letters = 0;
  for (std::size_t at = 0; at < text.size(); ++letters) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead >= 0xC2 && lead < 0xE0 && at + 1 < text.size()) {
      last = std::uint64_t{1} << (32 + (static_cast<unsigned char>(text[at + 1]) & 31));  // LetterBit of a letter of two bytes
      at += 2;
    } else {
      last = LetterBit(morph::NextCodePoint(text, &at));
    }
    if (letters == 0) first = last;
    all |= last;
  }
  return {first, last, all, letters};
}

TextEnds EndsOfText(std::string_view text) {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto of_two = [](unsigned char lead) { return lead >= 0xC2 && lead < 0xE0; };
  const std::size_t size = text.size();
  // Nearly all forms begin and end with a letter of two bytes.
  if (size >= 2 && of_two(byte(0)) && of_two(byte(size - 2)) && (byte(size - 1) & 0xC0) == 0x80) {
    return {32 + (byte(1) & 31), 32 + (byte(size - 1) & 31)};
  }
  const TextOutline outline = OutlineOfText(text);
  return {std::countr_zero(outline.first), std::countr_zero(outline.last)};
}

Outline OutlineOfRegex(std::string_view pattern) {
  Part part;
  // Where the empty text matches, nothing is known of a first letter.
  if (!Parser(pattern).Parse(&part) || part.min == 0) return {};
  return {part.first, part.last, part.needed, part.min, part.max};
}

}  // namespace atau::rules
