// Where sentences end. Each place that could be an end is judged by small rules about what stands left and right of it; abbreviations are
// known by their shape or by the oracle.
#include <string>

#include "text/letters.h"
#include "text/utf8.h"
#include "token/stages.h"

namespace atau::token {
namespace {

using text::Letter;

constexpr std::size_t kShortQuote = 10;                        // tokens between quotes within which no sentence ends
constexpr std::size_t kShortBracket = 40;                      // the same for brackets
constexpr std::size_t kShortestLine = 40, kLongestLine = 130;  // code points of hard-wrapped lines

class Splitter {
 public:
  Splitter(std::string_view clean, const WordOracle* oracle, std::vector<Token>* tokens)
      : clean_(clean), oracle_(oracle), tokens_(*tokens) {}

  void Run() {
    std::uint32_t sentence = 0;
    const std::size_t n = tokens_.size();
    Token* const tokens = tokens_.data();
    bool may_end = true;  // before the token in hand, by the one before it
    for (std::size_t i = 0; i < n; ++i) {
      Token& t = tokens[i];
      const std::uint16_t flags = t.flags;
      if (may_end || (flags & (kLineStart | kBlockStart)) != 0) {
        const bool block = i == 0 || (flags & kBlockStart) != 0;
        if (block) block_ = i, measured_ = false;
        if (block || EndsBefore(i)) {
          t.flags |= kSentenceStart;
          if (i > 0) {
            tokens[i - 1].flags |= kSentenceEnd;
            ++sentence;
          }
          first_ = i;
        }
      }
      t.sentence = sentence;
      // Within a line no sentence ends right behind a word or a number: most tokens need no closer look.
      may_end = (flags & kCloses) != 0 || (t.kind != Kind::kWord && t.kind != Kind::kNumber);
      if ((flags & kOpens) != 0 && t.pair >= 0) {
        const auto close = static_cast<std::size_t>(t.pair);
        if (close - i <= (t.kind == Kind::kQuote ? kShortQuote : kShortBracket) && close > no_end_before_) no_end_before_ = close;
      }
    }
    if (!tokens_.empty()) tokens_.back().flags |= kSentenceEnd;
  }

 private:
  std::string_view Text(std::size_t i) const { return clean_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }
  bool Is(std::size_t i, std::string_view text) const { return i < tokens_.size() && Text(i) == text; }
  bool IsStop(std::size_t i) const {
    if (tokens_[i].kind != Kind::kPunct) return false;
    const char first = clean_[tokens_[i].begin];
    return first == '.' || first == '!' || first == '?' || (first < 0 && Text(i) == "…");
  }
  bool IsLowerWord(std::size_t i) const {
    if (i >= tokens_.size() || tokens_[i].kind != Kind::kWord) return false;
    std::size_t size = 0;
    return text::IsLower(text::LetterOf(text::Decode(clean_.data() + tokens_[i].begin, clean_.data() + clean_.size(), &size)));
  }
  // Starts as sentences do: a capital, or a letter without case.
  bool IsCapitalWord(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == Kind::kWord && !IsLowerWord(i); }
  // The first token at or after `i` that is no quote, bracket or dash, within a few tokens of the same line.
  std::size_t FirstWord(std::size_t i) const {
    for (int steps = 0; steps < 4 && i < tokens_.size(); ++steps, ++i) {
      const std::string_view s = Text(i);
      if (tokens_[i].kind != Kind::kQuote && !tokens_[i].Has(kDash) && s != "(" && s != "[") break;
    }
    return i;
  }

