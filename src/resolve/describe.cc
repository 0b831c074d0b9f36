#include "resolve/describe.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <utility>

#include "gazetteer/entry_flags.h"
#include "gazetteer/entry_slots.h"
#include "morph/inflect.h"
#include "morph/letters.h"
#include "morph/morph.h"
#include "resolve/person.h"
#include "resolve/values.h"

namespace atau::resolve {
namespace {

using token::Flag;
using token::Kind;
using token::Shape;

constexpr std::uint32_t kLongestAbbreviation = 10;      // bytes: five Cyrillic letters
constexpr std::uint32_t kLongestFirstAbbreviation = 8;  // of more words

// Whether a word has a letter that Kazakh has and Russian has not.
bool HasKazakhLetter(std::string_view word) {
  // Most words have letters of U+0400 to U+047F only.
  std::size_t russian = 0;
  for (; russian + 1 < word.size(); russian += 2) {
    const auto lead = static_cast<unsigned char>(word[russian]), trail = static_cast<unsigned char>(word[russian + 1]);
    if ((lead & 0xFE) != 0xD0 || (lead == 0xD0 && trail == 0x86) || (lead == 0xD1 && trail == 0x96)) break;
  }
  if (russian == word.size()) return false;
  for (std::size_t at = 0; at < word.size();) {
    const char32_t c = morph::NextCodePoint(word, &at);
    if (c >= 0x490 && std::u32string_view(U"әғқңөұүһі").find(morph::ToLower(c)) != std::u32string_view::npos) return true;
    if (c == U'і' || c == U'І') return true;
  }
  return false;
}

// Whether of two places of one name the first is known to have more inhabitants: «в Даляне» is in Далянь rather than in Далян.
bool IsLarger(const Analysis& a, std::uint32_t one, std::uint32_t other) {
  const auto inhabitants = [&a](std::uint32_t match) {
    const std::string_view told = gazetteer::ValueOfSlot(a.gazetteer->entry(a.matches[match].entry).slots, "population");
    long long count = 0;
    std::from_chars(told.data(), told.data() + told.size(), count);
    return count;
  };
  const long long first = inhabitants(one), second = inhabitants(other);
  return second > 0 && first > second;
}

// Calls `each` with the word class matches of a class that end right before the span, or begin it, until it says that this was enough.
template <class F>
void EachHead(const Analysis& a, const Described& d, std::uint16_t id, F each) {
  if (id == 0) return;
  std::size_t left = d.begin;
  if (left > 0 && a.tokens[left - 1].Has(Flag::kOpens)) --left;
  for (const std::uint32_t index : a.EndingAt(left)) {
    if (a.placed[index].words && a.placed[index].class_id == id && each(index)) return;
  }
  for (const std::uint32_t index : a.matches_at.At(d.begin)) {
    if (a.placed[index].words && a.placed[index].class_id == id && a.matches[index].end < d.end && each(index)) return;
  }
}

// The class of the words that head names of a type; 0 where none do.
std::uint16_t HeadClass(const Analysis& a, Type type) {
  switch (type) {
    case Type::kOrganization:
      return a.classes.org_head;
    case Type::kProgram:
      return a.classes.program_head;
    case Type::kLocation:
      return a.classes.place_head;
    default:
      return 0;
  }
}

// Whether a class word is what a name is called by: «город Орёл», «реку Славянку», «клуб «Восток»», but not «в районе Москвы».
bool IsNamedBy(const Analysis& a, std::uint32_t head, const Described& d) {
  const gazetteer::Match& word = a.matches[head];
  if (word.end > d.begin || a.tokens[d.begin - 1].Has(Flag::kOpens)) return true;
  // Names without a case, in the nominative, or in the word's own case but for the genitive, in which what depends on it stands too.
  constexpr morph::Agreement kNominative = morph::AgreementOfCase(0) & 0x777777u, kGenitive = morph::AgreementOfCase(1);
  const morph::Agreement name = a.FormOf(d.begin).agreement, of_word = a.FormOf(word.end - 1).agreement;
  return name == 0 || (name & kNominative) != 0 || (name & of_word & ~kGenitive) != 0;
}

constexpr int kTold = 16;                       // more than all that comes before it in a rank
constexpr int kAdded = 32;                      // who adds a name to fire alone means it
constexpr std::string_view kDropFlag = "drop";  // of class words that stand before a name and are no part of it

// The entry that stands for exactly this span and type: first those of the kind that the words around say, as a rule (`says`) or a class
// word does («вратарь «Реала»» is of the club of that name, not of the party), then those that may fire alone, canonical names before
// variants, hand-written lists before imported ones. A name that is also other things (tier support) is not one of a kind that its class
// word denies: «газета «Восток»» is no army. -1 where there is none. `told_of_best`: whether they say so of it.
template <class Says>
int BestEntry(const Analysis& a, const Described& d, Says says, bool* told_of_best) {
  const std::uint16_t heads = HeadClass(a, d.type);
  const bool quoted = d.begin > 0 && a.tokens[d.begin - 1].Has(Flag::kOpens) && d.type == Type::kOrganization;
  const auto rank = [&](std::uint32_t index) {
    const gazetteer::Match& m = a.matches[index];
    const gazetteer::Entry entry = a.gazetteer->entry(m.entry);
    const std::string_view id = entry.id;
    const bool brand = id.starts_with("brand"), imported = brand || id.starts_with("geonames") || id.starts_with("cldr");
    int out = 1;
    if ((m.flags & gazetteer::kSupport) == 0) out += 4;
    if (m.variant == 0) out += 2;
    if (!imported) out += 8;
    bool told = !imported && says(entry.kind), named = false, kept = false;
    if (!told && !brand) {
      EachHead(a, d, heads, [&](std::uint32_t head) {
        if (!IsNamedBy(a, head, d)) return false;
        named = true;
        kept |= !gazetteer::HasFlag(a.gazetteer->entry(a.matches[head].entry).slots, kDropFlag);
        return told = gazetteer::KindAfterColon(a.gazetteer->KindName(a.placed[head].kind_id)) == entry.kind;
      });
    }
    const bool denied = quoted && named && !kept && !told;
    if (denied && (m.flags & gazetteer::kSupport) != 0) return 0;
    if (told) out += kTold;
    if (m.added && (m.flags & gazetteer::kSupport) == 0) out += kAdded;
    return out;
  };
  const int type = IndexOf(d.type);
  int best = -1;
  int best_rank = 0;
  for (const std::uint32_t index : a.matches_at.At(d.begin)) {
    if (a.matches[index].end != d.end || a.placed[index].words || a.placed[index].type != type) continue;
    if (type < 0 && a.matches[index].type != d.type) continue;
    const int own = rank(index);
    if (own == 0) continue;
    if (best >= 0) {
      if (own < best_rank || (own == best_rank && !IsLarger(a, index, static_cast<std::uint32_t>(best)))) continue;
    }
    best_rank = own;
    best = static_cast<int>(index);
  }
  *told_of_best = (best_rank & kTold) != 0;
  return best;
}

// The attributes of mentions of names that rules may emit, besides the kind.
constexpr std::string_view kAttributes[] = {"head", "name", "place", "index"};

// The slots of an entry, but for those that are there already.
void AddSlots(std::string_view of_entry, Arena* arena, SlotList* slots) {
  gazetteer::EachSlot(of_entry, [&](std::string_view key, std::string_view value) {
    if (!slots->Has(key)) slots->Add(key, value, arena);
    return true;
  });
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

// Whether a word ends in two capitals although it holds small letters: «КазНУ», «КарГУ».
bool EndsInCapitals(const Analysis& a, const token::Token& word) {
  if (word.kind != Kind::kWord || word.shape != Shape::kMixed) return false;
  const std::string_view text = a.clean.substr(word.begin, word.end - word.begin);
  bool last = false, last_but_one = false;
  for (std::size_t at = 0; at < text.size();) {
    last_but_one = last;
    last = morph::IsUpper(morph::NextCodePoint(text, &at));
  }
  return last && last_but_one;
}

// Whether a name is written in the nominative wherever it stands: an abbreviation («ЕК», «КазНУ», «РФЯЦ-ВНИИЭФ»), a name that begins with
// one («ГУР МО», «ЕНУ им. Л. Н. Гумилёва»), what stands in quotes behind its class word («на КПП «Керем-Шалом»»), and names in Kazakh.
bool Stays(const Analysis& a, const Described& d) {
  const token::Token& first = a.tokens[d.begin];
  const bool abbreviation = first.kind == Kind::kWord && first.shape == Shape::kUpper && !a.caseless;
  if (EndsInCapitals(a, first)) return true;
  if (abbreviation && d.type != Type::kLocation) {
    if (d.end - d.begin == 1) return first.end - first.begin <= kLongestAbbreviation || first.Has(Flag::kHyphen);
    if (first.end - first.begin <= kLongestFirstAbbreviation && !Shouts(a, d)) return true;
  }
  for (std::size_t i = d.begin; i < d.end && d.type != Type::kRole; ++i) {
    if (a.tokens[i].kind == Kind::kWord && HasKazakhLetter(a.TextOf(i, i + 1))) return true;
  }
  if (d.begin < 2 || d.end >= a.tokens.size() || !a.tokens[d.begin - 1].Has(Flag::kOpens) ||
      a.tokens[d.begin - 1].pair != static_cast<std::int32_t>(d.end))
    return false;
  auto before = a.EndingAt(d.begin - 1);
  return std::any_of(before.begin(), before.end(), [&a](std::uint32_t m) { return a.placed[m].heads; });
}

// The place at the end of a body's name.
void Place(const Analysis& a, Arena* arena, Described* d) {
  int best = -1, best_rank = 0;
  for (const std::uint32_t index : a.EndingAt(d->end)) {
    const gazetteer::Match& m = a.matches[index];
    if (a.placed[index].words || a.placed[index].type != IndexOf(Type::kLocation) || m.begin <= d->begin ||
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
  d->place = a.gazetteer->entry(m.entry).id;
  d->place_begin = m.begin;
  if (!d->slots.Has("place")) d->slots.Add("place", arena->Keep(a.NominativeOf(m.begin, m.end)), arena);
}

// The word of the class `role` in a post: the longest one at the first token where any begins, null where there is none.
const gazetteer::Match* RoleWord(const Analysis& a, const Described& d) {
  const gazetteer::Match* longest = nullptr;
  for (std::uint32_t i = d.begin; i < d.end && longest == nullptr; ++i) {
    for (const std::uint32_t index : a.matches_at.At(i)) {
      const gazetteer::Match& m = a.matches[index];
      if (!a.placed[index].words || a.placed[index].class_id != a.classes.role || m.end > d.end) continue;
      if (longest == nullptr || m.end > longest->end) longest = &m;
    }
  }
  return longest;
}

// The match of a word that is a post by itself; -1 where it is none.
int PostOfOneWord(const Analysis& a, std::size_t i) {
  for (const std::uint32_t m : a.matches_at.At(i)) {
    if (a.placed[m].class_id == a.classes.role && a.placed[m].words && a.matches[m].end == i + 1) return static_cast<int>(m);
  }
  return -1;
}

// The nominative of a post of one word where the group's own would be another word's: «премьера» is of «премьер», whatever else the form
// may be of. Empty where it would not. `entry`: the post.
std::string NominativeOfPost(const Analysis& a, std::size_t i, std::uint32_t entry, bool keep_number) {
  const std::string_view name = a.gazetteer->entry(entry).name;
  std::string folded, other;
  morph::Fold(name, &folded);
  morph::Fold(a.NominativeOf(i, i + 1, false), &other);
  if (other == folded) return {};
  const morph::Form& form = a.FormOf(i);
  const morph::Reading* best = nullptr;
  for (const morph::Reading& r : a.forms->ReadingsOf(form)) {
    if ((r.tag & morph::kNOUN) == 0) continue;
    morph::Fold(a.forms->morph().Lemma(r, form.folded), &other);
    if (other == folded && (best == nullptr || ((best->tag & morph::ksing) == 0 && (r.tag & morph::ksing) != 0))) best = &r;
  }
  if (best == nullptr) return {};
  const auto nominative = [&](morph::Grammemes number) { return a.forms->morph().Inflect(*best, form.folded, morph::knomn | number); };
  const auto same = nominative(best->tag & (morph::ksing | morph::kplur));
  if (!same) return {};
  return morph::WithCaseOf(a.TextOf(i, i + 1), keep_number ? *same : nominative(morph::ksing).value_or(*same));
}

// The nominative of a word that is a post by itself, remembered. Valid until the next call of this or a.NominativeOf.
std::string_view NominativeOfWord(const Analysis& a, std::size_t i, std::uint32_t entry, bool keep_number) {
  // Who asks for the one that becomes a singular asks for the one that keeps its number soon: they are remembered as one text.
  constexpr char kBetween = '\n';
  const std::uint64_t what = Nominatives::OfPost(entry);
  std::optional<std::string_view> both = a.nominatives.Find(a.tokens, i, i + 1, *a.forms, what);
  if (!both) {
    std::string text;
    for (const bool keep : {false, true}) {
      if (keep) text += kBetween;
      const std::string nominative = NominativeOfPost(a, i, entry, keep);
      text += nominative.empty() ? a.NominativeOf(i, i + 1, keep) : std::string_view(nominative);
    }
    both = a.nominatives.Keep(a.tokens, i, i + 1, *a.forms, what, std::move(text));
  }
  const std::size_t between = both->find(kBetween);
  return keep_number ? both->substr(between + 1) : both->substr(0, between);
}

}  // namespace

std::string_view PostNominative(const Analysis& a, std::size_t begin, std::size_t head_end, std::size_t end, bool keep_number,
                                Arena* arena) {
  // The first word that is a post by itself; the words behind it are in the genitive or led by a preposition.
  std::size_t head = begin;
  int post = PostOfOneWord(a, head);
  for (; head + 1 < head_end; ++head) {
    const int next = PostOfOneWord(a, head + 1);
    if (post >= 0 && (next < 0 || (a.FormOf(head).any & morph::kADJF) == 0)) break;
    post = next;
  }
  const std::string_view nominative = head == begin && post >= 0
                                          ? NominativeOfWord(a, begin, a.matches[static_cast<std::size_t>(post)].entry, keep_number)
                                          : a.NominativeOf(begin, head + 1, keep_number);
  ArenaText out(arena, nominative.size() + (head + 1 < end ? a.tokens[end - 1].end - a.tokens[head].end : 0));
  out.Append(nominative);
  for (std::size_t i = head + 1; i < end; ++i) {
    if (a.tokens[i].begin > a.tokens[i - 1].end) out.Append(' ');
    out.Append(a.TextOf(i, i + 1));
  }
  return out.Done();
}

void ExpectDescribe(const Analysis& a, std::uint32_t begin, std::uint32_t end, Type type, bool texts) {
  const int of_type = IndexOf(type);
  bool whole = false;
  for (const std::uint32_t index : a.matches_at.At(begin)) {
    const gazetteer::Match& m = a.matches[index];
    if (m.end != end || a.placed[index].words || a.placed[index].type != of_type) continue;
    whole |= m.variant == 0;
    a.gazetteer->Expect(m.entry, texts);
  }
  if (!whole && type != Type::kPerson) a.nominatives.Expect(a.tokens, begin, end, *a.forms, Nominatives::kKeepsNumber, texts);
}

void Describe(const Analysis& a, const PersonForm* person, int hit, Arena* arena, Described* d) {
  d->text = a.TextOf(d->begin, d->end);
  if (hit < 0) {
    float best = 0;
    for (const std::uint32_t index : a.hits_at.At(d->begin)) {
      const Analysis::PlacedHit& h = a.placed_hits[index];
      if (h.end != d->end || !h.speaks) continue;
      const Analysis::RuleFacts& rule = a.rule_facts[h.rule];
      if (rule.type == d->type && rule.weight > best) best = rule.weight, hit = static_cast<int>(index);
    }
  }
  const rules::View view{a.clean, &a.tokens, a.forms, a.gazetteer, &a.matches, nullptr};
  Analysis::RuleFacts rule;
  if (hit >= 0) {
    rule = a.rule_facts[a.hits.hits[static_cast<std::size_t>(hit)].rule];
    d->rule = rule.name;
  }
  // Empty where it is not emitted.
  const auto attribute = [&](std::string_view key) {
    return arena->Keep(a.rules->Attribute(view, a.hits, a.hits.hits[static_cast<std::size_t>(hit)], key));
  };
  const auto kind = [&] { return rule.kind ? attribute("kind") : std::string_view(); };

  if (d->type == Type::kDate || d->type == Type::kMoney) {
    d->normal = d->text;
    d->kind = kind();
    return;
  }
  // What a rule calls it outweighs the entry of another kind: «на Пушкина, 7» is a street and not the town of that name.
  const std::string_view said = rule.normal ? attribute("normal") : std::string_view();
  const auto says = [&](std::string_view which) {
    const Indices hits = a.hits_at.At(d->begin);
    return std::any_of(hits.begin(), hits.end(), [&](std::uint32_t index) {
      const Analysis::PlacedHit& h = a.placed_hits[index];
      const Analysis::RuleFacts& facts = a.rule_facts[h.rule];
      return h.end == d->end && h.speaks && facts.says_kind && facts.type == d->type &&
             a.rules->Attribute(view, a.hits, a.hits.hits[index], "kind") == which;
    });
  };
  int entry = BestEntry(a, *d, says, &d->told);
  if (!said.empty() && entry >= 0 && a.gazetteer->entry(a.matches[static_cast<std::size_t>(entry)].entry).kind != kind()) entry = -1;
  std::string_view canonical;  // the entry's name
  if (entry >= 0) {
    const gazetteer::Entry e = a.gazetteer->entry(a.matches[static_cast<std::size_t>(entry)].entry);
    d->gazetteer = e.id;
    canonical = e.name;
    d->kind = e.kind;
    if (d->rule.empty()) d->rule = "gazetteer";
    if (d->type != Type::kPerson) AddSlots(e.slots, arena, &d->slots);
  }
  const gazetteer::Match* const role = d->type == Type::kRole ? RoleWord(a, *d) : nullptr;
  const std::uint32_t head_end = role != nullptr ? role->end : d->end;
  if (d->type == Type::kPerson && person != nullptr) {
    const PersonName name = ParsePerson(a, d->begin, d->end, *person, arena);
    d->gender = person->gender;
    d->normal = person->normal;
    if (!name.first.empty()) d->slots.Add("first", name.first, arena);
    if (!name.middle.empty()) d->slots.Add("middle", name.middle, arena);
    if (!name.last.empty()) d->slots.Add("last", name.last, arena);
    if (person->gender != morph::Gender::kUnknown) d->slots.Add("gender", person->gender == morph::Gender::kMasculine ? "m" : "f", arena);
    if (person->family) {
      d->kind = "family";
    } else if (d->kind.empty()) {
      d->kind = "person";
    }
  } else {
    const bool whole = entry >= 0 && a.matches[static_cast<std::size_t>(entry)].variant == 0;
    const bool letters = d->type == Type::kOrganization && d->end - d->begin == 1 && a.tokens[d->begin].shape == Shape::kUpper &&
                         a.tokens[d->begin].end - a.tokens[d->begin].begin <= kLongestAbbreviation;
    const bool stays = letters || (!whole && Stays(a, *d));
    d->normal = !said.empty()            ? said
                : letters                ? d->text
                : whole                  ? canonical
                : stays                  ? arena->Keep(a.WrittenOf(d->begin, d->end))
                : d->type == Type::kRole ? PostNominative(a, d->begin, head_end, d->end, true, arena)
                                         : arena->Keep(a.NominativeOf(d->begin, d->end));
    if (said.empty() && !whole && !stays && Shouts(a, *d)) d->normal = arena->Keep(TitleCase(d->normal));
    if (a.tokens[d->end - 1].Has(Flag::kEnding)) {  // «Boeing'ом» → «Boeing»
      const std::string_view last = a.TextOf(d->end - 1, d->end);
      const std::string_view ending = last.substr(token::WithoutEnding(last).size());
      if (d->normal.ends_with(ending)) d->normal.remove_suffix(ending.size());
    }
  }

  if (d->type == Type::kOrganization) Place(a, arena, d);
  if (d->type == Type::kRole) {
    d->slots.Add("value", PostNominative(a, d->begin, head_end, d->end, false, arena), arena);
    if (role != nullptr) {
      const gazetteer::Entry e = a.gazetteer->entry(role->entry);
      d->kind = e.kind;
    }
  }

  if (d->type == Type::kOrganization || d->type == Type::kProgram || d->type == Type::kLocation) {
    EachHead(a, *d, HeadClass(a, d->type), [&](std::uint32_t head) {
      const gazetteer::Entry e = a.gazetteer->entry(a.matches[head].entry);
      if (d->kind.empty()) d->kind = gazetteer::KindAfterColon(a.gazetteer->KindName(e.kind_id));
      if (d->type != Type::kLocation && !d->slots.Has("head")) d->slots.Add("head", e.name, arena);
      return true;
    });
    // Few rules emit any.
    if (rule.kind && d->kind.empty()) d->kind = attribute("kind");
    for (const std::string_view key : kAttributes) {
      if (!rule.others) break;
      if (d->slots.Has(key)) continue;
      if (const std::string_view value = attribute(key); !value.empty()) d->slots.Add(key, value, arena);
    }
    if (d->type == Type::kProgram && !d->slots.Has("index")) {
      // «Союз-2.1а», «Falcon 9»: what carries digits after the name is the index.
      for (std::size_t i = d->begin + 1; i < d->end; ++i) {
        if (a.tokens[i].kind == Kind::kNumber || a.tokens[i].Has(Flag::kDigits)) {
          d->slots.Add("index", a.TextOf(i, d->end), arena);
          break;
        }
      }
    }
  }
  if (d->rule.empty()) d->rule = "evidence";
}

}  // namespace atau::resolve
