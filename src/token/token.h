// Tokens of the clean view, and the lines, blocks and sentences that they stand in.
#ifndef ATAU_TOKEN_TOKEN_H_
#define ATAU_TOKEN_TOKEN_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace atau::token {

enum class Kind : std::uint8_t {
  kWord,  // letters, also with inner hyphens or apostrophes («Санкт-Петербург», «О'Нил», «eBay»); also letters with digits («2.1а», «Т14»,
          // «МС»). A hyphen between a letter and a digit parts: «Союз-2.1а» is Союз|-|2.1а, «COVID-19» is COVID|-|19, «30-летний» is
          // 30|-|летний
  kNumber,  // digits with inner separators («1,5», «10.30», «10:30», «2021»); a space between groups of three digits is not joined
  kPunct,   // one sign: . , : ; ! ? ( ) - — / © № …
  kQuote,   // « » " „ “ ” ' used as a quote
  kOther,   // symbols, emoji, anything else, one code point (URLs and domains are kWord with kUrl)
};

// The letter shape of a word.
enum class Shape : std::uint8_t {
  kNone,     // no letters
  kLower,    // газета
  kCap,      // Газета, Нур-Султан (each part capitalised or the first only)
  kUpper,    // ГАЗЕТА, МИД (two letters or more)
  kInitial,  // one capital letter: «А» (an initial when a full stop follows)
  kMixed,    // КамАЗ, eBay, ВКонтакте
};

enum Flag : std::uint16_t {
  kSpaceBefore = 1 << 0,    // at least one blank or line break stands before it
  kLineStart = 1 << 1,      // first token of a line
  kBlockStart = 1 << 2,     // first token after an empty line, or of the text
  kSentenceStart = 1 << 3,  // first token of a sentence (also the first of each block)
  kGlued =
      1 << 4,  // was split off the token before it («Казахстана|Премьер-министр»), or a word right behind a stop or comma («г.|Алматы»)
  kLatin = 1 << 5,         // all letters Latin
  kCyrillic = 1 << 6,      // all letters Cyrillic (Kazakh ones too)
  kDigits = 1 << 7,        // holds a digit
  kHyphen = 1 << 8,        // holds an inner hyphen
  kUrl = 1 << 9,           // a URL, e-mail, domain, @name or #tag
  kOpens = 1 << 10,        // a quote or bracket that opens; `pair` is the one that closes it
  kCloses = 1 << 11,       // a quote or bracket that closes; `pair` is the one that opens it
  kDash = 1 << 12,         // any hyphen or dash standing as a token
  kSentenceEnd = 1 << 13,  // last token of a sentence
  kEnding = 1 << 14,  // a Latin word with a Russian ending behind an apostrophe («Boeing'ом»); kLatin then speaks of the word without it
};

// Bytes of a Latin word before the apostrophe and the ending of one to three small Cyrillic letters that declines it («Boeing'ом»,
// «IBM’у»); 0 where the word is none such.
std::size_t LatinStem(std::string_view word);

inline constexpr std::string_view kApostrophes[] = {"'", "\u2019", "\u02BC"};

// A word of a token with kEnding up to its apostrophe.
inline std::string_view WithoutEnding(std::string_view word) {
  for (const std::string_view apostrophe : kApostrophes) {
    if (const std::size_t at = word.rfind(apostrophe); at != std::string_view::npos) return word.substr(0, at);
  }
  return word;
}

struct Token {
  std::uint32_t begin = 0;  // bytes in the clean view, half-open
  std::uint32_t end = 0;
  std::int32_t pair = -1;      // index of the matching quote or bracket, -1 where there is none
  std::uint32_t form = 0;      // index into the form table (filled by morph)
  std::uint32_t sentence = 0;  // ordinal of the sentence it stands in
  std::uint16_t flags = 0;
  Kind kind = Kind::kOther;
  Shape shape = Shape::kNone;

  bool Has(std::uint16_t mask) const { return (flags & mask) != 0; }
};

// Short words that run into the next one, by what they run into or are.
enum class RunOn : std::uint8_t {
  kLatin,  // into a Latin name: «наRanking.kz»
  kCyrillic,  // into a Cyrillic word with a capital, or the word before runs into them: «иДархана», «выступленияВ Москве»
  kState,  // capitals for a state behind the name of its body: «МЧС РКФото»
};

// Tells the tokenizer what words there are; the splitter of glued words and the sentences ask it. Implementations are immutable and
// thread-safe.
class WordOracle {
 public:
  virtual ~WordOracle() = default;
  // `word` is a whole word as it stands in the clean view (any letter case).
  virtual bool IsKnownWord(std::string_view word) const = 0;
  // True for names that are written with inner capitals («КазМунайГаз», «ВКонтакте», «МакДональд»): never split.
  virtual bool IsCamelName(std::string_view word) const = 0;
  // True for abbreviations whose full stop does not end a sentence, since something always follows («ул», «им», «обл», «т.е», «и.о»):
  // without the last stop, with inner stops but without blanks. The tokenizer knows by their shape those of one letter and those without
  // vowels («г», «стр», «млн»).
  virtual bool IsAbbreviation(std::string_view) const { return false; }
  // True for words that run into the next one where a page lost a blank. In any letter case.
  virtual bool RunsOn(std::string_view, RunOn) const { return false; }
};

// Splits `clean` (valid UTF-8, as the text room leaves it) into tokens; replaces the content of `tokens`. `oracle` may be null (then only
// the shapes decide where glued words part). Linear in the length of the text; never fails.
void Tokenize(std::string_view clean, const WordOracle* oracle, std::vector<Token>* tokens);

}  // namespace atau::token

#endif  // ATAU_TOKEN_TOKEN_H_
