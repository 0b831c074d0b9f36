#include "resolve/describe.h"

#include <algorithm>
#include <span>
#include <utility>

#include "morph/morph.h"
#include "resolve/person.h"
#include "resolve/values.h"

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;

constexpr std::uint32_t kLongestAbbreviation = 10;  // bytes: five Cyrillic letters

// The entry that stands for exactly this span and type: those that may fire alone first, canonical names before variants, hand-written
// lists before imported ones.
int BestEntry(const Analysis& a, const Described& d) {
  const auto rank = [&a](std::uint32_t index) {
    const gazetteer::Match& m = a.matches[index];
    const std::string_view id = a.gazetteer->entry(m.entry).id;
    int out = 1;
    if ((m.flags & gazetteer::kSupport) == 0) out += 4;
    if (m.variant == 0) out += 2;
    if (!id.starts_with("geonames") && !id.starts_with("cldr") && !id.starts_with("brand")) out += 8;
    return out;
  };
  const int type = IndexOf(d.type);
  int best = -1;
  int best_rank = 0;  // asked for where there are two
  for (const std::uint32_t index : a.matches_at.At(d.begin)) {
    if (a.matches[index].end != d.end || a.infos[index].words || a.infos[index].type != type) continue;
    if (type < 0 && a.gazetteer->Info(a.matches[index].entry).type != d.type) continue;
    if (best >= 0) {
      if (best_rank == 0) best_rank = rank(static_cast<std::uint32_t>(best));
      const int own = rank(index);
      if (own <= best_rank) continue;
      best_rank = own;
    }
    best = static_cast<int>(index);
  }
  return best;
}

// The attributes of mentions of names that rules may emit.
constexpr std::string_view kAttributes[] = {"kind", "head", "name", "place", "index"};

std::string& AddSlot(std::string_view key, Slots* slots) {
  if (slots->empty()) slots->reserve(4);
  auto& slot = slots->emplace_back();
  slot.first = key;
  return slot.second;
}

bool HasSlot(const Slots& slots, std::string_view key) {
  return std::any_of(slots.begin(), slots.end(), [key](const auto& s) { return s.first == key; });
}

// «key=value;key=value» to slots.
void AddSlots(std::string_view text, Slots* slots) {
  while (!text.empty()) {
    const std::size_t semi = text.find(';');
    const std::string_view pair = text.substr(0, semi);
    const std::size_t eq = pair.find('=');
    if (eq != std::string_view::npos) {
      const std::string_view key = pair.substr(0, eq);
      if (!HasSlot(*slots, key)) AddSlot(key, slots) = pair.substr(eq + 1);
    }
    text = semi == std::string_view::npos ? std::string_view() : text.substr(semi + 1);
  }
}

// The word class match of a class that ends right before the span, or begins it; -1 where there is none.
int HeadMatch(const Analysis& a, const Described& d, std::uint16_t id) {
  if (id == 0) return -1;
  std::size_t left = d.begin;
  if (left > 0 && a.tokens[left - 1].Has(Flag::kOpens)) --left;
  for (const std::uint32_t index : a.matches_end.At(left)) {
    if (a.infos[index].words && a.infos[index].class_id == id) return static_cast<int>(index);
  }
  for (const std::uint32_t index : a.matches_at.At(d.begin)) {
    if (a.infos[index].words && a.infos[index].class_id == id && a.matches[index].end < d.end) return static_cast<int>(index);
  }
  return -1;
}

std::string KindAfterColon(std::string_view kind_name) {
  const std::size_t colon = kind_name.find(':');
  return std::string(colon == std::string_view::npos ? std::string_view() : kind_name.substr(colon + 1));
}

// Whether all cased letters of the span are capitals although it is no abbreviation: «НУР-СУЛТАН» in a dateline.
bool Shouts(const Analysis& a, const Described& d) {
  for (std::size_t i = d.begin; i < d.end; ++i) {
    const token::Token& t = a.tokens[i];
    if (t.kind != Kind::kWord) continue;
    if (t.shape != Shape::kUpper) return false;
    const morph::Form& f = a.FormOf(i);
    if (t.Has(Flag::kLatin) || !f.known || (f.any & morph::kAbbr) != 0) return false;
  }
  return true;
}

