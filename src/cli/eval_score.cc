#include "cli/eval_score.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "cli/messages.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

// In the order in which they are shown.
constexpr std::array<Type, 7> kShown = {Type::kPerson, Type::kLocation, Type::kOrganization, Type::kProgram,
                                        Type::kDate,   Type::kMoney,    Type::kRole};

std::size_t Index(Type type) { return static_cast<std::size_t>(type); }
double Share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(1, whole));
}

// Annotators differ in whether quotes and brackets at the edges belong to a span: they are left out on both sides.
Point Strip(const std::u32string& text, Point s) {
  constexpr std::u32string_view kEdges = U"\"'”«„ʼ»“ʻ() \t\n";
  s.second = std::min(s.second, text.size());
  s.first = std::min(s.first, s.second);
  while (s.first < s.second && kEdges.find(text[s.first]) != std::u32string_view::npos) ++s.first;
  while (s.second > s.first && kEdges.find(text[s.second - 1]) != std::u32string_view::npos) --s.second;
  return s;
}

std::size_t Shared(const Point& a, const Point& b) {
  const std::size_t begin = std::max(a.first, b.first), end = std::min(a.second, b.second);
  return end > begin ? end - begin : 0;
}

std::vector<bool> Mask(const std::vector<Point>& tokens, const std::set<Point>& spans) {
  std::vector<bool> mask(tokens.size(), false);
  for (const Point& s : spans) {
    auto first =
        std::lower_bound(tokens.begin(), tokens.end(), s.first, [](const Point& t, std::size_t start) { return t.second <= start; });
    for (; first != tokens.end() && first->first < s.second; ++first) mask[static_cast<std::size_t>(first - tokens.begin())] = true;
  }
  return mask;
}

std::set<Point> OfType(const std::u32string& text, const std::vector<GoldMention>& mentions, Type type, bool untyped_too = false) {
  std::set<Point> out;
  for (const GoldMention& m : mentions) {
    if (m.type != type && !(untyped_too && m.type == Type::kNone)) continue;
    if (const Point s = Strip(text, m.span); s.first < s.second) out.insert(s);
  }
  return out;
}

Fault BoundsFault(const Point& gold, const Point& found) {
  const bool late = found.first > gold.first, early = found.first < gold.first;
  const bool cut = found.second<gold.second, over = found.second> gold.second;
  if ((late && over) || (early && cut)) return Fault::kShifted;
  if (late || cut) return late && cut ? Fault::kShortBoth : late ? Fault::kShortLeft : Fault::kShortRight;
  return early && over ? Fault::kLongBoth : early ? Fault::kLongLeft : Fault::kLongRight;
}

// Pairs the mentions of one document, and notes what is wrong with them.
class Pairing {
 public:
  struct Typed {
    Point span;
    Type type;
    int pair = -1;
  };
  Pairing(std::vector<Typed> gold, std::vector<Typed> found) : gold_(std::move(gold)), found_(std::move(found)) {}

