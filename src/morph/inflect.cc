#include "morph/inflect.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "morph/letters.h"
#include "morph/morph.h"

namespace atau::morph {

namespace {

using token::Kind;
using token::Shape;
using token::Token;

constexpr Grammemes kNames = kName | kSurn | kPatr;
constexpr Grammemes kAdjectives = kADJF | kPRTF;
constexpr int kCaseCount = 6;
constexpr int kSlots = 4;  // masculine, feminine, neuter, plural
constexpr int kPlural = 3;
// How likely a word is to stand in a case and gender that no reading shows. It is then left as it is.
constexpr double kUnfit = 0.002;
// The share of women and of families among persons named in news, before anything is known.
constexpr double kPersonPrior[kSlots] = {0.62, 0.33, 0, 0.03};
constexpr double kLonePluralPrior = 0.15;
// Adjectives in front that agree with a noun are no accident.
constexpr double kAgreementBonus = 6;
constexpr double kBeforeNoun = 0.15;
// How readily an indeclinable given name stands for a surname of the other gender («Асия Биби»).
constexpr double kFixedSurname = 0.4;

// One token of a group, with how likely it is to stand in each case and gender and by which reading.
struct Cell {
  std::size_t token = 0;
  const Form* form = nullptr;
  std::array<double, kCaseCount * kSlots> share{};
  std::array<const Reading*, kCaseCount * kSlots> best{};

  double Share(int c, int slot) const { return share[static_cast<std::size_t>(4 * c + slot)]; }
  const Reading* Best(int c, int slot) const { return best[static_cast<std::size_t>(4 * c + slot)]; }
};

// Fills the cell with the readings that `factor` lets count. False where none does.
template <class Factor>
bool Weigh(const FormTable& forms, Cell* cell, Factor&& factor) {
  double sum = 0;
  std::array<double, kCaseCount * kSlots> top{};
  cell->share.fill(0);
  cell->best.fill(nullptr);
  for (const Reading& reading : forms.ReadingsOf(*cell->form)) {
    const double weight = factor(reading) * reading.weight;
    const Agreement agreement = AgreementOf(reading.tag);
    if (weight <= 0 || agreement == 0) continue;
    sum += weight;
    for (Agreement left = agreement; left != 0; left &= left - 1) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      cell->share[bit] += weight;
      if (weight > top[bit]) {
        top[bit] = weight;
        cell->best[bit] = &reading;
      }
    }
  }
  if (sum <= 0) return false;
  for (double& share : cell->share) share /= sum;
  return true;
}

bool IsWord(const Token& token) { return token.kind == Kind::kWord && !token.Has(token::kUrl | token::kLatin); }
bool IsInitial(const Token& token) { return token.shape == Shape::kInitial; }

std::string_view TextOf(std::string_view clean, const Token& token) { return clean.substr(token.begin, token.end - token.begin); }

// What shall replace words of a group: by token, in no order, the number of a nominative that the group knows.
using Replaced = std::vector<std::pair<std::size_t, std::size_t>>;

// How likely each result is. Of several as likely the first in the alphabet is the best one.
class Results {
 public:
  bool empty() const { return sums_.empty(); }
  void Add(std::string_view result, double share) {
    const auto at = std::find_if(sums_.begin(), sums_.end(), [result](const auto& sum) { return sum.first == result; });
    if (at == sums_.end()) {
      sums_.emplace_back(result, share);
    } else {
      at->second += share;
    }
  }
  const std::string& Best() const {
    return std::min_element(sums_.begin(), sums_.end(),
                            [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; })
        ->first;
  }

