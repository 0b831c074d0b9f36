// One pass over the text: blanks, words, numbers, signs.
#include <array>
#include <bit>
#include <cstring>

#include "text/letters.h"
#include "text/utf8.h"
#include "token/stages.h"
#include "token/token.h"

namespace atau::token {
namespace {

using text::Letter;

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }

bool IsApostrophe(char32_t c) { return c == '\'' || c == 0x2019 || c == 0x02BC; }
bool IsHyphen(char32_t c) { return c == '-' || c == 0x2010 || c == 0x2011; }

constexpr bool IsQuote(char32_t c) {
  return c == '"' || c == '\'' || c == 0xAB || c == 0xBB || (c >= 0x2018 && c <= 0x201F) || c == 0x2039 || c == 0x203A || c == 0x2033 ||
         c == 0x2032;
}

constexpr bool IsDash(char32_t c) { return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212; }

constexpr bool IsPunct(char32_t c) {
  if (c < 0x80)
    return (c >= '!' && c <= '/' && c != '$' && c != '+') || c == ':' || c == ';' || c == '?' || c == '@' || (c >= '[' && c <= ']') ||
           c == '_' || c == '{' || c == '}';
  return (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205E && c != 0x2044 && c != 0x2052) || c == 0xA1 || c == 0xA7 ||
         c == 0xA9 || c == 0xAE || c == 0xB6 || c == 0xB7 || c == 0xBF || c == 0x2116 || c == 0x2122 || c == 0x2212 ||
         (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011);
}

// What a byte of ASCII is where a token begins, and what it tells behind a plain word.
enum ByteIs : std::uint8_t {
  kSignOfWord = 0,  // goes on with a word, or with an address, or needs a closer look
  kSignPunct = 1,   // a token of its own
  kSignQuote = 2,
  kSignOther = 3,
  kSignKind = 3,
  kSignDash = 4,   // of these, a dash
  kEndsWord = 8,   // behind a plain word: the word ends
  kNoAddress = 16  // and no address goes on
};
constexpr std::array<std::uint8_t, 256> kBytes = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned b = 0; b < 0x80; ++b) {
    const char c = static_cast<char>(b);
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    const bool word = IsDigit(c) || IsAsciiLetter(c);
    unsigned is = 0;
    if (!word && !blank && c != '@' && c != '#') {
      is = IsQuote(b) ? kSignQuote : IsPunct(b) ? kSignPunct : kSignOther;
      if (IsDash(b)) is |= kSignDash;
    }
    if (!word && c != '-' && c != '\'') {
      is |= kEndsWord;
      if (c != '@' && c != '_' && c != '+' && c != '.' && c != ':') is |= kNoAddress;
    }
    table[b] = static_cast<std::uint8_t>(is);
  }
  return table;
}();

// Whether a Cyrillic lower-case letter of two bytes (U+0400 to U+047F) stands at `p`: most of a Russian text.
bool IsCyrillicLower(const char* p) {
  const auto lead = static_cast<unsigned char>(p[0]), tail = static_cast<unsigned char>(p[1]);
  return (lead & 0xFE) == 0xD0 && (tail & 0xC0) == 0x80 && text::kLetterTable[0x400u + (lead & 1u) * 64 + (tail & 0x3Fu)] == 'c';
}

// The same for a capital.
bool IsCyrillicUpper(const char* p) {
  const auto lead = static_cast<unsigned char>(p[0]), tail = static_cast<unsigned char>(p[1]);
  return (lead & 0xFE) == 0xD0 && (tail & 0xC0) == 0x80 && text::kLetterTable[0x400u + (lead & 1u) * 64 + (tail & 0x3Fu)] == 'C';
}

// The bytes of the letters а to я that `text` begins with, at least as far as whole eights of bytes go.
std::size_t RussianLower(std::string_view text) {
  std::size_t size = 0;
  if constexpr (std::endian::native == std::endian::little) {
    // Letters are D0 B0 … D0 BF and D1 80 … D1 8F; four are looked at together.
    constexpr std::uint64_t kLetters = 0xB0D0B0D0B0D0B0D0u, kFixed = 0xF0FEF0FEF0FEF0FEu, kLast = 0x0001000100010001u;
    for (; size + sizeof(std::uint64_t) <= text.size(); size += sizeof(std::uint64_t)) {
      std::uint64_t four;
      std::memcpy(&four, text.data() + size, sizeof(four));
      four ^= (four & kLast) * 0x3000u;
      const std::uint64_t other = (four & kFixed) ^ kLetters;
      if (other != 0) return size + static_cast<std::size_t>(std::countr_zero(other)) / 16 * 2;
    }
  }
  return size;
}

