// Repairs that need to see a whole word: look-alike letters of another script, and words torn at line ends.
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <string>

#include "text/letters.h"
#include "text/stages.h"
#include "text/utf8.h"

namespace atau::text {
namespace {

struct Pair {
  char32_t latin, cyrillic;
};
// Letters that look alike in most typefaces, in upper and lower case alike.
constexpr Pair kLookAlikes[] = {
    {U'A', U'А'}, {U'B', U'В'}, {U'C', U'С'}, {U'E', U'Е'}, {U'H', U'Н'}, {U'K', U'К'}, {U'M', U'М'},
    {U'O', U'О'}, {U'P', U'Р'}, {U'T', U'Т'}, {U'X', U'Х'}, {U'Y', U'У'}, {U'a', U'а'}, {U'c', U'с'},
    {U'e', U'е'}, {U'o', U'о'}, {U'p', U'р'}, {U'x', U'х'}, {U'y', U'у'},
};
// Letters outside Russian: Kazakh and Ukrainian texts have them often typed on a Latin keyboard. They count as Latin unless everything else
// in the word speaks for Cyrillic (a roman «XIX» glued to a word must stay).
constexpr Pair kWeakLookAlikes[] = {{U'i', U'і'}, {U'I', U'І'}, {U'h', U'һ'}, {U's', U'ѕ'}, {U'S', U'Ѕ'}, {U'j', U'ј'}, {U'J', U'Ј'}};

char32_t CyrillicOf(char32_t latin) {
  for (const Pair& p : kLookAlikes) {
    if (p.latin == latin) return p.cyrillic;
  }
  return 0;
}
char32_t WeakCyrillicOf(char32_t latin) { return latin == U'i' ? U'і' : latin == U'I' ? U'І' : latin == U'h' ? U'һ' : 0; }
char32_t LatinOf(char32_t cyrillic) {
  for (const Pair& p : kLookAlikes) {
    if (p.cyrillic == cyrillic) return p.latin;
  }
  for (const Pair& p : kWeakLookAlikes) {
    if (p.cyrillic == cyrillic) return p.latin;
  }
  return 0;
}

bool IsAsciiLetter(char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The next ASCII letter or line feed.
const char* NextOfInterest(const char* p, const char* end) {
#if defined(__SSE2__)
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
    const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    const unsigned hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letter, _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')))));
    if (hits != 0) return p + std::countr_zero(hits);
  }
#endif
  while (p < end && !IsAsciiLetter(*p) && *p != '\n') ++p;
  return p;
}

class WordRepair {
 public:
  WordRepair(std::string_view in, const CleanOptions& options, Editor* editor)
      : begin_(in.data()), end_(begin_ + in.size()), scanned_(begin_), words_(options.words), editor_(editor) {
    look_alike_ = Enabled(options, RepairKind::kLookAlike);
    join_ = Enabled(options, RepairKind::kJoinedLine);
  }

  void Run() {
    if (!look_alike_ && !join_) return;
    for (const char* p = NextOfInterest(begin_, end_); p < end_; p = NextOfInterest(p, end_)) {
      if (*p == '\n') {
        p = join_ ? LineEnd(p) : p + 1;
      } else {
        p = Word(p);
      }
      scanned_ = p;
    }
  }

 private:
  Letter LetterAt(const char* p) const {
    std::size_t size = 0;
    return p < end_ ? LetterOf(Decode(p, end_, &size)) : Letter::kNone;
  }
  Letter LetterBefore(const char* p) const { return p > begin_ ? LetterAt(Previous(p, begin_)) : Letter::kNone; }
  void Put(const char* at, std::size_t size, char32_t with) {
    one_.clear();
    Append(with, &one_);
    editor_->Replace(RepairKind::kLookAlike, static_cast<std::size_t>(at - begin_), static_cast<std::size_t>(at - begin_) + size, one_);
  }

