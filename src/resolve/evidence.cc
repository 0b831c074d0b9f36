#include "resolve/evidence.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "morph/morph.h"

namespace atau::resolve {
namespace {

using morph::Form;
using morph::Reading;
using token::Flag;
using token::Kind;
using token::Shape;
using token::Token;

constexpr std::string_view kCatNames[] = {
#define X(id, name) name,
    ATAU_CATS(X)
#undef X
};

// By token::Shape, and one for texts in one letter case.
constexpr std::string_view kShapeNames[] = {"none", "lower", "Cap", "UPPER", "I", "miXed", "any"};
constexpr std::uint32_t kShapeCount = 7;
constexpr std::uint32_t kShapeVariants = 2 * kShapeCount;  // Latin or not

// Marks of OpenCorpora that say something about types.
struct MarkName {
  morph::Grammemes mark;
  std::string_view name;
};
constexpr std::array<MarkName, 9> kMarks = {{{morph::kName, "Name"},
                                             {morph::kSurn, "Surn"},
                                             {morph::kPatr, "Patr"},
                                             {morph::kGeox, "Geox"},
                                             {morph::kOrgn, "Orgn"},
                                             {morph::kAbbr, "Abbr"},
                                             {morph::kTrad, "Trad"},
                                             {morph::kInit, "Init"},
                                             {morph::kFixd, "Fixd"}}};
constexpr morph::Grammemes kMarkTags = [] {
  morph::Grammemes tags = 0;
  for (const MarkName& m : kMarks) tags |= m.mark;
  return tags;
}();
constexpr morph::Grammemes kTraitTags = morph::kPos | morph::kCases | kMarkTags;
constexpr std::uint8_t kNoLetters = 10;
constexpr morph::Grammemes kNameMarks = morph::kName | morph::kSurn | morph::kPatr;

// By bit of the part of speech.
constexpr std::array<std::string_view, 17> kPosNames = {
    "noun",    "adjective", "short_adjective", "comparative", "verb",        "infinitive",  "participle", "short_participle", "gerund",
    "numeral", "adverb",    "pronoun",         "predicative", "preposition", "conjunction", "particle",   "interjection"};
static_assert(morph::kPos == (morph::Grammemes{1} << kPosNames.size()) - 1);
constexpr std::array<std::string_view, 6> kCaseNames = {"nomn", "gent", "datv", "accs", "ablt", "loct"};
constexpr std::array<std::string_view, 11> kLists = {"given.alone",      "given.support",      "surname.alone",   "surname.support",
                                                     "patronymic.alone", "patronymic.support", "nickname.alone",  "nickname.support",
                                                     "given.guess",      "surname.guess",      "patronymic.guess"};

// The UTF-8 suffix of `n` characters.
std::string_view Suffix(std::string_view word, int n) {
  std::size_t at = word.size();
  while (n > 0 && at > 0) {
    --at;
    while (at > 0 && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80) --at;
    --n;
  }
  return word.substr(at);
}

std::string_view Prefix(std::string_view word, int n) {
  std::size_t at = 0;
  while (n > 0 && at < word.size()) {
    ++at;
    while (at < word.size() && (static_cast<unsigned char>(word[at]) & 0xC0) == 0x80) ++at;
    --n;
  }
  return word.substr(0, at);
}

std::size_t Letters(std::string_view word) {
  std::size_t n = 0;
  for (const char c : word) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

Cat SignCat(const Analysis& a, const Token& t) {
  if (t.kind == Kind::kQuote) return t.Has(Flag::kCloses) ? kQuoteClose : kQuoteOpen;
  if (t.Has(Flag::kDash)) return kDashCat;
  const char c = a.clean[t.begin];
  switch (c) {
    case '.':
    case '!':
    case '?':
      return kStop;
    case ',':
      return kComma;
    case ':':
    case ';':
      return kColon;
    case '(':
    case '[':
      return kOpen;
    case ')':
    case ']':
      return kClose;
    default:
      return a.clean.substr(t.begin, t.end - t.begin) == "…" ? kStop : kSign;
  }
}

// The category of a word by its form alone.
Cat FormCat(const Analysis& a, const Token& t) {
  const Form& f = (*a.forms)[t.form];
  if (t.Has(Flag::kUrl)) return kUrlCat;
  if (t.kind == Kind::kNumber) return kNum;
  if (t.Has(Flag::kDigits)) return kWordNum;
  const morph::Grammemes any = f.any;
  if (t.Has(Flag::kLatin)) {
    switch (t.shape) {
      case Shape::kLower:
        return kLatLower;
      case Shape::kUpper:
        return kLatUpper;
      case Shape::kMixed:
        return kLatMixed;
      case Shape::kInitial:
        return kInitialCat;
      default:
        return kLatCap;
    }
  }
  const auto readings = a.forms->ReadingsOf(f);
  // Without letter case, a word is a name when its likeliest reading is one; unknown words may be.
  const morph::Grammemes likeliest = readings.empty() ? 0 : readings[0].tag;
  const bool common = a.caseless && f.known && (likeliest & (kNameMarks | morph::kGeox | morph::kOrgn | morph::kAbbr)) == 0;
  if (a.caseless ? common : t.shape == Shape::kLower) {
    if (!f.known) return kLUnknown;
    const morph::Grammemes tag = readings.empty() ? 0 : readings[0].tag;
    if (tag & morph::kNOUN) {
      if (any & morph::kNOUN & any && (tag & morph::knomn)) return kLNounNom;
      return (any & morph::kgent) != 0 ? kLNounGen : kLNoun;
    }
    if (tag & (morph::kADJF | morph::kADJS)) return kLAdj;
    if (tag & (morph::kVERB | morph::kINFN | morph::kGRND)) return kLVerb;
    if (tag & (morph::kPRTF | morph::kPRTS)) return kLPart;
    if (tag & morph::kPREP) return kLPrep;
    if (tag & morph::kCONJ) return kLConj;
    if (tag & (morph::kADVB | morph::kPRED | morph::kPRCL)) return kLAdv;
    if (tag & morph::kNPRO) return kLPron;
    return kLOther;
  }
  if (t.shape == Shape::kInitial && !a.caseless) return (any & (morph::kPREP | morph::kCONJ)) != 0 ? kCFunction : kInitialCat;
  if (t.shape == Shape::kMixed && !a.caseless) return kMixedCat;
  if (a.caseless && (likeliest & morph::kAbbr) != 0) return kUAbbr;
  const bool name = (any & morph::kName) != 0, surname = (any & morph::kSurn) != 0, place = (any & morph::kGeox) != 0;
  if (t.shape == Shape::kUpper && !a.caseless) {
    if ((any & (morph::kAbbr | morph::kOrgn)) != 0) return kUAbbr;
    if (!f.known) return kUUnknown;
    if (!name && !surname && !place) return kUKnown;
  }
  if (!f.known) {
    return kCUnknown;
  }
  if ((any & morph::kPatr) != 0) return kCPatr;
  if (place) return name || surname ? kCGeoSurn : kCGeo;
  if (name) return surname ? kCNameSurn : kCName;
  if (surname) return kCSurn;
  if ((any & morph::kOrgn) != 0) return kCOrgn;
  const morph::Grammemes tag = readings.empty() ? 0 : readings[0].tag;
  if (tag & (morph::kPREP | morph::kCONJ | morph::kNPRO | morph::kPRCL | morph::kADVB)) return kCFunction;
  if (tag & (morph::kADJF | morph::kPRTF)) return kCAdj;
  if (tag & morph::kNOUN) return kCNoun;
  return kCOther;
}

constexpr std::string_view kPositions[] = {"sentence_start", "line_start", "block_start", "line_end",
                                           "glued",          "in_quotes",  "in_brackets", "sentence_end"};
enum PositionId { kSentenceStart, kLineStart, kBlockStart, kLineEnd, kGlued, kInQuotes, kInBrackets, kSentenceEnd, kPositionCount };

constexpr std::string_view kGazTypes[] = {"PERSON", "ORGANIZATION", "LOCATION", "PROGRAM"};
constexpr std::string_view kGazTiers[] = {"alone", "support", "alone_other_case", "support_other_case"};
constexpr std::string_view kGazPlaces[] = {"whole", "first", "inside"};
constexpr std::string_view kDocKinds[] = {"whole", "part"};
constexpr std::string_view kDocAmounts[] = {"1", "2", "4"};
constexpr int kMaxWords = 12;
constexpr EvidenceId kLinks = 6;            // of neighbours: as many as Memory::Link has
constexpr EvidenceId kAcronymTypes = 5;     // where "acronym=of.PERSON" stands
constexpr std::size_t kLongestAcronym = 8;  // letters

struct ClassCat {
  std::string_view cls;
  Cat lower, upper;
};
// Which category a word of a class gets, the first that fits wins.
constexpr ClassCat kClassCats[] = {{"role", kLRole, kCRole},
                                   {"org_head", kLOrgHead, kCOrgHead},
                                   {"place_head", kLPlaceHead, kCPlaceHead},
                                   {"program_head", kLProgHead, kCProgHead},
                                   {"title_head", kLTitleHead, kCNoun},
                                   {"speech_verb", kLSpeech, kCOther},
                                   {"person_context", kLPersonCtx, kCNoun},
                                   {"month", kLMonth, kCNoun},
                                   {"name_particle", kLParticle, kCFunction}};

int AmountBucket(std::uint16_t n) { return n >= 4 ? 2 : n >= 2 ? 1 : 0; }

// Categories that may be overruled by the class of the word.
bool IsPlainWord(Cat cat) {
  return (cat >= kLNounNom && cat <= kLUnknown) || cat == kCNoun || cat == kCOther || cat == kCAdj || cat == kUKnown;
}

bool IsLowerStart(const Analysis& a, std::size_t i) { return a.tokens[i].kind == Kind::kWord && a.tokens[i].shape == Shape::kLower; }

// Whether a word that heads names of bodies, places or programmes stands here.
bool HeadBegins(const Analysis& a, std::size_t token) {
  for (const std::uint32_t m : a.matches_at.At(token)) {
    if (a.placed[m].heads) return true;
  }
  return false;
}

// Whether a role is said of many, in the genitive («союз [журналистов]», «совет [министров иностранных дел]»): part of a name, not a post.
enum Many : std::uint8_t { kNoNoun, kOfOne, kOfMany };
Many ManyOf(const morph::FormTable& forms, const Form& f) {
  if ((f.any & morph::kNOUN) == 0) return kNoNoun;
  for (const Reading& reading : forms.ReadingsOf(f)) {
    if ((reading.tag & morph::kNOUN) != 0 && (reading.tag & morph::kplur) != 0 && (reading.tag & morph::kgent) != 0) return kOfMany;
  }
  return kOfOne;
}
// `known`: what was told of forms before.
bool OfMany(const Analysis& a, const gazetteer::Match& m, std::uint8_t* known) {
  for (std::uint32_t i = m.begin; i < m.end; ++i) {
    std::uint8_t& many = known[a.tokens[i].form];
    if (many == FormBytes::kUnknown) many = ManyOf(*a.forms, a.FormOf(i));
    if (many != kNoNoun) return many == kOfMany;
  }
  return false;
}

// Says each piece once: two entries of one kind say no more than one. (Says again what was said more than a few pieces ago.)
class Once {
 public:
  void Clear() { size_ = 0; }
  template <class Use>
  void Say(EvidenceId id, Use say) {
    const std::size_t kept = std::min(size_, said_.size());
    for (std::size_t i = 0; i < kept; ++i) {
      if (said_[i] == id) return;
    }
    said_[size_++ % said_.size()] = id;
    say(id);
  }

 private:
  std::array<EvidenceId, 16> said_;
  std::size_t size_ = 0;
};

// Whether a word of the dictionary means something beside names.
bool HasOrdinaryReading(const Analysis& a, std::size_t token) {
  const morph::Form& form = a.FormOf(token);
  if (!form.known) return false;
  const auto readings = a.forms->ReadingsOf(form);
  return std::any_of(readings.begin(), readings.end(), [](const morph::Reading& r) { return (r.tag & (kNameMarks | morph::kGeox)) == 0; });
}

}  // namespace

std::string_view CatName(Cat cat) { return kCatNames[cat]; }

namespace {

std::uint64_t PatternKey(std::string_view value) {
  std::uint64_t key = 0;
  while (!value.empty()) {
    const std::size_t plus = value.find('+');
    const std::string_view name = value.substr(0, plus);
    std::uint64_t code = 63;
    for (int i = 0; i < kCatCount; ++i) {
      if (kCatNames[i] == name) code = static_cast<std::uint64_t>(i);
    }
    key = key * 64 + code + 1;
    value = plus == std::string_view::npos ? std::string_view() : value.substr(plus + 1);
  }
  return key;
}

// Long spans show their first two and last two words only.
template <class Add>
void EachOfPattern(const std::vector<Cat>& cats, std::size_t begin, std::size_t end, Add add) {
  if (end - begin <= 4) {
    for (std::size_t i = begin; i < end; ++i) add(cats[i]);
  } else {
    add(cats[begin]), add(cats[begin + 1]), add(kPad), add(cats[end - 2]), add(cats[end - 1]);
  }
}

}  // namespace

std::uint64_t SpanValueKey(Template t, std::string_view value) {
  if (t == kPattern) return PatternKey(value);
  return t == kChain || t == kChainNext || t == kInChain ? Chains::KeyOfName(value) : ValueKey(value);
}

SpanKeys Evidence::OfSpanKeyed(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c) const {
  SpanStart start;
  StartOf(a, c.begin, &start);
  return OfSpanKeyed(a, cats, c, start);
}

SpanKeys Evidence::OfSpanKeyed(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start) const {
  SpanKeys keys;
  std::uint64_t pattern = 0;
  EachOfPattern(cats, c.begin, c.end, [&pattern](Cat cat) { pattern = pattern * 64 + cat + 1; });
  keys.items[keys.size++] = {kPattern, pattern};
  if (start.has_in_chain_) keys.items[keys.size++] = {kInChain, start.in_chain_};
  Chains::Chain chain;
  if (a.chains.Begins(c.begin) && a.chains.Of(a, cats, c.begin, c.end, &chain)) {
    const std::uint64_t kind = KindKey(chain.kind);
    keys.items[keys.size++] = {kChain, Chains::Key(chain, kind)};
    keys.items[keys.size++] = {kChainNext, Chains::NextKey(chain, kind)};
  }
  return keys;
}

std::string Evidence::SpanKeyedValue(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, Template t) const {
  std::string out;
  if (t == kPattern) {
    EachOfPattern(cats, c.begin, c.end, [&out](Cat cat) {
      if (!out.empty()) out += '+';
      out += kCatNames[cat];
    });
    return out;
  }
  Chains::Chain chain;
  if (t == kInChain ? !a.chains.Around(a, c.begin, &chain) : !a.chains.Of(a, cats, c.begin, c.end, &chain)) return out;
  const std::string_view kind = a.gazetteer->KindName(chain.kind);
  if (t == kInChain) return Chains::AroundName(chain, kind);
  return t == kChain ? Chains::Name(chain, kind) : Chains::NextName(chain, kind);
}

EvidenceId Evidence::Add(Template t, std::string value) {
  names_.emplace_back(t, std::move(value));
  return static_cast<EvidenceId>(names_.size() - 1);
}

namespace {

// Which of the shape variants of a piece of evidence a form shows: its letter shape (or "any" where letter case says nothing), Latin or
// not.
std::uint32_t ShapeVariant(const Form& f, bool caseless) {
  return (caseless ? kShapeCount - 1 : static_cast<std::uint32_t>(f.shape)) * 2 + ((f.flags & Flag::kLatin) != 0 ? 1 : 0);
}

// "ову" and a shape variant: "ову.Cap", "son.Cap.latin".
std::string_view WithShape(std::string_view value, std::uint32_t variant, std::array<char, 64>* buffer) {
  std::size_t n = 0;
  const auto add = [&](std::string_view s) {
    s = s.substr(0, std::min(s.size(), buffer->size() - n));
    std::copy(s.begin(), s.end(), buffer->begin() + static_cast<std::ptrdiff_t>(n));
    n += s.size();
  };
  add(value);
  add(".");
  add(kShapeNames[variant / 2]);
  if ((variant & 1) != 0) add(".latin");
  return {buffer->data(), n};
}

std::string_view SignValue(const Form& f) { return f.kind == Kind::kNumber ? (f.folded.size() == 4 ? "0000" : "0") : f.folded; }

}  // namespace

Evidence::Evidence(const gazetteer::Gazetteer* gazetteer, const rules::RuleSet* rules) {
  pair_ = static_cast<EvidenceId>(names_.size());
  for (int a = 0; a < kCatCount; ++a) {
    for (int b = 0; b < kCatCount; ++b) Add(kPair, std::string(kCatNames[a]) + "+" + std::string(kCatNames[b]));
  }
  position_ = static_cast<EvidenceId>(names_.size());
  for (const auto p : kPositions) Add(kPosition, std::string(p));
  position_cat_ = static_cast<EvidenceId>(names_.size());
  for (int p = 0; p < 2; ++p) {
    for (int c = 0; c < kCatCount; ++c) Add(kPosition, std::string(kPositions[p]) + "+" + std::string(kCatNames[c]));
  }
  bias_ = Add(kBias, "mention");
  length_ = static_cast<EvidenceId>(names_.size());
  for (int i = 0; i <= kMaxWords; ++i) Add(kSpanLength, std::to_string(i));
  quoted_ = Add(kQuoted, "whole");
  Add(kQuoted, "inside");
  Add(kQuoted, "first");
  Add(kQuoted, "last");
  balance_ = Add(kBalance, "open");
  Add(kBalance, "closed");
  agree_ = Add(kAgree, "yes");
  Add(kAgree, "no");
  gaz_token_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) {
    for (const auto tier : kGazTiers) {
      for (const auto place : kGazPlaces) Add(kGazToken, std::string(type) + "." + std::string(tier) + "." + std::string(place));
    }
  }
  const auto types = [this](Template t) {
    const auto first = static_cast<EvidenceId>(names_.size());
    for (const auto type : kGazTypes) {
      for (const auto tier : kGazTiers) Add(t, std::string(type) + "." + std::string(tier));
    }
    return first;
  };
  gaz_over_ = types(kGazOver);
  gaz_cross_ = types(kGazCross);
  gaz_part_ = types(kGazPart);
  const EvidenceId gaz_span = types(kGazSpan);
  for (EvidenceId i = 0; i < 16; ++i) gaz_span_.push_back(gaz_span + i);
  doc_token_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) {
    for (const auto kind : kDocKinds) {
      for (const auto amount : kDocAmounts) Add(kDocToken, std::string(type) + "." + std::string(kind) + "." + std::string(amount));
    }
  }
  doc_span_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) {
    for (const auto amount : kDocAmounts) Add(kDocSpan, std::string(type) + "." + std::string(amount));
  }
  const auto shaped = [this](Template t, std::span<const std::string_view> values) {
    const auto first = static_cast<EvidenceId>(names_.size());
    std::array<char, 64> buffer;
    for (const std::string_view value : values) {
      for (std::uint32_t variant = 0; variant < kShapeVariants; ++variant) Add(t, std::string(WithShape(value, variant, &buffer)));
    }
    return first;
  };
  constexpr std::string_view kShapes[] = {"word", "hyphen", "digits"};
  constexpr std::string_view kKnowns[] = {"yes", "no"};
  constexpr std::string_view kLetterCounts[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  shape_ = shaped(kShape, kShapes);
  known_ = shaped(kKnown, kKnowns);
  letters_ = shaped(kLength, kLetterCounts);
  pos_of_ = shaped(kCase, kPosNames);
  case_of_ = shaped(kCase, kCaseNames);
  std::vector<std::string_view> marks;
  for (const MarkName& m : kMarks) marks.push_back(m.name);
  mark_ = shaped(kMark, marks);
  only_ = shaped(kOnlyMark, marks);
  list_ = shaped(kList, kLists);
  url_ = Add(kShape, "url");
  tail_ = static_cast<EvidenceId>(names_.size());
  for (int c = 0; c < kCatCount; ++c) Add(kTail, std::string(kCatNames[c]));
  rule_ = static_cast<EvidenceId>(names_.size());
  for (std::uint32_t r = 0; r < rules->size(); ++r) Add(kRule, std::string(rules->rule(r).name));
  rule_over_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) Add(kRuleOver, std::string(type));
  gaz_added_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) Add(kGazAdded, std::string(type));
  gaz_long_ = static_cast<EvidenceId>(names_.size());
  for (const auto type : kGazTypes) {
    for (const std::string_view words : {"2", "3"}) Add(kGazLong, std::string(type) + "." + std::string(words));
  }
  no_capital_ = Add(kNoCapital, "yes");
  neighbour_ = static_cast<EvidenceId>(names_.size());
  for (const std::string_view side : {"before", "after"}) {
    for (const std::string_view link : {"touches", "comma", "and", "bracket", "dash", "slash"}) {
      for (const auto type : kGazTypes) Add(kNeighbour, std::string(side) + "." + std::string(link) + "." + std::string(type));
    }
  }
  acronym_ = static_cast<EvidenceId>(names_.size());
  for (const std::string_view value : {"spells", "spells_not", "spelled", "spelled_not", "of_words_before"})
    Add(kAcronym, std::string(value));
  for (const auto type : kGazTypes) Add(kAcronym, "of." + std::string(type));
  doc_surname_ = static_cast<EvidenceId>(names_.size());
  for (const std::string_view value : {"inside.name", "inside.word", "start.name", "start.word", "longer"})
    Add(kDocSurname, std::string(value));
  // Word classes and kinds of entities: numbers run from 1; ids beyond the last name give an empty name.
  for (std::uint16_t k = 0; k == 0 || !gazetteer->KindName(k).empty(); ++k) {
    const std::string name = k == 0 ? "none" : std::string(gazetteer->KindName(k));
    kind_key_.push_back(ValueKey(name));
    class_.push_back(Add(kClass, name));
    head_before_.push_back(Add(kHeadBefore, name));
    head_first_.push_back(Add(kHeadFirst, name));
    head_after_.push_back(Add(kHeadAfter, name));
    list_head_.push_back(Add(kListHead, name));
    gaz_kind_.push_back(Add(kGazKind, name + ".alone"));
    Add(kGazKind, name + ".support");
  }
  for (std::uint16_t c = 0; c == 0 || !gazetteer->ClassName(c).empty(); ++c) {
    Cat lower = kPad, upper = kPad;
    for (const ClassCat& cc : kClassCats) {
      if (c != 0 && gazetteer->ClassName(c) == cc.cls) lower = cc.lower, upper = cc.upper;
    }
    class_cat_lower_.push_back(lower);
    class_cat_upper_.push_back(upper);
  }
}

