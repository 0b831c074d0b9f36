#include "document/build.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <tuple>
#include <utility>

#include "bundle/hash_index.h"
#include "resolve/arena.h"
#include "resolve/cluster.h"
#include "resolve/describe.h"
#include "resolve/key_map.h"
#include "resolve/located.h"
#include "resolve/names.h"
#include "resolve/relations.h"
#include "resolve/run_by.h"
#include "resolve/values.h"
#include "text/utf8.h"

namespace atau::document {
namespace {

constexpr float kPostScore = 2;  // of a post that no rule proposes

using resolve::Described;
using resolve::Mention;

bool Wanted(const ExtractOptions& options, const Described& d) {
  if (!options.types.empty() && std::find(options.types.begin(), options.types.end(), d.type) == options.types.end()) return false;
  return std::find(options.without.begin(), options.without.end(), d.kind) == options.without.end();
}

// A mention before it is described.
struct Planned {
  std::uint32_t begin = 0, end = 0;
  Type type = Type::kNone;
  float score = 0;
  int hit = -1;                  // the rule that proposed it, where its type asks for one
  std::size_t person = 0;        // its number among the people
  std::uint64_t date = 0;        // of a date what its value is remembered by
  std::uint32_t parted_end = 0;  // as of its mention
};

// Lists that keep their room between documents.
struct BuildMemory {
  Draft draft;
  resolve::Arena arena;  // for what the draft points to
  resolve::ClusterScratch cluster;
  resolve::DateValues dates;
  resolve::PostScratch post_scratch;
  std::vector<Mention> inner, around, found_inside;
  std::vector<resolve::Candidate> candidates_inside;
  std::vector<resolve::Scores> scores_inside;
  std::vector<Described> flat, nested, merged;
  std::vector<std::pair<int, int>> aliases;
  std::vector<resolve::FoundRelation> found;
  std::vector<resolve::FoundPost> posts;
  std::vector<int> kept, members, number;
  std::vector<std::size_t> first_member;
  std::vector<std::string_view> ids;
  std::vector<int> open;
  resolve::KeyMap<bool> seen, with_post, full;
  std::vector<std::uint8_t> used, used_by_rules;
  std::vector<std::int32_t> mention_of;
  std::vector<Planned> flat_plan, nested_plan, others, placed, crowded, in_order;
  std::vector<std::pair<float, std::uint32_t>> dates_by_rank, money_by_rank;
  std::vector<rules::View::Resolved> resolved;
  rules::Hits hits;
  std::vector<const Described*> inside, all;
  text::CodePoints points;
};

// What speaks against a type at the span of a hit: the sum of the vetoes there.
float Against(const resolve::Analysis& a, std::uint32_t h, Type type) {
  const std::vector<rules::Hit>& hits = a.hits.hits;
  // Hits of one span stand together.
  const auto same = [&hits, h](std::size_t k) { return hits[k].begin == hits[h].begin && hits[k].end == hits[h].end; };
  std::size_t k = h;
  while (k > 0 && same(k - 1)) --k;
  float sum = 0;
  for (; k < hits.size() && same(k); ++k) {
    const resolve::Analysis::RuleFacts& rule = a.rule_facts[hits[k].rule];
    if ((rule.vetoes >> static_cast<unsigned>(type) & 1u) != 0) sum += rule.weight;
  }
  return sum;
}

// Spans of the types that only rules propose: dates and money. The heaviest, then longest cover of each type by itself.
void RuleMentions(const resolve::Analysis& a, BuildMemory* memory, std::vector<Planned>* out) {
  constexpr Type kOf[] = {Type::kDate, Type::kMoney};
  std::vector<std::pair<float, std::uint32_t>>* const orders[] = {&memory->dates_by_rank, &memory->money_by_rank};
  for (auto* const order : orders) order->clear();
  for (std::uint32_t h = 0; h < a.hits.hits.size(); ++h) {
    if (a.placed_hits[h].type >= 0 || !a.placed_hits[h].speaks) continue;  // most are of the competing types
    const rules::Hit& hit = a.hits.hits[h];
    const resolve::Analysis::RuleFacts& rule = a.rule_facts[hit.rule];
    const auto* of = std::find(std::begin(kOf), std::end(kOf), rule.type);
    if (of == std::end(kOf) || rule.weight + Against(a, h, rule.type) <= 0) continue;
    orders[of - kOf]->emplace_back(static_cast<float>(hit.end - hit.begin) + rule.weight * 0.01f, h);
  }
  for (std::size_t of = 0; of < std::size(kOf); ++of) {
    const Type type = kOf[of];
    auto& order = *orders[of];
    if (order.empty()) continue;
    std::sort(order.begin(), order.end(),
              [](const auto& x, const auto& y) { return x.first != y.first ? x.first > y.first : x.second < y.second; });
    std::vector<std::uint8_t>& used = memory->used_by_rules;
    used.assign(a.tokens.size() + 1, 0);
    for (const auto& [rank, h] : order) {
      const rules::Hit& hit = a.hits.hits[h];
      if (std::any_of(used.begin() + hit.begin, used.begin() + hit.end, [](std::uint8_t u) { return u != 0; })) continue;
      std::fill(used.begin() + hit.begin, used.begin() + hit.end, std::uint8_t{1});
      // The stop of an abbreviation («в 2008 г.», «5 млн руб.») ends the sentence as often as not, and is no part of the mention.
      std::uint32_t end = hit.end;
      const token::Token& last = a.tokens[end - 1];
      if (end - hit.begin > 1 && last.kind != token::Kind::kWord && a.clean[last.begin] == '.') --end;
      out->push_back({hit.begin, end, type, a.rule_facts[hit.rule].weight, static_cast<int>(h), 0});
    }
  }
}

// The types (bits) that are sure of a span inside a name. Places of the dictionaries stay places there («суд [Воронежа]»), and a rule that
// says that a name does not count because it is part of another («театр имени [Чехова]») says that it is one.
std::uint32_t SureInside(const PipelineScratch& s, const resolve::Candidate& c) {
  const resolve::Analysis& a = s.analysis;
  constexpr int kPerson = resolve::IndexOf(Type::kPerson), kPlace = resolve::IndexOf(Type::kLocation);
  const auto vetoed = [&](std::uint32_t k) {
    const resolve::Analysis::PlacedHit& h = a.placed_hits[k];
    return h.begin == c.begin && h.end == c.end && (a.rule_facts[h.rule].vetoes & 1u << static_cast<unsigned>(Type::kPerson)) != 0;
  };
  const auto named = [&a](std::uint32_t i) {
    const morph::Form& f = a.FormOf(i);
    return a.tokens[i].kind != token::Kind::kWord || a.tokens[i].shape == token::Shape::kInitial ||
           ((f.any & (morph::kSurn | morph::kName)) != 0 && (f.any & morph::kADJF) == 0) || !f.known;
  };
  for (std::uint32_t k = a.hits_at.From(c.begin); k < a.hits_at.Until(c.begin + 1); ++k) {
    if (!vetoed(k)) continue;
    bool person = a.tokens[c.end - 1].kind == token::Kind::kWord;
    for (std::uint32_t i = c.begin; i < c.end; ++i) person = person && named(i);
    if (person) return (1u << kPerson) & c.types;
    break;
  }
  for (const std::uint32_t m : a.matches_at.At(c.begin)) {
    if (a.matches[m].end == c.end && a.placed[m].type == kPlace && a.placed[m].tier == 0) return (1u << kPlace) & c.types;
  }
  return 0;
}

// Whether a part of a name would be but the name again, were it of the same type: its beginning, what is left without its adjectives
// («Ленинский [районный суд Воронежа]») or its class word («Республика [Казахстан]»), a part of a name in Latin letters («The [New York
// Times]»), or no more than its tail («управление [сельского хозяйства области]»).
bool RepeatsOuter(const PipelineScratch& s, const resolve::Candidate& c, const Mention& outer) {
  constexpr int kPlace = resolve::IndexOf(Type::kLocation);
  const resolve::Analysis& a = s.analysis;
  if (c.begin == outer.begin) return true;
  const token::Token& first = a.tokens[c.begin];
  if (first.kind == token::Kind::kWord && first.shape == token::Shape::kLower && s.cats[c.begin] != resolve::kLOrgHead) return true;
  if (outer.type == kPlace && c.end == outer.end &&
      (s.cats[outer.begin] == resolve::kLPlaceHead || s.cats[outer.begin] == resolve::kCPlaceHead)) {
    return true;
  }
  for (std::uint32_t i = outer.begin; i < c.begin; ++i) {
    if (a.tokens[i].Has(token::Flag::kLatin) && first.Has(token::Flag::kLatin)) return true;
    if (a.tokens[i].kind == token::Kind::kWord && (a.FormOf(i).any & (morph::kADJF | morph::kPRTF)) == 0) return false;
  }
  return true;
}

// Mentions inside longer ones: the best cover of the candidates that lie strictly inside, and again inside of these.
void InnerMentions(PipelineScratch& s, BuildMemory* memory, std::vector<Mention>* out) {
  constexpr std::size_t kOrganization = resolve::IndexOf(Type::kOrganization);
  constexpr float kSure = 0.5;  // a score that is enough, and little beside one that has reasons of its own
  std::vector<Mention>&open = memory->around, &found = memory->found_inside;
  std::vector<resolve::Candidate>& inner = memory->candidates_inside;
  std::vector<resolve::Scores>& scores = memory->scores_inside;
  open.assign(s.mentions.begin(), s.mentions.end());
  for (std::size_t o = 0; o < open.size(); ++o) {
    const Mention outer = open[o];
    if (outer.end - outer.begin < 2 || outer.type == 0) continue;
    inner.clear(), scores.clear(), found.clear();
    const auto first = std::lower_bound(s.candidates.begin(), s.candidates.end(), outer.begin,
                                        [](const resolve::Candidate& c, std::uint32_t begin) { return c.begin < begin; });
    for (auto k = static_cast<std::size_t>(first - s.candidates.begin()); k < s.candidates.size() && s.candidates[k].begin < outer.end;
         ++k) {
      const resolve::Candidate& c = s.candidates[k];
      if (c.end > outer.end || (c.begin == outer.begin && c.end == outer.end)) continue;
      // A part that is as well the beginning of the outer name is another reading of it, unless a different type.
      resolve::Scores score = s.scores[k];
      const std::uint32_t sure = SureInside(s, c);
      for (std::size_t t = 0; t < score.size(); ++t) {
        if ((sure >> t & 1) != 0) score[t] = std::max(score[t], kSure * static_cast<float>(c.end - c.begin));
      }
      if (sure != 0 && (sure >> kOrganization & 1) == 0) score[kOrganization] = -1;
      if (score[outer.type] > 0 && RepeatsOuter(s, c, outer)) score[outer.type] = -1;
      // No cover has what nothing speaks for.
      if (std::none_of(score.begin(), score.end(), [](float x) { return x > 0; })) continue;
      if (c.end < outer.end && (s.analysis.FormOf(c.end - 1).any & morph::kADJF) != 0) continue;
      inner.push_back({c.begin - outer.begin, c.end - outer.begin, c.types});
      scores.push_back(score);
    }
    if (inner.empty()) continue;
    resolve::BestCover(outer.end - outer.begin, inner, scores, &s.cover, &found);
    for (const Mention& m : found) {
      out->push_back({m.begin + outer.begin, m.end + outer.begin, m.type, m.score});
      open.push_back(out->back());
    }
  }
}

BuildMemory& MemoryOf(PipelineScratch* s) {
  if (s->build == nullptr) s->build = std::make_shared<BuildMemory>();
  return *static_cast<BuildMemory*>(s->build.get());
}

class Builder {
 public:
  Builder(const Pipeline& p, std::string_view text, const ExtractOptions& options, PipelineScratch* s)
      : p_(p), text_(text), options_(options), s_(*s), a_(s->analysis), memory_(MemoryOf(s)) {
    arena_.Clear();
    inner_.clear(), flat_.clear(), nested_.clear(), aliases_.clear(), found_.clear(), kept_.clear();
    out_.entities.clear(), out_.nested.clear(), out_.document_entities.clear(), out_.relations.clear();
    if (!options.date.empty()) today_ = resolve::ParseDay(options.date);
  }

