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

// Where the place begins that a body's name ends with, the longest one; the end of the name where it ends with none.
std::uint32_t PlaceOf(const Analysis& a, const Mention& body) {
  for (std::uint32_t begin = body.begin + 1; begin < body.end; ++begin) {
    if (!IsEntry(a, begin, body.end, kPlace)) continue;
    const token::Token& before = a.tokens[begin - 1];
    const bool joined = before.kind != token::Kind::kWord || (a.FormOf(begin - 1).any & (morph::kPREP | morph::kCONJ)) != 0;
    return joined ? body.end : begin;
  }
  return body.end;
}

// Whether the name of a body whose place is known as part of it says what the body is without the place: «Арбитражный суд [Москвы]», but
// not «Банк [России]» or «Единая [Россия]».
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
    const std::uint32_t place = m.type == kBody ? PlaceOf(a, m) : m.end;
    if (place == m.end || (IsEntry(a, m.begin, m.end, kBody) && !MayStandWithout(a, m.begin, place))) {
      out.push_back(m);
      continue;
    }
    if (HasName(a, cats, m.begin, place)) out.push_back({m.begin, place, m.type, m.score});
    Mention& tail = out.emplace_back(Mention{place, m.end, static_cast<std::uint8_t>(kPlace), 0});
    tail.score = ScoreOf(candidates, scores, tail);
  }
  *mentions = std::move(out);
}

}  // namespace atau::resolve
