#include "resolve/names.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "bundle/prefetch.h"
#include "morph/by_form.h"
#include "morph/letters.h"
#include "morph/morph.h"
#include "resolve/memory.h"
#include "resolve/values.h"

namespace atau::resolve {
namespace {

using morph::Gender;
using token::Flag;
using token::Kind;
using token::Shape;

constexpr morph::Grammemes kNameMarks = morph::kName | morph::kSurn | morph::kPatr;
constexpr int kCaseCount = 6;
constexpr int kSlotCount = 4;  // masculine, feminine, neuter, plural
constexpr int kMale = 0, kFemale = 1, kFamily = 3;
enum CaseBit : unsigned { kN = 1, kG = 2, kD = 4, kA = 8, kI = 16, kL = 32, kAllCases = 63 };

// How often people of the news stand in a case, and are men, women and families, before anything is known.
constexpr double kCasePrior[kCaseCount] = {0.58, 0.22, 0.06, 0.05, 0.07, 0.02};
constexpr double kSlotPrior[kSlotCount] = {0.66, 0.33, 0, 0.01};
constexpr double kFullNamePlural = 0.0005;  // «Иваны Петровы» are rare
constexpr double kUnexplained = 0.01;       // the share of a form that a nominative does not explain
constexpr float kCommonWord = 0.004F;       // a name that is written like a common word
constexpr float kOtherGender = 0.9F;        // an indeclinable given name of the other gender, as a surname
constexpr double kBareWoman = 0.6;          // women are less often called by a bare surname
constexpr double kAfterPlural = 0.6;        // «супругов», «братьев» before the name
constexpr float kFamilyStays = 0.2F;        // «супругов Обама»
constexpr double kSurely = 0.9;
constexpr float kStays = 0.0001F;           // a word that stays as it is against all grammar
constexpr float kLeftPartStays = 0.02F;     // «Жан» in «Жан-Клода»
constexpr float kShortStays = 0.03F;        // a short word before another
constexpr float kEasternStays = 0.5F;       // «Ким», «Чен» in «Ким Чен Ына»
constexpr float kBesideDictionary = 0.15F;  // what declensions allow, of a name that the dictionary knows
constexpr float kFixedBeside = 0.015F;      // the same of what looks like a family («Ивановых») and would stay as it is
constexpr double kCanonical = 30;           // a word as the dictionary of people has it
constexpr double kFamilyOfKnown = 5;
constexpr float kMenInIy = 0.3F;       // unknown names in -ия are rarely genitives of men's names in -ий
constexpr float kKnownInIya = 0.3F;    // «Асие» for «Асии»: the other dative of a known name in -ия
constexpr float kWomenInOv = 0.1F;     // «Зимин» is hardly a woman, «Крутой» hardly her nominative
constexpr double kSurnameFirst = 0.1;  // a surname before another word
constexpr double kMaybeSurnameFirst = 0.3;
constexpr float kRareName = 0.15F;   // a name that a far more frequent one of the other gender shares its forms with
constexpr double kGivenAlone = 0.3;  // a bare word that may be a given name is hardly a surname
constexpr double kSameGender = 20;   // a surname whose bearer the text has named in full
constexpr std::size_t kReach = 12;   // tokens to the left that may hold a person's role

// What may stand before an ending.
enum class Stem : std::uint8_t { kAny, kConsonant, kHard, kVelar, kHush, kVowel, kI, kSoft, kShort, kOv, kSk, kNotSk };

// An ending of a form, what stands for it in the nominative and in the singular's nominative, and how much it says.
struct Ending {
  std::string_view form, nominative, lemma;
  Stem stem;
  unsigned male, female, family;  // cases
  float weight;                   // of a woman and of families; a man's is weight × men
  float men;
};

constexpr Ending kEndings[] = {
    // Men's names in a consonant; a woman's surname of this kind stays as it is.
    {"", "", "", Stem::kConsonant, kN, kAllCases, 0, 0.04F, 1.25F},
    {"а", "", "", Stem::kConsonant, kG | kA, 0, 0, 0.07F, 1},
    {"у", "", "", Stem::kConsonant, kD, 0, 0, 0.05F, 1},
    {"ом", "", "", Stem::kConsonant, kI, 0, 0, 0.05F, 1},
    {"ем", "", "", Stem::kHush, kI, 0, 0, 0.05F, 1},
    {"е", "", "", Stem::kConsonant, kL, 0, 0, 0.05F, 1},
    {"ым", "", "", Stem::kOv, kI, 0, 0, 0.08F, 1},
    {"", "", "", Stem::kShort, kN, kAllCases, 0, 0.04F, 1.25F},
    {"я", "й", "й", Stem::kVowel, kG | kA, 0, 0, 0.05F, 1},
    {"ю", "й", "й", Stem::kVowel, kD, 0, 0, 0.05F, 1},
    {"ем", "й", "й", Stem::kVowel, kI, 0, 0, 0.05F, 1},
    {"е", "й", "й", Stem::kVowel, kL, 0, 0, 0.05F, 1},
    {"и", "й", "й", Stem::kI, kL, 0, 0, 0.05F, 1},
    {"", "", "", Stem::kSoft, kN, kAllCases, 0, 0.04F, 1.25F},
    {"я", "ь", "ь", Stem::kHard, kG | kA, 0, 0, 0.05F, 1},
    {"ю", "ь", "ь", Stem::kHard, kD, 0, 0, 0.05F, 1},
    {"ем", "ь", "ь", Stem::kHard, kI, 0, 0, 0.05F, 1},
    {"е", "ь", "ь", Stem::kHard, kL, 0, 0, 0.02F, 1},
    {"и", "ь", "ь", Stem::kConsonant, 0, kG | kD | kL, 0, 0.01F, 1},
    {"ью", "ь", "ь", Stem::kConsonant, 0, kI, 0, 0.05F, 1},
    // Names in -а and -я.
    {"а", "а", "а", Stem::kAny, kN, kN, 0, 0.03F, 0.6F},
    {"ы", "а", "а", Stem::kHard, kG, kG, 0, 0.05F, 0.4F},
    {"и", "а", "а", Stem::kVelar, kG, kG, 0, 0.05F, 0.4F},
    {"и", "а", "а", Stem::kHush, kG, kG, 0, 0.05F, 0.4F},
    {"е", "а", "а", Stem::kConsonant, kD | kL, kD | kL, 0, 0.05F, 0.4F},
    {"у", "а", "а", Stem::kConsonant, kA, kA, 0, 0.05F, 0.4F},
    {"ой", "а", "а", Stem::kAny, kI, kI, 0, 0.05F, 0.4F},
    {"ей", "а", "а", Stem::kHush, kI, kI, 0, 0.05F, 0.4F},
    {"я", "я", "я", Stem::kAny, kN, kN, 0, 0.05F, 0.4F},
    {"и", "я", "я", Stem::kI, kG | kD | kL, kG | kD | kL, 0, 0.05F, 0.4F},
    {"и", "я", "я", Stem::kConsonant, kG, kG, 0, 0.03F, 0.4F},
    {"и", "я", "я", Stem::kVowel, kG, kG, 0, 0.03F, 0.4F},
    {"е", "я", "я", Stem::kConsonant, kD | kL, kD | kL, 0, 0.03F, 0.4F},
    {"е", "я", "я", Stem::kVowel, kD | kL, kD | kL, 0, 0.03F, 0.4F},
    {"ю", "я", "я", Stem::kAny, kA, kA, 0, 0.05F, 0.4F},
    {"ей", "я", "я", Stem::kAny, kI, kI, 0, 0.05F, 0.4F},
    // Women's surnames in -ова, -ина and their families.
    {"а", "а", "а", Stem::kOv, 0, kN, 0, 0.1F, 1},
    {"ой", "а", "а", Stem::kOv, 0, kG | kD | kI | kL, 0, 0.1F, 1},
    {"у", "а", "а", Stem::kOv, 0, kA, 0, 0.1F, 1},
    {"ы", "ы", "", Stem::kOv, 0, 0, kN, 0.3F, 1},
    {"ых", "ы", "", Stem::kOv, 0, 0, kG | kA | kL, 0.3F, 1},
    {"ым", "ы", "", Stem::kOv, 0, 0, kD, 0.3F, 1},
    {"ыми", "ы", "", Stem::kOv, 0, 0, kI, 0.3F, 1},
    // Adjectives.
    {"ий", "ий", "ий", Stem::kSk, kN, 0, 0, 0.08F, 1},
    {"ого", "ий", "ий", Stem::kSk, kG | kA, 0, 0, 0.08F, 1},
    {"ому", "ий", "ий", Stem::kSk, kD, 0, 0, 0.08F, 1},
    {"им", "ий", "ий", Stem::kSk, kI, 0, 0, 0.08F, 1},
    {"ом", "ий", "ий", Stem::kSk, kL, 0, 0, 0.05F, 1},
    {"ая", "ая", "ая", Stem::kAny, 0, kN, 0, 0.06F, 1},
    {"ой", "ая", "ая", Stem::kSk, 0, kG | kD | kI | kL, 0, 0.08F, 1},
    {"ую", "ая", "ая", Stem::kAny, 0, kA, 0, 0.06F, 1},
    {"ие", "ие", "ий", Stem::kSk, 0, 0, kN, 0.3F, 1},
    {"их", "ие", "ий", Stem::kSk, 0, 0, kG | kA | kL, 0.3F, 1},
    {"ый", "ый", "ый", Stem::kAny, kN, 0, 0, 0.05F, 1},
    {"ого", "ый", "ый", Stem::kNotSk, kG | kA, 0, 0, 0.03F, 1},
    {"ому", "ый", "ый", Stem::kNotSk, kD, 0, 0, 0.03F, 1},
    {"ым", "ый", "ый", Stem::kHard, kI, 0, 0, 0.02F, 1},
    {"ой", "ая", "ая", Stem::kNotSk, 0, kG | kD | kI | kL, 0, 0.01F, 1},
    // What does not decline.
    {"и", "и", "и", Stem::kConsonant, kAllCases, kAllCases, kAllCases, 0.12F, 1},
    {"и", "и", "и", Stem::kVowel, kAllCases, kAllCases, kAllCases, 0.005F, 1},
    {"о", "о", "о", Stem::kAny, kAllCases, kAllCases, kAllCases, 0.12F, 1},
    {"э", "э", "э", Stem::kAny, kAllCases, kAllCases, kAllCases, 0.12F, 1},
    {"е", "е", "е", Stem::kConsonant, kAllCases, kAllCases, kAllCases, 0.04F, 1},
    {"е", "е", "е", Stem::kVowel, kAllCases, kAllCases, kAllCases, 0.03F, 1},
    {"у", "у", "у", Stem::kConsonant, kAllCases, kAllCases, kAllCases, 0.003F, 1},
    {"у", "у", "у", Stem::kVowel, kAllCases, kAllCases, kAllCases, 0.05F, 1},
    {"ю", "ю", "ю", Stem::kConsonant, kAllCases, kAllCases, kAllCases, 0.003F, 1},
    {"ы", "ы", "ы", Stem::kAny, kAllCases, kAllCases, kAllCases, 0.02F, 1},
    {"а", "а", "а", Stem::kVowel, kAllCases, kAllCases, kAllCases, 0.01F, 1},
    {"ых", "ых", "ых", Stem::kAny, kAllCases, kAllCases, kAllCases, 0.03F, 1},
    {"их", "их", "их", Stem::kAny, kAllCases, kAllCases, kAllCases, 0.03F, 1},
    // Families of men's names in a consonant.
    {"ы", "ы", "", Stem::kHard, 0, 0, kN, 0.1F, 1},
    {"и", "и", "", Stem::kVelar, 0, 0, kN, 0.1F, 1},
    {"и", "и", "ь", Stem::kHard, 0, 0, kN, 0.1F, 1},
    {"ов", "ы", "", Stem::kHard, 0, 0, kG | kA, 0.1F, 1},
    {"ов", "и", "", Stem::kVelar, 0, 0, kG | kA, 0.1F, 1},
    {"ей", "и", "ь", Stem::kHard, 0, 0, kG | kA, 0.1F, 1},
    {"ами", "ы", "", Stem::kHard, 0, 0, kI, 0.1F, 1},
    {"ями", "и", "ь", Stem::kHard, 0, 0, kI, 0.1F, 1},
    {"ам", "ы", "", Stem::kHard, 0, 0, kD, 0.1F, 1},
    {"ям", "и", "ь", Stem::kHard, 0, 0, kD, 0.1F, 1},
};

// The cases that a preposition governs. This is grammar, as the endings are.
struct Government {
  std::string_view preposition;
  unsigned cases;
};
constexpr Government kGovernments[] = {
    {"без", kG},      {"близ", kG},       {"благодаря", kD}, {"в", kA | kL},  {"вместо", kG},       {"во", kA | kL}, {"вокруг", kG},
    {"вопреки", kD},  {"для", kG},        {"до", kG},        {"за", kA | kI}, {"из", kG},           {"к", kD},       {"ко", kD},
    {"кроме", kG},    {"между", kI | kG}, {"мимо", kG},      {"на", kA | kL}, {"над", kI},          {"насчет", kG},  {"о", kL | kA},
    {"об", kL | kA},  {"обо", kL | kA},   {"около", kG},     {"от", kG},      {"относительно", kG}, {"перед", kI},   {"по", kD | kL | kA},
    {"под", kI | kA}, {"после", kG},      {"при", kL},       {"про", kA},     {"против", kG},       {"ради", kG},    {"с", kI | kG},
    {"со", kI | kG},  {"согласно", kD},   {"среди", kG},     {"у", kG},       {"через", kA},
};

bool EndsInOneOf(std::string_view text, std::initializer_list<std::string_view> letters) {
  return std::any_of(letters.begin(), letters.end(), [text](std::string_view l) { return text.ends_with(l); });
}

// What the last letter of a word is; a letter may be of several classes.
enum LetterClass : std::uint8_t { kVowelLetter = 1, kHardLetter = 2, kVelarLetter = 4, kHushLetter = 8 };
// The place in a table of a letter of two bytes that begin with 0xD0 or 0xD1; 128 for others.
constexpr std::size_t LetterPlace(std::string_view letter) {
  const auto lead = static_cast<unsigned char>(letter[0]), trail = static_cast<unsigned char>(letter[1]);
  return (lead & 0xFE) == 0xD0 && (trail & 0xC0) == 0x80 ? (lead & 1u) << 6 | (trail & 0x3Fu) : 128;
}
constexpr auto kLetterClasses = [] {
  std::array<std::uint8_t, 129> table{};
  const auto add = [&table](std::string_view letters, std::uint8_t cls) {
    for (std::size_t i = 0; i < letters.size(); i += 2) table[LetterPlace(letters.substr(i, 2))] |= cls;
  };
  add("аеиоуыэюя", kVowelLetter);
  add("бвдзлмнпрстфц", kHardLetter);
  add("гкх", kVelarLetter);
  add("жчшщц", kHushLetter);
  return table;
}();
std::uint8_t LastClass(std::string_view s) { return s.size() < 2 ? 0 : kLetterClasses[LetterPlace(s.substr(s.size() - 2))]; }

bool IsVelar(std::string_view s) { return (LastClass(s) & kVelarLetter) != 0; }
bool IsHush(std::string_view s) { return (LastClass(s) & kHushLetter) != 0; }
bool IsVowel(std::string_view s) { return (LastClass(s) & kVowelLetter) != 0; }
bool IsHard(std::string_view s) { return (LastClass(s) & kHardLetter) != 0; }
bool IsOv(std::string_view s) { return EndsInOneOf(s, {"ов", "ев", "ин", "ын"}); }
bool IsSk(std::string_view s) { return EndsInOneOf(s, {"ск", "цк"}); }

bool Fits(Stem stem, std::string_view s) {
  switch (stem) {
    case Stem::kAny:
      return true;
    case Stem::kConsonant:
      return (LastClass(s) & (kHardLetter | kVelarLetter | kHushLetter)) != 0;
    case Stem::kHard:
      return IsHard(s);
    case Stem::kVelar:
      return IsVelar(s);
    case Stem::kHush:
      return IsHush(s);
    case Stem::kVowel:
      return IsVowel(s);
    case Stem::kI:
      return s.ends_with("и");
    case Stem::kSoft:
      return s.ends_with("ь");
    case Stem::kShort:
      return s.ends_with("й");
    case Stem::kOv:
      return IsOv(s);
    case Stem::kSk:
      return IsSk(s);
    case Stem::kNotSk:
      return (IsHard(s) || IsVelar(s)) && !IsSk(s);
  }
  return false;
}

// The endings that a word with a certain last letter may have: a bit for each of kEndings, by LetterPlace.
constexpr std::size_t kEndingWords = (std::size(kEndings) + 63) / 64;
using EndingSet = std::array<std::uint64_t, kEndingWords>;
constexpr auto kEndingsOf = [] {
  std::array<EndingSet, 129> sets{};
  for (std::size_t e = 0; e < std::size(kEndings); ++e) {
    const std::string_view form = kEndings[e].form;
    for (std::size_t letter = 0; letter < sets.size(); ++letter) {
      if (form.empty() || LetterPlace(form.substr(form.size() - 2)) == letter) sets[letter][e / 64] |= std::uint64_t{1} << (e % 64);
    }
  }
  return sets;
}();

constexpr std::size_t kMostMentions = 16384;  // whose memory is kept for the next document
constexpr std::size_t kLine = 64;             // bytes of memory that come at once
constexpr std::size_t kRemembered = 16384;    // words whose hypotheses are kept between documents

std::size_t Vowels(std::string_view folded) {
  std::size_t n = 0;
  for (std::size_t i = 0; i + 1 < folded.size(); i += 2) n += kLetterClasses[LetterPlace(folded.substr(i, 2))] & kVowelLetter;
  return n;
}

// `nominative` in the letters of `surface` (`lower` in lower case, `form` folded) as far as both go together: ё and the kind of apostrophe
// stay as they are written.
std::string Written(std::string_view surface, std::string_view lower, std::string_view form, std::string_view nominative) {
  if (lower == form) return morph::WithCaseOf(surface, nominative);
  std::string out;
  out.reserve(nominative.size() + 2);
  std::size_t s = 0, f = 0, n = 0;
  while (s < lower.size() && f < form.size() && n < nominative.size()) {
    const std::size_t s0 = s, n0 = n;
    morph::NextCodePoint(lower, &s);
    char32_t x = morph::NextCodePoint(form, &f);
    char32_t y = morph::NextCodePoint(nominative, &n);
    if (y == U'ё') y = U'е';
    if (x != y) {
      n = n0;
      break;
    }
    const std::string_view own = nominative.substr(n0, n - n0);
    const std::string_view seen = lower.substr(s0, s - s0);
    out += own == "ё" ? own : seen;
  }
  out += nominative.substr(n);
  return morph::WithCaseOf(surface, out);
}

int SlotGender(int slot) { return slot == kMale ? 0 : slot == kFemale ? 1 : -1; }

}  // namespace

void NameScratch::Follow(const morph::FormTable& forms) {
  arena_.Clear();
  if (mentions_.size() > kMostMentions) mentions_ = {}, group_of_ = {};
  mentions_.clear();
  group_of_.Clear();
  groups_.Clear();
  votes_.Clear();
  if (forms_ == &forms && generation_ == forms.generation() && whole_.size() + parts_.size() < kRemembered) return;
  known_of_.clear(), known_.clear();
  whole_.clear();
  parts_.clear();
  odds_.Clear();
  forms_ = &forms;
  generation_ = forms.generation();
}

PersonNames::PersonNames(const Analysis& a, NameScratch* scratch)
    : a_(a),
      scratch_(scratch),
      mentions_(scratch->mentions_),
      group_of_(scratch->group_of_),
      groups_(scratch->groups_),
      forms_(scratch->votes_) {
  scratch_->Follow(*a.forms);
}

void PersonNames::Expect(std::uint32_t begin, std::uint32_t end, bool known) const {
  constexpr std::uint32_t kBefore = 3, kBehind = 2;  // tokens that the context looks at nearly always
  const std::vector<std::uint32_t>& numbers = scratch_->known_of_;
  for (std::uint32_t i = begin; i < end; ++i) {
    const std::uint32_t form = a_.tokens[i].form;
    if (form >= numbers.size()) continue;
    if (!known) {
      bundle::Prefetch(&numbers[form]);
    } else if (numbers[form] != 0) {
      bundle::Prefetch(&scratch_->known_[numbers[form] - 1]);
    }
  }
  if (known) return;
  for (std::uint32_t i = begin > kBefore ? begin - kBefore : 0; i < begin; ++i) {
    bundle::Prefetch(&a_.FormOf(i).first_reading);
    bundle::Prefetch(&a_.FormOf(i).any);
  }
  for (std::uint32_t i = end; i < end + kBehind && i < a_.tokens.size(); ++i) bundle::Prefetch(&a_.FormOf(i).any);
}

const PersonNames::Known& PersonNames::KnownOf(std::uint32_t token) {
  const std::uint32_t form = a_.tokens[token].form;
  std::vector<std::uint32_t>& numbers = scratch_->known_of_;
  morph::GrowByForm(&numbers, a_.forms->size());
  if (numbers[form] == 0) {
    Known& known = scratch_->known_.emplace_back();
    numbers[form] = static_cast<std::uint32_t>(scratch_->known_.size());
    const morph::Form& f = (*a_.forms)[form];
    std::vector<Hypothesis> hypotheses = MakeHypotheses(f.surface, &f);
    Rare(token, &hypotheses);
    known.choice = Keep(std::move(hypotheses));
    known.key = f.key;
    known.stem_key = morph::KeyOf(StemOf(f.folded));
    known.vowels = static_cast<std::uint8_t>(std::min<std::size_t>(Vowels(f.folded), 255));
    for (const morph::Reading& r : a_.forms->ReadingsOf(f)) known.listed |= r.origin != morph::Origin::kGuess && (r.tag & kNameMarks) != 0;
  }
  return scratch_->known_[numbers[form] - 1];
}

const PersonNames::Known& PersonNames::KnownPart(std::string_view surface) {
  const auto [at, first] = scratch_->parts_.try_emplace(std::string(surface));
  Known& known = at->second;
  if (first) {
    known.choice = Keep(MakeHypotheses(surface, nullptr));
    std::string folded;
    morph::Fold(surface, &folded);
    known.key = morph::KeyOf(folded);
    known.stem_key = morph::KeyOf(StemOf(folded));
  }
  return known;
}

PersonNames::Choice PersonNames::Keep(std::vector<Hypothesis> hypotheses) {
  const std::vector<Hypothesis>& all = scratch_->whole_.emplace_back(std::move(hypotheses));
  Choice out;
  out.hypotheses = all.data();
  out.count = static_cast<std::uint32_t>(all.size());
  Odds* const odds = scratch_->odds_.List<Odds>(all.size());
  out.odds = odds;
  std::size_t weights = 0;
  for (std::size_t x = 0; x < all.size(); ++x) {
    const Hypothesis& h = all[x];
    odds[x].lemma_key = morph::KeyOf(h.lemma);
    odds[x].given = h.given;
    odds[x].surname = h.surname;
    for (std::size_t bit = 0; bit < kBits; ++bit) odds[x].places |= std::uint32_t{h.weight[bit] > 0} << bit;
    // A man and a woman of one name: neither form speaks against the other.
    std::string_view man = h.lemma;
    if (man.ends_with("а")) man.remove_suffix(std::string_view("а").size());
    odds[x].of_ov = IsOv(man);
    out.given |= h.given > 2;
    weights += x + 1 == all.size() ? kBits : static_cast<std::size_t>(std::popcount(odds[x].places));
  }
  float* at = scratch_->odds_.List<float>(weights);
  out.weights = at;
  at = std::copy(all.back().weight.begin(), all.back().weight.end(), at);
  for (std::size_t x = 0; x + 1 < all.size(); ++x) {
    for (const float weight : all[x].weight) {
      if (weight > 0) *at++ = weight;
    }
  }
  out.likeliest = scratch_->odds_.List<const Likeliest*>(kPositions);
  return out;
}

std::vector<PersonNames::Hypothesis> PersonNames::MakeHypotheses(std::string_view surface, const morph::Form* form) const {
  std::vector<Hypothesis> out;
  std::string folded, lower;
  morph::Fold(surface, &folded);
  morph::LowerKeepingYo(surface, &lower);
  // `key` is the folded nominative.
  const auto at = [&](std::string_view nominative, std::string_view key, std::string_view lemma) -> Hypothesis& {
    for (Hypothesis& h : out) {
      if (h.folded == key && h.lemma == lemma) return h;
    }
    Hypothesis& h = out.emplace_back();
    h.nominative = Written(surface, lower, folded, nominative);
    h.folded = key;
    h.lemma = lemma;
    return h;
  };

  // What the dictionaries know. Readings of one form are no matter of frequency here: cases are told by the context.
  std::vector<morph::Reading> own;
  std::span<const morph::Reading> readings;
  if (form != nullptr) {
    readings = a_.forms->ReadingsOf(*form);
  } else {
    a_.forms->morph().Analyze(folded, Shape::kCap, false, &own);
    readings = own;
  }
  std::vector<std::pair<std::string, morph::Agreement>> nominatives;
  std::string lemma, key;
  std::uint64_t lemma_key = 0;  // of `lemma`, which readings share
  // «Трампа-младшего»: a part in small letters is the adjective that the dictionary has, and no surname of its looks.
  std::size_t from = 0;
  const bool small = !morph::IsUpper(morph::NextCodePoint(surface, &from));
  for (const morph::Reading& r : readings) {
    if (r.origin == morph::Origin::kGuess || r.origin == morph::Origin::kNone) continue;
    const morph::Agreement agreement = morph::AgreementOf(r.tag);
    if (agreement == 0 || (r.tag & (morph::kNOUN | morph::kADJF)) == 0) continue;
    const bool name = (r.tag & kNameMarks) != 0;
    float weight = kCommonWord;
    if (small && (r.tag & morph::kADJF) != 0 && r.origin == morph::Origin::kDictionary) weight = 1;
    if (name) {
      const bool alone = (r.list & morph::kListAlone) != 0;
      weight = r.origin == morph::Origin::kDictionary ? (alone ? 1.0F : r.list != 0 ? 0.6F : 0.1F) : alone ? 0.6F : 0.2F;
      if (r.tag & morph::kPatr) weight = std::max(weight, 1.0F);
      if (r.tag & (morph::kErro | morph::kInfr)) weight *= 0.2F;
    }
    const float trust = r.origin == morph::Origin::kDictionary ? 3 : 2;
    nominatives.clear();
    std::optional<std::string> as_it_is;
    if ((r.tag & morph::knomn) != 0) as_it_is = a_.forms->morph().Spelling(r, folded);
    for (int slot = 0; slot < kSlotCount; ++slot) {
      const morph::Agreement bits = agreement & (0x111111u << slot);
      if (bits == 0) continue;
      const morph::Grammemes number = slot == kFamily ? morph::kplur : morph::ksing;
      const morph::Grammemes gender = slot == kMale ? morph::kmasc : slot == kFemale ? morph::kfemn : 0;
      std::optional<std::string> word = as_it_is;
      if (!word) word = a_.forms->morph().Inflect(r, folded, morph::knomn | number | gender);
      if (!word) word = a_.forms->morph().Inflect(r, folded, morph::knomn | number);
      if (!word) word = a_.forms->morph().Inflect(r, folded, morph::knomn);
      if (!word) continue;
      const auto same = std::find_if(nominatives.begin(), nominatives.end(), [&word](const auto& n) { return n.first == *word; });
      if (same != nominatives.end()) {
        same->second |= bits;
      } else {
        nominatives.emplace_back(*std::move(word), bits);
      }
    }
    if (nominatives.empty()) continue;
    if (nominatives.size() > 1) std::sort(nominatives.begin(), nominatives.end());
    if (lemma.empty() || r.lemma_key != lemma_key) {
      lemma_key = r.lemma_key;
      morph::Fold(a_.forms->morph().Lemma(r, folded), &lemma);
    }
    for (const auto& [nominative, bits] : nominatives) {
      morph::Fold(nominative, &key);
      // A woman's surname votes for itself; a family's for the man's.
      Hypothesis& h = at(nominative, key, (bits & 0x888888u) != 0 ? lemma : key);
      for (morph::Agreement rest = bits; rest != 0; rest &= rest - 1) {
        float& w = h.weight[static_cast<std::size_t>(std::countr_zero(rest))];
        w = std::max(w, weight);
      }
      // An indeclinable given name may as well be a surname of the other gender («Асия Биби»).
      if ((r.tag & morph::kFixd) != 0 && name) {
        for (std::size_t bit = 0; bit < kBits; bit += 4) {
          if (h.weight[bit] > 0) h.weight[bit + 1] = std::max(h.weight[bit + 1], weight * kOtherGender);
        }
      }
      if (r.tag & morph::kName) h.given = std::max(h.given, trust);
      if (r.tag & morph::kSurn) h.surname = std::max(h.surname, trust);
      if (r.tag & morph::kPatr) h.patronymic = std::max(h.patronymic, trust);
    }
  }
  // What the declensions allow; it says less of a name that the dictionary has.
  const bool dictionary = std::any_of(readings.begin(), readings.end(), [](const morph::Reading& r) {
    return r.origin == morph::Origin::kDictionary && (r.tag & kNameMarks) != 0;
  });
  const bool family = EndsInOneOf(folded, {"ых", "их", "ыми", "ими"});
  std::string nominative;
  EndingSet left = kEndingsOf[folded.size() < 2 ? 128 : LetterPlace(std::string_view(folded).substr(folded.size() - 2))];
  for (std::size_t w = 0; w < kEndingWords;) {
    if (left[w] == 0) {
      ++w;
      continue;
    }
    const Ending& e = kEndings[w * 64 + static_cast<std::size_t>(std::countr_zero(left[w]))];
    left[w] &= left[w] - 1;
    if (!folded.ends_with(e.form)) continue;
    const std::string_view stem = std::string_view(folded).substr(0, folded.size() - e.form.size());
    if (stem.size() < 4 || !Fits(e.stem, stem) || Vowels(stem) == 0) continue;
    nominative.assign(stem).append(e.nominative);
    lemma.assign(stem).append(e.lemma);
    Hypothesis& h = at(nominative, nominative, lemma);
    float weight = e.weight;
    if (dictionary) weight *= e.form == e.nominative && family ? kFixedBeside : kBesideDictionary;
    if (e.nominative == "й" && stem.ends_with("и")) weight *= kMenInIy;
    if (e.nominative == "я" && e.form == "е" && stem.ends_with("и") && IsGiven(h.folded))
      weight = kKnownInIya, h.given = std::max(h.given, 2.0F);
    const float women = e.form.empty() && (IsOv(stem) || stem.ends_with("ой")) ? kWomenInOv : 1;
    for (int c = 0; c < kCaseCount; ++c) {
      const std::size_t bit = static_cast<std::size_t>(4 * c);
      if (e.male >> c & 1) h.weight[bit] = std::max(h.weight[bit], weight * e.men);
      if (e.female >> c & 1) h.weight[bit + 1] = std::max(h.weight[bit + 1], weight * women);
      if (e.family >> c & 1) h.weight[bit + 3] = std::max(h.weight[bit + 3], weight);
    }
  }
  // As it stands, whatever grammar says: always the last one.
  at(folded, folded, folded);
  const auto same =
      std::find_if(out.begin(), out.end(), [&folded](const Hypothesis& h) { return h.folded == folded && h.lemma == folded; });
  std::rotate(same, same + 1, out.end());
  return out;
}

// «Руслана» is rather Руслан's than a nominative: what the dictionaries call rare beside a name of the other gender (class `rare_given`).
void PersonNames::Rare(std::uint32_t token, std::vector<Hypothesis>* hypotheses) const {
  const std::uint16_t rare = a_.classes.rare_given;
  for (const std::uint32_t index : a_.matches_at.At(token)) {
    if (rare == 0 || !a_.placed[index].words || a_.placed[index].class_id != rare || a_.matches[index].end != token + 1) continue;
    std::string folded;
    morph::Fold(a_.gazetteer->entry(a_.matches[index].entry).name, &folded);
    for (Hypothesis& h : *hypotheses) {
      if (h.folded != folded) continue;
      for (float& weight : h.weight) weight *= kRareName;
    }
  }
}

// Whether the dictionaries surely know a given name.
bool PersonNames::IsGiven(std::string_view folded) const {
  std::vector<morph::Reading> readings;
  a_.forms->morph().Analyze(folded, Shape::kCap, false, &readings);
  return std::any_of(readings.begin(), readings.end(), [](const morph::Reading& r) {
    return (r.tag & morph::kName) != 0 && (r.tag & morph::knomn) != 0 && (r.list & morph::kListAlone) != 0;
  });
}

void PersonNames::AddWord(std::uint32_t token, std::uint32_t part, const Known& known, float fixed) {
  // They are weighed when all names are known.
  const auto expect = [](const void* list) {
    bundle::Prefetch(list);
    bundle::Prefetch(static_cast<const char*>(list) + kLine);
  };
  expect(known.choice.odds);
  expect(known.choice.weights);
  bundle::Prefetch(known.choice.likeliest);
  Word w;
  w.token = token;
  w.part = part;
  w.fixed = fixed;
  w.choice = known.choice;
  std::uint32_t& number = group_of_[known.stem_key];
  if (number == 0) {
    number = static_cast<std::uint32_t>(groups_.size() + 1);
    Group& fresh = groups_.Add();
    fresh.first_form = fresh.last_form = kNone;
    fresh.score.clear(), fresh.sure.clear();
    fresh.words = 0;
    fresh.last_slot = fresh.first_slot = 255;
  }
  w.group = number - 1;
  Group& group = groups_[w.group];
  ++group.words;
  w.form = group.first_form;
  while (w.form != kNone && forms_[w.form].key != known.key) w.form = forms_[w.form].next;
  if (w.form == kNone) {
    w.form = static_cast<std::uint32_t>(forms_.size());
    FormVotes& fresh = forms_.Add();
    fresh.key = known.key;
    fresh.count = 0;
    fresh.next = kNone;
    fresh.share.clear();
    (group.first_form == kNone ? group.first_form : forms_[group.last_form].next) = w.form;
    group.last_form = w.form;
  }
  scratch_->words_.push_back(w);
}

// Whether a particle of names begins here («де», «аль»), in whatever case.
bool PersonNames::IsParticle(std::uint32_t token) const {
  const auto matches = a_.matches_at.At(token);
  return std::any_of(matches.begin(), matches.end(), [this](std::uint32_t index) {
    return a_.placed[index].words && a_.placed[index].class_id == a_.classes.name_particle;
  });
}

std::size_t PersonNames::Add(std::uint32_t begin, std::uint32_t end, bool votes) {
  // The context asks for the readings of what stands before.
  for (std::uint32_t i = begin > 2 ? begin - 2 : 0; i < begin; ++i) bundle::Prefetch(a_.forms->ReadingsOf(a_.FormOf(i)).data());
  Mention& m = mentions_.emplace_back();
  m.begin = begin;
  m.end = end;
  m.votes = votes;
  scratch_->words_.clear();
  bool capitals = false;
  std::size_t count = 0;
  for (std::uint32_t i = begin; i < end; ++i) {
    const token::Token& t = a_.tokens[i];
    capitals |= t.kind == Kind::kWord && t.shape != Shape::kLower && t.shape != Shape::kInitial;
    count += t.kind == Kind::kWord && t.shape != Shape::kLower;
  }
  for (std::uint32_t i = begin; i < end; ++i) {
    const token::Token& t = a_.tokens[i];
    if (t.kind != Kind::kWord || t.Has(Flag::kLatin | Flag::kUrl | Flag::kDigits) || t.shape == Shape::kInitial) continue;
    if (t.shape == Shape::kLower && capitals) continue;                                 // particles
    if (i > begin && i + 1 < end && t.shape == Shape::kCap && IsParticle(i)) continue;  // «Барт Де Вевер»
    const std::string_view surface = a_.TextOf(i, i + 1);
    const std::size_t hyphen = surface.find('-');
    const Known& known = KnownOf(i);
    if (hyphen == std::string_view::npos || hyphen == 0 || known.listed) {
      const bool shorty = count >= 2 && i + 1 < end && known.vowels <= 1;
      AddWord(i, 0, known, shorty ? kShortStays : kStays);
      continue;
    }
    // Each part declines for itself; «аль», «ул» and the like stay.
    std::uint32_t part = 0;
    for (std::size_t from = 0; from <= surface.size(); ++part) {
      const std::size_t to = std::min(surface.find('-', from), surface.size());
      const std::string_view piece = surface.substr(from, to - from);
      const bool last = to == surface.size();
      std::size_t at = 0;
      const bool lower = !piece.empty() && !morph::IsUpper(morph::NextCodePoint(piece, &at));
      if (piece.size() >= 4 && (!lower || last)) AddWord(i, part, KnownPart(piece), last || IsVowel(piece) ? kStays : kLeftPartStays);
      from = to + 1;
      if (last) break;
    }
  }
  const std::vector<Word>& words = scratch_->words_;
  m.words = {scratch_->arena_.List<Word>(words.size()), words.size()};
  std::copy(words.begin(), words.end(), m.words.begin());
  // Chinese, Korean and Vietnamese names of three short words: the surname first, hardly ever a Russian feminine.
  if (m.words.size() == 3 && count == 3 && end - begin == 3) {
    const auto vowels = [&](std::uint32_t i) { return Vowels(a_.FormOf(i).folded); };
    m.eastern = vowels(begin) <= 2 && vowels(begin + 1) == 1 && vowels(begin + 2) <= 2 && vowels(begin) + vowels(begin + 2) <= 3;
    if (IsParticle(begin + 1)) m.eastern = false;  // «Марин Ле Пен»
    if (m.eastern) {
      m.words[0].fixed = m.words[1].fixed = kEasternStays;
      if (IsVowel(a_.FormOf(begin + 2).folded)) m.words[2].fixed = kShortStays;
    }
  }
  for (const std::uint32_t index : a_.matches_at.At(begin)) {
    const gazetteer::Match& match = a_.matches[index];
    if (match.end != end || match.variant != 0 || a_.placed[index].words || a_.placed[index].type != IndexOf(Type::kPerson)) continue;
    morph::Fold(a_.gazetteer->entry(match.entry).name, &scratch_->folded_);
    const std::string_view folded = scratch_->arena_.Keep(scratch_->folded_);
    const std::size_t most =
        1 + static_cast<std::size_t>(std::count_if(folded.begin(), folded.end(), [](char c) { return c == ' ' || c == '-'; }));
    std::string_view* const known = scratch_->arena_.List<std::string_view>(most);
    std::size_t known_words = 0;
    for (std::size_t from = 0; from < folded.size();) {
      const std::size_t to = std::min(folded.find_first_of(" -", from), folded.size());
      known[known_words++] = folded.substr(from, to - from);
      from = to + 1;
    }
    m.known = {known, known_words};
    break;
  }
  return mentions_.size() - 1;
}

void PersonNames::Context(const std::vector<std::int32_t>& mention_of, Mention* m) const {
  std::array<double, kCaseCount> cases{};
  std::array<double, kSlotCount> slots{};
  std::copy(std::begin(kCasePrior), std::end(kCasePrior), cases.begin());
  std::copy(std::begin(kSlotPrior), std::end(kSlotPrior), slots.begin());
  if (m->words.size() > 1) {
    slots[kFamily] = kFullNamePlural;
  } else {
    slots[kFemale] *= kBareWoman;
  }
  // What a role says of the gender counts only for the cases in which the name agrees with it.
  std::array<double, kBits> joint;
  joint.fill(1);
  const auto agree = [&](morph::Agreement agreement, double same, double genitive, double other) {
    const morph::Agreement women = agreement & 0x222222u, men = agreement & 0x111111u, many = agreement & 0x888888u;
    for (int c = 0; c < kCaseCount; ++c) {
      const bool fits = (agreement & morph::AgreementOfCase(c)) != 0;
      cases[static_cast<std::size_t>(c)] *= fits ? same : c == 1 ? genitive : other;
      if (!fits) continue;
      double* slot = &joint[static_cast<std::size_t>(4 * c)];
      if (women != 0 && men == 0) slot[kMale] *= many == 0 ? 0.05 : 0.2;
      if (men != 0 && women == 0) slot[kFemale] *= 0.7;
    }
  };
  const auto family = [&] {
    slots[kFamily] = kAfterPlural;
    for (Word& w : m->words) w.family = kFamilyStays;
    // One person may follow a plural in the genitive only («сыновья Иванова»).
    for (int c = 0; c < kCaseCount; ++c) {
      if (c == 1) continue;
      for (const int slot : {kMale, kFemale}) joint[static_cast<std::size_t>(4 * c + slot)] *= 0.05;
    }
  };
  const auto word = [&](std::size_t i) { return a_.tokens[i].kind == Kind::kWord; };
  const std::uint16_t role = a_.classes.role;
  const std::uint16_t inhabitant = a_.classes.inhabitant;

  // «христианской девочки» is no nominative of the plural: an adjective before the noun narrows what it says.
  const auto narrowed = [&](std::size_t noun, morph::Agreement agreement) {
    if (noun == 0 || a_.tokens[noun].Has(Flag::kSentenceStart) || !word(noun - 1)) return agreement;
    morph::Agreement adjective = 0;
    for (const morph::Reading& r : a_.forms->ReadingsOf(a_.FormOf(noun - 1))) {
      if ((r.tag & (morph::kADJF | morph::kPRTF)) != 0) adjective |= morph::AgreementOf(r.tag);
    }
    return (adjective & agreement) != 0 ? adjective & agreement : agreement;
  };

  // To the left: a preposition governs, a role agrees or is followed by the genitive.
  bool role_seen = false;
  std::size_t i = m->begin;
  for (std::size_t steps = 0; i > 0 && steps < kReach; ++steps) {
    const std::size_t p = i - 1;
    if (a_.tokens[i].Has(Flag::kSentenceStart) || a_.tokens[i].Has(Flag::kBlockStart)) break;
    const token::Token& t = a_.tokens[p];
    if (t.kind == Kind::kQuote) {
      i = p;
      continue;
    }
    if (!word(p)) break;
    const morph::Form& form = a_.FormOf(p);
    if (p < mention_of.size() && mention_of[p] >= 0) {
      if (mention_of[p] == mention_of[m->begin]) break;
      i = p;
      continue;
    }
    if ((form.any & morph::kPREP) != 0) {
      for (const Government& g : kGovernments) {
        if (form.folded != g.preposition) continue;
        // Between the preposition and the name a role must stand, or nothing.
        if (i != m->begin && !role_seen) break;
        for (int c = 0; c < kCaseCount; ++c) {
          if ((g.cases >> c & 1) == 0) cases[static_cast<std::size_t>(c)] *= role_seen && c == 1 ? 0.5 : 0.02;
        }
      }
      break;
    }
    if (role_seen) break;
    bool is_role = false, tail_of_role = false;
    for (const std::uint32_t index : a_.EndingAt(i)) {
      if (!a_.placed[index].words || a_.placed[index].class_id != role) continue;
      is_role = true;
      const std::size_t head = a_.matches[index].begin;
      morph::Agreement agreement = 0;
      for (std::size_t k = head; k < i && agreement == 0; ++k) {
        for (const morph::Reading& r : a_.forms->ReadingsOf(a_.FormOf(k))) {
          if ((r.tag & morph::kNOUN) != 0 && (r.tag & kNameMarks) == 0) agreement |= morph::AgreementOf(r.tag);
        }
      }
      if (agreement == 0) break;
      agreement = narrowed(head, agreement);
      // «тренер омичей Иван Крот»: whose trainer he is says nothing about him.
      if (inhabitant != 0 && a_.placed[index].kind_id == inhabitant && (agreement & morph::AgreementOfCase(0)) == 0 &&
          (agreement & 0x333333u) == 0) {
        is_role = false;
        tail_of_role = true;
        break;
      }
      const bool kin = a_.gazetteer->entry(a_.matches[index].entry).kind == "kinship";
      agree(agreement, kin ? 1.0 : 2.0, kin ? 1.5 : 0.6, kin ? 0.2 : 0.1);
      // «министры обороны Сергей Шойгу и …» are several people.
      if ((agreement & 0x888888u) != 0 && (agreement & 0x333333u) == 0 && i == m->begin && m->words.size() == 1) family();
      i = head + 1;
      break;
    }
    if (is_role) {
      role_seen = true;
      i = i - 1;
      continue;
    }
    if (tail_of_role) {
      i = p;
      continue;
    }
    // The tail of a role; a verb or a pronoun ends the group.
    const bool tail =
        (form.any & (morph::kNOUN | morph::kADJF | morph::kPRTF)) != 0 && t.shape == Shape::kLower && (form.any & morph::kNPRO) == 0;
    if (!tail) {
      // «позвонил Евгению», but «обыграла Арину».
      if ((form.any & (morph::kVERB | morph::kINFN | morph::kGRND)) != 0 && (form.any & (morph::kNOUN | morph::kADJF)) == 0 &&
          p + 1 == m->begin) {
        const std::uint16_t dative_verb = a_.classes.dative_verb;
        auto verbs = a_.EndingAt(i);
        const bool dative = dative_verb != 0 && std::any_of(verbs.begin(), verbs.end(), [&](std::uint32_t x) {
                              return a_.placed[x].words && a_.placed[x].class_id == dative_verb;
                            });
        cases[dative ? 3 : 2] *= 0.2;
      }
      if ((form.any & morph::kVERB) != 0 && p + 1 == m->begin) {
        // «…», сказал Иванов.
        const bool after_speech =
            p > 0 && (a_.tokens[p - 1].kind == Kind::kQuote || a_.tokens[p - 1].Has(Flag::kDash) || a_.TextOf(p - 1, p) == ",");
        cases[0] *= after_speech ? 4 : 1.2;
      }
      break;
    }
    // A noun right before the name is followed by a genitive («приезд Анны»), or it is a person and agrees («христианку Анну»).
    if (p + 1 == m->begin && (form.any & morph::kNOUN) != 0) {
      morph::Agreement animate = 0, all = 0;
      for (const morph::Reading& r : a_.forms->ReadingsOf(form)) {
        if ((r.tag & morph::kNOUN) == 0 || (r.tag & kNameMarks) != 0) continue;
        all |= morph::AgreementOf(r.tag);
        if ((r.tag & morph::kanim) != 0) animate |= morph::AgreementOf(r.tag);
      }
      cases[1] *= 1.6;
      // «наставник омичей Иван Крот»: a plural in the genitive behind a role says whose the role is.
      auto roles = a_.EndingAt(p);
      if ((animate & 0x333333u) == 0 && (animate & morph::AgreementOfCase(0)) == 0 && !a_.tokens[p].Has(Flag::kSentenceStart) &&
          std::any_of(roles.begin(), roles.end(), [&](std::uint32_t x) { return a_.placed[x].words && a_.placed[x].class_id == role; })) {
        cases[1] /= 1.6;
        i = p;
        continue;
      }
      if (animate != 0 && animate == all) {
        animate = narrowed(p, animate);
        agree(animate, 2.0, 1.0, 0.2);
        if ((animate & 0x333333u) == 0) family();
      }
    }
    i = p;
  }
  // To the right: a verb whose subject the name may be.
  for (std::size_t n = m->end, steps = 0; n < a_.tokens.size() && steps < 2; ++n, ++steps) {
    if (a_.tokens[n].Has(Flag::kSentenceStart) || !word(n)) break;
    const morph::Form& form = a_.FormOf(n);
    if ((form.any & morph::kVERB) != 0 && (form.any & (morph::kNOUN | morph::kADJF)) == 0) {
      if ((form.any & morph::ksing) == 0) break;
      cases[0] *= 3;
      if ((form.any & morph::kpast) != 0) {
        if ((form.any & morph::kfemn) != 0) slots[kMale] *= 0.3;
        if ((form.any & morph::kmasc) != 0) slots[kFemale] *= 0.3;
      }
      break;
    }
    if ((form.any & (morph::kADVB | morph::kPRCL)) == 0) break;
  }
  for (int c = 0; c < kCaseCount; ++c) {
    for (int slot = 0; slot < kSlotCount; ++slot) {
      m->context[static_cast<std::size_t>(4 * c + slot)] =
          joint[static_cast<std::size_t>(4 * c + slot)] * cases[static_cast<std::size_t>(c)] * slots[static_cast<std::size_t>(slot)];
    }
  }
  if (m->eastern) {
    for (std::size_t bit = 1; bit < kBits; bit += 4) m->context[bit] *= 0.001;
  }
  // Nothing but the prior of a gender makes a place impossible.
  for (int slot = 0; slot < kSlotCount; ++slot) m->places |= slots[static_cast<std::size_t>(slot)] > 0 ? 0x111111u << slot : 0;
}

// The last hypothesis of a word, «as it stands», weighs something in each place.
void PersonNames::WeighAsItStands(const Word& w, std::array<double, kBits>* out) {
  const float* const weights = w.choice.weights;
  std::array<float, kBits> least;
  least.fill(w.fixed);
  for (std::size_t bit = kFamily; bit < kBits; bit += kSlotCount) least[bit] = std::max(w.fixed, w.family);
  for (std::size_t bit = 0; bit < kBits; ++bit) least[bit] = least[bit] > weights[bit] ? least[bit] : weights[bit];
  for (std::size_t bit = 0; bit < kBits; ++bit) (*out)[bit] = static_cast<double>(least[bit]);
}

double PersonNames::Factor(const Mention& m, const Word& w, std::size_t hypothesis, bool voted) const {
  const Odds& h = w.choice.odds[hypothesis];
  double factor = 1;
  for (const std::string_view known : m.known) {
    if (known == w.choice.hypotheses[hypothesis].folded) factor = kCanonical;
  }
  // The first word of two is hardly a surname when it may be a given name, nor the last one a given name.
  if (m.words.size() > 1 && !m.eastern) {
    const bool front = &w == &m.words.front();
    if (front && h.surname > 0 && h.given <= 0) factor *= h.surname >= 3 ? kSurnameFirst : kMaybeSurnameFirst;
    if (&w == &m.words.back() && h.given > 0 && h.surname <= 0) factor *= 0.5;
  }
  // «Катерина» alone is no «Катерин», unless the text has one.
  if (w.choice.given && m.words.size() == 1 && h.given <= 0 && h.surname > 0) {
    const std::vector<std::uint64_t>& sure = groups_[w.group].sure;
    if (std::find(sure.begin(), sure.end(), h.lemma_key) == sure.end()) factor *= kGivenAlone;
  }
  // «Мён Бака» is a genitive.
  if (m.eastern && EndsInOneOf(w.choice.hypotheses[hypothesis].folded, {"а", "я"})) factor *= 0.05;
  if (!voted) return factor;
  const Group& group = groups_[w.group];
  if (std::find(group.sure.begin(), group.sure.end(), h.lemma_key) != group.sure.end()) return factor;
  const auto it = std::find_if(group.score.begin(), group.score.end(), [&h](const auto& x) { return x.first == h.lemma_key; });
  return factor * (it == group.score.end() ? group.worst : it->second);
}

bool PersonNames::IsVoted(const Word& w) const {
  const Group& group = groups_[w.group];
  return group.first_form != group.last_form || forms_[group.first_form].count > 1;
}

void PersonNames::Weigh(const Mention& m, const Word& w, bool voted, Likeliest* out) const {
  const std::uint32_t last = w.choice.count - 1;
  out->weight.fill(0);
  out->pick.fill(static_cast<std::uint16_t>(last));
  const float* own = w.choice.weights + kBits;
  for (std::uint32_t x = 0; x < last; ++x) {
    const double factor = Factor(m, w, x, voted);
    for (std::uint32_t left = w.choice.odds[x].places; left != 0; left &= left - 1, ++own) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(left));
      const double weight = factor * static_cast<double>(*own);
      if (weight > out->weight[bit]) out->weight[bit] = weight, out->pick[bit] = static_cast<std::uint16_t>(x);
    }
  }
  std::array<double, kBits> stays;
  WeighAsItStands(w, &stays);
  const double factor = Factor(m, w, last, voted);
  for (std::size_t bit = 0; bit < kBits; ++bit) {
    const double weight = factor * stays[bit];
    if (weight > out->weight[bit]) out->weight[bit] = weight, out->pick[bit] = static_cast<std::uint16_t>(last);
  }
}