  const Draft& Run() {
    Flat();
    s_.clock.Done(Room::kDescribe);
    Relations();
    s_.clock.Done(Room::kRelations);
    Entities();
    s_.clock.Done(Room::kEntities);
    Nested();
    Points();
    s_.clock.Done(Room::kNested);
    return out_;
  }

 private:
  Span Original(std::size_t begin, std::size_t end) const {
    return {s_.clean.OriginalBegin(a_.tokens[begin].begin), s_.clean.OriginalEnd(a_.tokens[end - 1].end)};
  }

  void Fill(const Described& d, EntityDraft* entity) const {
    EntityDraft& e = *entity;
    e.span = Original(d.begin, d.end);
    e.type = d.type;
    e.kind = d.kind;
    e.text = d.text;
    e.normal = d.shown.empty() ? d.normal : d.shown;
    e.slots = d.slots;
    e.gazetteer = d.gazetteer;
    e.score = static_cast<double>(d.score);
    e.rule = d.rule;
  }

  // Adds the description of a mention. `people` may be null where it is none of a person.
  void Add(const Planned& plan, const resolve::PersonNames* people, std::vector<Described>* to) {
    Described& d = to->emplace_back();
    d.begin = plan.begin;
    d.end = std::max(plan.end, plan.parted_end);
    d.type = plan.type;
    d.score = plan.score;
    resolve::Describe(a_, plan.type == Type::kPerson ? &people->form(plan.person) : nullptr, plan.hit, &arena_, &d);
    if (plan.parted_end != 0) Part(plan, &d);
    if (plan.hit >= 0) Value(plan, &d);
  }

