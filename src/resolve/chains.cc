#include "resolve/chains.h"

#include <array>

#include "resolve/analysis.h"
#include "resolve/evidence.h"

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;
using token::Token;

constexpr std::uint32_t kMostAdjectives = 3;
constexpr std::size_t kLongestList = 30;  // tokens between a word and the members of the list that it heads

// What a token may do in a chain.
enum class Link { kDepends, kNominal, kPreposition, kConjunction, kBreaks };

constexpr std::uint64_t kNominalOne = 1, kPrepositionOne = std::uint64_t{1} << 16, kConjunctionOne = std::uint64_t{1} << 32,
                        kBreakOne = std::uint64_t{1} << 48;

constexpr std::array<std::string_view, 6> kStarts = {"lower", "Cap", "any", "adjective_lower", "adjective_Cap", "adjective_any"};
constexpr std::array<std::string_view, 7> kBodies = {"head", "gent", "conj", "prep", "prep_conj", "case", "broken"};
constexpr std::array<std::string_view, 10> kEnds = {"head", "noun", "Place", "Person", "Body", "Quote", "Name", "latin", "number", "other"};
constexpr std::array<std::string_view, 8> kNexts = {"stops", "gent", "Gent", "Name", "preposition", "conjunction", "quote", "open"};

template <std::size_t N>
std::uint64_t IndexIn(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return i;
  }
  return N;
}

bool IsLowerWord(Cat cat) { return cat >= kLNounNom && cat <= kLParticle; }

// What a form may do in a chain, as bits that are remembered.
enum FormLink : std::uint8_t { kKnownWord = 1, kNominalWord = 2, kGenitive = 4, kAdjective = 8 };
std::uint8_t FormLinkOf(const morph::Form& f) {
  constexpr morph::Grammemes kNominals = morph::kNOUN | morph::kADJF | morph::kPRTF;
  return static_cast<std::uint8_t>((f.known ? kKnownWord : 0) | ((f.any & kNominals) != 0 ? kNominalWord : 0) |
                                   ((f.any & morph::kgent) != 0 ? kGenitive : 0) |
                                   ((f.any & (morph::kADJF | morph::kPRTF)) != 0 ? kAdjective : 0));
}

// The link of a category that tells it; kDepends for the others.
constexpr std::array<Link, kCatCount> kLinkOfCat = [] {
  std::array<Link, kCatCount> links{};
  links[kComma] = links[kLConj] = Link::kConjunction;
  links[kLPrep] = Link::kPreposition;
  links[kColon] = links[kOpen] = links[kClose] = Link::kBreaks;
  return links;
}();

// The bits of forms, as they are asked for. Valid until the next one is made.
class FormLinks {
 public:
  explicit FormLinks(const Analysis& a) : a_(a), tokens_(a.tokens.data()), known_(a.form_links.Follow(*a.forms)) {}
  std::uint8_t Of(std::size_t i) const {
    std::uint8_t& bits = known_[tokens_[i].form];
    if (bits == FormBytes::kUnknown) bits = FormLinkOf(a_.FormOf(i));
    return bits;
  }

 private:
  const Analysis& a_;
  const Token* const tokens_;
  std::uint8_t* const known_;
};

// The link of a token.
Link LinkOf(const Token& t, Cat cat, const FormLinks& links, std::size_t i) {
  static_assert(Link{} == Link::kDepends);
  if (kLinkOfCat[cat] != Link::kDepends) return kLinkOfCat[cat];
  if (t.kind != Kind::kWord) return Link::kDepends;
  const std::uint8_t bits = links.Of(i);
  if ((bits & kKnownWord) == 0) return Link::kDepends;
  if ((bits & kNominalWord) == 0) return IsLowerWord(cat) || cat == kCFunction ? Link::kBreaks : Link::kDepends;
  return (bits & kGenitive) != 0 ? Link::kDepends : Link::kNominal;
}

std::uint8_t EndOf(Cat cat) {
  if (cat == kQuoteClose) return 5;
  if (cat == kLOrgHead || cat == kCOrgHead) return 0;
  if (cat == kCGeo || cat == kCGeoSurn) return 2;
  if (cat == kCName || cat == kCSurn || cat == kCNameSurn || cat == kCPatr) return 3;
  if (cat == kUAbbr || cat == kCOrgn || cat == kUUnknown || cat == kUKnown) return 4;
  if (cat == kLatLower || cat == kLatCap || cat == kLatUpper || cat == kLatMixed) return 7;
  if (cat == kNum || cat == kWordNum) return 8;
  if (IsLowerWord(cat)) return 1;
  if (cat >= kCName) return 6;
  return 9;
}