std::span<const PersonNames::Likeliest* const> PersonNames::LikeliestOf(const Mention& m, bool voted) {
  const std::size_t n = m.words.size();
  std::vector<Likeliest>& weighed = scratch_->weighed_;
  if (weighed.size() < n) weighed.resize(n);
  scratch_->likeliest_.clear();
  for (std::size_t k = 0; k < n; ++k) {
    const Word& w = m.words[k];
    const bool own = voted && IsVoted(w);
    // What else a weight depends on (see Factor and WeighAsItStands).
    if (own || m.eastern || !m.known.empty() || w.fixed != kStays || w.family > 0 ||
        (n == 1 && w.choice.given && !groups_[w.group].sure.empty())) {
      Weigh(m, w, own, &weighed[k]);
      scratch_->likeliest_.push_back(&weighed[k]);
      continue;
    }
    const Likeliest*& known = w.choice.likeliest[PositionOf(k, n)];
    if (known == nullptr) {
      Likeliest* const fresh = scratch_->odds_.List<Likeliest>(1);
      Weigh(m, w, false, fresh);
      known = fresh;
    }
    scratch_->likeliest_.push_back(known);
  }
  return scratch_->likeliest_;
}

void PersonNames::Vote(const Mention& m) {
  if (!m.votes) return;
  // A word that stands alone in its group has nobody to vote for.
  const auto votes_for = [this](const Word& w) { return groups_[w.group].words > 1; };
  const auto voters = std::count_if(m.words.begin(), m.words.end(), votes_for);
  if (voters == 0) return;
  const std::size_t n = m.words.size();
  std::vector<std::array<double, kBits>>& stays = scratch_->stays_;
  if (stays.size() < n) stays.resize(n);
  std::vector<double>& factors = scratch_->factors_;  // of all hypotheses of the words that vote
  factors.clear();
  for (std::size_t k = 0; k < n; ++k) {
    const Word& w = m.words[k];
    if (!votes_for(w)) continue;
    WeighAsItStands(w, &stays[k]);
    for (std::size_t x = 0; x < w.choice.count; ++x) factors.push_back(Factor(m, w, x, false));
  }
  // How well other words fit.
  std::span<const Likeliest* const> best;
  if (n > 1) best = LikeliestOf(m, false);
  std::size_t next = 0;  // of factors
  for (std::size_t k = 0; k < n; ++k) {
    const Word& w = m.words[k];
    if (!votes_for(w)) continue;
    std::vector<double>& shares = scratch_->shares_;
    shares.clear();
    double sum = 0;
    const std::size_t last = w.choice.count - 1;
    const float* weight = w.choice.weights + kBits;
    for (std::size_t x = 0; x < last; ++x) {
      const double factor = factors[next++];
      double share = 0;
      for (std::uint32_t left = w.choice.odds[x].places; left != 0; left &= left - 1, ++weight) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(left));
        double product = m.context[bit] * factor * static_cast<double>(*weight);
        for (std::size_t j = 0; j < n && product > 0; ++j) {
          if (j != k) product *= best[j]->weight[bit];
        }
        share += product;
      }
      shares.push_back(share);
      sum += share;
    }
    const double factor = factors[next++];
    std::array<double, kBits> products;
    for (std::size_t bit = 0; bit < kBits; ++bit) products[bit] = m.context[bit] * factor * stays[k][bit];
    for (std::size_t j = 0; j < n; ++j) {
      if (j == k) continue;
      for (std::size_t bit = 0; bit < kBits; ++bit) products[bit] *= best[j]->weight[bit];
    }
    double share_as_it_stands = 0;
    for (const double product : products) share_as_it_stands += product;
    shares.push_back(share_as_it_stands);
    sum += share_as_it_stands;
    if (sum <= 0) continue;
    FormVotes& votes = forms_[w.form];
    ++votes.count;
    if (votes.share.empty()) votes.share.reserve(w.choice.count);
    for (std::size_t x = 0; x < w.choice.count; ++x) {
      const Odds& h = w.choice.odds[x];
      const std::uint64_t lemma = h.lemma_key;
      const double share = shares[x];
      if (n > 1 && share > kSurely * sum && h.of_ov) groups_[w.group].sure.push_back(lemma);
      const auto it = std::find_if(votes.share.begin(), votes.share.end(), [lemma](const auto& s) { return s.first == lemma; });
      if (it == votes.share.end()) {
        votes.share.emplace_back(lemma, share / sum);
      } else {
        it->second += share / sum;
      }
    }
  }
}