  // Is token i the first of a sentence?
  bool EndsBefore(std::size_t i) {
    if (i <= no_end_before_ && no_end_before_ < tokens_.size()) return false;
    // Back over quotes and brackets that close behind the stop.
    // (Only from where such a run ends: from each of its members, a long run would take quadratic time.)
    if (IsClosing(i) && !tokens_[i].Has(kLineStart)) return false;
    std::size_t left = i - 1;
    while (left > first_ && IsClosing(left)) --left;
    const bool stop = IsStop(left);
    const bool line = tokens_[i].Has(kLineStart);
    if (!stop) return line && LineEnds(i);
    if (IsStop(i)) return false;  // «?!», «...»
    const std::size_t word = FirstWord(i);
    if (IsLowerWord(word)) return false;
    if (word < tokens_.size() && (Is(i, ",") || Is(i, ";") || Is(i, ":") || Is(i, ")"))) return false;
    // «— Да! — Иванов улыбнулся» parts; «Стой! — крикнул он» was joined above.
    if (!tokens_[i].Has(kSpaceBefore) && !GluedSentence(left, i)) return false;
    if (Is(left, ".")) return !ShortLeft(left, word, line);
    // «фильм "Ёлки!" Бекмамбетова»: the sign belongs to the name.
    if (left + 1 < i && tokens_[i - 1].Has(kCloses) && tokens_[i - 1].kind == Kind::kQuote) {
      const auto open = static_cast<std::size_t>(tokens_[i - 1].pair);
      if (open > first_ && i - 1 - open <= 6 && tokens_[open - 1].kind == Kind::kWord && !line) return false;
    }
    return true;
  }

  bool IsClosing(std::size_t i) const {
    if (tokens_[i].Has(kCloses)) return true;
    if (tokens_[i].kind != Kind::kQuote && tokens_[i].kind != Kind::kPunct) return false;
    const char first = clean_[tokens_[i].begin];
    return first == ')' || first == ']' || (first < 0 && (Text(i) == "»" || Text(i) == "”"));
  }

  // «…сказал он.Потом»: the blank is missing. Only whole words tell that from «г.Алматы», «А.С.Пушкин».
  bool GluedSentence(std::size_t stop, std::size_t i) const {
    if (stop == 0 || stop + 1 != i || tokens_[i].kind != Kind::kWord || tokens_[i].Has(kUrl)) return false;
    const Token& next = tokens_[i];
    const bool capital = next.shape == Shape::kCap || next.shape == Shape::kUpper ||
                         (next.shape == Shape::kInitial && i + 1 < tokens_.size() && tokens_[i + 1].Has(kSpaceBefore));  // «он.В Алматы»
    if (!capital) return false;
    const Token& before = tokens_[stop - 1];
    if (before.Has(kCloses)) return true;
    if (before.kind != Kind::kWord || (before.shape != Shape::kLower && before.shape != Shape::kCap)) return false;
    return LettersOf(Text(stop - 1)).letters >= 4 && !IsAbbreviation(stop - 1);
  }

  bool IsAbbreviation(std::size_t i) const { return oracle_ != nullptr && oracle_->IsAbbreviation(Text(i)); }

  // No vowel: «г», «стр», «млн», «пр-т».
  bool HasNoVowel(std::size_t i) const {
    const std::string_view s = Text(i);
    if (s.size() > 10) return false;
    for (std::size_t p = 0, size = 0; p < s.size(); p += size) {
      const char32_t c = text::Decode(s.data() + p, s.data() + s.size(), &size);
      if (std::u32string_view(U"аеёиоуыэюяәіөүұАЕЁИОУЫЭЮЯaeiouyAEIOUY").find(c) != std::u32string_view::npos) return false;
    }
    return true;
  }

  // The full stop at `left` belongs to what stands before it, and the sentence goes on with `word`.
  bool ShortLeft(std::size_t left, std::size_t word, bool line) {
    if (left == first_ || left == 0) return false;
    const std::size_t w = left - 1;
    const Token& t = tokens_[w];
    if (tokens_[left].Has(kSpaceBefore)) return false;
    const bool number_follows = word < tokens_.size() && tokens_[word].kind == Kind::kNumber;
    if (t.kind == Kind::kNumber) return w == first_ && !line;  // «1. Первое»
    if (t.kind != Kind::kWord) return false;
    if (t.shape == Shape::kInitial) return !line && (IsCapitalWord(word) || number_follows);  // «А. Мамин», «Назарбаев Н. А.»
    const std::uint32_t letters = LettersOf(Text(w)).letters;
    const bool pair = w >= 2 && w - 2 >= first_ && Is(w - 1, ".") && tokens_[w - 2].kind == Kind::kWord;
    if (pair && t.shape == Shape::kLower && letters <= 2 && tokens_[w - 2].shape == Shape::kLower) {
      // «т. е.», «и. о.» go on; «и т. д.», «и др.» may end.
      if (oracle_ != nullptr) {
        joined_.assign(Text(w - 2)).append(".").append(Text(w));
        if (oracle_->IsAbbreviation(joined_)) return true;
      }
      return false;
    }
    if (IsAbbreviation(w)) return !line;
    if (t.shape != Shape::kLower && !(t.shape == Shape::kCap && letters <= 4)) return false;
    if (number_follows && letters <= 3) return true;  // «ул. 5», «рис. 2»
    if (!HasNoVowel(w) || letters > 4) return false;
    // Behind a number an abbreviation may end the sentence: «в 2021 г. Президент», «5 млн. Затем»; «г. Алматы» goes on.
    const bool number_before = w > first_ && (tokens_[w - 1].kind == Kind::kNumber || tokens_[w - 1].Has(kDigits));
    return !number_before && !line;
  }

