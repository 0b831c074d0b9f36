#include "gazetteer/paths.h"

#include <algorithm>
#include <optional>

#include "gazetteer/layout.h"

namespace atau::gazetteer {

using morph::Agreement;
using morph::Reading;
using token::Shape;

namespace {

// A name's own words are never torn: what looks like two glued words («КазМунайГаз») is one.
class OneWord final : public token::WordOracle {
 public:
  bool IsKnownWord(std::string_view) const override { return true; }
  bool IsCamelName(std::string_view) const override { return true; }
};

// Gender and number in the nominative: masculine, feminine, neuter, plural.
using Genders = std::uint32_t;
constexpr Genders kPlural = 8;
constexpr Genders kAnyGender = 15;

constexpr Agreement InAllCases(Genders genders) { return 0x111111 * genders; }
Genders NominativeOf(const Reading& reading) { return morph::AgreementOf(reading.tag) & kAnyGender; }

bool IsNoun(const Reading& r) { return (r.tag & (morph::kNOUN | morph::kNPRO)) != 0; }
bool IsAdjective(const Reading& r) { return (r.tag & (morph::kADJF | morph::kPRTF)) != 0; }

template <class Test>
Genders GendersOf(const NameWord& word, Test test) {
  Genders genders = 0;
  if (!word.inflects_by_letters) return 0;
  for (const Reading& r : word.readings) {
    if (test(r)) genders |= NominativeOf(r);
  }
  return genders;
}

// True where the word behind a noun is its tail in the genitive. «Султан» may be many «султаны» too, but then the singular is the likelier;
// and an everyday noun («Арена») is not taken for the genitive of somebody's name (of an Арен).
bool IsGenitive(const NameWord& word) {
  bool genitive = false, nominative_singular = false, genitive_singular = false, common_nominative = false, common_genitive = false;
  for (const Reading& r : word.readings) {
    if ((r.tag & morph::kFixd) != 0) continue;  // the same word in either case
    const bool plural = (r.tag & morph::kplur) != 0;
    const bool common = (r.tag & (morph::kName | morph::kSurn | morph::kPatr)) == 0;
    genitive |= (r.tag & morph::kgent) != 0;
    genitive_singular |= (r.tag & morph::kgent) != 0 && !plural;
    common_genitive |= (r.tag & morph::kgent) != 0 && common;
    nominative_singular |= (r.tag & morph::knomn) != 0 && !plural && IsNoun(r);
    common_nominative |= (r.tag & morph::knomn) != 0 && !plural && IsNoun(r) && common;
  }
  if (common_nominative && !common_genitive) return false;
  return genitive && (genitive_singular || !nominative_singular);
}

bool IsConnector(const NameWord& word) { return word.form.folded == "и" || word.form.folded == ","; }

// The lemma keys of the readings that pass the test and stand in the nominative of one of the genders. A word that is its own lemma is not
// also taken for the plural of another («Канны» is no «канна»).
template <class Test>
std::vector<std::uint64_t> LemmaKeys(const NameWord& word, Genders genders, Test test) {
  std::vector<std::uint64_t> keys;
  bool own = false;
  for (const Reading& r : word.readings) {
    if (!test(r) || (NominativeOf(r) & genders) == 0) continue;
    own |= r.lemma_key == word.form.key;
    const std::uint64_t key = LemmaKey(r.lemma_key);
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  if (own) keys = {LemmaKey(word.form.key)};
  return keys;
}

// The head group of a name: words[begin, end) inflect together, save for connectors.
struct Group {
  std::size_t begin = 0, end = 0;
  Genders genders = 0;
  bool noun = false;  // its last word is a noun
};

// The adjectives from `begin` on and the noun that they agree with.
std::optional<Group> FindGroup(const std::vector<NameWord>& words, std::size_t begin) {
  Group group{begin, begin, kAnyGender, false};
  std::size_t at = begin;
  while (at < words.size() && words[at].inside_quotes == words[begin].inside_quotes) {
    const Genders noun = GendersOf(words[at], IsNoun), adjective = GendersOf(words[at], IsAdjective);
    const bool more = at + 1 < words.size() && words[at + 1].inside_quotes == words[begin].inside_quotes;
    // «Рабочая партия»: a word that may be both is an adjective where what follows agrees with it.
    const Genders following = more ? GendersOf(words[at + 1], [](const Reading& r) { return IsNoun(r) || IsAdjective(r); }) : 0;
    if ((adjective & group.genders) != 0 && ((noun & group.genders) == 0 || (adjective & group.genders & following) != 0)) {
      group.genders &= adjective;
      group.end = ++at;
      continue;
    }
    if ((noun & group.genders) != 0) {
      group.genders &= noun;
      group.end = at + 1;
      group.noun = true;
      return group;
    }
    if (at > begin && more && IsConnector(words[at]) && (adjective | following) != 0) {
      ++at;
      continue;
    }
    break;
  }
  if (group.end == begin) return std::nullopt;
  return group;
}

// Puts paths together a word at a time; alternatives multiply.
class PathMaker {
 public:
  explicit PathMaker(const std::vector<NameWord>& words) : words_(words) {
    for (std::size_t i = 0; i < words.size() && i < 16; ++i) {
      const Shape shape = words[i].form.shape;
      const auto bit = static_cast<std::uint16_t>(1u << i);
      if (IsUpperShape(shape)) {
        uppers_ |= bit;
      } else if (shape == Shape::kMixed) {
        inners_ |= bit;
      } else if (shape != Shape::kLower && shape != Shape::kNone) {
        capitals_ |= bit;
      }
    }
  }

  // One way: the words for which `inflecting` gives keys take those, the rest stay as they are.
  template <class Keys>
  void Add(std::uint32_t allowed, Keys inflecting) {
    std::vector<NamePath> paths(1);
    bool any = false;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      std::vector<std::uint64_t> keys = inflecting(i);
      any |= !keys.empty();
      if (keys.empty()) keys.push_back(KeyOfFixed(words_[i].form));
      std::vector<NamePath> longer;
      for (const NamePath& path : paths) {
        for (const std::uint64_t key : keys) {
          if (longer.size() == kMaxPaths) break;
          longer.push_back(path);
          longer.back().keys.push_back(key);
        }
      }
      paths = std::move(longer);
    }
    for (NamePath& path : paths) {
      path.allowed = any ? allowed : 0;
      path.capitals = capitals_;
      path.uppers = uppers_;
      path.inners = inners_;
      if (out_.size() < kMaxPaths && std::find(out_.begin(), out_.end(), path) == out_.end()) out_.push_back(std::move(path));
    }
  }

  void AddFixed() {
    Add(0, [](std::size_t) { return std::vector<std::uint64_t>(); });
  }

  void AddExact() {
    NamePath path;
    for (const NameWord& word : words_) path.keys.push_back(ExactKey(morph::KeyOf(word.form.surface)));
    out_.push_back(std::move(path));
  }

  bool empty() const { return out_.empty(); }
  std::vector<NamePath> Take() { return std::move(out_); }

 private:
  const std::vector<NameWord>& words_;
  std::uint16_t capitals_ = 0, uppers_ = 0, inners_ = 0;
  std::vector<NamePath> out_;
};

std::vector<std::uint64_t> KeysInGroup(const std::vector<NameWord>& words, const Group& group, std::size_t i) {
  if (i < group.begin || i >= group.end || IsConnector(words[i])) return {};
  if (group.noun && i + 1 == group.end) return LemmaKeys(words[i], group.genders, IsNoun);
  return LemmaKeys(words[i], group.genders, IsAdjective);
}

// Names of things: the head group inflects, its tail stays; nouns side by side may inflect together or alone.
void AddThing(const std::vector<NameWord>& words, bool any_number, PathMaker* maker) {
  // «ООО …», «AZ …», «№ 1 …»: what has no cases may stand before the head.
  std::size_t begin = 0;
  while (begin < words.size() && !words[begin].inflects_by_letters) ++begin;
  const std::optional<Group> head = begin < words.size() ? FindGroup(words, begin) : std::nullopt;
  if (!head) return maker->AddFixed();
  const auto allowed = [&](const Group& group) {
    // The gender of an abbreviation is a matter of taste («ГЛОНАСС запущена», «ГЛОНАССом»).
    const bool abbreviation = group.end == group.begin + 1 && words[group.begin].form.shape == Shape::kUpper;
    return any_number || abbreviation ? morph::kAllAgreement : InAllCases(group.genders);
  };
  maker->Add(allowed(*head), [&](std::size_t i) { return KeysInGroup(words, *head, i); });
  if (!head->noun || head->end >= words.size()) return;

  // «Аргументы и факты», «Война и мир»: two nouns of one rank stand in one case, whatever the number and gender of each.
  if (words[head->end].form.folded == "и" && head->end + 1 < words.size() &&
      words[head->end + 1].inside_quotes == words[begin].inside_quotes) {
    const std::optional<Group> other = FindGroup(words, head->end + 1);
    if (other && other->noun) {
      maker->Add(morph::kAllAgreement | kAnyNumber, [&](std::size_t i) {
        std::vector<std::uint64_t> keys = KeysInGroup(words, *head, i);
        return keys.empty() ? KeysInGroup(words, *other, i) : keys;
      });
    }
    return;
  }

  // «город Москва», «река Волга», «Тинькофф Банк»: a second head in the nominative that is no genitive tail.
  const NameWord& next = words[head->end];
  if (next.inside_quotes || !next.inflects_by_letters || IsGenitive(next)) return;
  const std::optional<Group> second = FindGroup(words, head->end);
  if (!second) return;
  maker->Add(morph::kAllAgreement | kCaseOnly, [&](std::size_t i) {
    std::vector<std::uint64_t> keys = KeysInGroup(words, *head, i);
    return keys.empty() ? KeysInGroup(words, *second, i) : keys;
  });
  maker->Add(allowed(*second), [&](std::size_t i) { return KeysInGroup(words, *second, i); });
}

bool IsPersonal(const Reading& r) { return (r.tag & (morph::kName | morph::kSurn | morph::kPatr)) != 0; }

// Names of people: all parts inflect together, save for those that cannot («Ангелы Меркель»).
void AddPerson(const std::vector<NameWord>& words, PathMaker* maker) {
  const auto is_nominal = [](const Reading& r) { return IsNoun(r) || IsAdjective(r); };
  std::vector<Genders> genders(words.size());
  Genders common = kAnyGender, of_given = kAnyGender;
  bool doubtful = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].form.shape == Shape::kLower) continue;
    genders[i] = GendersOf(words[i], [&](const Reading& r) { return is_nominal(r) && IsPersonal(r); });
    if (genders[i] == 0) {
      genders[i] = GendersOf(words[i], is_nominal);
      doubtful |= genders[i] != 0;
    }
    // A name of one person is singular, but «Братья Стругацкие» are not.
    if ((genders[i] & ~kPlural) != 0) genders[i] &= ~kPlural;
    if (genders[i] == 0) continue;
    common &= genders[i];
    const Genders given = GendersOf(words[i], [](const Reading& r) { return (r.tag & (morph::kName | morph::kPatr)) != 0; }) & ~kPlural;
    if (given != 0 && (of_given & given) != 0) of_given &= given;
  }
  if (common == 0) common = of_given & ~kPlural;
  const auto keys_of = [&](std::size_t i, Genders agreed) {
    return (genders[i] & agreed) == 0 ? std::vector<std::uint64_t>() : LemmaKeys(words[i], agreed, is_nominal);
  };
  maker->Add(InAllCases(common), [&](std::size_t i) { return keys_of(i, common); });
  // «Ким Чен Ына»: in names of other peoples often the last part alone inflects.
  const std::size_t last = words.size() - 1;
  if (doubtful && words.size() >= 2 && genders[last] != 0) {
    maker->Add(InAllCases(genders[last]),
               [&](std::size_t i) { return i == last ? keys_of(i, genders[last]) : std::vector<std::uint64_t>(); });
  }
}

