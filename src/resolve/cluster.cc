#include "resolve/cluster.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

#include "morph/form_table.h"
#include "resolve/memory.h"

namespace atau::resolve {
namespace {

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

// The words of a folded name; quotes and dashes (also those of several bytes) are passed over.
std::vector<std::string> WordsOf(std::string_view text) {
  std::string folded;
  morph::Fold(text, &folded);
  std::vector<std::string> words(1);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const auto c = static_cast<unsigned char>(folded[i]);
    const bool punct = c == 0xE2 || (c == 0xC2 && i + 1 < folded.size());  // «General Punctuation» and «»
    if (punct) {
      i += c == 0xE2 ? 2 : 1;
      if (!words.back().empty()) words.emplace_back();
    } else if (IsLetterOrDigit(c)) {
      words.back() += folded[i];
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

std::string Stems(const std::vector<std::string>& words, std::size_t from, std::size_t to) {
  std::string out;
  for (std::size_t i = from; i < to; ++i) {
    if (!out.empty()) out += ' ';
    out += StemOf(words[i]);
  }
  return out;
}

std::string_view SlotOf(const Described& d, std::string_view key) {
  for (const auto& [k, v] : d.slots) {
    if (k == key) return v;
  }
  return {};
}

std::string_view FirstLetter(std::string_view s) {
  std::size_t n = 1;
  while (n < s.size() && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) ++n;
  return s.substr(0, std::min(n, s.size()));
}

bool IsInitial(std::string_view name) { return name.find('.') != std::string_view::npos || FirstLetter(name).size() == name.size(); }

// Two given names that can belong to one person.
bool SameGiven(std::string_view x, std::string_view y) {
  if (x.empty() || y.empty()) return true;
  if (IsInitial(x) || IsInitial(y)) return FirstLetter(x) == FirstLetter(y);
  const auto a = WordsOf(x), b = WordsOf(y);
  return !a.empty() && !b.empty() && StemOf(a[0]) == StemOf(b[0]);
}

std::string StemOfName(std::string_view name) {
  const auto words = WordsOf(name);
  return Stems(words, 0, words.size());
}

struct Person {
  int mention;
  std::string first, last;  // first as written, last as stem
  std::string surname;      // as written
  morph::Gender gender;
};

// Fuller names found entities; barer ones join the entity that fits and stands nearest before them.
void ClusterPeople(const std::vector<Described>& mentions, Union* u) {
  std::vector<int> order;
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (mentions[i].type == Type::kPerson) order.push_back(static_cast<int>(i));
  }
  const auto parts = [&mentions](int i) {
    const Described& d = mentions[static_cast<std::size_t>(i)];
    return (SlotOf(d, "first").empty() ? 0 : IsInitial(SlotOf(d, "first")) ? 1 : 2) + (SlotOf(d, "last").empty() ? 0 : 2);
  };
  std::stable_sort(order.begin(), order.end(), [&parts](int x, int y) { return parts(x) > parts(y); });
  std::vector<Person> known;
  std::unordered_map<std::string, std::vector<std::size_t>> by_last, by_first;  // stems to people
  for (const int i : order) {
    const Described& d = mentions[static_cast<std::size_t>(i)];
    Person p{i, std::string(SlotOf(d, "first")), StemOfName(SlotOf(d, "last")), std::string(SlotOf(d, "last")), d.gender};
    const bool bare = p.first.empty() || p.last.empty();
    const std::string single = p.last.empty() ? StemOfName(p.first) : p.last;
    int best = -1;
    const auto consider = [&](const std::unordered_map<std::string, std::vector<std::size_t>>& index, const std::string& stem,
                              bool any_gender) {
      const auto it = index.find(stem);
      if (it == index.end()) return;
      // The nearest one before; failing that, the first after. Few people share a stem, but a hostile text may repeat one: the last ones
      // are enough.
      const std::size_t from = it->second.size() > 64 ? it->second.size() - 64 : 0;
      for (std::size_t n = from; n < it->second.size(); ++n) {
        const Person& k = known[it->second[n]];
        if (!bare && !SameGiven(k.first, p.first)) continue;
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
    consider(by_last, bare ? single : p.last, false);
    if (bare && best < 0) consider(by_first, single, false);
    // «Данелия» by itself shows no gender, whatever it was taken for.
    if (bare && best < 0 && !p.surname.empty()) consider(by_last, single, true);
    if (best >= 0) u->Join(best, i);
    if (!p.last.empty()) by_last[p.last].push_back(known.size());
    if (!p.first.empty()) by_first[StemOfName(p.first)].push_back(known.size());
    known.push_back(std::move(p));
  }
}

// The initials of a name's words, with and without its small words: «Министерство внутренних дел» → мвд.
std::vector<std::string> Initials(const std::vector<std::string>& words) {
  std::string all, large;
  for (const std::string& w : words) {
    all += FirstLetter(w);
    if (w.size() > 6 || w.size() > 4) large += FirstLetter(w);
  }
  return {all, large};
}

bool IsCapitals(std::string_view text) {
  std::string folded;
  morph::Fold(text, &folded);
  if (folded == text || text.size() > 16 || text.find(' ') != std::string_view::npos) return false;
  // Folding changes every letter of an abbreviation.
  for (std::size_t i = 0; i < std::min(text.size(), folded.size()); i += FirstLetter(text.substr(i)).size()) {
    if (text.substr(i, FirstLetter(text.substr(i)).size()) == folded.substr(i, FirstLetter(text.substr(i)).size())) return false;
  }
  return true;
}

// Words of the trailing place of a body's name; 0 where it has none.
std::size_t PlaceWords(const Described& d) { return d.place.empty() ? 0 : WordsOf(SlotOf(d, "place")).size(); }

// What a name is looked up by.
struct Name {
  std::string stems;  // of the whole name
  std::string bare;   // without its place
  std::vector<std::string> words;
};

void ClusterNames(const std::vector<Described>& mentions, Type type, Union* u) {
  std::vector<int> own;
  std::vector<Name> names;
  std::unordered_map<std::string, std::vector<int>> placed;  // bare names and ids to the mentions with a place, in the order of the text
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    const Described& d = mentions[m];
    if (d.type != type) continue;
    Name name;
    name.words = WordsOf(d.normal);
    name.stems = Stems(name.words, 0, name.words.size());
    const std::size_t place = std::min(PlaceWords(d), name.words.size());
    if (place > 0 && place < name.words.size()) {
      name.bare = Stems(name.words, 0, name.words.size() - place);
      placed[name.bare].push_back(static_cast<int>(own.size()));
      if (!d.gazetteer.empty()) placed["id:" + d.gazetteer].push_back(static_cast<int>(own.size()));
    }
    own.push_back(static_cast<int>(m));
    names.push_back(std::move(name));
  }
  std::unordered_map<std::string, int> by_key;
  const auto join = [&by_key, u](std::string key, int i) {
    if (key.empty()) return;
    const auto [it, fresh] = by_key.try_emplace(std::move(key), i);
    if (!fresh) u->Join(it->second, i);
  };
  std::unordered_map<std::string, int> initials;
  // Names with a place, and those without that no name with a place extends, are told by id and words. «МВД России» and «МВД Казахстана»
  // stay apart.
  for (std::size_t k = 0; k < own.size(); ++k) {
    const Described& d = mentions[static_cast<std::size_t>(own[k])];
    const Name& name = names[k];
    if (!name.bare.empty()) {
      join(name.bare + "@" + d.place, own[k]);
      if (!d.gazetteer.empty()) join("id:" + d.gazetteer + "@" + d.place, own[k]);
    } else if (const auto it = placed.find(name.stems); it != placed.end()) {
      // The nearest before, or else the first.
      const std::vector<int>& fuller = it->second;
      const auto after = std::upper_bound(fuller.begin(), fuller.end(), static_cast<int>(k));
      u->Join(own[static_cast<std::size_t>(after == fuller.begin() ? fuller.front() : *(after - 1))], own[k]);
      continue;
    } else if (!d.gazetteer.empty()) {
      if (const auto by_id = placed.find("id:" + d.gazetteer); by_id != placed.end())
        u->Join(own[static_cast<std::size_t>(by_id->second.front())], own[k]);
      join("id:" + d.gazetteer, own[k]);
    }
    join(name.stems, own[k]);
    if (name.words.size() >= 2) {
      for (const std::string& letters : Initials(name.words)) {
        if (letters.size() >= 4) initials.try_emplace(letters, own[k]);
      }
    }
  }
  // Abbreviations of names that the text spells out, and names that begin with another mention's whole name («фонд «Мир»» … «фонд «Мир»
  // имени Крота»).
  for (std::size_t k = 0; k < own.size(); ++k) {
    const Described& d = mentions[static_cast<std::size_t>(own[k])];
    if (IsCapitals(d.text)) {
      std::string folded;
      morph::Fold(d.text, &folded);
      if (const auto it = initials.find(folded); it != initials.end() && AreAliases(mentions[static_cast<std::size_t>(it->second)], d))
        u->Join(it->second, own[k]);
    }
    if (type != Type::kOrganization || !names[k].bare.empty()) continue;
    for (std::size_t n = names[k].words.size(); n-- > 1;) {
      const auto it = by_key.find(Stems(names[k].words, 0, n));
      if (it == by_key.end() || (n < 2 && !IsCapitals(mentions[static_cast<std::size_t>(it->second)].text))) continue;
      if (AreAliases(mentions[static_cast<std::size_t>(it->second)], d)) u->Join(it->second, own[k]);
      break;
    }
  }
}

}  // namespace

std::vector<int> Cluster(const std::vector<Described>& mentions, const std::vector<std::pair<int, int>>& aliases) {
  Union u(mentions.size());
  ClusterPeople(mentions, &u);
  for (const Type type : {Type::kOrganization, Type::kLocation, Type::kProgram}) ClusterNames(mentions, type, &u);
  for (const auto& [x, y] : aliases) {
    if (AreAliases(mentions[static_cast<std::size_t>(x)], mentions[static_cast<std::size_t>(y)])) u.Join(x, y);
  }
  std::vector<int> out(mentions.size(), -1);
  std::map<int, int> number;
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (IndexOf(mentions[i].type) < 0) continue;
    const int root = u.Find(static_cast<int>(i));
    out[i] = number.try_emplace(root, static_cast<int>(number.size())).first->second;
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

std::map<std::string_view, std::size_t> StatesOf(const std::vector<Described>& mentions) {
  std::map<std::string_view, std::size_t> votes;
  for (const Described& d : mentions) {
    // A body whose name holds no place may be any state's.
    if (d.type != Type::kLocation && (d.type != Type::kOrganization || d.place.empty())) continue;
    if (const std::string_view code = SlotOf(d, "country"); !code.empty()) ++votes[code];
  }
  return votes;
}

std::string StateOf(const std::map<std::string_view, std::size_t>& states, std::string_view own) {
  std::string_view best;
  std::size_t most = 0;
  for (const auto& [code, count] : states) {
    if (count > most) most = count, best = code;
  }
  const auto of_own = states.find(own);
  const std::size_t rival = of_own == states.end() ? 0 : of_own->second;
  return most >= kClearlyOf && most > kStandsOut * rival ? std::string(best) : std::string();
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
  if (std::string other = of(state); gazetteer.FindId(other, &index)) return other;
  std::size_t shared = 0;
  for (const std::string_view code : kSomeStates) shared += gazetteer.FindId(of(code), &index);
  return shared >= kManyStates ? std::string() : std::string(id);
}

int FullestOf(const std::vector<Described>& mentions, const std::vector<int>& members) {
  int best = -1;
  std::size_t best_rank = 0;
  // A place is called as the text calls it most («США», not «Америка»), others by their longest name.
  std::unordered_map<std::string_view, std::size_t> times;
  for (const int m : members) ++times[mentions[static_cast<std::size_t>(m)].normal];
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
