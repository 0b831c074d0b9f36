#include "resolve/cluster.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bundle/prefetch.h"
#include "morph/form_table.h"
#include "resolve/key_map.h"
#include "resolve/memory.h"

namespace atau::resolve {
namespace {

constexpr std::size_t kMostNames = 16384;   // remembered between documents
constexpr std::size_t kBeforeSpelling = 3;  // tokens between a bracket and a name in Latin letters
constexpr std::size_t kClearlyOf = 2;       // mentions of a state that a text must have, to be on it
constexpr std::size_t kStandsOut = 2;       // times as many as of another
// A body that so many of these states have under one name is no matter of one state.
constexpr std::string_view kSomeStates[] = {"KZ", "UA", "BY", "DE", "FR", "JP"};
constexpr std::size_t kManyStates = 3;

class Union {
 public:
  explicit Union(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0); }
  int Find(int x) {
    while (parent_[static_cast<std::size_t>(x)] != x)
      x = parent_[static_cast<std::size_t>(x)] = parent_[static_cast<std::size_t>(parent_[static_cast<std::size_t>(x)])];
    return x;
  }
  void Join(int x, int y) {
    x = Find(x), y = Find(y);
    if (x != y) parent_[static_cast<std::size_t>(std::max(x, y))] = std::min(x, y);
  }

 private:
  std::vector<int> parent_;
};

bool IsLetterOrDigit(unsigned char c) { return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Calls `word` with each word of a folded name; quotes and dashes (also those of several bytes) are passed over.
template <class Word>
void EachWord(std::string_view folded, Word&& word) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto c = static_cast<unsigned char>(folded[i]);
    const bool punct = c == 0xE2 || (c == 0xC2 && i + 1 < folded.size());  // «General Punctuation» and «»
    if (!punct && IsLetterOrDigit(c)) continue;
    if (i > begin) word(folded.substr(begin, i - begin));
    if (punct) i += c == 0xE2 ? 2 : 1;
    begin = i + 1;
  }
  if (begin < folded.size()) word(folded.substr(begin));
}

}  // namespace

// Names by the stems of their words: with a blank between them, so that the stems of the first words are the beginning of all. They stand
// one behind the other in one string.
class NameStems {
 public:
  struct Name {
    std::uint64_t key = 0;               // of all stems
    std::uint32_t begin = 0;             // in the string
    std::uint32_t first = 0, words = 0;  // into the ends of stems
  };

  // Call it between documents: forgets all when too many are remembered.
  void Forget() {
    if (size_ < kMostNames) return;
    *this = NameStems();
  }
  // What a name is looked up by, as it is written.
  static std::uint64_t Written(std::string_view name) { return std::max<std::uint64_t>(morph::KeyOf(name), 1); }
  // The name that is written so will be asked for soon: what is remembered is far away in memory.
  void Expect(std::uint64_t written) const { bundle::Prefetch(&names_[FirstOf(written)]); }
  // `written`: Written(name).
  Name Of(std::string_view name, std::uint64_t written) {
    std::size_t at = FirstOf(written);
    for (; names_[at].written != 0; at = (at + 1) & (names_.size() - 1)) {
      if (names_[at].written == written) return names_[at].name;
    }
    Name out;
    out.begin = static_cast<std::uint32_t>(text_.size());
    out.first = static_cast<std::uint32_t>(ends_.size());
    morph::Fold(name, &folded_);
    EachWord(folded_, [&](std::string_view word) {
      if (out.words++ > 0) text_ += ' ';
      text_ += StemOf(word);
      ends_.push_back(static_cast<std::uint32_t>(text_.size()));
      keys_.push_back(morph::KeyOf(std::string_view(text_).substr(out.begin)));
    });
    out.key = KeyOf(out, out.words);
    names_[at] = {written, out};
    if (++size_ * 2 > names_.size()) Grow();
    return out;
  }
  // The stems. Valid until the next Of.
  std::string_view Text(const Name& name) const {
    return name.words == 0 ? std::string_view()
                           : std::string_view(text_).substr(name.begin, ends_[name.first + name.words - 1] - name.begin);
  }
  // The key of the stems of the first words of a name.
  std::uint64_t KeyOf(const Name& name, std::size_t words) const {
    return words == 0 ? morph::KeyOf(std::string_view()) : keys_[name.first + words - 1];
  }

