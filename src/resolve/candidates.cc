#include "resolve/candidates.h"

#include <algorithm>
#include <array>

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;
using token::Token;

enum TypeBit : std::uint8_t { kPer = 1, kOrg = 2, kLoc = 4, kPro = 8 };

// A word that may begin or end a name: it has a capital, is Latin or carries digits. (By its category, where that tells: see kUses.)
bool IsNameWord(const Analysis& a, std::size_t i, Cat cat) {
  const Token& t = a.tokens[i];
  if (t.kind != Kind::kWord) return false;
  if (t.Has(Flag::kUrl)) return true;
  if (a.caseless) return t.Has(Flag::kLatin) || (cat >= kCName && cat <= kCUnknown) || (cat >= kUAbbr && cat < kCatCount);
  if (t.shape == Shape::kLower) return t.Has(Flag::kLatin);
  return t.shape != Shape::kNone || cat == kWordNum;
}

// Signs and small words that may stand inside a run.
bool IsLink(const Analysis& a, std::size_t i, Cat cat) {
  const Token& t = a.tokens[i];
  switch (cat) {
    case kStop:  // initials and abbreviations only
      return i > 0 && !t.Has(Flag::kSpaceBefore) && a.clean[t.begin] == '.' &&
             (a.tokens[i - 1].shape == Shape::kInitial || (a.tokens[i - 1].end - a.tokens[i - 1].begin) <= 4);
    case kDashCat:
    case kQuoteOpen:
    case kQuoteClose:
    case kNum:
    case kLParticle:
      return true;
    case kSign:
      return !t.Has(Flag::kSpaceBefore) || a.clean[t.begin] == '&' || a.clean[t.begin] == '/';
    default:
      return false;
  }
}

// What a token does in candidates, by its category.
enum CatUse : std::uint8_t {
  kTail = 1,      // a lower-case word that may stand in the tail of an organization's name
  kEndsTail = 2,  // a tail may end with it
  kBegins = 4,    // a candidate may begin with it though it is no name word
  kNameCat = 8,   // it is a name word, unless the text has one letter case
  kAskToken = 16  // whether it is one, the token tells
};
constexpr std::array<std::uint8_t, kCatCount> kUses = [] {
  std::array<std::uint8_t, kCatCount> uses{};
  for (const Cat cat : {kLNounNom, kLNounGen, kLNoun, kLAdj, kLPart, kLPrep, kLConj, kLOther, kLUnknown, kLOrgHead, kLPlaceHead, kLProgHead,
                        kLTitleHead, kLRole, kLRoles, kLPersonCtx, kLParticle, kLAdv}) {
    uses[cat] |= kTail;
  }
  for (const Cat cat : {kLNounNom, kLNounGen, kLNoun, kLUnknown, kLOther, kLOrgHead, kLPlaceHead, kLProgHead, kLTitleHead, kLRole, kLRoles,
                        kLPersonCtx, kLPart, kNum, kQuoteClose}) {
    uses[cat] |= kEndsTail;
  }
  for (const Cat cat : {kLOrgHead, kLPlaceHead, kLProgHead, kNum, kLAdj}) uses[cat] |= kBegins;
  for (unsigned cat = kLatLower; cat < kCatCount; ++cat) uses[cat] |= cat == kWordNum ? kAskToken : kNameCat;
  uses[kUrlCat] |= kNameCat;
  return uses;
}();

// What is asked of a token again and again.
enum Trait : std::uint8_t {
  kName = 1,    // may begin or end a name
  kBlock = 2,   // begins a block
  kQuoted = 4,  // stands behind a quote that opens
  kStart = 8    // a candidate may begin here
};

class Collector {
 public:
  Collector(const Analysis& a, const std::vector<Cat>& cats, std::vector<Candidate>* out)
      : a_(a), n_(a.tokens.size()), tokens_(a.tokens.data()), cats_(cats.data()), traits_(n_), out_(out) {
    std::uint8_t* const traits = traits_.data();
    const unsigned ask = a.caseless ? kAskToken : 0;
    bool opened = false;  // by the token before, a quote
    for (std::size_t i = 0; i < n_; ++i) {
      const Token& t = tokens_[i];
      const unsigned use = kUses[cats_[i]] | ask;
      const bool name = (use & kAskToken) != 0 ? IsNameWord(a, i, cats_[i]) : (use & kNameCat) != 0;
      unsigned own = name ? kName | kStart : (use & kBegins) != 0 ? kStart : 0;
      if (opened) own |= kQuoted | kStart;
      opened = false;
      if (t.Has(Flag::kBlockStart | Flag::kGlued | Flag::kLineStart | Flag::kOpens)) {
        if (t.Has(Flag::kBlockStart)) own |= kBlock;
        if (i > 0 && Divides(i)) divides_.push_back(i);
        opened = t.Has(Flag::kOpens) && t.kind == Kind::kQuote;
      }
      traits[i] = static_cast<std::uint8_t>(own);
    }
    divides_.push_back(n_);
    for (const Analysis::Placed& match : a.named) traits[match.begin] |= kStart;
    for (const Analysis::PlacedHit& hit : a.placed_hits) traits[hit.begin] |= kStart;
  }