// What is told of a word that is all Cyrillic and has no capital behind its first letter.
void SetPlain(std::size_t letters, bool lower, Letters* result) {
  result->letters = static_cast<std::uint32_t>(letters);
  result->flags |= kCyrillic;
  result->shape = lower ? Shape::kLower : letters == 1 ? Shape::kInitial : Shape::kCap;
}

class Scanner {
 public:
  Scanner(std::string_view text, const WordOracle* oracle, std::vector<Token>* tokens) : text_(text), oracle_(oracle), tokens_(*tokens) {}

  void Run() {
    std::size_t p = 0;
    while (p < text_.size()) {
      const auto c = static_cast<unsigned char>(text_[p]);
      if ((c & 0xFE) == 0xD0) {
        p = Cyrillic(p);
      } else if (c == ' ' || c == '\t') {
        pending_ |= kSpaceBefore;
        ++p;
      } else if (const unsigned sign = kBytes[c] & (kSignKind | kSignDash); sign != 0) {
        constexpr Kind kKinds[] = {Kind::kWord, Kind::kPunct, Kind::kQuote, Kind::kOther};
        Emit(p, p + 1, kKinds[sign & kSignKind], Shape::kNone, (sign & kSignDash) != 0 ? kDash : 0);
        ++p;
      } else if (c == '\n' || c == '\v' || c == '\f') {
        LineBreak();
        ++p;
      } else if (c == '\r') {
        LineBreak();
        p += p + 1 < text_.size() && text_[p + 1] == '\n' ? 2 : 1;
      } else {
        p = Next(p);
      }
    }
  }

 private:
  void LineBreak() { pending_ |= kSpaceBefore | kLineStart | ((pending_ & kLineStart) != 0 ? kBlockStart : 0); }

  char32_t At(std::size_t p, std::size_t* size) const {
    if (p >= text_.size()) {
      *size = 0;
      return 0;
    }
    return text::Decode(text_.data() + p, text_.data() + text_.size(), size);
  }
  Letter LetterAt(std::size_t p) const {
    std::size_t size = 0;
    return text::LetterOf(At(p, &size));
  }
  bool StartsWord(std::size_t p) const {
    const Letter letter = LetterAt(p);
    return letter != Letter::kNone && letter != Letter::kMark;
  }

  void Emit(std::size_t begin, std::size_t end, Kind kind, Shape shape, std::uint16_t flags) {
    tokens_.push_back({.begin = static_cast<std::uint32_t>(begin),
                       .end = static_cast<std::uint32_t>(end),
                       .flags = static_cast<std::uint16_t>(flags | pending_),
                       .kind = kind,
                       .shape = shape});
    pending_ = 0;
  }

  // What begins with a letter of two bytes at `p`, perhaps: most tokens. A plain word that a blank or line break parts from what stands
  // before it, and that no address goes on with, needs no closer look.
  std::size_t Cyrillic(std::size_t p) {
    Letters letters;
    const std::size_t end = PlainWordEnd(p, &letters);
    if (end == 0 || pending_ == 0 || MayBeAddress(end)) return Next(p);
    Emit(p, end, Kind::kWord, letters.shape, letters.flags);
    if (end == text_.size() || text_[end] != ' ') return end;
    pending_ = kSpaceBefore;
    return end + 1;
  }

  // Whether what stands behind a plain word, which ends at `end`, may make an address of it.
  bool MayBeAddress(std::size_t end) const {
    if (end >= text_.size()) return false;
    const char sign = text_[end];
    if ((kBytes[static_cast<unsigned char>(sign)] & kNoAddress) != 0) return false;
    const char next = end + 1 < text_.size() ? text_[end + 1] : ' ';
    return sign == '.' ? static_cast<unsigned char>(next) > ' ' : sign != ':' || next == '/';
  }

  std::size_t Next(std::size_t p) {
    if (p + 1 < text_.size() && (IsCyrillicLower(text_.data() + p) || IsCyrillicUpper(text_.data() + p))) return Word(p);
    std::size_t size = 0;
    const char32_t c = At(p, &size);
    const Letter letter = text::LetterOf(c);
    if (IsDigit(text_[p]) || (letter != Letter::kNone && letter != Letter::kMark && c != 0x02BC)) return Word(p);
    if ((c == '@' || c == '#') && !GluedToWord(p)) {
      const std::size_t end = TagEnd(p, c == '#');
      if (end != 0) {
        Address(p, end);
        return end;
      }
    }
    const Kind kind = IsQuote(c) ? Kind::kQuote : IsPunct(c) ? Kind::kPunct : Kind::kOther;
    Emit(p, p + size, kind, Shape::kNone, IsDash(c) ? kDash : 0);
    return p + size;
  }