 private:
  // As they are written: open addressing, half of the places are free at least. The key stands beside what is known, in one line of
  // memory.
  struct alignas(32) Known {
    std::uint64_t written = 0;  // 0 is free
    Name name;
  };
  std::size_t FirstOf(std::uint64_t written) const { return (written ^ written >> 32) & (names_.size() - 1); }
  void Grow() {
    std::vector<Known> old(names_.size() * 2);
    old.swap(names_);
    for (const Known& known : old) {
      if (known.written == 0) continue;
      std::size_t at = FirstOf(known.written);
      while (names_[at].written != 0) at = (at + 1) & (names_.size() - 1);
      names_[at] = known;
    }
  }

  std::vector<Known> names_ = std::vector<Known>(256);
  std::size_t size_ = 0;
  std::string text_, folded_;
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint64_t> keys_;  // of the stems up to each
};

ClusterScratch::ClusterScratch() : stems_(std::make_unique<NameStems>()) {}
ClusterScratch::~ClusterScratch() = default;

namespace {

// From keys (hashes that are taken for what they are of) to numbers from 1 on.
using Numbers = KeyMap<int>;

// The number of a key; `fresh` where it has none yet, and has it from now on.
int TryAdd(Numbers* numbers, std::uint64_t key, int fresh) {
  int& number = (*numbers)[key];
  if (number == 0) number = fresh + 1;
  return number - 1;
}
// -1 where the key has none.
int NumberOf(const Numbers& numbers, std::uint64_t key) {
  const int* number = numbers.Find(key);
  return number == nullptr ? -1 : *number - 1;
}

std::uint64_t KeyWith(std::uint64_t key, std::uint64_t other) {
  key = (key ^ other) * 0x9E3779B97F4A7C15u;
  return (key ^ key >> 29) * 0xBF58476D1CE4E5B9u + other;
}

constexpr std::uint64_t kById = 0x1D, kGiven = 0x1E;  // of keys that are no stems

std::uint64_t KeyOfId(std::string_view id) { return KeyWith(morph::KeyOf(id), kById); }

std::string_view FirstLetter(std::string_view s) {
  std::size_t n = 1;
  while (n < s.size() && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) ++n;
  return s.substr(0, std::min(n, s.size()));
}

bool IsInitial(std::string_view name) { return name.find('.') != std::string_view::npos || FirstLetter(name).size() == name.size(); }

// What the names of each mention are looked up by (see NameStems::Written): a person's given name and surname; the name and the place at
// its end of others.
using WrittenNames = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

constexpr std::uint32_t kNobody = 0xFFFFFFFF;

struct Person {
  int mention;
  std::string_view first, surname;  // as written
  NameStems::Name given;
  std::uint64_t last_key = 0;  // of the surname's stems; 0: it has none
  morph::Gender gender;
  std::uint32_t same_surname = kNobody, same_given = kNobody;  // the person before with this surname, or given name
};

// Two given names that can belong to one person.
bool SameGiven(const NameStems& stems, const Person& x, const Person& y) {
  if (x.first.empty() || y.first.empty()) return true;
  if (IsInitial(x.first) || IsInitial(y.first)) return FirstLetter(x.first) == FirstLetter(y.first);
  return x.given.words > 0 && y.given.words > 0 && stems.KeyOf(x.given, 1) == stems.KeyOf(y.given, 1);
}

// Fuller names found entities; barer ones join the entity that fits and stands nearest before them.
// `count`: how many of the mentions are people.
void ClusterPeople(const std::vector<Described>& mentions, const WrittenNames& written, std::size_t count, NameStems* stems, Numbers* keys,
                   Union* u) {
  constexpr std::size_t kFullest = 4;
  std::vector<Person> people;
  people.reserve(count);
  std::size_t fullness[kFullest + 1] = {};
  const auto parts = [](const Person& p) -> std::size_t {
    return (p.first.empty() ? 0u : IsInitial(p.first) ? 1u : 2u) + (p.surname.empty() ? 0u : 2u);
  };
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    const Described& d = mentions[i];
    if (d.type != Type::kPerson) continue;
    Person& p = people.emplace_back(Person{static_cast<int>(i), SlotOf(d, "first"), SlotOf(d, "last"), {}, 0, d.gender});
    const NameStems::Name last = stems->Of(p.surname, written[i].second);
    if (last.words > 0) p.last_key = last.key;
    p.given = stems->Of(p.first, written[i].first);
    ++fullness[parts(p)];
  }
  if (people.empty()) return;
  // The fullest first.
  std::vector<std::uint32_t> order(people.size());
  std::size_t from[kFullest + 1] = {};
  for (std::size_t k = kFullest; k-- > 0;) from[k] = from[k + 1] + fullness[k + 1];
  for (std::uint32_t n = 0; n < people.size(); ++n) order[from[parts(people[n])]++] = n;
  keys->Clear();  // from keys of surnames and given names to the last person with it so far
  for (const std::uint32_t n : order) {
    Person& p = people[n];
    const int i = p.mention;
    const bool bare = p.first.empty() || p.last_key == 0;
    const std::uint64_t single = p.last_key == 0 ? p.given.key : p.last_key;
    int best = -1;
    const auto consider = [&](std::uint64_t key, std::uint32_t Person::*before, bool any_gender) {
      // The nearest one before; failing that, the first after. Few people share a stem, but a hostile text may repeat one: the last ones
      // are enough.
      auto at = static_cast<std::uint32_t>(NumberOf(*keys, key));
      for (int most = 64; at != kNobody && most > 0; --most) {
        const Person& k = people[at];
        at = k.*before;
        if (!bare && !SameGiven(*stems, k, p)) continue;
        if (any_gender && k.surname != p.surname) continue;
        if (bare && !any_gender && k.gender != p.gender && k.gender != morph::Gender::kUnknown && p.gender != morph::Gender::kUnknown)
          continue;
        if (!bare && k.gender != p.gender && k.gender != morph::Gender::kUnknown && p.gender != morph::Gender::kUnknown &&
            IsInitial(p.first))
          continue;
        if (best < 0 || (k.mention < i && (best > i || k.mention > best)) || (k.mention > i && best > i && k.mention < best))
          best = k.mention;
      }
    };
    const auto know = [keys, n](std::uint64_t key, std::uint32_t* before) {
      int& last = (*keys)[key];
      *before = static_cast<std::uint32_t>(last - 1);
      last = static_cast<int>(n) + 1;
    };
    consider(single, &Person::same_surname, false);
    if (bare && best < 0) consider(KeyWith(single, kGiven), &Person::same_given, false);
    // «Данелия» by itself shows no gender, whatever it was taken for.
    if (bare && best < 0 && !p.surname.empty()) consider(single, &Person::same_surname, true);
    if (best >= 0) u->Join(best, i);
    if (p.last_key != 0) know(p.last_key, &p.same_surname);
    if (!p.first.empty()) know(KeyWith(p.given.key, kGiven), &p.same_given);
  }
}