  void Run(std::size_t document, Scores* out) {
    struct Candidate {
      std::size_t gold, found;
      int same;  // span and type, span, type, or neither
      std::size_t shared;
    };
    std::vector<Candidate> all;
    std::size_t first = 0;  // found mentions come sorted, like the gold ones
    for (std::size_t g = 0; g < gold_.size(); ++g) {
      while (first < found_.size() && found_[first].span.second <= gold_[g].span.first) ++first;
      for (std::size_t f = first; f < found_.size() && found_[f].span.first < gold_[g].span.second; ++f) {
        const std::size_t shared = Shared(gold_[g].span, found_[f].span);
        if (shared == 0) continue;
        const bool span = gold_[g].span == found_[f].span, type = gold_[g].type == found_[f].type;
        all.push_back({g, f, span && type ? 3 : span ? 2 : type ? 1 : 0, shared});
      }
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const Candidate& x, const Candidate& y) { return x.same != y.same ? x.same > y.same : x.shared > y.shared; });
    for (const Candidate& c : all) {
      if (gold_[c.gold].pair >= 0 || found_[c.found].pair >= 0) continue;
      gold_[c.gold].pair = static_cast<int>(c.found);
      found_[c.found].pair = static_cast<int>(c.gold);
    }
    const auto overlaps = [](const Typed& m, const std::vector<Typed>& others) {
      return std::any_of(others.begin(), others.end(), [&](const Typed& o) { return Shared(m.span, o.span) > 0; });
    };
    std::vector<Mistake> mistakes;
    const auto note = [&](Fault fault, const Typed* g, const Typed* f) {
      Mistake m;
      m.fault = fault;
      m.document = document;
      if (g != nullptr) m.gold = g->span, m.gold_type = g->type;
      if (f != nullptr) m.found = f->span, m.found_type = f->type;
      ++out->faults[g != nullptr ? g->type : f->type][static_cast<std::size_t>(fault)];
      mistakes.push_back(m);
    };
    for (const Typed& g : gold_) {
      const Typed* f = g.pair >= 0 ? &found_[static_cast<std::size_t>(g.pair)] : nullptr;
      ++out->confusion[Index(g.type)][f == nullptr ? 0 : Index(f->type)];
      if (f == nullptr) {
        note(overlaps(g, found_) ? Fault::kMerged : Fault::kMissed, &g, nullptr);
      } else if (f->type != g.type) {
        note(f->span == g.span ? Fault::kType : Fault::kTypeAndBounds, &g, f);
      } else if (f->span != g.span) {
        note(BoundsFault(g.span, f->span), &g, f);
      }
    }
    for (const Typed& f : found_) {
      if (f.pair >= 0 || std::find(out->types.begin(), out->types.end(), f.type) == out->types.end()) continue;
      ++out->confusion[0][Index(f.type)];
      note(overlaps(f, gold_) ? Fault::kSplit : Fault::kSpurious, nullptr, &f);
    }
    const auto start = [](const Mistake& m) { return m.gold.second > 0 ? m.gold.first : m.found.first; };
    std::stable_sort(mistakes.begin(), mistakes.end(), [&](const Mistake& x, const Mistake& y) { return start(x) < start(y); });
    out->mistakes.insert(out->mistakes.end(), mistakes.begin(), mistakes.end());
  }

 private:
  std::vector<Typed> gold_, found_;
};

// Stems of the words of a name: what the case of a word changes lies behind its fifth letter. Short words in small letters bind others.
std::set<std::u32string> Stems(const std::string& name) {
  constexpr std::size_t kStem = 5, kShort = 3;
  std::set<std::u32string> out;
  std::u32string word;
  bool small = true;
  std::u32string points = ToPoints(name);
  points += U' ';
  for (const char32_t c : points) {
    const auto u = static_cast<UChar32>(c);
    if (u_isalnum(u) != 0 || c == '_') {
      small = small && u_isupper(u) == 0;
      const auto lower = static_cast<char32_t>(u_tolower(u));
      word += lower == U'ё' ? U'е' : lower;
    } else if (!word.empty()) {
      if (!small || word.size() > kShort) out.insert(word.substr(0, kStem));
      word.clear();
      small = true;
    }
  }
  return out;
}

std::size_t Common(const std::set<std::u32string>& a, const std::set<std::u32string>& b) {
  return static_cast<std::size_t>(std::count_if(a.begin(), a.end(), [&](const auto& s) { return b.contains(s); }));
}

// Names of bodies agree when most of the words of the shorter one do.
bool Agree(const std::string& x, const std::string& y) {
  const auto a = Stems(x), b = Stems(y);
  const std::size_t least = std::min(a.size(), b.size());
  return least > 0 && 2 * Common(a, b) >= least + (least > 1 ? 1 : 0);
}

bool Fits(const GoldFact& gold, const GoldFact& found, bool where, bool position) {
  const auto who = Stems(found.who[0]);
  if (std::none_of(gold.who.begin(), gold.who.end(), [&](const std::string& w) { return Common(Stems(w), who) > 0; })) return false;
  if (where && !gold.where.empty() &&
      std::none_of(gold.where.begin(), gold.where.end(), [&](const std::string& w) { return Agree(w, found.where[0]); })) {
    return false;
  }
  const auto post = Stems(found.position[0]);
  return !position || gold.position.empty() ||
         std::any_of(gold.position.begin(), gold.position.end(), [&](const std::string& p) { return Common(Stems(p), post) > 0; });
}

void ScoreFacts(const GoldDocument& gold, const GoldDocument* found, Scores* out) {
  constexpr std::array<std::pair<bool, bool>, 3> kParts = {{{true, false}, {false, true}, {true, true}}};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    std::vector<const GoldFact*> left;
    if (found != nullptr) {
      for (const GoldFact& f : found->facts) left.push_back(&f);
    }
    Counts& c = out->facts[i];
    for (const GoldFact& g : gold.facts) {
      const auto hit =
          std::find_if(left.begin(), left.end(), [&](const GoldFact* f) { return Fits(g, *f, kParts[i].first, kParts[i].second); });
      if (hit == left.end()) {
        ++c.fn;
      } else {
        ++c.tp;
        left.erase(hit);
      }
    }
    c.fp += left.size();
  }
}