std::string Evidence::KeyedValue(const morph::FormTable& forms, std::uint32_t form, bool caseless, Template t) const {
  const Form& f = forms[form];
  const std::uint32_t variant = ShapeVariant(f, caseless);
  std::array<char, 64> buffer;
  switch (t) {
    case kForm:
      return std::string(f.kind == Kind::kWord ? f.folded : SignValue(f));
    case kLemma: {
      std::string lemma;
      morph::Fold(forms.morph().Lemma(forms.ReadingsOf(f)[0], f.folded), &lemma);
      return lemma;
    }
    case kSuffix2:
      return std::string(WithShape(Suffix(f.folded, 2), variant, &buffer));
    case kSuffix3:
      return std::string(WithShape(Suffix(f.folded, 3), variant, &buffer));
    default:
      return std::string(WithShape(Prefix(f.folded, 3), variant, &buffer));
  }
}

void Evidence::OfForm(const morph::FormTable& forms, std::uint32_t form, bool caseless, FormEvidence* out) const {
  OfTraits(TraitsOf(forms, form, caseless), &out->ids);
  KeyedOf(forms, form, caseless, &out->keyed);
}

std::uint64_t FormTraits::Key() const {
  const std::uint64_t small = std::uint64_t{word} | std::uint64_t{hyphen} << 1 | std::uint64_t{digits} << 2 | std::uint64_t{url} << 3 |
                              std::uint64_t{known} << 4 | std::uint64_t{variant} << 8 | std::uint64_t{letters} << 16 |
                              std::uint64_t{lists} << 24 | std::uint64_t{guessed} << 32 | std::uint64_t{only} << 40;
  std::uint64_t key = (any ^ 0xA0761D6478BD642Fu) * 0x9E3779B97F4A7C15u;
  return (key ^ key >> 29 ^ small) * 0xD6E8FEB86659FD93u;  // a KeyMap joins its halves
}