 private:
  std::vector<std::pair<std::string, double>> sums_;
};

// The group's words with what shall replace them.
class Group {
 public:
  Group(std::string_view clean, std::span<const Token> tokens, std::size_t begin, std::size_t end, const FormTable& forms)
      : clean_(clean), tokens_(tokens), begin_(begin), end_(std::min(end, tokens.size())), forms_(forms) {
    // What stands in quotes is a name as it is written there.
    quoted_.assign(end_ > begin_ ? end_ - begin_ : 0, false);
    for (std::size_t i = begin_; i < end_; ++i) {
      if (tokens_[i].kind != Kind::kQuote || !tokens_[i].Has(token::kOpens)) continue;
      const std::size_t pair = tokens_[i].pair < 0 ? i : std::min(static_cast<std::size_t>(tokens_[i].pair), end_ - 1);
      for (std::size_t j = i; j <= pair; ++j) quoted_[j - begin_] = true;
    }
  }

  std::size_t begin() const { return begin_; }
  std::size_t end() const { return end_; }
  const Token& token(std::size_t i) const { return tokens_[i]; }
  bool Quoted(std::size_t i) const { return quoted_[i - begin_]; }
  const Form& FormAt(std::size_t i) const { return forms_[tokens_[i].form]; }
  const FormTable& forms() const { return forms_; }
  std::string_view Text(std::size_t i) const { return TextOf(clean_, tokens_[i]); }

  // Keeps the text between tokens, with each run of blanks as one. The result is valid until the next call.
  const std::string& Join(const Replaced& replaced) const {
    joined_.clear();
    for (std::size_t i = begin_; i < end_; ++i) {
      if (i > begin_ && tokens_[i].begin > tokens_[i - 1].end) joined_.push_back(' ');
      // The last one told counts.
      const auto found = std::find_if(replaced.rbegin(), replaced.rend(), [i](const auto& word) { return word.first == i; });
      joined_ += found == replaced.rend() ? Kept(i) : known_[found->second].word;
    }
    return joined_;
  }

  // The nominative of one word by one of its readings; the number stays, unless told otherwise. Each is found once; gives its number.
  std::size_t Nominative(std::size_t i, const Reading& reading, bool keep_number, Grammemes gender) const {
    for (std::size_t k = 0; k < known_.size(); ++k) {
      const Known& known = known_[k];
      if (known.token == i && known.reading == &reading && known.keep_number == keep_number && known.gender == gender) return k;
    }
    known_.push_back(Known{i, &reading, gender, keep_number, FindNominative(i, reading, keep_number, gender)});
    return known_.size() - 1;
  }

 private:
  struct Known {
    std::size_t token;
    const Reading* reading;
    Grammemes gender;
    bool keep_number;
    std::string word;
  };

  std::string FindNominative(std::size_t i, const Reading& reading, bool keep_number, Grammemes gender) const {
    const Form& form = FormAt(i);
    Grammemes target = knomn;
    Grammemes number = reading.tag & (ksing | kplur);
    if (number == (ksing | kplur)) number = 0;
    if (!keep_number && number == kplur && (reading.tag & kPltm) == 0) number = ksing;
    target |= number;
    std::optional<std::string> word;
    // An adjective without a gender of its own (plural, or one of a wider set) follows the noun.
    if (gender != 0 && (number & ksing)) word = forms_.morph().Inflect(reading, form.folded, target | gender);
    if (!word) word = forms_.morph().Inflect(reading, form.folded, target);
    if (!word) return Kept(i);
    return WithCaseOf(Text(i), *word);
  }

  const std::string& Kept(std::size_t i) const {
    if (kept_.empty()) kept_.resize(end_ - begin_);
    std::optional<std::string>& kept = kept_[i - begin_];
    if (!kept) kept = FindKept(i);
    return *kept;
  }

  // A word that is not inflected, with its ё where all that the dictionaries know of it have one.
  std::string FindKept(std::size_t i) const {
    const std::string_view text = Text(i);
    if (Quoted(i) || !IsWord(tokens_[i])) return std::string(text);
    const Form& form = FormAt(i);
    if (!form.known || form.folded.find("\u0435") == std::string_view::npos) return std::string(text);
    std::string spelled;
    for (const Reading& reading : forms_.ReadingsOf(form)) {
      if (reading.origin == Origin::kGuess || reading.origin == Origin::kNone) continue;
      std::string spelling = forms_.morph().Spelling(reading, form.folded);
      if (spelled.empty()) {
        spelled = std::move(spelling);
        if (!spelled.empty() && spelled.find("\u0451") == std::string::npos) return std::string(text);
      } else if (spelled != spelling) {
        return std::string(text);
      }
    }
    return spelled.empty() ? std::string(text) : WithCaseOf(text, spelled);
  }