  // A body that was parted from its place is still the one of that place: «[Министерство обороны] [Грузии]» is not Russia's. Only words,
  // their normal form and the rule are those of the shorter name.
  void Part(const Planned& plan, Described* d) {
    Described part;
    part.begin = plan.begin;
    part.end = plan.end;
    part.type = plan.type;
    resolve::Describe(a_, nullptr, plan.hit, &arena_, &part);
    d->end = part.end;
    d->text = part.text;
    d->shown = part.normal;
    d->rule = part.rule;
    d->place_begin = 0;
  }

  void Value(const Planned& plan, Described* d) const {
    if (d->type == Type::kDate) {
      const auto [value, kind] = memory_.dates.Of(a_, plan.date, d->begin, d->end, today_);
      if (!kind.empty()) d->kind = arena_.Keep(kind);
      if (!value.empty()) d->slots.Add("value", arena_.Keep(value), &arena_);
    } else if (d->type == Type::kMoney) {
      const std::string value = resolve::MoneyValue(a_, d->begin, d->end);
      if (!value.empty()) d->slots.Add("value", arena_.Keep(value), &arena_);
    }
  }

  void Flat() {
    std::vector<std::uint8_t>& used = memory_.used;
    used.assign(a_.tokens.size() + 1, 0);
    // Names inside other names ask what the people of the text are called, but have no say in it.
    InnerMentions(s_, &memory_, &inner_);
    std::vector<Planned>&flat = memory_.flat_plan, &nested = memory_.nested_plan;
    flat.clear(), nested.clear();
    std::vector<Planned>& others = memory_.others;
    others.clear();
    RuleMentions(a_, &memory_, &others);
    for (Planned& plan : others) {
      if (plan.type != Type::kDate) continue;
      plan.date = resolve::DateValues::KeyOf(a_, plan.begin, plan.end);
      memory_.dates.Expect(plan.date, false);
    }
    resolve::PersonNames people(a_, &s_.names);
    std::vector<std::int32_t>& mention_of = memory_.mention_of;
    mention_of.assign(a_.tokens.size(), -1);
    for (const bool later : {false, true}) {
      for (const std::vector<Mention>* const mentions : {&s_.mentions, &inner_}) {
        for (const Mention& m : *mentions) {
          const Type type = resolve::kCompeting[m.type];
          resolve::ExpectDescribe(a_, m.begin, m.end, type, later);
          if (type == Type::kPerson) people.Expect(m.begin, m.end, later);
        }
      }
    }
    for (const Mention& m : s_.mentions) {
      Planned& plan = flat.emplace_back(Planned{m.begin, m.end, resolve::kCompeting[m.type], m.score});
      plan.parted_end = m.parted_end;
      std::fill(used.begin() + m.begin, used.begin() + m.end, std::uint8_t{1});
      std::fill(mention_of.begin() + m.begin, mention_of.begin() + m.end, static_cast<std::int32_t>(flat.size() - 1));
      if (plan.type == Type::kPerson) plan.person = people.Add(plan.begin, plan.end);
    }
    for (const Mention& m : inner_) {
      Planned& plan = nested.emplace_back(Planned{m.begin, m.end, resolve::kCompeting[m.type], m.score});
      if (plan.type == Type::kPerson) plan.person = people.Add(plan.begin, plan.end, false);
    }
    people.Solve(mention_of);
    s_.clock.Done(Room::kNames);
    // Dates, money and roles stand in the flat view where there is room for them.
    std::vector<Planned>&placed = memory_.placed, &crowded = memory_.crowded;
    placed.clear(), crowded.clear();
    for (const Planned& plan : others) {
      if (plan.date != 0) memory_.dates.Expect(plan.date, true);
      const bool free = std::none_of(used.begin() + plan.begin, used.begin() + plan.end, [](std::uint8_t u) { return u != 0; });
      if (free) std::fill(used.begin() + plan.begin, used.begin() + plan.end, std::uint8_t{1});
      (free ? placed : crowded).push_back(plan);
    }
    // No two of them have a token in common.
    const auto before = [](const Planned& x, const Planned& y) { return x.begin < y.begin; };
    std::sort(placed.begin(), placed.end(), before);
    std::vector<Planned>& in_order = memory_.in_order;
    in_order.resize(flat.size() + placed.size());
    std::merge(flat.begin(), flat.end(), placed.begin(), placed.end(), in_order.begin(), before);
    flat_.reserve(in_order.size());
    for (const Planned& plan : in_order) Add(plan, &people, &flat_);
    nested_.reserve(nested.size() + crowded.size());
    for (const Planned& plan : nested) Add(plan, &people, &nested_);
    Places();
    for (const Planned& plan : crowded) Add(plan, nullptr, &nested_);
  }