FormTraits Evidence::TraitsOf(const morph::FormTable& forms, std::uint32_t form, bool caseless) {
  FormTraits traits;
  const Form& f = forms[form];
  if (f.kind != Kind::kWord) return traits;
  traits.word = true;
  traits.hyphen = (f.flags & Flag::kHyphen) != 0;
  traits.digits = (f.flags & Flag::kDigits) != 0;
  traits.url = (f.flags & Flag::kUrl) != 0;
  traits.known = f.known;
  traits.variant = static_cast<std::uint8_t>(ShapeVariant(f, caseless));
  traits.letters = kNoLetters;
  if (caseless || f.shape != Shape::kLower) traits.letters = static_cast<std::uint8_t>(std::min<std::size_t>(Letters(f.folded), 9));
  const auto readings = forms.ReadingsOf(f);
  if (readings.empty()) return traits;
  morph::Grammemes all = ~morph::Grammemes{0}, guessed = 0;
  for (const Reading& r : readings) {
    all &= r.tag;
    traits.lists |= r.list;
    if (r.origin == morph::Origin::kGuess) guessed |= r.tag & kNameMarks;
  }
  traits.any = f.any & kTraitTags;
  for (std::uint32_t m = 0; (all & kMarkTags) != 0 && m < kMarks.size(); ++m) {
    if ((all & kMarks[m].mark) != 0) traits.only = static_cast<std::uint16_t>(traits.only | 1 << m);
  }
  traits.guessed = static_cast<std::uint8_t>(((guessed & morph::kName) != 0 ? 1 : 0) | ((guessed & morph::kSurn) != 0 ? 2 : 0) |
                                             ((guessed & morph::kPatr) != 0 ? 4 : 0));
  return traits;
}