  std::string_view clean_;
  std::span<const Token> tokens_;
  std::size_t begin_;
  std::size_t end_;
  const FormTable& forms_;
  std::vector<bool> quoted_;
  mutable std::vector<Known> known_;
  mutable std::vector<std::optional<std::string>> kept_;
  mutable std::string joined_;
};

double PersonFactor(const Reading& reading) {
  if (reading.tag & kNames) {
    if (reading.tag & (kErro | kInfr)) return 0.2;
    return reading.list & kListAlone ? 3 : reading.list != 0 ? 1.2 : 0.7;
  }
  if (reading.tag & kGeox) return 0.05;
  if (reading.tag & kAdjectives) return 0.05;
  if (reading.tag & kNOUN) return 0.03;
  return 0;
}

int Vowels(std::string_view folded) {
  int count = 0;
  for (std::size_t at = 0; at < folded.size();) {
    switch (NextCodePoint(folded, &at)) {
      case U'а':
      case U'е':
      case U'и':
      case U'о':
      case U'у':
      case U'ы':
      case U'э':
      case U'ю':
      case U'я':
        ++count;
        break;
      default:
        break;
    }
  }
  return count;
}

// The words of a person's name, and how likely each case and gender is.
struct Person {
  std::vector<Cell> cells;
  std::array<double, kCaseCount * kSlots> share{};
};

Person ReadPerson(const Group& group, Gender gender) {
  Person out;
  bool capitals = false;
  for (std::size_t i = group.begin(); i < group.end(); ++i) {
    capitals |= IsWord(group.token(i)) && group.token(i).shape != Shape::kLower && !IsInitial(group.token(i));
  }
  for (std::size_t i = group.begin(); i < group.end(); ++i) {
    const Token& token = group.token(i);
    // Particles («де», «фон», «оглы») stay; in a text without capitals every word may be a name.
    if (!IsWord(token) || IsInitial(token) || group.Quoted(i) || (capitals && token.shape == Shape::kLower)) continue;
    Cell cell;
    cell.token = i;
    cell.form = &group.FormAt(i);
    if (!Weigh(group.forms(), &cell, PersonFactor)) continue;
    for (std::size_t bit = 0; !out.cells.empty() && bit < cell.share.size(); bit += 4) {
      const Reading* male = cell.best[bit];
      if (male == nullptr || cell.best[bit + 1] != nullptr || (male->tag & (kFixd | kName)) != (kFixd | kName)) continue;
      cell.share[bit + 1] = cell.share[bit] * kFixedSurname;
      cell.best[bit + 1] = male;
    }
    out.cells.push_back(std::move(cell));
  }
  // Chinese, Korean and Vietnamese names of three short words decline in the last one only («Ким Чен Ына»), and are rarely read as a
  // Russian feminine.
  bool frozen = out.cells.size() == 3;
  for (std::size_t i = 0; frozen && i < out.cells.size(); ++i) {
    frozen = Vowels(out.cells[i].form->folded) <= (i == 2 ? 2 : 1);
  }
  for (int c = 0; c < kCaseCount; ++c) {
    for (int slot = 0; slot < kSlots; ++slot) {
      double share = slot == kPlural && out.cells.size() == 1 ? kLonePluralPrior : kPersonPrior[slot];
      if (gender == Gender::kMasculine && slot != 0) share *= 0.001;
      if (gender == Gender::kFeminine && slot != 1) share *= 0.001;
      if (frozen && slot == 1) share *= 0.05;
      for (std::size_t i = 0; i < out.cells.size(); ++i) {
        const double own = out.cells[i].Share(c, slot);
        share *= std::max(own, frozen && i < 2 ? 0.2 : kUnfit);
      }
      out.share[static_cast<std::size_t>(4 * c + slot)] = share;
    }
  }
  return out;
}

std::string NominativeOfPerson(const Group& group, const GroupOptions& options) {
  const Person person = ReadPerson(group, options.gender);
  if (person.cells.empty()) return group.Join({});
  const double top = *std::max_element(person.share.begin(), person.share.end());
  // Different cases may stand for one nominative («Иванова»: genitive and accusative), so that the nominatives are compared, not the cases.
  Results results;
  Replaced words;
  for (int c = 0; c < kCaseCount; ++c) {
    for (int slot = 0; slot < kSlots; ++slot) {
      const double share = person.share[static_cast<std::size_t>(4 * c + slot)];
      if (share <= 0 || share < top * 0.02) continue;
      words.clear();
      for (const Cell& cell : person.cells) {
        const Reading* reading = cell.Best(c, slot);
        if (reading == nullptr) continue;
        words.emplace_back(cell.token, group.Nominative(cell.token, *reading, true, slot == 0 ? kmasc : slot == 1 ? kfemn : 0));
      }
      results.Add(group.Join(words), share);
    }
  }
  return results.Best();
}

double NounFactor(const Reading& reading) {
  if ((reading.tag & kNOUN) == 0) return 0;
  double factor = reading.tag & kNames ? 0.15 : 1;
  if (reading.tag & (kGeox | kOrgn)) factor *= 1.5;
  if (reading.tag & (kArch | kErro | kInfr)) factor *= 0.2;
  return factor;
}

double AdjectiveFactor(const Reading& reading) { return reading.tag & kAdjectives ? 1 : 0; }

// The share of a form's readings that `factor` lets count.
template <class Factor>
double ShareOf(const FormTable& forms, const Form& form, Factor&& factor) {
  double sum = 0, all = 0;
  for (const Reading& reading : forms.ReadingsOf(form)) {
    all += reading.weight;
    sum += reading.weight * factor(reading);
  }
  return all > 0 ? sum / all : 0;
}

// Words after the head that stand in its case and cannot be a genitive: «городе Москве», «городом Нижним Новгородом».
void InflectApposition(const Group& group, std::size_t head, int c, Replaced* words) {
  if (c < 2) return;
  for (std::size_t i = head + 1; i < group.end(); ++i) {
    if (!IsWord(group.token(i)) || group.Quoted(i) || (group.FormAt(i).agreement & AgreementOfCase(1)) != 0) return;
    Cell cell;
    cell.form = &group.FormAt(i);
    const bool fits =
        Weigh(group.forms(), &cell, [](const Reading& r) { return r.tag & (kNOUN | kAdjectives) && (r.tag & kFixd) == 0 ? 1.0 : 0.0; });
    const Reading* reading = nullptr;
    for (int slot = 0; fits && slot < kSlots && reading == nullptr; ++slot) reading = cell.Best(c, slot);
    if (reading == nullptr) return;
    words->emplace_back(i, group.Nominative(i, *reading, true, reading->tag & kGenders));
  }
}

std::string NominativeOfGroup(const Group& group, const GroupOptions& options) {
  // What may stand before the head: adjectives, with «и» and commas between them, and numbers.
  std::vector<Cell> adjectives;
  Results results;
  Replaced words;
  double bonus = 1;
  for (std::size_t i = group.begin(); i < group.end(); ++i) {
    const Token& token = group.token(i);
    if (group.Quoted(i)) break;
    if (!IsWord(token)) {
      // Signs and numbers may stand between adjectives, a dash or bracket ends what inflects.
      if (token.kind == Kind::kNumber || token.kind == Kind::kWord) continue;
      if (token.kind == Kind::kPunct && !adjectives.empty() && group.Text(i) == ",") continue;
      if (i == group.begin()) continue;
      break;
    }
    const Form& form = group.FormAt(i);
    if (!adjectives.empty() && ShareOf(group.forms(), form, [](const Reading& r) { return r.tag & kCONJ ? 1.0 : 0.0; }) > 0.5) continue;
    Cell noun;
    noun.token = i;
    noun.form = &form;
    const bool is_noun = Weigh(group.forms(), &noun, NounFactor);
    Cell adjective;
    adjective.token = i;
    adjective.form = &form;
    const bool is_adjective = Weigh(group.forms(), &adjective, AdjectiveFactor);
    // An adjective that no noun follows is a name by itself («в Мирном»).
    bool last = true;
    for (std::size_t j = i + 1; j < group.end() && last; ++j) last = !IsWord(group.token(j)) || group.Quoted(j);
    const bool alone = is_adjective && last;
    // «Алматинской областью»: what may be an adjective of the next noun is hardly a noun.
    bool before_noun = false;
    if (is_adjective && i + 1 < group.end() && IsWord(group.token(i + 1)) && !group.Quoted(i + 1)) {
      Cell next;
      next.form = &group.FormAt(i + 1);
      if (Weigh(group.forms(), &next, NounFactor)) {
        for (int c = 0; c < kCaseCount; ++c) {
          for (int slot = 0; slot < kSlots; ++slot) before_noun |= adjective.Share(c, slot) > 0 && next.Share(c, slot) > 0;
        }
      }
    }
    for (int use_adjective = 0; use_adjective < 2; ++use_adjective) {
      if (use_adjective ? !alone : !is_noun) continue;
      const Cell& head = use_adjective ? adjective : noun;
      double base = (use_adjective ? ShareOf(group.forms(), form, AdjectiveFactor) : ShareOf(group.forms(), form, NounFactor)) * bonus;
      if (before_noun) base *= kBeforeNoun;
      for (int c = 0; c < kCaseCount; ++c) {
        for (int slot = 0; slot < kSlots; ++slot) {
          const Reading* reading = head.Best(c, slot);
          if (reading == nullptr) continue;
          double share = base * head.Share(c, slot);
          for (const Cell& before : adjectives) share *= std::max(before.Share(c, slot), kUnfit);
          if (share < 1e-9) continue;
          words.clear();
          const Grammemes gender = slot == 0 ? kmasc : slot == 1 ? kfemn : slot == 2 ? kneut : 0;
          for (const Cell& before : adjectives) {
            if (const Reading* r = before.Best(c, slot))
              words.emplace_back(before.token, group.Nominative(before.token, *r, options.keep_number, gender));
          }
          words.emplace_back(head.token, group.Nominative(head.token, *reading, options.keep_number, use_adjective ? gender : 0));
          InflectApposition(group, head.token, c, &words);
          results.Add(group.Join(words), share);
        }
      }
    }
    if (!is_adjective) {
      // A word that is neither adjective nor noun («не», «по») is passed over where it begins the name.
      if (!is_noun && adjectives.empty() && results.empty()) continue;
      break;
    }
    // Even a word that is rarely an adjective is one before a noun that agrees with it.
    bonus *= kAgreementBonus * std::sqrt(ShareOf(group.forms(), form, AdjectiveFactor));
    adjectives.push_back(std::move(adjective));
  }
  if (results.empty()) return group.Join({});
  return results.Best();
}

}  // namespace