// Whether a text is an abbreviation: short, without blanks, and of capitals only.
bool IsCapitals(std::string_view text) {
  // Most names show at once that they are none: by a small letter first, or second.
  const auto is_small = [text](std::size_t i) {
    const auto at = [text](std::size_t k) { return k < text.size() ? static_cast<unsigned char>(text[k]) : 0u; };
    return (at(i) >= 'a' && at(i) <= 'z') || (at(i) == 0xD0 && at(i + 1) >= 0xB0) || (at(i) == 0xD1 && at(i + 1) <= 0x8F);
  };
  if (text.empty() || is_small(0) || is_small(static_cast<unsigned char>(text[0]) < 0x80 ? 1 : 2)) return false;
  if (text.size() > 16 || text.find(' ') != std::string_view::npos) return false;
  std::string folded;
  morph::Fold(text, &folded);
  if (folded == text) return false;
  // Folding changes every letter of an abbreviation.
  for (std::size_t i = 0; i < std::min(text.size(), folded.size()); i += FirstLetter(text.substr(i)).size()) {
    if (text.substr(i, FirstLetter(text.substr(i)).size()) == folded.substr(i, FirstLetter(text.substr(i)).size())) return false;
  }
  return true;
}

// What a name is looked up by.
struct Name {
  int mention;
  bool capitals;
  NameStems::Name stems;
  std::uint32_t bare = 0;  // words before its trailing place; 0 where it has none
};