void Evidence::OfTraits(const FormTraits& traits, std::vector<EvidenceId>* ids) const {
  ids->clear();
  if (!traits.word) return;
  const auto id = [&](EvidenceId first, std::uint32_t value) { ids->push_back(first + value * kShapeVariants + traits.variant); };
  const auto each = [&](EvidenceId first, std::uint64_t values) {
    for (; values != 0; values &= values - 1) id(first, static_cast<std::uint32_t>(std::countr_zero(values)));
  };
  id(shape_, 0);
  if (traits.hyphen) id(shape_, 1);
  if (traits.digits) id(shape_, 2);
  if (traits.url) ids->push_back(url_);
  id(known_, traits.known ? 0 : 1);
  if (traits.letters != kNoLetters) id(letters_, traits.letters);
  each(pos_of_, traits.any & morph::kPos);
  each(case_of_, (traits.any & morph::kCases) / morph::knomn);
  for (std::uint32_t m = 0; m < kMarks.size(); ++m) {
    if ((traits.any & kMarks[m].mark) == 0) continue;
    id(mark_, m);
    if ((traits.only >> m & 1) != 0) id(only_, m);
  }
  each(list_, traits.lists);
  for (std::uint32_t guess = 0; guess < 3; ++guess) {
    if ((traits.guessed >> guess & 1) != 0) id(list_, 8 + guess);
  }
}