// The place at the end of a body's name.
void Place(const Analysis& a, Described* d) {
  int best = -1, best_rank = 0;
  for (const std::uint32_t index : a.matches_end.At(d->end)) {
    const gazetteer::Match& m = a.matches[index];
    if (a.infos[index].words || a.infos[index].type != IndexOf(Type::kLocation) || m.begin <= d->begin ||
        (m.flags & gazetteer::kOtherCase) != 0)
      continue;
    if (static_cast<int>(m.end - m.begin) * 16 + 4 + 8 <= best_rank) continue;
    const gazetteer::Entry e = a.gazetteer->entry(m.entry);
    // The longest; of equal ones states before regions before cities, hand-written lists first.
    int rank = static_cast<int>(m.end - m.begin) * 16 + (e.kind == "country" ? 4 : e.kind == "region" ? 2 : 1);
    if (!e.id.starts_with("geonames") && !e.id.starts_with("cldr")) rank += 8;
    if (rank > best_rank) best_rank = rank, best = static_cast<int>(index);
  }
  if (best < 0) return;
  const gazetteer::Match& m = a.matches[static_cast<std::size_t>(best)];
  d->place = std::string(a.gazetteer->entry(m.entry).id);
  d->place_begin = m.begin;
  if (!HasSlot(d->slots, "place")) AddSlot("place", &d->slots) = a.NominativeOf(m.begin, m.end);
}

// The word of the class `role` in a post: the longest one at the first token where any begins, null where there is none.
const gazetteer::Match* RoleWord(const Analysis& a, const Described& d) {
  const gazetteer::Match* longest = nullptr;
  for (std::uint32_t i = d.begin; i < d.end && longest == nullptr; ++i) {
    for (const std::uint32_t index : a.matches_at.At(i)) {
      const gazetteer::Match& m = a.matches[index];
      if (!a.infos[index].words || a.infos[index].class_id != a.classes.role || m.end > d.end) continue;
      if (longest == nullptr || m.end > longest->end) longest = &m;
    }
  }
  return longest;
}

// A post of one word: «премьера» is of «премьер», whatever else the form may be of.
void OfRole(const Analysis& a, std::string_view name, Described* d) {
  std::string folded, other;
  morph::Fold(name, &folded);
  const auto value = std::find_if(d->slots.begin(), d->slots.end(), [](const auto& s) { return s.first == "value"; });
  morph::Fold(value->second, &other);
  if (other == folded) return;
  const morph::Form& form = a.FormOf(d->begin);
  const morph::Reading* best = nullptr;
  for (const morph::Reading& r : a.forms->ReadingsOf(form)) {
    if ((r.tag & morph::kNOUN) == 0) continue;
    morph::Fold(a.forms->morph().Lemma(r, form.folded), &other);
    if (other == folded && (best == nullptr || ((best->tag & morph::ksing) == 0 && (r.tag & morph::ksing) != 0))) best = &r;
  }
  if (best == nullptr) return;
  const auto nominative = [&](morph::Grammemes number) { return a.forms->morph().Inflect(*best, form.folded, morph::knomn | number); };
  const auto same = nominative(best->tag & (morph::ksing | morph::kplur)), one = nominative(morph::ksing);
  if (!same) return;
  d->normal = morph::WithCaseOf(d->text, *same);
  value->second = morph::WithCaseOf(d->text, one.value_or(*same));
}

}  // namespace

std::string PostNominative(const Analysis& a, std::size_t begin, std::size_t head_end, std::size_t end, bool keep_number) {
  // The first word that is a post by itself; the words behind it are in the genitive or led by a preposition.
  const std::uint16_t role = a.classes.role;
  const auto is_post = [&](std::size_t i) {
    const auto matches = a.matches_at.At(i);
    return std::any_of(matches.begin(), matches.end(),
                       [&](std::uint32_t m) { return a.infos[m].words && a.infos[m].class_id == role && a.matches[m].end == i + 1; });
  };
  std::size_t head = begin;
  while (head + 1 < head_end && (!is_post(head) || ((a.FormOf(head).any & morph::kADJF) != 0 && is_post(head + 1)))) ++head;
  std::string out = a.NominativeOf(begin, head + 1, keep_number);
  for (std::size_t i = head + 1; i < end; ++i) {
    if (a.tokens[i].begin > a.tokens[i - 1].end) out.push_back(' ');
    out.append(a.TextOf(i, i + 1));
  }
  return out;
}

std::string_view SlotOf(const Described& d, std::string_view key) {
  for (const auto& [k, v] : d.slots) {
    if (k == key) return v;
  }
  return {};
}