void PersonNames::Count() {
  for (Group& group : groups_) {
    // Nobody asks what the votes of a single form that stands once are (see IsVoted).
    if (group.first_form == group.last_form && forms_[group.first_form].count < 2) continue;
    double floor = 0;
    for (std::uint32_t f = group.first_form; f != kNone; f = forms_[f].next) {
      const FormVotes& form = forms_[f];
      if (form.count == 0) continue;
      const double weight = std::min(1 + std::log2(form.count), 3.0);
      floor += weight * std::log(kUnexplained);
    }
    double top = floor;
    for (std::uint32_t f = group.first_form; f != kNone; f = forms_[f].next) {
      const FormVotes& form = forms_[f];
      if (form.count == 0) continue;
      const double weight = std::min(1 + std::log2(form.count), 3.0);
      for (const auto& [lemma, share] : form.share) {
        const std::uint64_t key = lemma;
        auto known = std::find_if(group.score.begin(), group.score.end(), [key](const auto& x) { return x.first == key; });
        if (known == group.score.end()) known = group.score.insert(known, {key, floor});
        double& score = known->second;
        score += weight * (std::log(std::max(share / form.count, kUnexplained)) - std::log(kUnexplained));
        top = std::max(top, score);
      }
    }
    const auto beside_top = [top](double score) { return std::exp(std::max(score - top, -18.0)); };
    for (auto& [lemma, score] : group.score) score = beside_top(score);
    group.worst = beside_top(floor);
  }
}

