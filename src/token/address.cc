// URLs, e-mail addresses and domains: «https://…», «ivan@mail.ru», «Lenta.ru», «Газета.ру», «www.site.com/path».
#include "text/letters.h"
#include "text/utf8.h"
#include "token/stages.h"

namespace atau::token {
namespace {

using text::Letter;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAsciiLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }
bool IsAsciiLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAsciiUpper(char c) { return c >= 'A' && c <= 'Z'; }

constexpr std::size_t kLongestName = 253;  // of a domain, by its standard

// Top-level domains in Cyrillic letters, and Latin ones as they are spelled in Russian.
constexpr std::string_view kCyrillicZones[] = {"рф", "ру", "ком", "орг", "кз", "қаз", "РФ", "РУ", "КЗ", "ҚАЗ"};

// Behind a path, query or fragment that starts at `p`; signs that end the sentence rather than the URL stay outside.
std::size_t PathEnd(std::string_view s, std::size_t p) {
  const std::size_t begin = p;
  int open = 0;
  while (p < s.size()) {
    const char c = s[p];
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '<' || c == '>' || c == '|' || c == '\\' || c == '`' || c == '{' ||
        c == '}')
      break;
    if (c < 0) {
      std::size_t size = 0;
      if (text::LetterOf(text::Decode(s.data() + p, s.data() + s.size(), &size)) == Letter::kNone) break;
      p += size;
      continue;
    }
    if (c == '(') ++open;
    if (c == ')' && --open < 0) break;
    ++p;
  }
  while (p > begin && std::string_view(".,;:!?'(*").find(s[p - 1]) != std::string_view::npos) --p;
  return p;
}

// Behind the domain that starts at `begin`, or 0.
std::size_t DomainEnd(std::string_view s, std::size_t begin, std::size_t* looked) {
  char script = 0;            // 'l' or 'c', of all labels
  std::size_t label = begin;  // start of the label that is read
  std::size_t before = 0;     // letters and digits of the label before it
  bool label_letters = false, label_others = false, label_lower = false, label_upper = false, all_upper = true, any_letter = false;
  std::size_t accepted = 0;
  std::size_t p = begin;
  int labels = 0;
  for (;;) {
    std::size_t size = 0;
    const char c = p < s.size() ? s[p] : ' ';
    char now = 0;
    if (IsAsciiLetter(c)) {
      now = 'l';
      label_lower = label_lower || IsAsciiLower(c);
      label_upper = label_upper || IsAsciiUpper(c);
      size = 1;
    } else if (c < 0 && text::IsCyrillic(text::LetterOf(text::Decode(s.data() + p, s.data() + s.size(), &size)))) {
      now = 'c';
    }
    if (now != 0) {
      // A change of script ends the name; words run into short zones: «Tengrinews.kzсо ссылкой».
      if (script != 0 && now != script) {
        const std::size_t zone = p - label;
        if (script == 'l' && labels > 0 && !label_others && !label_upper && (zone == 2 || zone == 3)) accepted = p;
        break;
      }
      script = now;
      label_letters = any_letter = true;
    } else if (IsDigit(c) || (c == '-' && p > label && p + 1 < s.size() &&
                              (s[p + 1] < 0 || IsAsciiLetter(s[p + 1]) || IsDigit(s[p + 1]) || s[p + 1] == '-'))) {
      label_others = true;
      size = 1;
    } else {
      // The label ends here; can it be the last one?
      const std::string_view zone = s.substr(label, p - label);
      if (zone.empty()) break;
      if (labels > 0 && label_letters && !label_others && before >= (script == 'l' ? 1u : 2u)) {
        bool good = false;
        if (script == 'l' && zone.size() >= 2 && zone.size() <= 6) {
          good = !label_upper || (!label_lower && all_upper && zone.size() <= 3);
        } else if (script == 'c') {
          for (const std::string_view known : kCyrillicZones) good = good || zone == known;
        }
        if (good) accepted = p;
      }
      all_upper = all_upper && !label_lower;
      before = zone.size() / (script == 'c' ? 2 : 1);
      if (c != '.' || p - begin > kLongestName) break;
      ++labels;
      label = ++p;
      label_letters = label_others = label_lower = label_upper = false;
      continue;
    }
    p += size;
    if (p - begin > 2 * kLongestName) break;
  }
  *looked = p;
  return any_letter ? accepted : 0;
}

}  // namespace

std::size_t AddressEnd(std::string_view s, std::size_t begin, std::size_t* looked) {
  // A scheme.
  std::size_t p = begin;
  while (p < s.size() && IsAsciiLetter(s[p]) && p - begin <= 8) ++p;
  if (p - begin >= 2 && s.substr(p, 3) == "://") {
    const std::size_t end = PathEnd(s, p + 3);
    if (end > p + 3) return end;
  }
  // A mailbox.
  p = begin;
  while (p < s.size() && p - begin <= 64 &&
         (IsAsciiLetter(s[p]) || IsDigit(s[p]) || s[p] == '.' || s[p] == '_' || s[p] == '-' || s[p] == '+'))
    ++p;
  std::size_t seen = p;
  if (p > begin && p < s.size() && s[p] == '@') {
    const std::size_t end = DomainEnd(s, p + 1, &seen);
    if (end != 0) return end;
    seen = p;
  }
  std::size_t end = DomainEnd(s, begin, looked);
  if (*looked < seen) *looked = seen;
  if (end == 0) return 0;
  // A port, then a path; behind a bare name a slash may also part two names («Lenta.ru/РИА»).
  if (end + 1 < s.size() && s[end] == ':' && IsDigit(s[end + 1])) {
    while (++end < s.size() && IsDigit(s[end])) {
    }
  }
  if (end < s.size() && (s[end] == '/' || s[end] == '?' || s[end] == '#')) {
    const char next = end + 1 < s.size() ? s[end + 1] : ' ';
    if (IsAsciiLetter(next) || IsDigit(next) || std::string_view("_%~-?#=@/!").find(next) != std::string_view::npos) {
      end = PathEnd(s, end);
    } else if (s[end] == '/' && static_cast<unsigned char>(next) <= ' ') {
      ++end;
    }
  }
  return end;
}

}  // namespace atau::token