namespace {

// Whether a text is of Russian letters only, and none but the first may be a capital.
bool IsPlainWord(std::string_view text) {
  if (text.size() < 2 || text.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto lead = static_cast<unsigned char>(text[i]), trail = static_cast<unsigned char>(text[i + 1]);
    // Capitals are the letters from U+0400 to U+042F; U+0460 and the like are no longer written.
    const bool small = lead == 0xD0 ? trail >= 0xB0 : lead == 0xD1 && trail < 0xA0;
    if (!small && (i != 0 || lead != 0xD0)) return false;
  }
  return true;
}

}  // namespace

std::string WithCaseOf(std::string_view pattern, std::string_view word) {
  // Nearly all words need but their first letter looked at.
  if (pattern.size() >= 4 && IsPlainWord(pattern) && word.find('-') == std::string_view::npos) {
    std::size_t at = 0;
    std::string out(word);
    if (out.empty() || !IsUpper(NextCodePoint(pattern, &at))) return out;
    const auto lead = static_cast<unsigned char>(word[0]);
    if ((lead == 0xD0 || lead == 0xD1) && word.size() >= 2) {
      at = 0;
      const LetterBytes upper = BytesOfLetter(ToUpper(NextCodePoint(word, &at)));
      out[0] = upper.bytes[0], out[1] = upper.bytes[1];
      return out;
    }
  }
  bool all_upper = true;
  int letters = 0;
  for (std::size_t at = 0; at < pattern.size();) {
    const char32_t c = NextCodePoint(pattern, &at);
    const bool lower = IsLower(c);
    all_upper &= !lower;
    letters += lower || IsUpper(c);
    if (!all_upper && letters > 1) break;
  }
  all_upper &= letters > 1;
  // A letter's other case is as long as it is; only a byte that is none grows.
  std::string out(2 * word.size(), '\0');
  char* to = out.data();
  const auto append = [&to](char32_t c) {
    if (c < 0x80) {
      *to++ = static_cast<char>(c);
    } else if (c < 0x800) {
      *to++ = static_cast<char>(0xC0 | (c >> 6));
      *to++ = static_cast<char>(0x80 | (c & 0x3F));
    } else {
      std::string bytes;
      AppendCodePoint(c, &bytes);
      to = std::copy(bytes.begin(), bytes.end(), to);
    }
  };
  std::size_t p = 0;
  for (std::size_t w = 0; w < word.size();) {
    if (!all_upper && p >= pattern.size()) {
      // Behind the pattern all stays as it is.
      to = std::copy(word.begin() + static_cast<std::ptrdiff_t>(w), word.end(), to);
      break;
    }
    const char32_t c = NextCodePoint(word, &w);
    if (c == '-') {
      // The next part of the pattern, where there is one.
      const std::size_t hyphen = pattern.find('-', p);
      p = hyphen == std::string_view::npos ? pattern.size() : hyphen + 1;
      *to++ = '-';
      continue;
    }
    bool upper = all_upper;
    if (p < pattern.size() && pattern[p] != '-') upper = IsUpper(NextCodePoint(pattern, &p));
    append(upper ? ToUpper(c) : c);
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

std::string NominativeOf(std::string_view clean, std::span<const Token> tokens, std::size_t begin, std::size_t end, const FormTable& forms,
                         const GroupOptions& options) {
  if (begin >= end || begin >= tokens.size()) return {};
  const Group group(clean, tokens, begin, end, forms);
  return options.person ? NominativeOfPerson(group, options) : NominativeOfGroup(group, options);
}

std::string WrittenGroup(std::string_view clean, std::span<const Token> tokens, std::size_t begin, std::size_t end,
                         const FormTable& forms) {
  if (begin >= end || begin >= tokens.size()) return {};
  return Group(clean, tokens, begin, end, forms).Join({});
}

Gender GenderOf(std::span<const Token> tokens, std::size_t begin, std::size_t end, const FormTable& forms) {
  if (begin >= end || begin >= tokens.size()) return Gender::kUnknown;
  const Group group({}, tokens, begin, end, forms);
  const Person person = ReadPerson(group, Gender::kUnknown);
  if (person.cells.empty()) return Gender::kUnknown;
  double male = 0, female = 0;
  for (int c = 0; c < kCaseCount; ++c) {
    male += person.share[static_cast<std::size_t>(4 * c)] / kPersonPrior[0];
    female += person.share[static_cast<std::size_t>(4 * c + 1)] / kPersonPrior[1];
  }
  // Both genders of an indeclinable surname are as likely; a name that shows its gender leaves no doubt.
  if (male > 5 * female) return Gender::kMasculine;
  if (female > 5 * male) return Gender::kFeminine;
  return Gender::kUnknown;
}

}  // namespace atau::morph