void Evidence::KeyedOf(const morph::FormTable& forms, std::uint32_t form, bool caseless, std::vector<FormEvidence::Keyed>* keyed) {
  keyed->clear();
  const Form& f = forms[form];
  if (f.kind != Kind::kWord) {
    keyed->push_back({kForm, ValueKey(SignValue(f))});
    return;
  }
  const auto readings = forms.ReadingsOf(f);
  keyed->push_back({kForm, f.key});
  if (!readings.empty()) keyed->push_back({kLemma, readings[0].lemma_key});
  if (caseless || f.shape != Shape::kLower) {
    const std::uint32_t variant = ShapeVariant(f, caseless);
    std::array<char, 64> buffer;
    keyed->push_back({kSuffix2, ValueKey(WithShape(Suffix(f.folded, 2), variant, &buffer))});
    keyed->push_back({kSuffix3, ValueKey(WithShape(Suffix(f.folded, 3), variant, &buffer))});
    keyed->push_back({kPrefix3, ValueKey(WithShape(Prefix(f.folded, 3), variant, &buffer))});
  }
}

void Evidence::Categories(const Analysis& a, std::vector<Cat>* cats) const {
  const std::size_t n = a.tokens.size();
  cats->resize(n);
  std::uint8_t* const known = a.form_cats[a.caseless].Follow(*a.forms);
  const Token* const tokens = a.tokens.data();
  Cat* const own = cats->data();
  for (std::size_t i = 0; i < n; ++i) {
    const Token& t = tokens[i];
    if (t.kind != Kind::kWord && t.kind != Kind::kNumber) {
      own[i] = SignCat(a, t);
    } else if (t.Has(Flag::kUrl)) {  // the one flag here that may differ between tokens of a form
      own[i] = FormCat(a, t);
    } else {
      std::uint8_t& cat = known[t.form];
      if (cat == FormBytes::kUnknown) cat = FormCat(a, t);
      own[i] = static_cast<Cat>(cat);
    }
  }
  // The class of a word says more than its part of speech; the class that stands first in the table wins.
  std::uint8_t* const many = a.form_many.Follow(*a.forms);
  for (std::size_t index = 0; index < a.matches.size(); ++index) {
    if (!a.placed[index].words) continue;
    const gazetteer::Match& m = a.matches[index];
    const std::uint16_t cls = a.placed[index].class_id;
    const Cat better_lower = class_cat_lower_[cls], better_upper = class_cat_upper_[cls];
    if (better_lower == kPad && better_upper == kPad) continue;
    const bool of_many = better_lower == kLRole && OfMany(a, m, many);
    for (std::uint32_t i = m.begin; i < m.end; ++i) {
      Cat& cat = own[i];
      const bool lower = a.caseless ? cat >= kLNounNom && cat <= kLUnknown : tokens[i].shape == Shape::kLower;
      Cat better = lower ? better_lower : better_upper;
      if (better == kPad) continue;
      if (better == kLRole && of_many) better = kLRoles;
      if ((better == kLRole || better == kLRoles) && i > m.begin && HeadBegins(a, i))
        continue;  // «председатель комитета» does not hide the head of the body
      if (IsPlainWord(cat) ||
          (better < cat && (cat == kLOrgHead || cat == kLPlaceHead || cat == kLProgHead || cat == kLTitleHead || cat == kLSpeech))) {
        cat = better;
      }
    }
  }
}