  // The place at the end of a body's name, where the candidates had none there.
  void Places() {
    std::vector<std::uint8_t>& inside = memory_.used;
    inside.assign(a_.tokens.size(), 0);
    for (const Described& d : nested_) std::fill(inside.begin() + d.begin, inside.begin() + d.end, std::uint8_t{1});
    for (const Described& d : flat_) {
      if (d.type != Type::kOrganization || d.place_begin <= d.begin || inside[d.place_begin] != 0 || inside[d.end - 1] != 0) continue;
      Add({d.place_begin, d.end, Type::kLocation}, nullptr, &nested_);
    }
  }

  // Whether a span begins or ends in the middle of a mention of the flat view and goes beyond it.
  bool CrossesFlat(const Described& d) const {
    const auto crosses = [&](const Described& f) {
      return f.begin < d.end && d.begin < f.end && (f.begin < d.begin || d.end < f.end) && (d.begin < f.begin || f.end < d.end);
    };
    const auto next =
        std::lower_bound(flat_.begin(), flat_.end(), d.begin, [](const Described& f, std::uint32_t begin) { return f.begin < begin; });
    if (next != flat_.begin() && crosses(*(next - 1))) return true;
    const auto last = std::lower_bound(next, flat_.end(), d.end, [](const Described& f, std::uint32_t end) { return f.begin < end; });
    return last != next && crosses(*(last - 1));
  }