// `count`: how many mentions are of the type.
void ClusterNames(const std::vector<Described>& mentions, const WrittenNames& written, Type type, std::size_t count, NameStems* stems,
                  Numbers* by_key, Union* u) {
  std::vector<Name> names;
  names.reserve(count);
  std::vector<std::pair<std::uint64_t, int>> places;  // bare names and ids of the mentions with a place
  bool abbreviations = false;
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    const Described& d = mentions[m];
    if (d.type != type) continue;
    Name name{static_cast<int>(m), IsCapitals(d.text), stems->Of(d.normal, written[m].first)};
    abbreviations |= name.capitals;
    if (!d.place.empty()) {
      const std::size_t place = stems->Of(SlotOf(d, "place"), written[m].second).words;
      if (place > 0 && place < name.stems.words) {
        name.bare = static_cast<std::uint32_t>(name.stems.words - place);
        const int number = static_cast<int>(names.size());
        places.emplace_back(stems->KeyOf(name.stems, name.bare), number);
        if (!d.gazetteer.empty()) places.emplace_back(KeyOfId(d.gazetteer), number);
      }
    }
    names.push_back(name);
  }
  // The mentions of one key, in the order of the text.
  std::sort(places.begin(), places.end());
  const auto placed = [&places](std::uint64_t key) {
    return std::equal_range(places.begin(), places.end(), std::pair(key, 0),
                            [](const auto& x, const auto& y) { return x.first < y.first; });
  };
  by_key->Clear();
  const auto join = [by_key, u](std::uint64_t key, int i) {
    const int first = TryAdd(by_key, key, i);
    if (first != i) u->Join(first, i);
  };
  const auto mention = [&names](int k) { return names[static_cast<std::size_t>(k)].mention; };
  std::string all, large;
  std::unordered_map<std::uint64_t, int> initials;  // by keys
  // Names with a place, and those without that no name with a place extends, are told by id and words. «МВД России» and «МВД Казахстана»
  // stay apart.
  for (std::size_t k = 0; k < names.size(); ++k) {
    const Name& name = names[k];
    const int own = name.mention;
    const Described& d = mentions[static_cast<std::size_t>(own)];
    const std::uint64_t id = d.gazetteer.empty() ? 0 : KeyOfId(d.gazetteer);
    const std::uint64_t key = name.stems.key;
    if (name.bare > 0) {
      const std::uint64_t place = morph::KeyOf(d.place);
      join(KeyWith(stems->KeyOf(name.stems, name.bare), place), own);
      if (id != 0) join(KeyWith(id, place), own);
    } else {
      if (!places.empty()) {
        if (const auto [first, last] = placed(key); first != last) {
          // The nearest before, or else the first.
          const auto after = std::upper_bound(first, last, std::pair(key, static_cast<int>(k)));
          u->Join(mention(after == first ? first->second : (after - 1)->second), own);
          continue;
        }
      }
      if (id != 0) {
        if (const auto [first, last] = placed(id); first != last) u->Join(mention(first->second), own);
        join(id, own);
      }
    }
    if (name.stems.words > 0) join(key, own);
    if (abbreviations && name.stems.words >= 2) {
      // The initials of its words, with and without the small ones: «Министерство внутренних дел» → мвд.
      all.clear(), large.clear();
      EachWord(stems->Text(name.stems), [&](std::string_view stem) {
        all += FirstLetter(stem);
        if (stem.size() > 4) large += FirstLetter(stem);
      });
      if (all.size() >= 4) initials.try_emplace(morph::KeyOf(all), own);
      if (large.size() >= 4) initials.try_emplace(morph::KeyOf(large), own);
    }
  }
  // Abbreviations of names that the text spells out, and names that begin with another mention's whole name («фонд «Мир»» … «фонд «Мир»
  // имени Крота»).
  for (const Name& name : names) {
    const Described& d = mentions[static_cast<std::size_t>(name.mention)];
    if (name.capitals) {
      morph::Fold(d.text, &all);
      if (const auto it = initials.find(morph::KeyOf(all));
          it != initials.end() && AreAliases(mentions[static_cast<std::size_t>(it->second)], d))
        u->Join(it->second, name.mention);
    }
    if (type != Type::kOrganization || name.bare > 0) continue;
    for (std::size_t n = name.stems.words; n-- > 1;) {
      const int first = NumberOf(*by_key, stems->KeyOf(name.stems, n));
      if (first < 0 || (n < 2 && !IsCapitals(mentions[static_cast<std::size_t>(first)].text))) continue;
      if (AreAliases(mentions[static_cast<std::size_t>(first)], d)) u->Join(first, name.mention);
      break;
    }
  }
}

}  // namespace