  // `p` is at an ASCII letter, the first one of its word behind scanned_. Returns the end of the word.
  const char* Word(const char* p) {
    const char* low = p;
    const char* high = p;
    while (high < end_ && IsAsciiLetter(*high)) ++high;
    const bool touched = (low > scanned_ && low[-1] < 0) || (high < end_ && *high < 0);
    if (touched) {
      while (low > scanned_) {
        const char* before = Previous(low, scanned_);
        if (LetterAt(before) == Letter::kNone) break;
        low = before;
      }
      std::size_t size = 0;
      while (high < end_ && LetterOf(Decode(high, end_, &size)) != Letter::kNone) high += size;
    }
    if (!look_alike_) return high;
    if (high - low == 1) {
      return SingleLetter(low);
    } else if (touched) {
      MixedWord(low, high);
    }
    return high;
  }

  void MixedWord(const char* low, const char* high) {
    int cyrillic = 0, latin = 0;              // all letters
    int clear_cyrillic = 0, clear_latin = 0;  // those without a twin
    int weak = 0;                             // Latin ones that may pass for і, І, һ
    int lower = 0;
    std::size_t size = 0;
    for (const char* q = low; q < high; q += size) {
      const char32_t c = Decode(q, end_, &size);
      const Letter letter = LetterOf(c);
      lower += IsLower(letter);
      if (IsCyrillic(letter)) {
        ++cyrillic;
        clear_cyrillic += LatinOf(c) == 0;
      } else if (IsLatin(letter)) {
        ++latin;
        if (CyrillicOf(c) != 0) continue;
        // A capital I passes only for the first letter of a word in lower case.
        const bool passes = WeakCyrillicOf(c) != 0 && (c != U'I' || (q == low && LetterAt(q + 1) == Letter::kCyrillicLower));
        ++(passes ? weak : clear_latin);
      }
    }
    if (cyrillic == 0 || latin == 0) return;
    if (clear_cyrillic > 0 && clear_latin == 0) {
      if (IsRomanTen(low)) return;
      Convert(low, high, true);
    } else if (clear_cyrillic == 0 && clear_latin + weak > 0) {
      if (IsZone(low)) return;
      Convert(low, high, false);
    } else if (clear_cyrillic == 0) {
      // No letter tells. Short words in capitals are abbreviations of a Russian text («МТС»); else the majority.
      const bool abbreviation = lower == 0 && cyrillic + latin <= 4;
      Convert(low, high, abbreviation || cyrillic >= latin);
    } else {
      Sandwich(low, high);
    }
  }

  // «Tengrinews.kzсо ссылкой»: a word that ran into the end of a domain.
  bool IsZone(const char* low) const {
    if (low - begin_ < 2 || low[-1] != '.' || !IsAsciiLetter(low[-2])) return false;
    const char* q = low;
    while (q < end_ && IsAsciiLetter(*q)) ++q;
    if (q - low < 2 || q - low > 3) return false;
    // Behind the zone all is Cyrillic.
    for (Letter letter = LetterAt(q); letter != Letter::kNone; letter = LetterAt(q)) {
      if (!IsCyrillic(letter)) return false;
      q += 2;
    }
    return true;
  }

  // «XXвека»: a roman number glued to its noun.
  bool IsRomanTen(const char* low) const {
    const char* q = low;
    while (q < end_ && *q == 'X') ++q;
    return q - low >= 2 && LetterAt(q) == Letter::kCyrillicLower;
  }

  void Convert(const char* low, const char* high, bool to_cyrillic) {
    std::size_t size = 0;
    for (const char* q = low; q < high; q += size) {
      const char32_t c = Decode(q, end_, &size);
      const char32_t with = !to_cyrillic ? LatinOf(c) : CyrillicOf(c) != 0 ? CyrillicOf(c) : WeakCyrillicOf(c);
      if (with != 0) Put(q, size, with);
    }
  }

  // Both scripts have letters of their own («SputnikПрезидент»): only a piece of twins between two pieces of the other script is repaired.
  void Sandwich(const char* low, const char* high) {
    std::size_t size = 0;
    const char* piece = low;
    while (piece < high) {
      const bool cyrillic = IsCyrillic(LetterAt(piece));
      bool twins = true;
      const char* q = piece;
      for (; q < high; q += size) {
        const char32_t c = Decode(q, end_, &size);
        if (IsCyrillic(LetterOf(c)) != cyrillic) break;
        twins = twins && (cyrillic ? LatinOf(c) : CyrillicOf(c)) != 0;
      }
      if (twins && piece > low && q < high) Convert(piece, q, !cyrillic);
      piece = q;
    }
  }