template <class Say>
void Evidence::EachOfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t i, Say say) const {
  const Token* const tokens = a.tokens.data();
  const Token& t = tokens[i];
  const Cat own = cats[i];
  say(PairOf(a, cats, i));
  const auto position = [&](PositionId p) { say(position_ + p); };
  if (t.Has(Flag::kSentenceStart | Flag::kLineStart | Flag::kBlockStart | Flag::kGlued)) {
    if (t.Has(Flag::kSentenceStart)) position(kSentenceStart), say(position_cat_ + own);
    if (t.Has(Flag::kLineStart)) position(kLineStart), say(position_cat_ + kCatCount + own);
    if (t.Has(Flag::kBlockStart)) position(kBlockStart);
    if (t.Has(Flag::kGlued)) position(kGlued);
  }
  if (i + 1 == a.tokens.size() || tokens[i + 1].Has(Flag::kLineStart)) position(kLineEnd);
  // Word classes and entities: every match around the token. Matches are short, so looking back a few tokens finds them all.
  std::uint64_t seen = 0;  // gazetteer evidence once a kind
  Once once;               // two entries of one kind say no more than one
  const Analysis::Placed* const last = a.placed.data() + a.matches_at.Until(i + 1);
  for (const Analysis::Placed* m = a.placed.data() + a.matches_at.From(i); m < last; ++m) {
    if (m->end <= i) continue;
    if (m->words) {
      if (m->kind_id < class_.size()) once.Say(class_[m->kind_id], say);
    } else {
      if (m->type < 0) continue;
      const int place = m->end - m->begin == 1 ? 0 : m->begin == i ? 1 : 2;
      const std::uint32_t id = static_cast<std::uint32_t>((m->type * 4 + m->tier) * 3 + place);
      if ((seen >> id & 1) == 0) say(gaz_token_ + id);
      seen |= std::uint64_t{1} << id;
    }
  }
}

void Evidence::OfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t token, std::vector<EvidenceId>* out) const {
  EachOfToken(a, cats, token, [out](EvidenceId id) { out->push_back(id); });
}

std::uint32_t* Evidence::OfToken(const Analysis& a, const std::vector<Cat>& cats, std::size_t token, const std::uint32_t* of,
                                 std::uint32_t* out) const {
  EachOfToken(a, cats, token, [of, &out](EvidenceId id) {
    *out = of[id];
    out += *out != 0 ? 1 : 0;
  });
  return out;
}

void Evidence::Remembered(const Analysis& a, std::size_t i, const Memory& memory, std::vector<EvidenceId>* out) const {
  if (!MayRemember(a, a.tokens[i])) return;
  const Memory::Counts counts = memory.Elsewhere(a, i);
  for (int type = 0; type < kTypes; ++type) {
    const auto ty = static_cast<std::size_t>(type);
    if (counts.whole[ty] != 0) out->push_back(doc_token_ + static_cast<EvidenceId>((type * 2) * 3 + AmountBucket(counts.whole[ty])));
    if (counts.part[ty] != 0) out->push_back(doc_token_ + static_cast<EvidenceId>((type * 2 + 1) * 3 + AmountBucket(counts.part[ty])));
  }
}

// A name and its abbreviation in brackets: «Организация Объединённых Наций (ООН)», «ООН (Организация Объединённых Наций)».
template <class Say>
void Evidence::EachOfAcronyms(const Analysis& a, const Candidate& c, bool opened, Say say) const {
  enum Value : EvidenceId { kSpells, kSpellsNot, kSpelled, kSpelledNot, kOfWordsBefore };
  const std::size_t n = a.tokens.size();
  const auto acronym = [&](std::size_t i) {
    return a.tokens[i].kind == Kind::kWord && a.tokens[i].shape == Shape::kUpper && Letters(a.FormOf(i).folded) <= kLongestAcronym;
  };
  const auto bracket = [&](std::size_t i, char sign) { return a.clean[a.tokens[i].begin] == sign; };
  const auto spells = [&](std::size_t begin, std::size_t end, std::size_t i) {
    const std::string_view letters = a.FormOf(i).folded;
    std::string initials;
    const bool links = InitialsOf(a, begin, end, true, &initials);
    if (initials == letters || !links) return initials == letters;
    InitialsOf(a, begin, end, false, &initials);
    return initials == letters;
  };
  if (c.end - c.begin >= 2 && !a.caseless) {
    if (c.end + 2 < n && bracket(c.end, '(') && acronym(c.end + 1) && !IsLowerStart(a, c.end + 2))
      say(acronym_ + (spells(c.begin, c.end, c.end + 1) ? kSpelled : kSpelledNot));
    if (opened && c.begin > 1 && acronym(c.begin - 2) && c.end < n && !IsLowerStart(a, c.end))
      say(acronym_ + (spells(c.begin, c.end, c.begin - 2) ? kSpells : kSpellsNot));
  } else if (c.end - c.begin == 1 && opened && acronym(c.begin)) {
    const std::size_t letters = Letters(a.FormOf(c.begin).folded);
    for (std::size_t words = letters; words <= letters + 2 && words < c.begin; ++words) {
      if (!spells(c.begin - 1 - words, c.begin - 1, c.begin)) continue;
      say(acronym_ + kOfWordsBefore);
      break;
    }
  }
}

void Evidence::StartOf(const Analysis& a, std::size_t begin, SpanStart* start) const {
  const Token* const before = begin > 0 ? &a.tokens[begin - 1] : nullptr;
  start->opened_ = before != nullptr && before->Has(Flag::kOpens) && before->kind == Kind::kQuote;
  start->bracket_ = before != nullptr && a.clean[before->begin] == '(';
  const std::size_t left = start->opened_ ? begin - 1 : begin;
  start->left_ = static_cast<std::uint32_t>(left);
  start->list_ = a.chains.ListHead(left);
  start->named_ = a.named_at.From(begin);
  start->hits_ = a.hits_at.From(begin);
  start->hits_end_ = a.hits_at.Until(begin + 1);
  start->exact_ = 0;
  const auto propose = [start, begin](std::uint32_t end) { start->exact_ |= std::uint64_t{1} << std::min<std::size_t>(end - begin, 63); };
  for (const std::uint32_t index : a.named_at.At(begin)) propose(a.named[index].end);
  for (const std::uint32_t index : a.hits_at.At(begin)) propose(a.placed_hits[index].end);
  start->before_.clear();
  Once once;  // two entries of one kind say no more than one
  for (const std::uint32_t index : a.EndingAt(left)) {
    const Analysis::Placed& info = a.placed[index];
    if (!info.words || info.kind_id >= head_before_.size()) continue;
    once.Say(head_before_[info.kind_id], [start](EvidenceId id) { start->before_.push_back(id); });
  }
  start->first_.clear();
  for (const std::uint32_t index : a.matches_at.At(begin)) {
    const Analysis::Placed& match = a.placed[index];
    if (match.words && match.kind_id < head_first_.size()) start->first_.emplace_back(match.end, head_first_[match.kind_id]);
  }
  Chains::Chain chain;
  start->has_in_chain_ = a.chains.Around(a, begin, &chain);
  if (start->has_in_chain_) start->in_chain_ = Chains::AroundKey(chain, KindKey(chain.kind));
}