std::vector<int> Cluster(const std::vector<Described>& mentions, const std::vector<std::pair<int, int>>& aliases, ClusterScratch* scratch) {
  Union u(mentions.size());
  NameStems& stems = scratch->stems();
  stems.Forget();
  // One name of a type is of one thing.
  std::size_t count[kTypeCount] = {};
  for (const Described& d : mentions) ++count[static_cast<std::size_t>(d.type)];
  const auto count_of = [&count](Type type) { return count[static_cast<std::size_t>(type)]; };
  const auto many = [count_of](Type type) { return count_of(type) > 1; };
  WrittenNames& written = scratch->written_;
  written.assign(mentions.size(), {});
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    const Described& d = mentions[i];
    if (IndexOf(d.type) < 0 || !many(d.type)) continue;
    const bool person = d.type == Type::kPerson;
    written[i].first = NameStems::Written(person ? SlotOf(d, "first") : d.normal);
    stems.Expect(written[i].first);
    if (!person && d.place.empty()) continue;
    written[i].second = NameStems::Written(SlotOf(d, person ? "last" : "place"));
    stems.Expect(written[i].second);
  }
  if (many(Type::kPerson)) ClusterPeople(mentions, written, count_of(Type::kPerson), &stems, &scratch->keys_, &u);
  for (const Type type : {Type::kOrganization, Type::kLocation, Type::kProgram}) {
    if (many(type)) ClusterNames(mentions, written, type, count_of(type), &stems, &scratch->keys_, &u);
  }
  for (const auto& [x, y] : aliases) {
    if (AreAliases(mentions[static_cast<std::size_t>(x)], mentions[static_cast<std::size_t>(y)])) u.Join(x, y);
  }
  std::vector<int> out(mentions.size(), -1);
  int numbers = 0;
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (IndexOf(mentions[i].type) < 0) continue;
    // The root is the first of its mentions.
    const auto root = static_cast<std::size_t>(u.Find(static_cast<int>(i)));
    if (out[root] < 0) out[root] = numbers++;
    out[i] = out[root];
  }
  return out;
}