// Relations agree when subject and object lie on mentions of the same things.
void ScoreRelations(const GoldDocument& gold, const GoldDocument* found, Scores* out) {
  const auto entity_at = [&](const Point& s) {
    std::set<std::string> ids;
    for (const GoldMention& m : found->mentions) {
      if (!m.entity.empty() && Shared(m.span, s) > 0) ids.insert(m.entity);
    }
    return ids;
  };
  const auto known = [](const std::string& type) {
    return type == "WORKS_AS" || type == "LOCATED_IN" || type == "ALIAS_OF" || type == "RUN_BY";
  };
  std::vector<bool> used(found == nullptr ? 0 : found->relations.size(), false);
  for (const GoldRelation& g : gold.relations) {
    if (!known(g.type)) continue;
    bool hit = false;
    if (found != nullptr) {
      const auto subject = entity_at(g.subject), object = entity_at(g.object);
      const auto meets = [&](const Point& s, const std::set<std::string>& ids) {
        const auto here = entity_at(s);
        return std::any_of(here.begin(), here.end(), [&](const std::string& id) { return ids.contains(id); });
      };
      for (std::size_t i = 0; i < found->relations.size() && !hit; ++i) {
        const GoldRelation& f = found->relations[i];
        if (used[i] || f.type != g.type || !meets(f.subject, subject) || !meets(f.object, object)) continue;
        used[i] = hit = true;
      }
    }
    ++(hit ? out->relations[g.type].tp : out->relations[g.type].fn);
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) ++out->relations[found->relations[i].type].fp;
  }
}

void ScoreNormals(std::size_t document, const GoldDocument& gold, const GoldDocument& found, Scores* out) {
  std::map<Point, const GoldMention*> at;
  for (const GoldMention& g : gold.mentions) {
    if (!g.normal.empty()) at[g.span] = &g;
  }
  for (const GoldMention& f : found.mentions) {
    const auto it = at.find(f.span);
    if (it == at.end() || it->second->type != f.type || f.type == Type::kNone) continue;
    auto& [right, all] = out->normals[f.type];
    ++all;
    if (FoldNormal(it->second->normal) == FoldNormal(f.normal)) {
      ++right;
    } else {
      out->wrong_normals.push_back({document, f.type, it->second->normal, f.normal});
    }
  }
}

}  // namespace

double Counts::precision() const { return Share(tp, tp + fp); }
double Counts::recall() const { return Share(tp, tp + fn); }
double Counts::f1() const { return Share(2 * tp, 2 * tp + fp + fn); }