  bool GluedToWord(std::size_t p) const { return !tokens_.empty() && tokens_.back().end == p && tokens_.back().kind <= Kind::kNumber; }

  // Behind «@name» or «#тег», or 0.
  std::size_t TagEnd(std::size_t p, bool any_script) const {
    std::size_t q = p + 1;
    bool letter = false;
    for (std::size_t size = 1; q < text_.size(); q += size) {
      const char c = text_[q];
      size = 1;
      if (IsAsciiLetter(c) || c == '_') {
        letter = true;
      } else if (any_script && c < 0) {
        if (text::LetterOf(At(q, &size)) == Letter::kNone) break;
        letter = true;
      } else if (!IsDigit(c)) {
        break;
      }
    }
    return letter && q - p >= 3 ? q : 0;
  }

  void Address(std::size_t begin, std::size_t end) {
    const Letters letters = LettersOf(text_.substr(begin, end - begin));
    Emit(begin, end, Kind::kWord, letters.shape, static_cast<std::uint16_t>(letters.flags | kUrl));
  }

  // A word or number that starts at `p`.
  std::size_t Word(std::size_t p) {
    bool glued = false;  // ends where another word was glued to it
    Letters letters;
    const std::size_t plain = PlainWordEnd(p, &letters);
    const std::size_t end = plain != 0 ? plain : WordEnd(p, &glued);
    if (const std::size_t address = AddressFrom(p, end); address != 0) {
      Address(p, address);
      return address;
    }
    const std::string_view word = text_.substr(p, end - p);
    if (plain == 0) letters = LettersOf(word);
    // A word right behind a stop or comma; initials («А.С.Пушкин») are written so.
    if (letters.letters > 0 && pending_ == 0 && !tokens_.empty() && tokens_.back().end == p && tokens_.back().kind == Kind::kPunct) {
      const char sign = text_[tokens_.back().begin];
      const bool initial = sign == '.' && tokens_.size() >= 2 && tokens_[tokens_.size() - 2].shape == Shape::kInitial;
      if (!initial && (sign == '.' || sign == ',' || sign == ';' || sign == '!' || sign == '?' || sign == ')')) pending_ |= kGlued;
    }
    // A word that a domain ran into: «Tengrinews.kz|со».
    if (letters.letters > 0 && pending_ == 0 && !tokens_.empty() && tokens_.back().end == p && tokens_.back().Has(kUrl)) pending_ |= kGlued;
    if (letters.may_be_glued) {
      std::size_t cuts[kMaxCuts];
      const int count = FindCuts(word, oracle_, cuts);
      std::size_t from = 0;
      for (int i = 0; i < count; ++i) {
        Piece(p + from, p + cuts[i], LettersOf(word.substr(from, cuts[i] - from)));
        pending_ |= kGlued;
        from = cuts[i];
      }
      // «передаётTengrinews.kz»
      if (const std::size_t address = from > 0 ? AddressFrom(p + from, end) : 0; address != 0) {
        Address(p + from, address);
        return address;
      }
      Piece(p + from, end, from == 0 ? letters : LettersOf(word.substr(from)));
    } else {
      Piece(p, end, letters);
    }
    if (glued) pending_ |= kGlued;
    return end;
  }

  // The end of an address that starts at `p`, where the signs behind its first word (which ends at `end`) allow one; else 0.
  std::size_t AddressFrom(std::size_t p, std::size_t end) {
    if (end >= text_.size() || p < no_address_before_) return 0;
    const char sign = text_[end];
    const char next = end + 1 < text_.size() ? text_[end + 1] : ' ';
    const bool may_go_on = sign == '@' || sign == '_' || sign == '+' || (sign == '.' && next != ' ') ||
                           (sign == ':' && text_.substr(end, 3) == "://") || (sign == '-' && (IsAsciiLetter(next) || IsDigit(next)));
    return may_go_on ? AddressEnd(text_, p, &no_address_before_) : 0;
  }