void FindSpellings(const Analysis& a, const std::vector<Described>& mentions, std::vector<std::pair<int, int>>* aliases) {
  const auto quote = [&a](std::size_t i) { return i < a.tokens.size() && a.tokens[i].kind == token::Kind::kQuote; };
  for (std::size_t m = 0; m + 1 < mentions.size(); ++m) {
    const Described& x = mentions[m];
    const Described& y = mentions[m + 1];
    if (IndexOf(x.type) < 0 || x.type != y.type || a.tokens[x.begin].Has(token::Flag::kLatin) ||
        !a.tokens[y.begin].Has(token::Flag::kLatin))
      continue;
    std::size_t i = x.end;
    while (quote(i)) ++i;
    if (i >= a.tokens.size() || a.TextOf(i, i + 1) != "(") continue;
    ++i;
    // «(англ. Thomas Schäfer)»
    for (std::size_t n = 0; n < kBeforeSpelling && i < y.begin; ++n) ++i;
    if (i == y.begin) aliases->emplace_back(static_cast<int>(m), static_cast<int>(m) + 1);
  }
}

bool AreAliases(const Described& x, const Described& y) {
  // Two names that the dictionaries know as different things stay apart: «комитет ООН (ФАО)».
  return x.type == y.type && (x.gazetteer.empty() || y.gazetteer.empty() || x.gazetteer == y.gazetteer);
}

States StatesOf(const std::vector<Described>& mentions) {
  States votes;  // few
  for (const Described& d : mentions) {
    // A body whose name holds no place may be any state's.
    if (d.type != Type::kLocation && (d.type != Type::kOrganization || d.place.empty())) continue;
    const std::string_view code = SlotOf(d, "country");
    if (code.empty()) continue;
    const auto same = std::find_if(votes.begin(), votes.end(), [code](const auto& v) { return v.first == code; });
    if (same == votes.end()) {
      votes.emplace_back(code, 1);
    } else {
      ++same->second;
    }
  }
  return votes;
}

std::string_view StateOf(const States& states, std::string_view own) {
  std::string_view best;
  std::size_t most = 0, rival = 0;
  for (const auto& [code, count] : states) {
    // Of equal ones the first by its code.
    if (count > most || (count == most && code < best)) most = count, best = code;
    if (code == own) rival = count;
  }
  return most >= kClearlyOf && most > kStandsOut * rival ? best : std::string_view();
}

std::string IdInState(const gazetteer::Gazetteer& gazetteer, std::string_view id, std::string_view state) {
  constexpr std::string_view kBodies = "org.";
  const std::size_t dot = id.find('.', kBodies.size());
  if (!id.starts_with(kBodies) || dot == std::string_view::npos || state.empty()) return std::string(id);
  const std::string_view slug = id.substr(dot);
  std::uint32_t index = 0;
  const auto of = [&](std::string_view code) {
    std::string folded;
    morph::Fold(code, &folded);
    return std::string(kBodies) + folded + std::string(slug);
  };
  if (std::string other = of(state); other == id || gazetteer.FindId(other, &index)) return other;
  std::size_t shared = 0;
  for (const std::string_view code : kSomeStates) shared += gazetteer.FindId(of(code), &index);
  return shared >= kManyStates ? std::string() : std::string(id);
}

int FullestOf(const std::vector<Described>& mentions, std::span<const int> members) {
  if (members.size() == 1) return members.front();
  int best = -1;
  std::size_t best_rank = 0;
  // A place is called as the text calls it most («США», not «Америка»), others by their longest name.
  std::unordered_map<std::string_view, std::size_t> times;
  for (const int m : members) {
    const Described& d = mentions[static_cast<std::size_t>(m)];
    if (d.type == Type::kLocation) ++times[d.normal];
  }
  for (const int m : members) {
    const Described& d = mentions[static_cast<std::size_t>(m)];
    std::size_t rank = 1 + d.normal.size();
    if (d.type == Type::kLocation) rank += 200 * std::min<std::size_t>(times[d.normal], 1000);
    if (d.type == Type::kPerson && !SlotOf(d, "first").empty() && !SlotOf(d, "last").empty())
      rank += IsInitial(SlotOf(d, "first")) ? 500 : 1000;
    if (d.type == Type::kOrganization && !d.gazetteer.empty() && !IsCapitals(d.text)) rank += 20;
    if (rank > best_rank) best_rank = rank, best = m;
  }
  return best;
}

}  // namespace atau::resolve