  // A Latin letter alone that could be a Russian preposition, conjunction or initial: «C помощью», «вместе c ним», «A. Мамин». Returns
  // where to go on.
  const char* SingleLetter(const char* p) {
    const char* const next = p + 1;
    const char32_t cyrillic = CyrillicOf(static_cast<unsigned char>(*p));
    if (cyrillic == 0) return next;
    const char* before = p;  // behind the last character before it that is not a blank
    while (before > begin_ && IsBlank(before[-1])) --before;
    const bool line_start = before == begin_ || std::find(before, p, '\n') != p;
    if (!line_start && before == p && !Opens(p)) return next;  // glued to something else than an opening sign
    if (next < end_ && *next == '.') return Initials(p, before, line_start);
    if (next == end_ || !IsBlank(*next)) return next;
    const Letter following = LetterAt(next + 1);
    if (!IsCyrillic(following) && !LeadsToCyrillic(next + 1)) return next;
    bool put = false;
    if (IsLower(LetterAt(p))) {
      put = std::string_view("acoy").find(*p) != std::string_view::npos && !IsLatin(LetterBefore(before));
    } else if (std::string_view("ABCKOY").find(*p) != std::string_view::npos) {
      const bool starts = line_start || EndsSentence(before) || Opens(p);
      const bool in_capitals =
          following == Letter::kCyrillicUpper && IsUpper(LetterAt(next + 3)) && LetterBefore(before) == Letter::kCyrillicUpper;
      put = starts || in_capitals;
    }
    if (put) Put(p, 1, cyrillic);
    return next;
  }

  // A number or an opening quote and then a Cyrillic word: «B 2019 году», «C «Байконура»».
  bool LeadsToCyrillic(const char* p) const {
    const char* q = p;
    while (q < end_ && q - p < 12 && ((*q >= '0' && *q <= '9') || *q == '.' || *q == ',' || *q == ':' || *q == '-')) ++q;
    if (q > p) {
      if (q < end_ && *q == ' ') ++q;
    } else if (q < end_ && *q == '"') {
      ++q;
    } else if (end_ - q >= 2 && q[0] == '\xC2' && q[1] == '\xAB') {  // «
      q += 2;
    }
    return q > p && IsCyrillic(LetterAt(q));
  }

  // One to three look-alike capitals with full stops, before or behind a Cyrillic name: «H. A. Назарбаев», «Назарбаев H.A.».
  const char* Initials(const char* p, const char* before, bool line_start) {
    const char* letters[3];
    int count = 0;
    const char* q = p;
    while (count < 3 && end_ - q >= 2 && q[1] == '.' && IsUpper(LetterAt(q)) && CyrillicOf(static_cast<unsigned char>(*q)) != 0) {
      letters[count++] = q;
      q += 2;
      if (q < end_ && *q == ' ') ++q;
    }
    if (count == 0) return p + 1;
    const bool name_follows = LetterAt(q) == Letter::kCyrillicUpper;
    const bool name_before = before < p && !line_start && NameEnds(before);
    if (!name_follows && !name_before) return p + 1;
    for (int i = 0; i < count; ++i) Put(letters[i], 1, CyrillicOf(static_cast<unsigned char>(*letters[i])));
    return letters[count - 1] + 1;
  }

  // The character before `p` is an opening quote or bracket that is not glued to a word.
  bool Opens(const char* p) const {
    if (p == begin_) return true;
    const char* const sign = Previous(p, begin_);
    std::size_t size = 0;
    const char32_t c = Decode(sign, end_, &size);
    if (c == U'«' || c == U'„' || c == U'“' || c == U'(' || c == U'[') return true;
    return c == U'"' && (sign == begin_ || IsBlank(sign[-1]));
  }
  // The text before `p` ends a sentence, or a dash opens direct speech.
  bool EndsSentence(const char* p) const {
    if (p == begin_) return true;
    std::size_t size = 0;
    const char32_t c = Decode(Previous(p, begin_), end_, &size);
    return c == U'.' || c == U'!' || c == U'?' || c == U'…' || c == U'—' || c == U'–';
  }
  // A capitalised Cyrillic word or an initial with its full stop ends at `p`.
  bool NameEnds(const char* p) const {
    if (p[-1] == '.') return LetterBefore(p - 1) == Letter::kCyrillicUpper;
    if (LetterBefore(p) != Letter::kCyrillicLower) return false;
    for (int i = 0; i < 40 && p > begin_ && IsCyrillic(LetterBefore(p)); ++i) p = Previous(p, begin_);
    return LetterAt(p) == Letter::kCyrillicUpper;
  }