  void Run() {
    out_->clear();
    for (std::size_t i = 0; i < n_; ++i) {
      if ((traits_[i] & kStart) == 0) continue;
      first_ = out_->size();
      while (divides_[next_divide_] <= i) ++next_divide_;
      divide_ = divides_[next_divide_];
      if ((traits_[i] & kName) != 0) {
        RunFrom(i);
        ChainFrom(i);
      } else if (cats_[i] == kLOrgHead) {
        ChainFrom(i);
        HeadAndName(i);
      } else if (cats_[i] == kLPlaceHead || cats_[i] == kLProgHead) {
        HeadAndName(i);
      } else if (cats_[i] == kNum) {
        NumberFrom(i);
      } else if (cats_[i] == kLAdj && HeadFollows(i)) {
        ChainFrom(i);
      }
      if ((traits_[i] & kQuoted) != 0) QuotedFrom(i);
      for (const std::uint32_t m : a_.named_at.At(i)) {
        const Analysis::Placed& match = a_.named[m];
        if ((match.tier & 2) != 0 && !a_.caseless && tokens_[i].shape == Shape::kLower) continue;
        Push(i, match.end, static_cast<std::uint8_t>(1u << match.type));
      }
      for (const std::uint32_t h : a_.hits_at.At(i)) {
        const Analysis::PlacedHit& hit = a_.placed_hits[h];
        if (hit.type >= 0 && hit.end - hit.begin <= kLongestSpan) Add(i, hit.end, static_cast<std::uint8_t>(1u << hit.type));
      }
      Flush();
    }
  }

 private:
  bool SameBlock(std::size_t i) const { return i < n_ && (traits_[i] & kBlock) == 0; }
  bool IsName(std::size_t i) const { return (traits_[i] & kName) != 0; }

  // No name goes on where a caption was glued to the next one, or over a line that begins a sentence («Алматы / Омск» in a table), unless a
  // dictionary knows it.
  bool Divides(std::size_t i) const {
    const Token& t = tokens_[i];
    return (t.Has(Flag::kGlued) && tokens_[i - 1].kind == Kind::kWord) || (t.Has(Flag::kLineStart) && t.Has(Flag::kSentenceStart));
  }

  void Add(std::size_t begin, std::size_t end, std::uint8_t types) {
    if (end <= divide_) Push(begin, end, types);
  }