  // Rules over the chosen mentions. Fills pairs of aliases and relations between mentions.
  void Relations() {
    std::vector<rules::View::Resolved>& resolved = memory_.resolved;
    resolved.clear();
    for (std::size_t i = 0; i < flat_.size(); ++i)
      resolved.push_back({flat_[i].begin, flat_[i].end, flat_[i].type, static_cast<std::uint32_t>(i)});
    const rules::View view{a_.clean, &a_.tokens, &s_.forms, &p_.gazetteer(), &a_.matches, &resolved, true};
    rules::Hits& hits = memory_.hits;
    hits.Clear();
    p_.rules().Match(view, rules::Phase::kRelations, &s_.match, &hits);
    for (const rules::Hit& hit : hits.hits) {
      const rules::RuleInfo& info = p_.rules().rule(hit.rule);
      resolve::FoundRelation found{info.label, -1,      -1,         arena_.Keep(p_.rules().Attribute(view, hits, hit, "role")),
                                   hit.begin,  hit.end, info.weight};
      for (const auto& [key, expression] : info.emits) {
        if (key != "subject" && key != "object") continue;
        for (std::uint32_t c = hit.first_capture; c < hit.first_capture + hit.captures; ++c) {
          const rules::Capture& capture = hits.captures[c];
          if (capture.resolved < 0 || p_.rules().NameOf(capture.name) != expression.substr(0, expression.find('.'))) continue;
          const int mention = static_cast<int>(resolved[static_cast<std::size_t>(capture.resolved)].index);
          (key == "subject" ? found.subject : found.object) = mention;
        }
      }
      if (found.subject < 0) continue;
      if (found.label == "ALIAS_OF" && found.object >= 0) {
        if (!resolve::AreAliases(flat_[static_cast<std::size_t>(found.object)], flat_[static_cast<std::size_t>(found.subject)])) continue;
        aliases_.emplace_back(found.object, found.subject);
      }
      found_.push_back(found);
    }
    resolve::FindSpellings(a_, flat_, &aliases_);
    resolve::FindLocated(a_, p_.post_words(), flat_, &memory_.post_scratch.words, &found_);
    resolve::FindRunBy(a_, flat_, &found_);
    memory_.posts.clear();
    resolve::FindPosts(a_, p_.post_words(), flat_, &memory_.post_scratch, &arena_, &found_, &memory_.posts);
    if (!memory_.posts.empty()) Posts(&memory_.posts);
    const auto before = [](const auto& x, const auto& y) { return std::tie(x.begin, x.end) < std::tie(y.begin, y.end); };
    if (!std::is_sorted(found_.begin(), found_.end(), before)) std::stable_sort(found_.begin(), found_.end(), before);
  }

  // The posts of named people are mentions too, where nothing else stands. Renumbers what speaks of mentions by their number.
  void Posts(std::vector<resolve::FoundPost>* posts) {
    std::sort(posts->begin(), posts->end(),
              [](const auto& x, const auto& y) { return std::tie(x.begin, y.end) < std::tie(y.begin, x.end); });
    std::vector<Described>& merged = memory_.merged;
    merged.clear();
    std::vector<int>& number = memory_.number;
    number.resize(flat_.size());
    std::size_t next = 0;
    std::uint32_t free_from = 0;
    for (const resolve::FoundPost& post : *posts) {
      while (next < flat_.size() && flat_[next].begin < post.end) {
        if (flat_[next].begin >= post.begin) break;
        free_from = std::max(free_from, flat_[next].end);
        number[next] = static_cast<int>(merged.size());
        merged.push_back(flat_[next++]);
      }
      if (post.begin < free_from || (next < flat_.size() && flat_[next].begin < post.end)) continue;
      free_from = post.end;
      const int hit = RuleOf(post);
      const float score = hit < 0 ? kPostScore : a_.rule_facts[a_.hits.hits[static_cast<std::size_t>(hit)].rule].weight;
      Add({post.begin, post.end, Type::kRole, score, hit}, nullptr, &merged);
      if (post.lower && a_.tokens[post.begin].shape == token::Shape::kCap) {
        Described& d = merged.back();
        d.normal = resolve::LowerFirst(d.normal, &arena_);
        if (resolve::SlotValue* const value = d.slots.Find("value")) value->value = resolve::LowerFirst(value->value, &arena_);
      }
    }
    for (; next < flat_.size(); ++next) {
      number[next] = static_cast<int>(merged.size());
      merged.push_back(flat_[next]);
    }
    flat_.swap(merged);
    const auto renumber = [&number](int* m) {
      if (*m >= 0) *m = number[static_cast<std::size_t>(*m)];
    };
    for (resolve::FoundRelation& f : found_) renumber(&f.subject), renumber(&f.object);
    for (auto& [x, y] : aliases_) renumber(&x), renumber(&y);
  }

  // The rule for posts that fits these words best; -1 where none does.
  int RuleOf(const resolve::FoundPost& post) const {
    int best = -1;
    std::pair<std::uint32_t, float> longest{0, 0};  // and the heaviest of equally long ones
    for (std::uint32_t i = post.begin; i < post.end; ++i) {
      for (const std::uint32_t h : a_.hits_at.At(i)) {
        const rules::Hit& hit = a_.hits.hits[h];
        const resolve::Analysis::RuleFacts& rule = a_.rule_facts[hit.rule];
        if (rule.type != Type::kRole || rule.weight <= 0 || hit.end > post.end) continue;
        const std::pair<std::uint32_t, float> rank{hit.end - hit.begin, rule.weight};
        if (rank <= longest) continue;
        longest = rank;
        best = static_cast<int>(h);
      }
    }
    return best;
  }