  // `p` is at a line feed. Where a word is torn there, it is joined. Returns where to go on.
  const char* LineEnd(const char* p) {
    const char* q = p;  // the end of the line's last word with its hyphen
    while (q > scanned_ && (q[-1] == ' ' || q[-1] == '\t' || q[-1] == '\r')) --q;
    const bool not_sign = q - scanned_ >= 2 && q[-1] == '\xAC' && q[-2] == '\xC2';  // ¬, as scanned books have it
    if (!not_sign && (q == begin_ || q[-1] != '-')) return p + 1;
    const char* const hyphen = not_sign ? q - 2 : q - 1;
    const Letter last = LetterBefore(hyphen);
    if (last == Letter::kNone) return p + 1;
    const char* second = p + 1;
    while (second < end_ && (*second == ' ' || *second == '\t')) ++second;
    const Letter next = LetterAt(second);
    if (next == Letter::kNone || IsCyrillic(next) + IsLatin(next) == 0) return second;

    const char* first = hyphen;  // the word before, with hyphens of its own
    int first_letters = 0;       // behind its last hyphen
    bool counting = true, upper = true;
    for (int i = 0; i < kLongest && first > begin_; ++i) {
      const char* before = Previous(first, begin_);
      const Letter letter = LetterAt(before);
      if (letter == Letter::kNone) {
        if (*before != '-' || LetterBefore(before) == Letter::kNone) break;
        counting = false;
      } else if (counting) {
        ++first_letters;
        upper = upper && IsUpper(letter);
      }
      first = before;
    }
    const char* second_end = second;
    int second_letters = 0;
    bool second_upper = true;
    for (std::size_t size = 0; second_letters < kLongest && second_end < end_; ++second_letters) {
      const Letter letter = LetterOf(Decode(second_end, end_, &size));
      if (letter == Letter::kNone) break;
      second_upper = second_upper && IsUpper(letter);
      second_end += size;
    }
    if (second_letters < 2) return second;  // «теле-\nи радиокомпании»

    const bool in_capitals = upper && second_upper && first_letters >= 2;
    bool keep = first_letters < 2 || IsCyrillic(last) != IsCyrillic(next);
    if (!keep && IsUpper(next) && !in_capitals) keep = true;
    if (!keep && words_ != nullptr) {
      const std::string_view a(first, static_cast<std::size_t>(hyphen - first));
      const std::string_view b(second, static_cast<std::size_t>(second_end - second));
      // «Узбе-\nкистан» is one word, though «узбе» and «кистан» could be two.
      const bool one_word = Known(a, "", b), with_hyphen = Known(a, "-", b);
      keep = (with_hyphen && (!one_word || words_->IsListedWord(joined_))) ||
             (!one_word && first_letters >= 3 && second_letters >= 3 && words_->IsKnownWord(a) && words_->IsKnownWord(b));
    } else if (!keep) {
      keep = in_capitals;
    }
    editor_->Replace(RepairKind::kJoinedLine, static_cast<std::size_t>(hyphen - begin_), static_cast<std::size_t>(second - begin_),
                     keep ? "-" : "");
    return second;
  }

  bool Known(std::string_view a, std::string_view middle, std::string_view b) {
    joined_.assign(a).append(middle).append(b);
    return words_->IsKnownWord(joined_);
  }

  static constexpr int kLongest = 64;  // code points of a torn part that are looked at

  const char* const begin_;
  const char* const end_;
  const char* scanned_;  // everything before is done
  const KnownWords* words_;
  Editor* editor_;
  bool look_alike_ = false, join_ = false;
  std::string one_, joined_;
};

}  // namespace

bool RepairWords(std::string_view in, const CleanOptions& options, std::string* out, std::vector<Change>* changes) {
  Editor editor(in, out, changes);
  WordRepair(in, options, &editor).Run();
  return editor.Finish();
}

}  // namespace atau::text