// Words of classes: any form of the word, and any number.
void AddWords(const std::vector<NameWord>& words, PathMaker* maker) {
  const auto is_own_lemma = [](const NameWord& word, auto test) {
    return std::any_of(word.readings.begin(), word.readings.end(),
                       [&](const Reading& r) { return r.lemma_key == word.form.key && test(r); });
  };
  const NameWord& first = words.front();
  const bool verb = first.inflects_by_letters && is_own_lemma(first, [](const Reading& r) { return (r.tag & morph::kINFN) != 0; });
  const bool own = words.size() == 1 && first.inflects_by_letters && is_own_lemma(first, [](const Reading&) { return true; });
  if (verb || own) {
    maker->Add(morph::kAllAgreement | kAnyForm,
               [&](std::size_t i) { return i == 0 ? std::vector<std::uint64_t>{LemmaKey(first.form.key)} : std::vector<std::uint64_t>(); });
    return;
  }
  // A word given in the plural («СМИ», «войска») is meant in the plural; in a phrase («официальные лица») too.
  const bool any_number = words.size() > 1 && [&] {
    const std::optional<Group> head = FindGroup(words, 0);
    return head && head->genders != kPlural;
  }();
  AddThing(words, any_number, maker);
}

}  // namespace

void NameReader::Read(std::string_view name, std::vector<NameWord>* words) {
  // Names bring up to millions of forms; a new table now and then keeps memory bounded.
  if (forms_.size() > 100000) forms_.Clear();
  words->clear();
  static const OneWord kOneWord;
  token::Tokenize(name, &kOneWord, &tokens_);
  int depth = 0;
  for (const token::Token& token : tokens_) {
    if (token.kind == token::Kind::kQuote) depth += token.Has(token::kOpens) ? 1 : depth > 0 ? -1 : 0;
    if (IsPassedOver(token)) continue;
    const std::uint32_t index = forms_.Intern(name.substr(token.begin, token.end - token.begin), token);
    NameWord word;
    word.form = forms_[index];
    const std::span<const Reading> readings = forms_.ReadingsOf(word.form);
    word.readings.assign(readings.begin(), readings.end());
    word.inside_quotes = depth > 0;
    const Shape shape = word.form.shape;
    const bool cyrillic = (word.form.flags & token::kCyrillic) != 0 && (word.form.flags & token::kDigits) == 0;
    word.inflects_by_letters = cyrillic && shape != Shape::kInitial && shape != Shape::kNone;
    if (word.inflects_by_letters && shape == Shape::kUpper) {
      // Abbreviations inflect where the dictionary says so («МИДа»), or where they are long and can be read as a word («ГЛОНАССом»).
      const bool known = std::any_of(word.readings.begin(), word.readings.end(), [](const Reading& r) {
        return (r.tag & morph::kAbbr) != 0 && r.origin != morph::Origin::kGuess && r.origin != morph::Origin::kNone;
      });
      constexpr std::string_view kVowels[] = {"а", "е", "и", "о", "у", "ы", "э", "ю", "я"};
      const auto ends_in_vowel = [&] {
        return std::any_of(std::begin(kVowels), std::end(kVowels), [&](std::string_view v) { return word.form.folded.ends_with(v); });
      };
      const auto vowels = std::count_if(std::begin(kVowels), std::end(kVowels),
                                        [&](std::string_view v) { return word.form.folded.find(v) != std::string_view::npos; });
      word.inflects_by_letters = known || (word.form.folded.size() >= 10 && vowels > 0 && !ends_in_vowel());
    }
    words->push_back(std::move(word));
  }
}

bool NeedsLexeme(const NameWord& word) { return word.inflects_by_letters && !word.form.known && word.form.kind == token::Kind::kWord; }

bool IsFormOfSurname(const NameWord& word) {
  return word.inflects_by_letters && word.form.known && word.form.kind == token::Kind::kWord &&
         std::all_of(word.readings.begin(), word.readings.end(), [&word](const Reading& r) {
           return (r.tag & (morph::kSurn | morph::kName | morph::kPatr)) != 0 && r.lemma_key != word.form.key;
         });
}

std::vector<NamePath> PathsOf(const std::vector<NameWord>& words, const SourceEntry& entry, bool exact) {
  if (words.empty() || words.size() > kMaxNameTokens) return {};
  PathMaker maker(words);
  if (exact) {
    maker.AddExact();
  } else if (entry.words) {
    AddWords(words, &maker);
  } else if (entry.type == Type::kPerson && words.size() > 1) {
    AddPerson(words, &maker);
  } else {
    AddThing(words, false, &maker);
  }
  return maker.Take();
}

}  // namespace atau::gazetteer
