#include "resolve/apart.h"

#include <algorithm>
#include <string_view>

#include "gazetteer/entry_flags.h"

namespace atau::resolve {
namespace {

constexpr int kBody = IndexOf(Type::kOrganization), kPlace = IndexOf(Type::kLocation);

constexpr std::string_view kKeepFlag = "keep";  // of class words that belong to the official name

// Whether the dictionaries have a name of a type for just these tokens, one that may fire alone.
bool IsEntry(const Analysis& a, std::uint32_t begin, std::uint32_t end, int type) {
  for (const std::uint32_t n : a.named_at.At(begin)) {
    const Analysis::Placed& name = a.named[n];
    if (name.end == end && name.type == type && (name.tier & 1) == 0) return true;
  }
  return false;
}

// Where a body's name ends and the place behind it begins, the longest one that its name ends with: «суд | города | Москвы»; both are the
// end of the name where it ends with none.
struct Parts {
  std::uint32_t body_end = 0, place = 0;
};
Parts PartsOf(const Analysis& a, const Mention& body) {
  const Parts whole = {body.end, body.end};
  for (std::uint32_t place = body.begin + 1; place < body.end; ++place) {
    if (!IsEntry(a, place, body.end, kPlace)) continue;
    // What the place is called by belongs to it.
    std::uint32_t end = place;
    for (const std::uint32_t m : a.EndingAt(place)) {
      if (a.placed[m].words && a.placed[m].class_id == a.classes.place_head) end = std::min(end, a.placed[m].begin);
    }
    if (end <= body.begin) return whole;
    const token::Token& before = a.tokens[end - 1];
    const bool joined = before.kind != token::Kind::kWord || (a.FormOf(end - 1).any & (morph::kPREP | morph::kCONJ)) != 0;
    return joined ? whole : Parts{end, place};
  }
  return whole;
}

// Whether a body that the dictionaries know together with its place has a name without it, or none at all: «Арбитражный суд [Москвы]»,
// «парламент [Грузии]», but not «Банк [России]» or «Единая [Россия]».
bool MayStandWithout(const Analysis& a, std::uint32_t begin, std::uint32_t end) {
  if (IsEntry(a, begin, end, kBody)) return true;
  if (end - begin == 1) return !a.caseless && a.tokens[begin].shape == token::Shape::kLower;
  for (std::uint32_t i = begin; i < end; ++i) {
    for (const std::uint32_t m : a.matches_at.At(i)) {
      if (a.placed[m].words && a.placed[m].class_id == a.classes.org_head)
        return gazetteer::HasFlag(a.gazetteer->entry(a.matches[m].entry).slots, kKeepFlag);
    }
  }
  return false;
}

// Whether a body keeps a name when its place is gone.
bool HasName(const Analysis& a, const std::vector<Cat>& cats, std::uint32_t begin, std::uint32_t end) {
  const bool head = cats[begin] == kLOrgHead || cats[begin] == kCOrgHead;
  if (end - begin == 1) return !head && (a.caseless || a.tokens[begin].shape != token::Shape::kLower);
  return a.caseless || std::any_of(a.tokens.begin() + begin, a.tokens.begin() + end,
                                   [](const token::Token& t) { return t.kind == token::Kind::kWord && t.shape != token::Shape::kLower; });
}

float ScoreOf(const std::vector<Candidate>& candidates, const std::vector<Scores>& scores, const Mention& m) {
  const auto before = [](const Candidate& c, const Mention& x) { return c.begin != x.begin ? c.begin < x.begin : c.end < x.end; };
  const auto at = std::lower_bound(candidates.begin(), candidates.end(), m, before);
  if (at == candidates.end() || at->begin != m.begin || at->end != m.end) return 0;
  return std::max(0.0F, scores[static_cast<std::size_t>(at - candidates.begin())][m.type]);
}

}  // namespace

void PlacesApart(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates,
                 const std::vector<Scores>& scores, std::vector<Mention>* mentions) {
  std::vector<Mention> out;
  out.reserve(mentions->size() * 2);
  for (const Mention& m : *mentions) {
    const Parts parts = m.type == kBody ? PartsOf(a, m) : Parts{m.end, m.end};
    if (parts.place == m.end || (IsEntry(a, m.begin, m.end, kBody) && !MayStandWithout(a, m.begin, parts.body_end))) {
      out.push_back(m);
      continue;
    }
    if (HasName(a, cats, m.begin, parts.body_end)) out.push_back({m.begin, parts.body_end, m.type, m.score, m.end});
    Mention& tail = out.emplace_back(Mention{parts.place, m.end, static_cast<std::uint8_t>(kPlace), 0});
    tail.score = ScoreOf(candidates, scores, tail);
  }
  *mentions = std::move(out);
}

}  // namespace atau::resolve