template <class Say>
void Evidence::EachOfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start, Say say) const {
  const std::size_t n = a.tokens.size();
  const Token* const tokens = a.tokens.data();
  say(bias_);
  const std::uint32_t words = c.end - c.begin;
  say(length_ + std::min<std::uint32_t>(words, kMaxWords));

  // Quotes: around the span, at its edges, and whether those inside are closed inside.
  const bool opened = start.opened_;
  const bool closed = c.end < n && tokens[c.end].Has(Flag::kCloses) && tokens[c.end].kind == Kind::kQuote;
  if (opened && closed && tokens[c.begin - 1].pair == static_cast<std::int32_t>(c.end)) {
    say(quoted_);
  } else {
    if (opened) say(quoted_ + 2);
    if (closed) say(quoted_ + 3);
  }
  if (a.paired[c.begin] != a.paired[c.end]) {
    bool unbalanced = false, balanced = false;
    for (std::uint32_t i = c.begin; i < c.end; ++i) {
      const Token& t = tokens[i];
      if (!t.Has(Flag::kOpens | Flag::kCloses)) continue;
      (t.pair >= static_cast<std::int32_t>(c.begin) && t.pair < static_cast<std::int32_t>(c.end) ? balanced : unbalanced) = true;
    }
    if (unbalanced) say(balance_);
    if (balanced) say(balance_ + 1);
  }

  // Nothing in it shows a name: «отдел строительства».
  if (words >= 2 && !a.caseless && tokens[c.begin].shape == Shape::kLower) {
    std::uint32_t i = c.begin + 1;
    while (i < c.end && (tokens[i].shape == Shape::kLower || tokens[i].shape == Shape::kNone) && !tokens[i].Has(Flag::kDigits)) ++i;
    if (i == c.end) say(no_capital_);
  }

  // Agreement of the words of a name.
  if (words >= 2 && (c.types & 1) != 0) {
    morph::Agreement all = morph::kAllAgreement;
    for (std::uint32_t i = c.begin; i < c.end; ++i) {
      const Form& f = a.FormOf(i);
      if (f.kind == Kind::kWord && f.agreement != 0) all &= f.agreement;
    }
    say(all != 0 ? agree_ : agree_ + 1);
  }

  // Gazetteer: exactly this span, parts of it, longer entries, crossing ones.
  Once once;  // two entries of one kind say no more than one
  if (const std::uint32_t until = a.named_at.Until(c.end); start.named_ < until) {
    std::uint32_t exact = 0, within = 0, over = 0, cross = 0, added = 0;
    const Analysis::Placed* const last = a.named.data() + until;
    for (const Analysis::Placed* m = a.named.data() + start.named_; m < last; ++m) {
      if (m->end <= c.begin) continue;
      const std::uint32_t bit = 1u << (m->type * 4 + m->tier);
      if (m->begin == c.begin && m->end == c.end) {
        exact |= bit;
        // Who adds a name to fire alone means it, whatever its words look like.
        if (m->added && (m->tier & 1) == 0) added |= 1u << m->type;
        if (m->kind_id < gaz_kind_.size()) once.Say(gaz_kind_[m->kind_id] + (m->tier & 1), say);
      } else if (m->begin >= c.begin && m->end <= c.end) {
        within |= bit;
      } else if (m->begin <= c.begin && m->end >= c.end) {
        over |= bit;
      } else {
        cross |= bit;
      }
    }
    // A name of several words that may fire alone is hardly ever anything else; three words and more are one value.
    if (words >= 2) {
      for (std::uint32_t type = 0; type < kTypes; ++type) {
        if ((exact >> (type * 4) & 1) != 0) say(gaz_long_ + type * 2 + (words > 2 ? 1 : 0));
      }
    }
    for (; added != 0; added &= added - 1) say(gaz_added_ + static_cast<EvidenceId>(std::countr_zero(added)));
    for (std::uint32_t any = exact | within | over | cross; any != 0; any &= any - 1) {
      const auto i = static_cast<std::uint32_t>(std::countr_zero(any));
      if ((exact >> i & 1) != 0) say(gaz_span_[i]);
      if ((within >> i & 1) != 0) say(gaz_part_ + i);
      if ((over >> i & 1) != 0) say(gaz_over_ + i);
      if ((cross >> i & 1) != 0) say(gaz_cross_ + i);
    }
  }

  // Word classes before, at the head of, and after the span; a quote between is passed over.
  for (const EvidenceId id : start.before_) say(id);
  if (!start.first_.empty()) {
    once.Clear();
    for (const auto& [end, id] : start.first_) {
      if (end <= c.end) once.Say(id, say);
    }
  }
  const std::size_t right = closed ? c.end + 1 : c.end;
  if (right < n) {
    if (const auto after = a.matches_at.At(right); !after.empty()) {
      once.Clear();
      for (const std::uint32_t index : after) {
        const Analysis::Placed& match = a.placed[index];
        if (match.words && match.kind_id < head_after_.size()) once.Say(head_after_[match.kind_id], say);
      }
    }
  }
  say(tail_ + cats[c.end - 1]);

  if (start.list_ != 0 && start.list_ < list_head_.size()) say(list_head_[start.list_]);
  EachOfAcronyms(a, c, start.bracket_, say);

  // Rules that propose exactly this span; rules that propose a longer one.
  if (start.hits_ >= start.hits_end_) return;
  std::uint32_t longer = 0;
  const Analysis::PlacedHit* const last = a.placed_hits.data() + start.hits_end_;
  for (const Analysis::PlacedHit* h = a.placed_hits.data() + start.hits_; h < last; ++h) {
    if (h->begin == c.begin && h->end == c.end) {
      say(rule_ + h->rule);
    } else if (h->end >= c.end && h->type >= 0 && h->speaks) {
      longer |= 1u << h->type;
    }
  }
  for (; longer != 0; longer &= longer - 1) say(rule_over_ + static_cast<EvidenceId>(std::countr_zero(longer)));
}