  // The line before token i has no closing sign: does the break end a sentence? Headings, captions and list items do; wrapped prose does
  // not.
  bool LineEnds(std::size_t i) {
    if (!measured_) FindWrapping(block_);
    if (wrapped_) return false;
    const Token& last = tokens_[i - 1];
    const std::string_view s = Text(i - 1);
    const std::size_t word = FirstWord(i);
    const bool bullet = tokens_[i].kind == Kind::kOther || Is(i, "•") || Is(i, "·") || Is(i, "©") || tokens_[i].Has(kDash);
    if (bullet) return true;
    if (tokens_[i].kind == Kind::kNumber) {
      return Is(i + 1, ")") || Is(i + 1, ".") || Text(i).find(':') != std::string_view::npos;
    }
    if (IsLowerWord(word)) return false;
    if (s == "," || s == "(" || s == "«" || s == "„" || last.Has(kOpens) || last.Has(kDash)) return false;
    return true;
  }

  // Looks at the lines of the block that starts at token `first`: when each is so full that the next word had no place on it, the text was
  // wrapped by a program, and its line breaks mean nothing.
  void FindWrapping(std::size_t first) {
    measured_ = true;
    wrapped_ = false;
    std::size_t longest = 0, lines = 0;
    const auto for_each_line = [&](auto&& use) {
      std::size_t line = first;
      for (std::size_t i = first + 1; i <= tokens_.size(); ++i) {
        const bool end = i == tokens_.size() || tokens_[i].Has(kBlockStart);
        if (!end && !tokens_[i].Has(kLineStart)) continue;
        if (!use(CodePoints(tokens_[line].begin, tokens_[i - 1].end), i, end) || end) return;
        line = i;
      }
    };
    for_each_line([&](std::size_t length, std::size_t, bool) {
      if (length > longest) longest = length;
      ++lines;
      return length <= kLongestLine;
    });
    if (lines < 3 || longest < kShortestLine || longest > kLongestLine) return;
    wrapped_ = true;
    for_each_line([&](std::size_t length, std::size_t next, bool end) {
      if (end) return false;
      // The next word: up to a blank.
      std::size_t k = next;
      while (k + 1 < tokens_.size() && !tokens_[k + 1].Has(kSpaceBefore)) ++k;
      if (length + 1 + CodePoints(tokens_[next].begin, tokens_[k].end) <= longest) wrapped_ = false;
      return wrapped_;
    });
  }

  std::size_t CodePoints(std::size_t begin, std::size_t end) const {
    std::size_t count = 0;
    for (std::size_t p = begin; p < end; ++p) count += (static_cast<unsigned char>(clean_[p]) & 0xC0) != 0x80;
    return count;
  }

  const std::string_view clean_;
  const WordOracle* oracle_;
  std::vector<Token>& tokens_;
  std::size_t first_ = 0;          // of the sentence in hand
  std::size_t no_end_before_ = 0;  // the end of a short quote or bracket
  std::size_t block_ = 0;          // the first token of the block in hand
  bool measured_ = false;          // whether its lines were measured: only where one of them may end a sentence
  bool wrapped_ = false;           // whether it was wrapped, where they were
  std::string joined_;
};

}  // namespace

void SplitSentences(std::string_view clean, const WordOracle* oracle, std::vector<Token>* tokens) { Splitter(clean, oracle, tokens).Run(); }

}  // namespace atau::token