  void Entities() {
    const std::vector<int> cluster = resolve::Cluster(flat_, aliases_, &memory_.cluster);
    int count = 0;
    for (const int c : cluster) count = std::max(count, c + 1);
    const auto clusters = static_cast<std::size_t>(count);
    // The mentions of each cluster one behind the other.
    std::vector<std::size_t>& first = memory_.first_member;
    first.assign(clusters + 1, 0);
    for (const int c : cluster) {
      if (c >= 0) ++first[static_cast<std::size_t>(c)];
    }
    for (std::size_t c = 1; c <= clusters; ++c) first[c] += first[c - 1];
    std::vector<int>& members = memory_.members;
    members.resize(first[clusters]);
    for (std::size_t i = flat_.size(); i-- > 0;) {
      if (cluster[i] >= 0) members[--first[static_cast<std::size_t>(cluster[i])]] = static_cast<int>(i);
    }
    std::vector<std::string_view>& ids = memory_.ids;
    ids.resize(clusters);
    for (std::size_t c = 0; c < clusters; ++c) ids[c] = Settle({members.data() + first[c], members.data() + first[c + 1]});
    out_.entities.reserve(flat_.size());
    for (const Described& d : flat_) {
      const bool wanted = Wanted(options_, d);
      kept_.push_back(wanted ? static_cast<int>(out_.entities.size()) : -1);
      if (wanted) Fill(d, &out_.entities.emplace_back());
    }
    std::vector<int>& number = memory_.number;
    number.assign(clusters, -1);
    for (std::size_t c = 0; c < clusters; ++c) {
      // Those that are wanted come first.
      const auto begin = members.begin() + static_cast<std::ptrdiff_t>(first[c]),
                 end = members.begin() + static_cast<std::ptrdiff_t>(first[c + 1]);
      const auto wanted = std::stable_partition(begin, end, [this](int m) { return kept_[static_cast<std::size_t>(m)] >= 0; });
      if (wanted == begin) continue;
      number[c] = static_cast<int>(out_.document_entities.size());
      AddEntity({&*begin, static_cast<std::size_t>(wanted - begin)}, ids[c]);
    }
    const auto entity_of = [&](int mention) {
      return mention < 0 || cluster[static_cast<std::size_t>(mention)] < 0
                 ? -1
                 : number[static_cast<std::size_t>(cluster[static_cast<std::size_t>(mention)])];
    };
    AddRelations(entity_of);
  }

  // The gazetteer's id of the one thing that these mentions are of; mentions of bodies get it too, and what hangs on it.
  std::string_view Settle(std::span<const int> members) {
    if (members.empty()) return {};
    const Described& d = flat_[static_cast<std::size_t>(resolve::FullestOf(flat_, members))];
    // Which of several bodies of one name it is, the first mention knows of which the words around tell it.
    const Described* known = &d;
    for (const int m : members) {
      const Described& other = flat_[static_cast<std::size_t>(m)];
      const bool knows = d.gazetteer.empty() ? known->gazetteer.empty() && !other.gazetteer.empty()
                                             : d.type == Type::kOrganization && !known->told && other.told && other.normal == d.normal;
      if (knows) known = &other;
    }
    // A bare name that many bodies share has the id of the one that the text names in full, or of the state that it speaks of.
    if (d.type != Type::kOrganization || known->gazetteer.empty()) return known->gazetteer;
    const std::string_view own = resolve::SlotOf(*known, "country"), kind = known->kind;
    std::string_view state;
    if (!own.empty() &&
        std::none_of(members.begin(), members.end(), [this](int m) { return !flat_[static_cast<std::size_t>(m)].place.empty(); })) {
      if (!states_) states_ = resolve::StatesOf(flat_);
      state = resolve::StateOf(*states_, own);
    }
    std::string_view id = known->gazetteer;
    if (!state.empty()) id = arena_.Keep(resolve::IdInState(p_.gazetteer(), id, state));
    const std::string_view country = id != known->gazetteer ? state : own;
    for (const int m : members) {
      Described& mention = flat_[static_cast<std::size_t>(m)];
      if (mention.gazetteer.empty() || mention.gazetteer == id) continue;
      // One that the words around tell to be of another kind stays what it is.
      if (mention.told && mention.kind != kind) continue;
      mention.gazetteer = id;
      mention.kind = kind;
      if (resolve::SlotValue* const slot = mention.slots.Find("country"); slot != nullptr && !country.empty()) slot->value = country;
    }
    return id;
  }

  // The document entity of mentions of the flat view that are wanted.
  void AddEntity(std::span<const int> members, std::string_view gazetteer) {
    const Described& d = flat_[static_cast<std::size_t>(resolve::FullestOf(flat_, members))];
    const auto entity_number = static_cast<int>(out_.document_entities.size());
    DocumentEntityDraft& entity = out_.document_entities.emplace_back();
    char* const id = arena_.Room(16);
    *id = 'e';
    entity.id = arena_.Take(std::to_chars(id + 1, id + 16, entity_number + 1).ptr);
    entity.type = d.type;
    entity.normal = d.normal;  // as this text has it; the dictionary's name is known by the gazetteer's id
    entity.gazetteer = gazetteer;
    int* const mentions = arena_.List<int>(members.size());
    entity.mentions = {mentions, members.size()};
    for (std::size_t k = 0; k < members.size(); ++k) {
      mentions[k] = kept_[static_cast<std::size_t>(members[k])];
      out_.entities[static_cast<std::size_t>(mentions[k])].entity = entity_number;
    }
  }