  void Piece(std::size_t begin, std::size_t end, const Letters& letters) {
    Emit(begin, end, letters.letters > 0 ? Kind::kWord : Kind::kNumber, letters.shape, letters.flags);
  }

  // The end of a word of Cyrillic letters, of which none but the first is a capital, with a blank or a plain sign behind it, and what its
  // letters are: most words of a Russian text. 0 where it is another one.
  std::size_t PlainWordEnd(std::size_t p, Letters* letters) const {
    if (p + 1 >= text_.size()) return 0;
    const bool lower = IsCyrillicLower(text_.data() + p);
    if (!lower && !IsCyrillicUpper(text_.data() + p)) return 0;
    std::size_t q = p + 2;
    q += RussianLower(text_.substr(q));
    while (q + 1 < text_.size() && static_cast<unsigned char>(text_[q]) >= 0x80 && IsCyrillicLower(text_.data() + q)) q += 2;
    if (q < text_.size() && (kBytes[static_cast<unsigned char>(text_[q])] & kEndsWord) == 0) return 0;
    SetPlain((q - p) / 2, lower, letters);
    return q;
  }

  std::size_t WordEnd(std::size_t p, bool* glued) const {
    enum class Last { kNothing, kLetter, kDigit } last = Last::kNothing;
    bool any_letter = false, lower_cyrillic = false;
    int letters = 0;  // of the run that ends here
    int digits = 0;   // of the number that ends here
    std::size_t q = p;
    while (q < text_.size()) {
      const char c = text_[q];
      if (IsDigit(c)) {
        // «марта2021», but «Т14», «МС21».
        if (last == Last::kLetter && lower_cyrillic && (letters >= 4 || (letters == 3 && q + 1 < text_.size() && IsDigit(text_[q + 1])))) {
          *glued = true;
          return q;
        }
        last = Last::kDigit;
        letters = 0;
        ++digits;
        ++q;
        continue;
      }
      std::size_t size = 0;
      const char32_t code = At(q, &size);
      const Letter letter = code == 0x02BC ? Letter::kNone : text::LetterOf(code);
      if (letter != Letter::kNone) {
        if (letter != Letter::kMark) {
          if (last == Last::kDigit && GluedBehindDigits(q, digits)) {
            *glued = true;
            return q;
          }
          any_letter = true;
          lower_cyrillic = letter == Letter::kCyrillicLower;
          ++letters;
          digits = 0;
          last = Last::kLetter;
        }
        q += size;
        if (!lower_cyrillic || last != Last::kLetter) continue;
        for (; q + 1 < text_.size() && IsCyrillicLower(text_.data() + q); q += 2) ++letters;
      } else if (last == Last::kLetter && (IsHyphen(code) || IsApostrophe(code)) && StartsWord(q + size)) {
        q += size;
        letters = 0;
        last = Last::kNothing;
      } else if (last == Last::kDigit && (c == '.' || (!any_letter && (c == ',' || c == ':'))) && q + 1 < text_.size() &&
                 IsDigit(text_[q + 1])) {
        ++q;
      } else {
        break;
      }
    }
    return q;
  }

  // «2021Президент», «2021года», but «154М», «2.1а», «64bit», «10км».
  bool GluedBehindDigits(std::size_t p, int digits) const {
    Letter first = Letter::kNone;
    int lower = 0;
    std::size_t q = p;
    for (int i = 0; i < 4 && q < text_.size(); ++i) {
      std::size_t size = 0;
      const Letter letter = text::LetterOf(At(q, &size));
      if (i == 0) first = letter;
      if (i > 0 || text::IsLower(letter)) {
        if (!text::IsLower(letter)) break;
        ++lower;
      }
      q += size;
    }
    if (text::IsUpper(first)) return lower >= 3;
    return first == Letter::kCyrillicLower && lower >= 3 && digits >= 2;
  }

  const std::string_view text_;
  const WordOracle* oracle_;
  std::vector<Token>& tokens_;
  std::uint16_t pending_ = kLineStart | kBlockStart;  // flags of the next token
  std::size_t no_address_before_ = 0;
};

}  // namespace

namespace {

// Letters of a word that is all Cyrillic and has no capital behind its first letter; false where the word is another one.
bool LettersOfPlain(std::string_view word, Letters* result) {
  if (word.size() < 2 || word.size() % 2 != 0) return false;
  for (std::size_t i = 2; i < word.size(); i += 2) {
    if (!IsCyrillicLower(word.data() + i)) return false;
  }
  const bool lower = IsCyrillicLower(word.data());
  if (!lower) {
    std::size_t size = 0;
    if (text::LetterOf(text::Decode(word.data(), word.data() + word.size(), &size)) != Letter::kCyrillicUpper || size != 2) return false;
  }
  SetPlain(word.size() / 2, lower, result);
  return true;
}

}  // namespace