void PersonNames::Decide(Mention* m) {
  PersonForm& out = m->form;
  out = PersonForm{};
  out.eastern = m->eastern;
  const std::size_t n = m->words.size();
  std::uint8_t best_slot = kMale;
  double by_slot[kSlotCount] = {};
  const std::span<const Likeliest* const> likeliest = LikeliestOf(*m, true);
  // What is known of a bare surname's bearer.
  std::array<double, kSlotCount> known{1, 1, 1, 1};
  if (n == 1) {
    const Group& group = groups_[m->words[0].group];
    const std::uint8_t slot = group.last_slot != 255 ? group.last_slot : group.first_slot;
    if (slot != 255) known[slot] *= kSameGender, known[kFamily] *= kFamilyOfKnown;
  }
  // Places that pick the same words are counted together, under the first of them.
  struct Total {
    std::size_t bit;
    std::uint64_t packed;
    double sum;
    std::array<double, kSlotCount> slots;
  };
  std::array<Total, kBits> totals;  // the first `count` of them
  std::size_t count = 0;
  // The words picked in a place as one number, as far as they fit in.
  constexpr std::size_t kPacked = 4, kPickBits = 16;
  const auto pack = [&](std::size_t bit) {
    std::uint64_t number = 0;
    for (std::size_t k = 0; k < std::min(n, kPacked); ++k) number = number << kPickBits | likeliest[k]->pick[bit];
    return number;
  };
  const auto compare = [&](const Total& x, std::uint64_t packed, std::size_t y) {
    if (x.packed != packed) return x.packed < packed ? -1 : 1;
    for (std::size_t k = kPacked; k < n; ++k) {
      const std::uint16_t one = likeliest[k]->pick[x.bit], other = likeliest[k]->pick[y];
      if (one != other) return one < other ? -1 : 1;
    }
    return 0;
  };
  for (std::uint32_t left = m->places; left != 0; left &= left - 1) {
    const auto bit = static_cast<std::size_t>(std::countr_zero(left));
    double product = m->context[bit] * known[bit % 4];
    if (product <= 0) continue;
    for (std::size_t k = 0; k < n; ++k) product *= likeliest[k]->weight[bit];
    by_slot[bit % 4] += product;
    const std::uint64_t packed = pack(bit);
    std::size_t at = 0;
    while (at < count && compare(totals[at], packed, bit) != 0) ++at;
    if (at == count) totals[count++] = {bit, packed, 0, {}};
    totals[at].sum += product;
    totals[at].slots[bit % 4] += product;
  }
  // The likeliest words (of equal ones the first hypotheses), and of them the likeliest gender.
  std::size_t best = kBits;
  for (std::size_t at = 0; at < count; ++at) {
    const bool better = best == kBits || totals[at].sum > totals[best].sum ||
                        (totals[at].sum == totals[best].sum && compare(totals[at], totals[best].packed, totals[best].bit) < 0);
    if (better) best = at;
  }
  if (best != kBits) {
    for (std::size_t k = 0; k < n; ++k) {
      Word& w = m->words[k];
      w.pick = likeliest[k]->pick[totals[best].bit];
      const Hypothesis& picked = w.choice.hypotheses[w.pick];
      bundle::Prefetch(&picked);
      bundle::Prefetch(&picked.given);
    }
    best_slot =
        static_cast<std::uint8_t>(std::max_element(totals[best].slots.begin(), totals[best].slots.end()) - totals[best].slots.begin());
  }
  const double all = by_slot[kMale] + by_slot[kFemale] + by_slot[kFamily];
  m->slot = best_slot;
  m->sure = all > 0 ? by_slot[m->slot] / all : 0;
  out.family = n > 0 && m->slot == kFamily && m->sure > 0.5;
  // Gender without the prior: only what the words and the context show.
  const double male = by_slot[kMale] / kSlotPrior[kMale], female = by_slot[kFemale] / kSlotPrior[kFemale];
  out.gender = out.family || n == 0 ? Gender::kUnknown
               : male > 4 * female  ? Gender::kMasculine
               : female > 4 * male  ? Gender::kFeminine
                                    : Gender::kUnknown;
}