// Compared without regard to letter case, ё, quotes, and the kind of dashes and blanks.
std::string FoldNormal(const std::string& name) {
  constexpr std::u32string_view kQuotes = U"\"'«»„“”", kDashes = U"-–—";
  std::u32string out;
  for (const char32_t c : ToPoints(name)) {
    if (kQuotes.find(c) != std::u32string_view::npos) continue;
    if (u_isUWhiteSpace(static_cast<UChar32>(c)) != 0) {
      if (!out.empty() && out.back() != ' ' && out.back() != '-') out += ' ';
    } else if (kDashes.find(c) != std::u32string_view::npos) {
      if (!out.empty() && out.back() == ' ') out.pop_back();
      out += '-';
    } else {
      const auto lower = static_cast<char32_t>(u_tolower(static_cast<UChar32>(c)));
      out += lower == U'ё' ? U'е' : lower;
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  std::string bytes;
  for (const char32_t c : out) text::Append(c, &bytes);
  return bytes;
}

std::string FaultName(Fault fault) {
  constexpr std::array<const char*, kFaults> kNames = {"missed",          "spurious",  "type",       "short_left", "short_right",
                                                       "short_both",      "long_left", "long_right", "long_both",  "shifted",
                                                       "type_and_bounds", "merged",    "split"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::string FaultWords(Fault fault) {
  switch (fault) {
    case Fault::kMissed:
      return T("missed");
    case Fault::kSpurious:
      return T("spurious");
    case Fault::kType:
      return T("another type");
    case Fault::kShortLeft:
      return T("too short on the left");
    case Fault::kShortRight:
      return T("too short on the right");
    case Fault::kShortBoth:
      return T("too short on both sides");
    case Fault::kLongLeft:
      return T("too long on the left");
    case Fault::kLongRight:
      return T("too long on the right");
    case Fault::kLongBoth:
      return T("too long on both sides");
    case Fault::kShifted:
      return T("shifted");
    case Fault::kTypeAndBounds:
      return T("another type and other bounds");
    case Fault::kMerged:
      return T("merged with another one");
    case Fault::kSplit:
      return T("split off another one");
  }
  return {};
}

Scores Score(const std::vector<GoldDocument>& gold, const std::vector<GoldDocument>& found) {
  Scores out;
  out.documents = gold.size();
  std::map<std::string, const GoldDocument*> by_id;
  for (const GoldDocument& d : found) by_id[d.id] = &d;
  for (const Type type : kShown) {
    for (const GoldDocument& g : gold) {
      if (!OfType(g.points, g.mentions, type).empty()) {
        out.types.push_back(type);
        break;
      }
    }
  }
  double entity_precision = 0, entity_recall = 0;
  for (std::size_t n = 0; n < gold.size(); ++n) {
    const GoldDocument& g = gold[n];
    const auto it = by_id.find(g.id);
    const GoldDocument* f = it == by_id.end() ? nullptr : it->second;
    out.missing += f == nullptr;
    const std::vector<Point> tokens = Tokens(g.points);
    std::vector<Pairing::Typed> gold_list, found_list;
    for (const Type type : kShown) {
      const bool scored = std::find(out.types.begin(), out.types.end(), type) != out.types.end();
      const std::set<Point> gs = OfType(g.points, g.mentions, type);
      std::set<Point> ignored = OfType(g.points, g.ignored, type, true), ps;
      for (const Point& s : gs) ignored.erase(s);
      if (f != nullptr) {
        for (const Point& s : OfType(g.points, f->mentions, type)) {
          const auto covers = [&s](const Point& i) { return s.first >= i.first && s.second <= i.second; };
          if (gs.contains(s) || std::none_of(ignored.begin(), ignored.end(), covers)) ps.insert(s);
        }
      }
      for (const Point& s : gs) gold_list.push_back({s, type});
      for (const Point& s : ps) found_list.push_back({s, type});
      if (!scored) continue;
      const std::vector<bool> gm = Mask(tokens, gs), pm = Mask(tokens, ps), im = Mask(tokens, ignored);
      Counts t, x;
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (im[i] && !gm[i]) continue;
        t.tp += gm[i] && pm[i];
        t.fp += !gm[i] && pm[i];
        t.fn += gm[i] && !pm[i];
      }
      for (const Point& s : gs) ++(ps.contains(s) ? x.tp : x.fn);
      for (const Point& s : ps) x.fp += !gs.contains(s);
      out.token[type] += t;
      out.exact[type] += x;
      out.micro_token += t;
      out.micro_exact += x;
    }
    const auto by_place = [](const Pairing::Typed& x, const Pairing::Typed& y) { return x.span < y.span; };
    std::stable_sort(gold_list.begin(), gold_list.end(), by_place);
    std::stable_sort(found_list.begin(), found_list.end(), by_place);
    Pairing(std::move(gold_list), std::move(found_list)).Run(n, &out);

    if (f != nullptr) ScoreNormals(n, g, *f, &out);
    if (g.has_facts) {
      out.has_facts = true;
      ScoreFacts(g, f, &out);
    }
    if (g.has_relations) ScoreRelations(g, f, &out);
    if (!g.has_objects) continue;
    out.has_entities = true;
    // Pairs of a gold and a found mention that overlap.
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const GoldObject& o : g.objects) {
      for (const Point& m : o.mentions) {
        if (f == nullptr) continue;
        for (const GoldMention& p : f->mentions) {
          const bool competes = p.type == Type::kPerson || p.type == Type::kOrganization || p.type == Type::kLocation ||
                                (p.type == Type::kProgram && std::find(out.types.begin(), out.types.end(), p.type) != out.types.end());
          if (!competes || p.entity.empty() || Shared(p.span, m) == 0) continue;
          pairs.emplace_back(o.id, p.entity);
          break;
        }
      }
    }
    for (const auto& [o, e] : pairs) {
      std::size_t same_found = 0, same_gold = 0, both = 0;
      for (const auto& [o2, e2] : pairs) {
        same_found += e == e2;
        same_gold += o == o2;
        both += o == o2 && e == e2;
      }
      entity_precision += Share(both, same_found);
      entity_recall += Share(both, same_gold);
      ++out.entity_mentions;
    }
  }
  if (out.entity_mentions > 0) {
    out.entity_precision = entity_precision / static_cast<double>(out.entity_mentions);
    out.entity_recall = entity_recall / static_cast<double>(out.entity_mentions);
  }
  return out;
}

}  // namespace atau::cli