std::size_t LatinStem(std::string_view word) {
  std::size_t at = word.size();
  while (at >= 2 && word.size() - at < 6 && IsCyrillicLower(word.data() + at - 2)) at -= 2;
  if (at == word.size()) return 0;
  for (const std::string_view apostrophe : kApostrophes) {
    if (!word.substr(0, at).ends_with(apostrophe)) continue;
    const std::size_t stem = at - apostrophe.size();
    bool latin = false;
    for (const char* p = word.data(); p < word.data() + stem;) {
      std::size_t size = 0;
      const Letter letter = text::LetterOf(text::Decode(p, word.data() + stem, &size));
      if (letter != Letter::kNone && letter != Letter::kMark && !text::IsLatin(letter)) return 0;
      latin |= text::IsLatin(letter);
      p += size;
    }
    return latin ? stem : 0;
  }
  return 0;
}

Letters LettersOf(std::string_view word) {
  Letters result;
  if (LettersOfPlain(word, &result)) return result;
  std::uint32_t upper = 0, latin = 0, cyrillic = 0;
  bool first_upper = false;  // of the whole word
  bool inner_upper = false;  // a capital that does not start its part
  bool part_start = true;
  char script = 0;            // of the letter before in the same part
  bool lower_before = false;  // the letter before in the same part is lower case
  std::uint32_t upper_run = 0;
  const char* const end = word.data() + word.size();
  for (const char* p = word.data(); p < end;) {
    const auto b = static_cast<unsigned char>(*p);
    Letter letter;
    if (b < 0x80) {
      letter = static_cast<Letter>(text::kLetterTable[b]);
      ++p;
    } else {
      std::size_t size = 0;
      const char32_t c = text::Decode(p, end, &size);
      letter = c == 0x02BC ? Letter::kNone : text::LetterOf(c);
      p += size;
    }
    if (letter == Letter::kMark) continue;
    if (letter == Letter::kNone) {
      if (b >= '0' && b <= '9') {
        result.flags |= kDigits;
      } else {
        if (b == '-' || b == 0xE2) result.flags |= b == '-' ? kHyphen : 0;
        part_start = true;
      }
      script = 0;
      lower_before = false;
      upper_run = 0;
      continue;
    }
    ++result.letters;
    const bool is_latin = text::IsLatin(letter), is_cyrillic = text::IsCyrillic(letter);
    latin += is_latin;
    cyrillic += is_cyrillic;
    const char now = is_latin ? 'l' : is_cyrillic ? 'c' : 'o';
    if (script != 0 && script != now) result.may_be_glued = true;
    script = now;
    if (text::IsUpper(letter)) {
      ++upper;
      if (result.letters == 1) first_upper = true;
      if (!part_start) inner_upper = true;
      if (lower_before) result.may_be_glued = true;
      lower_before = false;
      ++upper_run;
    } else {
      if (upper_run >= 3) result.may_be_glued = true;  // «ТАССПрезидент», «РКФото»
      upper_run = 0;
      lower_before = true;
    }
    part_start = false;
  }
  if (result.letters == 0) return result;
  if (latin > 0 && cyrillic > 0 && latin + cyrillic == result.letters) {
    if (const std::size_t stem = LatinStem(word); stem != 0) {
      result = LettersOf(word.substr(0, stem));
      result.flags |= kEnding;
      result.may_be_glued = false;
      return result;
    }
  }
  if (latin == result.letters) result.flags |= kLatin;
  if (cyrillic == result.letters) result.flags |= kCyrillic;
  if (upper == 0) {
    result.shape = Shape::kLower;
  } else if (upper == result.letters) {
    result.shape = upper == 1 && (result.flags & kDigits) == 0 ? Shape::kInitial : Shape::kUpper;
  } else {
    result.shape = first_upper && !inner_upper ? Shape::kCap : Shape::kMixed;
  }
  return result;
}

void Tokenize(std::string_view clean, const WordOracle* oracle, std::vector<Token>* tokens) {
  tokens->clear();
  Scanner(clean, oracle, tokens).Run();
  MatchPairs(clean, tokens);
  SplitSentences(clean, oracle, tokens);
}

}  // namespace atau::token