// What stands behind a span: whether the phrase may go on with it.
std::uint8_t NextOf(const Analysis& a, const std::vector<Cat>& cats, std::size_t i) {
  if (i >= a.tokens.size() || a.tokens[i].Has(Flag::kBlockStart | Flag::kSentenceStart)) return 0;
  const Cat cat = cats[i];
  if (cat == kLPrep) return 4;
  if (cat == kLConj || cat == kComma) return 5;
  if (cat == kQuoteOpen) return 6;
  if (cat == kOpen) return 7;
  if (a.tokens[i].kind != Kind::kWord) return 0;
  if (cat == kLVerb || (cat < kCName && !IsLowerWord(cat))) return 0;
  const FormLinks links(a);
  const bool depends = LinkOf(a.tokens[i], cat, links, i) == Link::kDepends;
  if (IsLowerWord(cat)) return depends ? 1 : 0;
  return (links.Of(i) & kKnownWord) == 0 ? 3 : depends ? 2 : 0;
}

std::uint64_t Join(std::uint64_t kind_key, std::uint64_t code) {
  std::uint64_t h = kind_key ^ (code + 1) * 0x9E3779B97F4A7C15ull;
  h ^= h >> 31;
  return h * 0xD6E8FEB86659FD93ull;
}

constexpr std::uint64_t kNextCode = 1000, kAroundCode = 2000;  // where codes of NextKey and AroundKey begin

}  // namespace

void Chains::BuildLists(const Analysis& a, const std::vector<Cat>& cats) {
  const std::size_t n = a.tokens.size();
  list_.assign(n + 1, 0);
  // First by the last token of words: their kind, that of the first ones where there are several.
  for (const Analysis::Placed& match : a.placed) {
    if (match.words && list_[match.end - 1] == 0) list_[match.end - 1] = match.kind_id;
  }
  const Token* const tokens = a.tokens.data();
  const Cat* const cat_of = cats.data();
  std::uint16_t* const list = list_.data();
  std::uint16_t kind = 0;  // of the head of the list that we are in
  std::size_t since = 0;   // where that head stood
  bool parted = false;     // a comma or the like stood since
  for (std::size_t i = 0; i < n; ++i) {
    const Token& t = tokens[i];
    const std::uint16_t ended = list[i];
    if (kind != 0 && (t.Has(Flag::kBlockStart) || i - since > kLongestList)) kind = 0;
    list[i] = parted ? kind : 0;
    const Cat cat = cat_of[i];
    if (t.kind == Kind::kWord) {
      if (cat == kLConj) {
        parted = true;
      } else if (t.shape == Shape::kLower && !t.Has(Flag::kLatin)) {
        kind = ended;
        if (kind != 0) since = i, parted = false;
      }
    } else if (cat == kComma || cat == kColon || cat == kDashCat) {
      parted = true;
    } else if (cat == kStop) {
      const bool initial = !t.Has(Flag::kSpaceBefore) && i > 0 && tokens[i - 1].shape == Shape::kInitial;
      if (!initial) kind = 0;
    }
  }
}

void Chains::Build(const Analysis& a, const std::vector<Cat>& cats) {
  const std::size_t n = a.tokens.size();
  BuildLists(a, cats);
  head_.assign(n + 1, 0);
  head_end_.assign(n + 1, 0);
  kind_.assign(n + 1, 0);
  counts_.resize(n + 1);
  heads_.clear();
  for (std::size_t m = 0; m < a.matches.size(); ++m) {
    const Analysis::Placed& match = a.placed[m];
    if (!match.heads || match.end <= head_end_[match.begin]) continue;
    head_[match.begin] = match.begin + 1;
    head_end_[match.begin] = match.end;
    kind_[match.begin] = match.kind_id;
    heads_.push_back(match.begin);
  }
  around_.assign(n + 1, 0);
  if (heads_.empty()) return;
  // By Link.
  static constexpr std::array<std::uint64_t, 5> kOnes = {0, kNominalOne, kPrepositionOne, kConjunctionOne, kBreakOne};
  const FormLinks links(a);
  const Token* const tokens = a.tokens.data();
  std::uint64_t* const counts = counts_.data();
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < n; ++i) {
    counts[i] = count;
    count += kOnes[static_cast<std::size_t>(LinkOf(tokens[i], cats[i], links, i))];
  }
  counts[n] = count;
  BuildAround(a, cats);
  // Adjectives before a head begin its chain.
  for (const std::uint32_t begin : heads_) {
    for (std::size_t i = begin; i-- > 0 && begin - i <= kMostAdjectives;) {
      if (head_[i] != 0 || tokens[i + 1].Has(Flag::kBlockStart) || tokens[i].kind != Kind::kWord) break;
      if ((links.Of(i) & kAdjective) == 0) break;
      head_[i] = begin + 1;
    }
  }
}

