// Which quote or bracket closes which: one stack, linear time, whatever the text leaves open.
#include <array>

#include "text/utf8.h"
#include "token/stages.h"

namespace atau::token {
namespace {

// Families of signs that close each other.
enum Family : int {
  kRound,
  kSquare,
  kCurly,
  kAngle,
  kInnerAngle,
  kLow,
  kHigh,
  kSingleLow,
  kSingleHigh,
  kStraight,
  kStraightSingle,
  kFamilies
};
enum class Role { kOpen, kClose, kByPlace };

struct Sign {
  Family family;
  Role role;
};

// False for tokens that are no quote or bracket.
bool SignOf(char32_t c, Sign* sign) {
  switch (c) {
    case U'(':
      *sign = {kRound, Role::kOpen};
      return true;
    case U')':
      *sign = {kRound, Role::kClose};
      return true;
    case U'[':
      *sign = {kSquare, Role::kOpen};
      return true;
    case U']':
      *sign = {kSquare, Role::kClose};
      return true;
    case U'{':
      *sign = {kCurly, Role::kOpen};
      return true;
    case U'}':
      *sign = {kCurly, Role::kClose};
      return true;
    case U'«':
      *sign = {kAngle, Role::kOpen};
      return true;
    case U'»':
      *sign = {kAngle, Role::kClose};
      return true;
    case U'‹':
      *sign = {kInnerAngle, Role::kOpen};
      return true;
    case U'›':
      *sign = {kInnerAngle, Role::kClose};
      return true;
    case U'„':
      *sign = {kLow, Role::kOpen};
      return true;
    case U'‚':
      *sign = {kSingleLow, Role::kOpen};
      return true;
    case U'“':
      *sign = {kHigh, Role::kByPlace};
      return true;  // closes „ or opens before ”
    case U'”':
      *sign = {kHigh, Role::kClose};
      return true;
    case U'‘':
      *sign = {kSingleHigh, Role::kByPlace};
      return true;
    case U'’':
      *sign = {kSingleHigh, Role::kClose};
      return true;
    case U'"':
      *sign = {kStraight, Role::kByPlace};
      return true;
    case U'\'':
      *sign = {kStraightSingle, Role::kByPlace};
      return true;
    default:
      return false;
  }
}

constexpr int kStraightReach = 60;  // tokens between straight quotes that belong together

class Matcher {
 public:
  Matcher(std::string_view clean, std::vector<Token>* tokens) : clean_(clean), tokens_(*tokens) { top_.fill(-1); }

  void Run() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& t = tokens_[i];
      if (t.Has(kBlockStart) && !stack_.empty()) {
        stack_.clear();
        top_.fill(-1);
      }
      if (t.kind != Kind::kQuote && t.kind != Kind::kPunct) continue;
      std::size_t size = 0;
      Sign sign{};
      if (!SignOf(text::Decode(clean_.data() + t.begin, clean_.data() + clean_.size(), &size), &sign)) continue;
      const int index = static_cast<int>(i);
      if (sign.role == Role::kOpen) {
        Open(index, sign.family);
      } else if (sign.role == Role::kClose) {
        Close(index, sign.family);
      } else if (sign.family == kHigh || sign.family == kSingleHigh) {
        const Family low = sign.family == kHigh ? kLow : kSingleLow;
        if (top_[low] >= 0 && !CanOpen(i)) {
          Pair(index, low);
        } else if (CanOpen(i)) {
          Open(index, sign.family);
        } else if (top_[sign.family] >= 0) {
          Pair(index, sign.family);
        }
      } else {
        const bool open = CanOpen(i), close = CanClose(i);
        const bool waiting = top_[sign.family] >= 0 && index - stack_[static_cast<std::size_t>(top_[sign.family])].token <= kStraightReach;
        if (waiting && (close || !open)) {
          Pair(index, sign.family);
        } else if (open || (!close && sign.family == kStraight)) {
          Open(index, sign.family);
        }
      }
    }
  }

 private:
  struct Entry {
    int token;
    Family family;
    int below;  // the next entry of the same family further down, -1
  };

  bool SpaceAfter(std::size_t i) const { return i + 1 >= tokens_.size() || tokens_[i + 1].Has(kSpaceBefore | kLineStart); }
  // By what stands around it: nothing parts the sign from what follows, and something does from what stands before.
  bool CanOpen(std::size_t i) const {
    if (SpaceAfter(i)) return false;
    const Token& t = tokens_[i];
    if (t.Has(kSpaceBefore | kLineStart) || i == 0) return true;
    const Token& before = tokens_[i - 1];
    if (before.kind == Kind::kQuote) return last_opened_ + 1 == static_cast<int>(i);
    if (before.kind == Kind::kWord) return tokens_[i + 1].kind == Kind::kWord;  // ООО"Ромашка"
    if (before.kind != Kind::kPunct) return false;
    const char c = clean_[before.begin];
    return c == '(' || c == '[' || c == '/' || c == '-' || c == ',' || c == ':' || before.Has(kDash);
  }
  bool CanClose(std::size_t i) const { return i > 0 && !tokens_[i].Has(kSpaceBefore | kLineStart); }

  void Open(int token, Family family) {
    stack_.push_back({token, family, top_[family]});
    top_[family] = static_cast<int>(stack_.size()) - 1;
    last_opened_ = token;
  }
  void Close(int token, Family family) {
    // ” and ’ also close „ and ‚, or what stands nearer.
    Family with = family;
    if (family == kHigh && top_[kLow] > top_[kHigh]) with = kLow;
    if (family == kSingleHigh && top_[kSingleLow] > top_[kSingleHigh]) with = kSingleLow;
    // Mixed pairs: „…» and «…“ occur, but only when nothing else fits; they stay unpaired.
    if (top_[with] >= 0) Pair(token, with);
  }
  // Closes the nearest open sign of the family; what was opened after it stays without a pair.
  void Pair(int token, Family family) {
    const auto found = static_cast<std::size_t>(top_[family]);
    while (stack_.size() > found) {
      top_[stack_.back().family] = stack_.back().below;
      if (stack_.size() == found + 1) {
        Token& open = tokens_[static_cast<std::size_t>(stack_.back().token)];
        Token& close = tokens_[static_cast<std::size_t>(token)];
        open.pair = token;
        open.flags |= kOpens;
        close.pair = stack_.back().token;
        close.flags |= kCloses;
      }
      stack_.pop_back();
    }
  }

  const std::string_view clean_;
  std::vector<Token>& tokens_;
  std::vector<Entry> stack_;
  int last_opened_ = -2;            // the token that was opened last
  std::array<int, kFamilies> top_;  // index into stack_ of the nearest open sign of each family, -1
};

}  // namespace

void MatchPairs(std::string_view clean, std::vector<Token>* tokens) { Matcher(clean, tokens).Run(); }

}  // namespace atau::token