  // `entity_of`: the document entity of a mention, -1 where it has none.
  template <class EntityOf>
  void AddRelations(const EntityOf& entity_of) {
    if (found_.empty()) return;
    // Keys stand for what they are made of.
    using bundle::Mixed;
    const auto of_pair = [](int one, std::uint64_t other) { return Mixed(Mixed(0, static_cast<std::uint32_t>(one)), other); };
    resolve::KeyMap<bool>&seen = memory_.seen, &full = memory_.full, &with_post = memory_.with_post;
    seen.Clear(), full.Clear(), with_post.Clear();
    for (const resolve::FoundRelation& f : found_) {
      if (f.label != "WORKS_AS" || f.object < 0) continue;
      // Person and post of relations with a body, and person and body of those that say the post.
      full[of_pair(entity_of(f.subject), morph::KeyOf(HeadOf(f.role)))] = true;
      if (!f.role.empty()) with_post[of_pair(entity_of(f.subject), static_cast<std::uint32_t>(entity_of(f.object)))] = true;
    }
    for (const resolve::FoundRelation& f : found_) {
      RelationDraft r;
      r.type = f.label;
      r.subject = entity_of(f.subject);
      r.object = entity_of(f.object);
      r.role = f.role;
      if (f.label == "WORKS_AS" && f.role.empty() && with_post.Find(of_pair(r.subject, static_cast<std::uint32_t>(r.object))) != nullptr)
        continue;
      r.span = Original(f.begin, f.end);
      if (r.subject < 0 || (f.object >= 0 && r.object < 0) || (r.type != "ALIAS_OF" && r.subject == r.object)) continue;
      if (r.type == "ALIAS_OF" && f.object >= 0) {
        // Of the two names the one that is not the entity's own; a name is no alias of itself.
        const std::string_view one = flat_[static_cast<std::size_t>(f.subject)].normal;
        const std::string_view other = flat_[static_cast<std::size_t>(f.object)].normal;
        if (one == other) continue;
        r.role = one == out_.document_entities[static_cast<std::size_t>(r.object)].normal ? other : one;
      }
      // A post without its body says nothing beside the same post with it.
      if (r.object < 0 && full.Find(of_pair(r.subject, morph::KeyOf(HeadOf(r.role)))) != nullptr) continue;
      const std::uint64_t role = morph::KeyOf(r.object < 0 ? HeadOf(r.role) : r.role);
      bool& again = seen[Mixed(of_pair(r.subject, static_cast<std::uint32_t>(r.object)), Mixed(morph::KeyOf(r.type), role))];
      if (again) continue;
      again = true;
      out_.relations.push_back(r);
    }
  }

  // The last word of the post proper: «бывший президент» and «президент» are one post.
  static std::string_view HeadOf(std::string_view role) {
    const std::size_t space = role.rfind(' ');
    return space == std::string_view::npos ? role : role.substr(space + 1);
  }

  void Nested() {
    std::vector<const Described*>&inside = memory_.inside, &all = memory_.all;
    inside.clear(), all.clear();
    for (const Described& d : nested_) {
      if (!CrossesFlat(d)) inside.push_back(&d);
    }
    const auto before = [](const Described* x, const Described* y) { return x->begin != y->begin ? x->begin < y->begin : x->end > y->end; };
    if (!std::is_sorted(inside.begin(), inside.end(), before)) std::stable_sort(inside.begin(), inside.end(), before);
    // Those of the flat view stand in the order of the text, and go first.
    auto next = inside.begin();
    for (const Described& d : flat_) {
      while (next != inside.end() && before(*next, &d)) all.push_back(*next++);
      all.push_back(&d);
    }
    all.insert(all.end(), next, inside.end());
    out_.nested.reserve(all.size());
    // The last mention of the flat view with this span and type, or -1.
    const auto flat_of = [this](const EntityDraft& e) -> int {
      auto f = std::upper_bound(out_.entities.begin(), out_.entities.end(), e.span.start,
                                [](std::size_t start, const EntityDraft& x) { return start < x.span.start; });
      while (f != out_.entities.begin() && (--f)->span.start == e.span.start) {
        if (f->span == e.span && f->type == e.type) return static_cast<int>(f - out_.entities.begin());
      }
      return -1;
    };
    std::vector<int>& open = memory_.open;  // indices of the entities around
    open.clear();
    for (const Described* d : all) {
      if (!Wanted(options_, *d)) continue;
      const bool is_flat = d >= flat_.data() && d < flat_.data() + flat_.size();
      const int own = is_flat ? kept_[static_cast<std::size_t>(d - flat_.data())] : -1;
      const Span span = is_flat ? out_.entities[static_cast<std::size_t>(own)].span : Original(d->begin, d->end);
      while (!open.empty() && out_.nested[static_cast<std::size_t>(open.back())].span.end <= span.start) open.pop_back();
      if (!open.empty()) {
        const EntityDraft& around = out_.nested[static_cast<std::size_t>(open.back())];
        if (around.span.end < span.end) continue;  // crosses: the tree keeps the one that began first
        if (around.span == span && around.type == d->type) continue;
      }
      const int parent = open.empty() ? -1 : open.back();
      open.push_back(static_cast<int>(out_.nested.size()));
      if (is_flat) {
        EntityDraft& e = out_.nested.emplace_back(out_.entities[static_cast<std::size_t>(own)]);
        e.parent = parent;
        e.flat = own;
        continue;
      }
      EntityDraft& e = out_.nested.emplace_back();
      Fill(*d, &e);
      e.parent = parent;
      if (const int again = flat_of(e); again >= 0) {
        // What the document entity said of the mention holds here too.
        const EntityDraft& flat = out_.entities[static_cast<std::size_t>(again)];
        e.entity = flat.entity;
        e.gazetteer = flat.gazetteer;
        e.slots = flat.slots;
      }
    }
  }