void Chains::BuildAround(const Analysis& a, const std::vector<Cat>& cats) {
  std::size_t head = 0;  // 1 + the nearest head whose chain reaches to the token, 0: none
  const std::size_t n = a.tokens.size();
  const Token* const tokens = a.tokens.data();
  const std::uint32_t* const head_end = head_end_.data();
  std::uint32_t* const around = around_.data();
  for (std::size_t i = 0; i < n; ++i) {
    if (head_end[i] == 0 && head == 0) continue;
    if (tokens[i].Has(Flag::kBlockStart | Flag::kSentenceStart)) head = 0;
    around[i] = static_cast<std::uint32_t>(head);
    if (head_end[i] != 0) {
      head = i + 1;
    } else if (head != 0 && i >= head_end[head - 1]) {
      const std::uint64_t between = counts_[i + 1] - counts_[head_end[head - 1]];
      const bool nominal = (between & 0xFFFF) != 0, preposition = (between >> 16 & 0xFFFF) != 0, breaks = between >> 48 != 0;
      // A name ends the chain, unless another one depends on it.
      if (breaks || (nominal && !preposition) || cats[i] == kComma || tokens[i].kind == Kind::kQuote) head = 0;
    }
  }
}

bool Chains::Around(const Analysis& a, std::size_t token, Chain* chain) const {
  if (around_[token] == 0) return false;
  const std::size_t head = around_[token] - 1;
  if (head_end_[head] > token) return false;
  chain->kind = kind_[head];
  chain->start = static_cast<std::uint8_t>(a.caseless ? 2 : a.tokens[head].shape == Shape::kLower ? 0 : 1);
  const std::uint64_t between = counts_[token] - counts_[head_end_[head]];
  chain->body = head_end_[head] == token ? 0 : (between >> 16 & 0xFFFF) != 0 ? 3 : (between >> 32 & 0xFFFF) != 0 ? 2 : 1;
  return true;
}

bool Chains::Of(const Analysis& a, const std::vector<Cat>& cats, std::size_t begin, std::size_t end, Chain* chain) const {
  if (head_[begin] == 0) return false;
  const std::size_t head = head_[begin] - 1;
  if (head_end_[head] > end) return false;
  chain->kind = kind_[head];
  const Token& first = a.tokens[begin];
  chain->start = static_cast<std::uint8_t>((head == begin ? 0 : 3) + (a.caseless ? 2 : first.shape == Shape::kLower ? 0 : 1));
  const std::uint64_t between = counts_[end] - counts_[head_end_[head]];
  const bool nominal = (between & 0xFFFF) != 0, preposition = (between >> 16 & 0xFFFF) != 0, conjunction = (between >> 32 & 0xFFFF) != 0,
             breaks = between >> 48 != 0;
  chain->body = head_end_[head] == end ? 0 : breaks ? 6 : preposition ? (conjunction ? 4 : 3) : nominal ? 5 : conjunction ? 2 : 1;
  chain->end = head_end_[head] == end ? 0 : EndOf(cats[end - 1]);
  chain->next = NextOf(a, cats, end);
  return true;
}

std::uint64_t Chains::Key(const Chain& c, std::uint64_t kind_key) {
  return Join(kind_key, (std::uint64_t{c.start} * kBodies.size() + c.body) * kEnds.size() + c.end);
}

std::uint64_t Chains::NextKey(const Chain& c, std::uint64_t kind_key) {
  return Join(kind_key, kNextCode + std::uint64_t{c.body} * kNexts.size() + c.next);
}

std::uint64_t Chains::AroundKey(const Chain& c, std::uint64_t kind_key) {
  return Join(kind_key, kAroundCode + std::uint64_t{c.start} * kBodies.size() + c.body);
}

std::string Chains::Name(const Chain& c, std::string_view kind) {
  return std::string(kind) + "+" + std::string(kStarts[c.start]) + "+" + std::string(kBodies[c.body]) + "+" + std::string(kEnds[c.end]);
}

std::string Chains::NextName(const Chain& c, std::string_view kind) {
  return std::string(kind) + "+" + std::string(kBodies[c.body]) + "+" + std::string(kNexts[c.next]);
}

std::string Chains::AroundName(const Chain& c, std::string_view kind) {
  return std::string(kind) + "+" + std::string(kStarts[c.start]) + "+" + std::string(kBodies[c.body]);
}

std::uint64_t Chains::KeyOfName(std::string_view value) {
  std::array<std::string_view, 4> parts;
  std::size_t n = 0;
  while (n < parts.size()) {
    const std::size_t plus = value.find('+');
    parts[n++] = value.substr(0, plus);
    if (plus == std::string_view::npos) break;
    value.remove_prefix(plus + 1);
  }
  const std::uint64_t kind = ValueKey(parts[0]);
  if (n == 4) {
    return Join(kind, (IndexIn(kStarts, parts[1]) * kBodies.size() + IndexIn(kBodies, parts[2])) * kEnds.size() + IndexIn(kEnds, parts[3]));
  }
  const std::uint64_t start = IndexIn(kStarts, parts[1]);
  if (start < kStarts.size()) return Join(kind, kAroundCode + start * kBodies.size() + IndexIn(kBodies, parts[2]));
  return Join(kind, kNextCode + IndexIn(kBodies, parts[1]) * kNexts.size() + IndexIn(kNexts, parts[2]));
}

}  // namespace atau::resolve