  void Push(std::size_t begin, std::size_t end, std::uint8_t types) {
    out_->push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), types});
  }

  // Sorts what this token began and joins equal spans.
  void Flush() {
    const auto first = out_->begin() + static_cast<std::ptrdiff_t>(first_);
    if (out_->end() - first < 2) return;
    const auto before = [](const Candidate& x, const Candidate& y) { return x.end < y.end; };
    if (!std::is_sorted(first, out_->end(), before)) std::sort(first, out_->end(), before);
    std::size_t to = first_ + 1;
    for (std::size_t from = first_ + 1; from < out_->size(); ++from) {
      if ((*out_)[to - 1].end == (*out_)[from].end) {
        (*out_)[to - 1].types |= (*out_)[from].types;
      } else {
        (*out_)[to++] = (*out_)[from];
      }
    }
    out_->resize(to);
  }

  // One or two adjectives before the head of a body: «федеральная прокуратура Бельгии», «японский МИД».
  bool HeadFollows(std::size_t i) const {
    for (std::size_t j = i + 1; j < n_ && j <= i + 2 && SameBlock(j); ++j) {
      if (cats_[j] == kLOrgHead || cats_[j] == kUAbbr) return true;
      if (cats_[j] != kLAdj) return IsName(j) && j == i + 1;
    }
    return false;
  }

  // Parts of a run of name words that begin here.
  void RunFrom(std::size_t i) {
    std::uint32_t words = 0;
    bool person = true;
    for (std::size_t j = i; j < n_ && j - i < 2 * kLongestRun + 2; ++j) {
      if (j > i && !SameBlock(j)) break;
      const Cat cat = cats_[j];
      if (IsName(j)) {
        if (++words > kLongestRun) break;
        if (tokens_[j].Has(Flag::kDigits | Flag::kUrl)) person = false;
        Add(i, j + 1, static_cast<std::uint8_t>(kOrg | kLoc | kPro | (person ? kPer : 0)));
        continue;
      }
      if (j > i && (cat == kLPlaceHead || cat == kLOrgHead)) {  // «Московская область», «Северный флот»
        Add(i, j + 1, kOrg | kLoc | kPro);
        break;
      }
      if (j == i || !IsLink(a_, j, cat)) break;
      if (cat == kStop && tokens_[j - 1].shape == Shape::kInitial) Add(i, j + 1, kPer);  // «Путин В. В.»
      if (cat == kNum) Add(i, j + 1, kOrg | kLoc | kPro);
      if (cat == kQuoteClose && tokens_[j].pair >= static_cast<std::int32_t>(i)) Add(i, j + 1, kOrg | kPro);
      if (cat == kNum || cat == kQuoteOpen || cat == kQuoteClose) person = false;
      // «Данилов — Буй» is nobody's name.
      if (cat == kDashCat && tokens_[j].Has(Flag::kSpaceBefore) && j + 1 < n_ && tokens_[j + 1].Has(Flag::kSpaceBefore)) person = false;
    }
  }

  // A head and its tail: «Министерство обороны РФ», «комитет ООН против пыток».
  void ChainFrom(std::size_t i) {
    bool plain = false;  // a lower-case word was passed
    for (std::size_t j = i + 1; j < n_ && j - i < kLongestChain; ++j) {
      if (!SameBlock(j)) break;
      const Cat cat = cats_[j];
      if (IsName(j)) {
        if (plain || tokens_[i].shape == Shape::kLower) Add(i, j + 1, kOrg | kPro | kLoc);
        continue;
      }
      if ((kUses[cat] & kTail) != 0) {
        plain = true;
        if ((kUses[cat] & kEndsTail) != 0) Add(i, j + 1, kOrg | kPro | (j == i + 1 ? kLoc : 0));
        continue;
      }
      if (cat == kComma && plain && j + 1 < n_ && (kUses[cats_[j + 1]] & kTail) != 0) continue;  // «цифрового развития, инноваций и …»
      if (cat == kNum || cat == kQuoteOpen || cat == kDashCat) continue;
      if (cat == kQuoteClose) {
        if (tokens_[j].pair >= static_cast<std::int32_t>(i)) {
          Add(i, j + 1, kOrg | kPro);
          continue;
        }
        break;
      }
      if (cat == kStop && IsLink(a_, j, cat)) continue;
      break;
    }
  }

  // «улица Ленина», «площадь Республики», «партия Яблоко», «план Маршалла».
  void HeadAndName(std::size_t i) {
    std::uint32_t words = 0;
    for (std::size_t j = i + 1; j < n_ && j - i <= 8; ++j) {
      if (!SameBlock(j)) break;
      if (IsName(j)) {
        if (++words > 4) break;
        Add(i, j + 1, kOrg | kLoc | kPro);
        continue;
      }
      if (!IsLink(a_, j, cats_[j])) break;
      if (cats_[j] == kQuoteClose && tokens_[j].pair >= static_cast<std::int32_t>(i)) Add(i, j + 1, kOrg | kLoc | kPro);
      if (cats_[j] == kNum) Add(i, j + 1, kOrg | kLoc | kPro);
    }
  }

  // «100 конкретных шагов», «7-20-25», «1-й канал».
  void NumberFrom(std::size_t i) {
    for (std::size_t j = i + 1; j < n_ && j - i <= 4; ++j) {
      if (!SameBlock(j)) break;
      if (IsName(j)) {
        Add(i, j + 1, kOrg | kPro | kLoc);
      } else if (!IsLink(a_, j, cats_[j])) {
        break;
      }
    }
  }

  // The whole content of quotes.
  void QuotedFrom(std::size_t i) {
    const std::int32_t close = tokens_[i - 1].pair;
    if (close <= static_cast<std::int32_t>(i) || static_cast<std::size_t>(close) - i > kLongestChain) return;
    Add(i, static_cast<std::size_t>(close), kOrg | kLoc | kPro);
  }

  const Analysis& a_;
  const std::size_t n_;  // tokens
  const Token* const tokens_;
  const Cat* const cats_;
  std::vector<std::uint8_t> traits_;  // by token: Trait bits
  std::vector<Candidate>* out_;
  std::size_t first_ = 0;
  std::vector<std::size_t> divides_;  // tokens that no name goes on with, and the end
  std::size_t next_divide_ = 0;       // of divides_: the first behind the token in hand
  std::size_t divide_ = 0;            // that token
};

}  // namespace

void FindCandidates(const Analysis& a, const std::vector<Cat>& cats, std::vector<Candidate>* out) { Collector(a, cats, out).Run(); }

}  // namespace atau::resolve