void Describe(const Analysis& a, const PersonForm* person, int hit, Described* d) {
  d->text = a.TextOf(d->begin, d->end);
  if (hit < 0) {
    float best = 0;
    for (const std::uint32_t index : a.hits_at.At(d->begin)) {
      const rules::Hit& h = a.hits.hits[index];
      const rules::RuleInfo& info = a.rules->rule(h.rule);
      if (h.end == d->end && info.type == d->type && info.weight > best) best = info.weight, hit = static_cast<int>(index);
    }
  }
  const rules::View view{a.clean, &a.tokens, a.forms, a.gazetteer, &a.matches, nullptr};
  std::span<const std::pair<std::string_view, std::string_view>> emits;
  if (hit >= 0) {
    const rules::RuleInfo& info = a.rules->rule(a.hits.hits[static_cast<std::size_t>(hit)].rule);
    emits = info.emits;
    d->rule = info.name;
  }
  const auto attribute = [&](std::string_view key) {
    if (std::none_of(emits.begin(), emits.end(), [key](const auto& e) { return e.first == key; })) return std::string();
    return a.rules->Attribute(view, a.hits, a.hits.hits[static_cast<std::size_t>(hit)], key);
  };

  if (d->type == Type::kDate || d->type == Type::kMoney) {
    d->normal = d->text;
    d->kind = attribute("kind");
    return;
  }
  const int entry = BestEntry(a, *d);
  std::string_view canonical;  // the entry's name
  if (entry >= 0) {
    const gazetteer::Entry e = a.gazetteer->entry(a.matches[static_cast<std::size_t>(entry)].entry);
    d->gazetteer = e.id;
    canonical = e.name;
    d->kind = e.kind;
    if (d->rule.empty()) d->rule = "gazetteer";
    if (d->type != Type::kPerson) AddSlots(e.slots, &d->slots);
  }
  const gazetteer::Match* const role = d->type == Type::kRole ? RoleWord(a, *d) : nullptr;
  const std::uint32_t head_end = role != nullptr ? role->end : d->end;
  if (d->type == Type::kPerson && person != nullptr) {
    PersonName name = ParsePerson(a, d->begin, d->end, *person);
    d->gender = person->gender;
    d->normal = person->normal;
    if (!name.first.empty()) AddSlot("first", &d->slots) = std::move(name.first);
    if (!name.middle.empty()) AddSlot("middle", &d->slots) = std::move(name.middle);
    if (!name.last.empty()) AddSlot("last", &d->slots) = std::move(name.last);
    if (person->gender != morph::Gender::kUnknown) AddSlot("gender", &d->slots) = person->gender == morph::Gender::kMasculine ? "m" : "f";
    if (person->family) {
      d->kind = "family";
    } else if (d->kind.empty()) {
      d->kind = "person";
    }
  } else {
    const bool whole = entry >= 0 && a.matches[static_cast<std::size_t>(entry)].variant == 0;
    const token::Token& t = a.tokens[d->begin];
    // «ЕК», «АНСА»: an abbreviation stays as it is.
    const bool letters =
        d->type == Type::kOrganization && d->end - d->begin == 1 && t.shape == Shape::kUpper && t.end - t.begin <= kLongestAbbreviation;
    d->normal = letters                  ? d->text
                : whole                  ? std::string(canonical)
                : d->type == Type::kRole ? PostNominative(a, d->begin, head_end, d->end, true)
                                         : a.NominativeOf(d->begin, d->end);
    if (!whole && !letters && Shouts(a, *d)) d->normal = TitleCase(d->normal);
  }

  if (d->type == Type::kOrganization) Place(a, d);
  if (d->type == Type::kRole) {
    AddSlot("value", &d->slots) = PostNominative(a, d->begin, head_end, d->end, false);
    if (role != nullptr) {
      const gazetteer::Entry e = a.gazetteer->entry(role->entry);
      d->kind = e.kind;
      if (role->end == role->begin + 1 && d->end == d->begin + 1) OfRole(a, e.name, d);
    }
  }

  if (d->type == Type::kOrganization || d->type == Type::kProgram || d->type == Type::kLocation) {
    const int head = HeadMatch(a, *d,
                               d->type == Type::kOrganization ? a.classes.org_head
                               : d->type == Type::kProgram    ? a.classes.program_head
                                                              : a.classes.place_head);
    if (head >= 0) {
      const auto& m = a.matches[static_cast<std::size_t>(head)];
      const gazetteer::Entry e = a.gazetteer->entry(m.entry);
      if (d->kind.empty()) d->kind = KindAfterColon(a.gazetteer->KindName(e.kind_id));
      if (d->type != Type::kLocation && !HasSlot(d->slots, "head")) AddSlot("head", &d->slots) = e.name;
    }
    // Few rules emit any.
    for (const std::string_view key : kAttributes) {
      if (emits.empty()) break;
      std::string value = attribute(key);
      if (value.empty()) continue;
      if (key == "kind") {
        if (d->kind.empty()) d->kind = std::move(value);
      } else if (!HasSlot(d->slots, key)) {
        AddSlot(key, &d->slots) = std::move(value);
      }
    }
    if (d->type == Type::kProgram && !HasSlot(d->slots, "index")) {
      // «Союз-2.1а», «Falcon 9»: what carries digits after the name is the index.
      for (std::size_t i = d->begin + 1; i < d->end; ++i) {
        if (a.tokens[i].kind == Kind::kNumber || a.tokens[i].Has(Flag::kDigits)) {
          AddSlot("index", &d->slots) = a.TextOf(i, d->end);
          break;
        }
      }
    }
  }
  if (d->rule.empty()) d->rule = "evidence";
}

}  // namespace atau::resolve