  bool IsValid(const text::Change& change) const {
    const char* const end = text_.data() + change.end;
    std::size_t size = 0;
    for (const char* p = text_.data() + change.begin; p < end; p += size) {
      if (text::Decode(p, end, &size) == text::kInvalid) return false;
    }
    return true;
  }

  void Points() {
    text::CodePoints& points = memory_.points;
    // The clean text is valid, and so is this one where what was repaired is.
    const std::vector<text::Change>& changes = s_.clean.changes();
    points.Assign(text_, std::all_of(changes.begin(), changes.end(), [this](const text::Change& c) { return IsValid(c); }));
    const auto of = [&points](const Span& s) {
      const std::size_t start = points.Before(s.start);
      return Span{start, start + points.Within(s.start, s.end)};
    };
    for (EntityDraft& e : out_.entities) e.code_points = of(e.span);
    for (EntityDraft& e : out_.nested)
      e.code_points = e.flat >= 0 ? out_.entities[static_cast<std::size_t>(e.flat)].code_points : of(e.span);
    for (RelationDraft& r : out_.relations) r.code_points = of(r.span);
  }

  const Pipeline& p_;
  const std::string_view text_;
  const ExtractOptions& options_;
  PipelineScratch& s_;
  const resolve::Analysis& a_;
  std::optional<resolve::Day> today_;
  std::optional<resolve::States> states_;  // of the flat view, where they were asked for
  BuildMemory& memory_;
  Draft& out_ = memory_.draft;
  resolve::Arena& arena_ = memory_.arena;
  std::vector<Mention>& inner_ = memory_.inner;
  std::vector<Described>&flat_ = memory_.flat, &nested_ = memory_.nested;
  std::vector<std::pair<int, int>>& aliases_ = memory_.aliases;
  std::vector<resolve::FoundRelation>& found_ = memory_.found;
  std::vector<int>& kept_ = memory_.kept;
};

// The public form of a mention.
Entity ToEntity(const EntityDraft& draft) {
  Entity e;
  e.span = draft.span;
  e.code_points = draft.code_points;
  e.type = draft.type;
  e.kind = draft.kind;
  e.text = draft.text;
  e.normal = draft.normal;
  e.slots.reserve(draft.slots.size());
  for (const resolve::SlotValue& slot : draft.slots) e.slots.emplace_back(slot.key, slot.value);
  e.entity = draft.entity;
  e.gazetteer = draft.gazetteer;
  e.score = draft.score;
  e.rule = draft.rule;
  e.parent = draft.parent;
  return e;
}

}  // namespace

const Draft& BuildDraft(const Pipeline& pipeline, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch) {
  return Builder(pipeline, text, options, scratch).Run();
}

void BuildDocument(const Pipeline& pipeline, std::string_view text, const ExtractOptions& options, PipelineScratch* scratch,
                   Document* out) {
  const Draft& draft = BuildDraft(pipeline, text, options, scratch);
  *out = Document{};
  out->text = text;
  out->entities.reserve(draft.entities.size());
  for (const EntityDraft& e : draft.entities) out->entities.push_back(ToEntity(e));
  out->nested.reserve(draft.nested.size());
  for (const EntityDraft& e : draft.nested) out->nested.push_back(ToEntity(e));
  out->document_entities.reserve(draft.document_entities.size());
  for (const DocumentEntityDraft& e : draft.document_entities) {
    out->document_entities.push_back({std::string(e.id), e.type, std::string(e.normal), std::string(e.gazetteer),
                                      std::vector<int>(e.mentions.begin(), e.mentions.end())});
  }
  out->relations.reserve(draft.relations.size());
  for (const RelationDraft& r : draft.relations)
    out->relations.push_back({std::string(r.type), r.subject, std::string(r.role), r.object, r.span, r.code_points});
  for (const text::Change& c : scratch->clean.changes()) {
    Repair r;
    r.kind = std::string(text::RepairName(c.kind));
    r.span = {c.begin, c.end};
    r.before = std::string(scratch->clean.original().substr(c.begin, c.end - c.begin));
    r.after = std::string(scratch->clean.view().substr(c.clean_begin, c.clean_end - c.clean_begin));
    out->repairs.push_back(std::move(r));
  }
}

}  // namespace atau::document