void PersonNames::Write(Mention* m) {
  PersonForm& out = m->form;
  const std::size_t n = m->words.size();
  // Parts of hyphenated words are put together again.
  Arena& arena = scratch_->arena_;
  NameWord* const words = arena.List<NameWord>(n);
  std::size_t count_words = 0;
  // The last of the words so far, where it is of the same token.
  const auto same = [&](std::uint32_t token) { return count_words > 0 && words[count_words - 1].token == token; };
  for (std::size_t k = 0; k < n; ++k) {
    const Word& w = m->words[k];
    const Hypothesis& h = w.choice.hypotheses[w.pick];
    std::string_view text = h.nominative;
    const std::string_view surface = a_.TextOf(w.token, w.token + 1);
    const bool split = w.part > 0 || (k + 1 < n && m->words[k + 1].token == w.token);
    if (split || (surface.find('-') != std::string_view::npos && text.find('-') == std::string_view::npos)) {
      std::string whole(same(w.token) ? words[count_words - 1].nominative : surface);
      std::size_t from = 0;
      for (std::uint32_t part = 0; part < w.part; ++part) from = whole.find('-', from) + 1;
      const std::size_t to = std::min(whole.find('-', from), whole.size());
      text = arena.Keep(whole.replace(from, to - from, text));
    }
    if (same(w.token)) {
      NameWord& word = words[count_words - 1];
      word.nominative = text;
      word.given = std::max(word.given, static_cast<double>(h.given));
      word.surname = std::max(word.surname, static_cast<double>(h.surname));
    } else {
      words[count_words++] = {w.token, text, h.given, h.surname, h.patronymic};
    }
  }
  out.words = {words, count_words};
  // «ПУТИН», «Иван ПЕТРОВ».
  for (NameWord& word : out.words) {
    if (a_.tokens[word.token].shape == Shape::kUpper) word.nominative = arena.Keep(TitleCase(word.nominative));
  }
  if (count_words == 1 && m->end - m->begin == 1) {
    out.normal = words[0].nominative;
    return;
  }
  std::size_t bytes = a_.tokens[m->end - 1].end - a_.tokens[m->begin].begin;
  for (const NameWord& word : out.words) bytes += word.nominative.size();
  ArenaText normal(&arena, bytes);
  std::size_t next = 0;  // of the words
  for (std::uint32_t i = m->begin; i < m->end; ++i) {
    if (i > m->begin && a_.tokens[i].begin > a_.tokens[i - 1].end) normal.Append(' ');
    const bool word = next < out.words.size() && out.words[next].token == i;
    normal.Append(word ? out.words[next++].nominative : a_.TextOf(i, i + 1));
  }
  out.normal = normal.Done();
}