void Evidence::OfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, std::vector<EvidenceId>* out) const {
  SpanStart start;
  StartOf(a, c.begin, &start);
  EachOfSpan(a, cats, c, start, [out](EvidenceId id) { out->push_back(id); });
}

TypeSums Evidence::OfSpan(const Analysis& a, const std::vector<Cat>& cats, const Candidate& c, const SpanStart& start,
                          const std::array<float, kTypes>* of) const {
  TypeSums sum{};
  EachOfSpan(a, cats, c, start, [&sum, of](EvidenceId id) { sum += SumsOf(of[id]); });
  return sum;
}

namespace {

void AddPositive(const SpanMost::Sums& what, SpanMost::Sums* to) {
  for (std::size_t t = 0; t < kTypes; ++t) (*to)[t] += std::max(what[t], 0.0F);
}

}  // namespace

SpanMost Evidence::MostOf(const std::array<float, kTypes>* of, const std::array<float, kTypes>& keyed) const {
  using Sums = SpanMost::Sums;
  SpanMost most;
  const auto greatest = [of](EvidenceId first, std::size_t count, Sums* sum) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t t = 0; t < kTypes; ++t) (*sum)[t] = std::max((*sum)[t], of[first + i][t]);
    }
  };
  constexpr std::size_t kOfEntries = std::size(kGazTypes) * std::size(kGazTiers);
  most.always = of[bias_];
  for (const EvidenceId id : {balance_, balance_ + 1, no_capital_}) AddPositive(of[id], &most.always);
  for (EvidenceId type = 0; type < kTypes; ++type) AddPositive(of[rule_over_ + type], &most.always);
  Sums agreement{};
  greatest(agree_, 2, &agreement);
  static_assert(SpanMost::kLengths == kMaxWords + 1);
  for (std::uint32_t words = 0; words <= kMaxWords; ++words) {
    most.length[words] = of[length_ + words];
    if (words >= 2) AddPositive(agreement, &most.length[words]);
  }
  for (std::size_t cat = 0; cat < kCatCount; ++cat) most.tail[cat] = of[tail_ + cat];
  greatest(quoted_, 1, &most.quoted);
  Sums inside{};
  for (const EvidenceId id : {quoted_ + 2, quoted_ + 3}) AddPositive(of[id], &inside);
  for (std::size_t t = 0; t < kTypes; ++t) most.quoted[t] = std::max(most.quoted[t], inside[t]);
  for (EvidenceId value = 0; value < kAcronymTypes; ++value) AddPositive(of[acronym_ + value], &most.bracketed);
  for (const EvidenceId first : {gaz_over_, gaz_cross_, gaz_part_}) greatest(first, kOfEntries, &most.named);
  for (const EvidenceId id : head_after_) greatest(id, 1, &most.after);
  AddPositive(keyed, &most.keyed);
  return most;
}

TypeSums Evidence::MostOfStart(const Analysis& a, std::size_t begin, const SpanStart& start, const std::array<float, kTypes>* of,
                               const SpanMost& most) const {
  TypeSums sum = SumsOf(most.always);
  for (const EvidenceId id : start.before_) sum += SumsOf(of[id]);
  for (const auto& [end, id] : start.first_) {
    const TypeSums own = SumsOf(of[id]);
    sum += own > 0 ? own : TypeSums{};
  }
  if (start.list_ != 0 && start.list_ < list_head_.size()) sum += SumsOf(of[list_head_[start.list_]]);
  if (start.opened_) sum += SumsOf(most.quoted);
  if (start.bracket_) sum += SumsOf(most.bracketed);
  sum += SumsOf(most.keyed) * (1.0F + (start.has_in_chain_ ? 1.0F : 0.0F) + (a.chains.Begins(begin) ? 2.0F : 0.0F));
  return sum;
}

EvidenceId Evidence::NeighbourId(const Memory::Neighbour& next, Memory::Side side) const {
  if (next.type < 0) return kNothing;
  return neighbour_ + (static_cast<EvidenceId>(side) * kLinks + static_cast<EvidenceId>(next.link)) * kTypes +
         static_cast<EvidenceId>(next.type);
}

EvidenceId Evidence::RememberedBefore(const Analysis& a, std::size_t begin, const Memory& memory) const {
  return NeighbourId(memory.NextTo(a, begin, Memory::Side::kBefore), Memory::Side::kBefore);
}

EvidenceId Evidence::RememberedBehind(const Analysis& a, std::size_t end, const Memory& memory) const {
  return NeighbourId(memory.NextTo(a, end, Memory::Side::kAfter), Memory::Side::kAfter);
}

void Evidence::RememberedOf(const Analysis& a, const Candidate& c, const Memory& memory, std::vector<EvidenceId>* out) const {
  if (MaySpell(a, c)) {
    if (const int type = memory.SpelledOut(a, c.begin); type >= 0) out->push_back(acronym_ + kAcronymTypes + static_cast<EvidenceId>(type));
  }
  for (std::uint32_t i = c.begin; i < c.end; ++i) {
    if (!MayRemember(a, a.tokens[i]) || !memory.MayBeSurname(a, i) || !memory.IsSurnameElsewhere(a, i)) continue;
    // Alone it may mean something else, and behind a full stop its capital says nothing.
    const EvidenceId value = c.end - c.begin > 1 ? 4 : (a.tokens[i].Has(Flag::kSentenceStart) ? 2 : 0) + (HasOrdinaryReading(a, i) ? 1 : 0);
    out->push_back(doc_surname_ + value);
    break;
  }
  if (!memory.MayBeSpan(a, c.begin, c.end)) return;
  const auto counts = memory.SpanElsewhere(a, c.begin, c.end);
  for (std::size_t type = 0; type < kTypes; ++type) {
    if (counts[type] != 0)
      out->push_back(doc_span_ + static_cast<EvidenceId>(type * 3) + static_cast<EvidenceId>(AmountBucket(counts[type])));
  }
}

}  // namespace atau::resolve