// The gender of a full name is that of the bare names after it.
void PersonNames::Introduce(const Mention& m) {
  if (m.words.size() < 2 || m.sure <= 0.8 || SlotGender(m.slot) < 0 || !m.votes) return;
  groups_[m.words.back().group].last_slot = m.slot;
  groups_[m.words.front().group].last_slot = m.slot;
}

void PersonNames::Solve(const std::vector<std::int32_t>& mention_of) {
  for (Mention& m : mentions_) {
    Context(mention_of, &m);
    const std::size_t n = m.words.size();
    for (std::size_t k = 0; k < n; ++k) {
      const auto* const likeliest = reinterpret_cast<const char*>(m.words[k].choice.likeliest[PositionOf(k, n)]);
      for (std::size_t line = 0; likeliest != nullptr && line < sizeof(Likeliest); line += kLine) bundle::Prefetch(likeliest + line);
    }
  }
  for (const Mention& m : mentions_) Vote(m);
  Count();
  // Full names first, so that a bare surname before them knows its bearer too.
  for (Mention& m : mentions_) {
    if (m.words.size() < 2 || !m.votes) continue;
    Decide(&m);
    Introduce(m);
    for (Group* g : {&groups_[m.words.front().group], &groups_[m.words.back().group]}) {
      if (g->first_slot == 255) g->first_slot = g->last_slot;
    }
  }
  for (Group& group : groups_) group.last_slot = 255;
  for (Mention& m : mentions_) {
    if (m.words.size() < 2 || !m.votes) Decide(&m);  // a full name was decided above, and nothing that it depends on has changed
    Introduce(m);
  }
  for (Mention& m : mentions_) Write(&m);
}

}  // namespace atau::resolve
