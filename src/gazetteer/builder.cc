#include "gazetteer/builder.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "bundle/binary.h"
#include "gazetteer/gazetteer.h"
#include "gazetteer/layout.h"
#include "gazetteer/paths.h"

namespace atau::gazetteer {
namespace {

// A trie that grows: states are numbered as they come, so that the same paths give the same numbers.
class Trie {
 public:
  // The state behind `state` by `key`, made where it is not there yet.
  std::uint32_t Follow(std::uint32_t state, std::uint64_t key) {
    if ((edges_.size() + 1) * 3 > table_.size() * 2) Grow();
    std::uint64_t slot = HomeSlot(MixEdge(state, key), table_.size());
    while (table_[slot] != 0) {
      const Edge& edge = edges_[table_[slot] - 1];
      if (edge.parent == state && edge.key == key) return table_[slot];
      if (++slot == table_.size()) slot = 0;
    }
    edges_.push_back({key, state, false});
    const auto added = static_cast<std::uint32_t>(edges_.size());
    table_[slot] = added;
    if (state != 0) edges_[state - 1].has_children = true;
    return added;
  }

  std::uint32_t states() const { return static_cast<std::uint32_t>(edges_.size()); }

  // The keys of the edges that leave the root, as FirstKeys looks at them.
  std::vector<std::uint64_t> First() const {
    const auto first = static_cast<std::size_t>(std::count_if(edges_.begin(), edges_.end(), [](const Edge& e) { return e.parent == 0; }));
    std::size_t size = 1;
    while (size * FirstKeys::kKeysPerWord < first) size *= 2;
    std::vector<std::uint64_t> words(size);
    for (const Edge& edge : edges_) {
      if (edge.parent == 0) words[FirstKeys::WordOf(edge.key, size)] |= FirstKeys::BitsOf(edge.key);
    }
    return words;
  }

  // The table as the matcher looks at it; `finals` gives EdgeSlot::finals of each state (from 1).
  std::vector<EdgeSlot> Freeze(const std::vector<std::uint32_t>& finals, std::uint32_t* max_probe, std::vector<KeyFilter>* filters) const {
    // States with children come first.
    std::vector<std::uint32_t> numbers(edges_.size() + 1);
    std::uint32_t parents = 0;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (edges_[i].has_children) numbers[i + 1] = ++parents;
    }
    std::uint32_t next = parents;
    for (std::size_t i = 0; i < edges_.size(); ++i) {
      if (!edges_[i].has_children) numbers[i + 1] = ++next;
    }
    filters->assign(parents + 1u, {});
    std::vector<EdgeSlot> slots(edges_.empty() ? 0 : edges_.size() + edges_.size() / 3 + 8);
    *max_probe = 0;
    std::vector<EdgeSlot> sorted;
    sorted.reserve(edges_.size());
    for (std::uint32_t state = 1; state <= edges_.size(); ++state) {
      const Edge& edge = edges_[state - 1];
      const std::uint32_t parent = numbers[edge.parent];
      (*filters)[parent].Add(KeyFilter::Of(edge.key));
      sorted.push_back({MixEdge(parent, edge.key), numbers[state] | (edge.has_children ? kHasChildren : 0), finals[state]});
    }
    // Home slots grow with the hashes: put in by hash, the edges are met in that order, and a search ends at the first greater hash.
    std::stable_sort(sorted.begin(), sorted.end(), [](const EdgeSlot& a, const EdgeSlot& b) { return a.hash < b.hash; });
    for (const EdgeSlot& edge : sorted) {
      std::uint64_t slot = HomeSlot(edge.hash, slots.size());
      std::uint32_t probe = 0;
      for (; slots[slot].hash != 0; ++probe) {
        if (++slot == slots.size()) slot = 0;
      }
      slots[slot] = edge;
      *max_probe = std::max(*max_probe, probe);
    }
    return slots;
  }

 private:
  struct Edge {
    std::uint64_t key;
    std::uint32_t parent;
    bool has_children;  // the state that it leads to
  };

  void Grow() {
    table_.assign(std::max<std::size_t>(1024, table_.size() * 2), 0);
    for (std::uint32_t state = 1; state <= edges_.size(); ++state) {
      std::uint64_t slot = HomeSlot(MixEdge(edges_[state - 1].parent, edges_[state - 1].key), table_.size());
      while (table_[slot] != 0) {
        if (++slot == table_.size()) slot = 0;
      }
      table_[slot] = state;
    }
  }

  std::vector<Edge> edges_;  // the one into state n + 1
  std::vector<std::uint32_t> table_;
};

// Strings, each once.
class StringPool {
 public:
  std::uint32_t Add(std::string_view text) {
    text = text.substr(0, UINT16_MAX);
    const auto [at, added] = places_.emplace(std::string(text), static_cast<std::uint32_t>(bytes_.size()));
    if (added) {
      const auto size = static_cast<std::uint16_t>(text.size());
      bytes_.append(reinterpret_cast<const char*>(&size), sizeof(size)).append(text);
      if (bytes_.size() % 2 != 0) bytes_ += '\0';
    }
    return at->second;
  }
  bool full() const { return bytes_.size() > UINT32_MAX - (1u << 20); }
  std::string Take() { return std::move(bytes_); }

 private:
  std::unordered_map<std::string, std::uint32_t> places_;
  std::string bytes_;
};

bool StartsCapitalOrDigit(std::string_view part) {
  std::string folded;
  morph::Fold(part, &folded);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  // «ё» folds too, but a word that begins with it in lower case is no part of a double name.
  const std::size_t letter = !part.empty() && static_cast<unsigned char>(part[0]) < 0x80 ? 1 : 2;
  return !part.empty() && (digit(part[0]) || (folded.substr(0, letter) != part.substr(0, letter) && !part.starts_with("ё")));
}

// «Нур-Султан» as «Нур Султан»: hyphens between parts that each begin with a capital or a digit become blanks. Empty where there are none.
std::string WithoutHyphens(std::string_view name) {
  std::string out(name);
  bool any = false;
  for (std::size_t at = name.find('-'); at != std::string_view::npos; at = name.find('-', at + 1)) {
    const std::size_t blank = name.rfind(' ', at), begin = blank == std::string_view::npos ? 0 : blank + 1;
    const std::string_view word = name.substr(begin, name.find(' ', at) - begin);
    bool all = true;
    for (std::size_t part = 0; part <= word.size();) {
      const std::size_t end = std::min(word.find('-', part), word.size());
      all &= StartsCapitalOrDigit(word.substr(part, end - part));
      part = end + 1;
    }
    if (!all) continue;
    out[at] = ' ';
    any = true;
  }
  return any ? out : std::string();
}

// Whether a word of a class is one that the code asks for, and that is never looked for in a text (flag `listed`): small words stand
// everywhere.
bool IsListed(const SourceEntry& entry) {
  constexpr std::string_view kFlag = "listed";
  for (std::size_t at = 0; entry.words && at < entry.slots.size();) {
    const std::size_t comma = std::min(entry.slots.find(',', at), entry.slots.size());
    if (entry.slots.substr(at, comma - at) == kFlag) return true;
    at = comma + 1;
  }
  return false;
}

// True for an unknown word behind a known noun that does not look like a nominative: «Завод Хруничева» teaches no noun «Хруничева».
bool IsTail(const std::vector<NameWord>& words, std::size_t at) {
  bool noun_before = false;
  for (std::size_t i = 0; i < at; ++i) {
    for (const morph::Reading& r : words[i].readings) {
      noun_before |= words[i].form.known && (r.tag & morph::kNOUN) != 0 && (r.tag & morph::knomn) != 0;
    }
  }
  if (!noun_before) return false;
  constexpr std::string_view kEndings[] = {"а", "е", "и", "о", "у", "ы", "э", "ю", "я", "ого", "его", "ой", "ей", "ых", "их", "ов", "ев"};
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](std::string_view e) { return words[at].form.folded.ends_with(e); });
}

bool HasInnerCapital(std::string_view word) {
  // A capital letter right behind a small one.
  std::string before, folded;
  bool small = false;
  for (std::size_t at = 0; at < word.size();) {
    const auto byte = static_cast<unsigned char>(word[at]);
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    const std::string_view letter = word.substr(at, length);
    morph::Fold(letter, &folded);
    const bool letters = length > 1 || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    const bool capital = letters && letter != "ё" && folded != letter;
    if (capital && small) return true;
    small = letters && !capital;
    at += length;
  }
  return false;
}

}  // namespace

struct Builder::State {
  std::vector<SourceEntry> entries;
};

Builder::Builder() : state_(std::make_unique<State>()) {}
Builder::~Builder() = default;

void Builder::Add(SourceEntry entry) { state_->entries.push_back(std::move(entry)); }
std::size_t Builder::size() const { return state_->entries.size(); }

std::vector<UnknownWord> Builder::UnknownWords(const morph::Morph& morph) const {
  std::map<std::string, UnknownWord> unknown;
  NameReader reader(&morph);
  std::vector<NameWord> words;
  const auto collect = [&](const SourceEntry& entry, std::string_view name) {
    reader.Read(name, &words);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const bool anew = words.size() == 1 && entry.type != Type::kPerson && !entry.words && IsFormOfSurname(words[i]);
      if (!NeedsLexeme(words[i]) && !anew) continue;
      // Particles of people's names («фон», «ибн») stay as they are.
      if (entry.type == Type::kPerson && words[i].form.shape == token::Shape::kLower) continue;
      if (entry.type != Type::kPerson && IsTail(words, i)) continue;
      // Classes hold endings and particles too; as words of their own they would only hide better guesses.
      if (entry.words && words[i].form.folded.size() < 8) continue;
      UnknownWord word;
      word.word = std::string(words[i].form.surface);
      word.type = entry.type;
      word.first = i == 0 && words.size() > 1;
      word.last = i + 1 == words.size();
      word.abbreviation = words[i].form.shape == token::Shape::kUpper;
      word.anew = anew;
      if (i > 0) {
        constexpr morph::Agreement kSingularNominative = 7, kPluralNominative = 8;
        morph::Agreement before = 0;
        for (const morph::Reading& r : words[i - 1].readings) {
          if ((r.tag & (morph::kADJF | morph::kPRTF)) != 0) before |= morph::AgreementOf(r.tag);
        }
        word.plural = (before & kPluralNominative) != 0 && (before & kSingularNominative) == 0;
      }
      unknown.emplace(word.word, word);
    }
  };
  for (const SourceEntry& entry : state_->entries) {
    for (const SourceName& name : entry.names) {
      if (name.exact) continue;
      collect(entry, name.text);
      if (const std::string split = WithoutHyphens(name.text); !split.empty()) collect(entry, split);
    }
  }
  std::vector<UnknownWord> out;
  for (auto& [key, word] : unknown) out.push_back(std::move(word));
  return out;
}

std::vector<std::string> Builder::CamelNames() const {
  std::vector<std::string> camel;
  for (const SourceEntry& entry : state_->entries) {
    for (const SourceName& name : entry.names) {
      for (std::size_t begin = 0; begin < name.text.size();) {
        const std::size_t end = std::min(name.text.find_first_of(" «»\"-", begin), name.text.size());
        const std::string_view word = name.text.substr(begin, end - begin);
        if (HasInnerCapital(word)) camel.emplace_back(word);
        begin = end + 1;
      }
    }
  }
  std::sort(camel.begin(), camel.end());
  camel.erase(std::unique(camel.begin(), camel.end()), camel.end());
  return camel;
}

std::string Builder::Finish(const morph::Morph& morph, bundle::Diagnostics* diagnostics,
                            const std::function<void(double share)>& progress) const {
  Trie trie;
  StringPool strings;
  std::vector<EntryRecord> entries;
  std::vector<KindRecord> kinds;
  std::vector<std::uint32_t> classes;
  std::vector<IdRecord> ids;
  std::map<std::string, std::uint32_t, std::less<>> class_numbers;
  std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> kind_numbers;
  std::vector<std::pair<std::uint32_t, Final>> finals;  // by state
  std::uint32_t max_tokens = 1;
  NameReader reader(&morph);
  std::vector<NameWord> words;

  for (const SourceEntry& source : state_->entries) {
    const auto number = static_cast<std::uint32_t>(entries.size());
    if (progress && number % 1024 == 0) progress(static_cast<double>(number) / static_cast<double>(state_->entries.size()));
    if (strings.full()) {
      diagnostics->Error(source.file, source.line, 0, "the gazetteer is full: its strings have more than 4 GiB", "compile several bundles");
      break;
    }
    if (source.names.empty()) continue;
    const auto [cls, new_class] = class_numbers.emplace(std::string(source.cls), static_cast<std::uint32_t>(classes.size()));
    if (new_class) classes.push_back(strings.Add(source.cls));
    const auto [kind, new_kind] =
        kind_numbers.emplace(std::pair(cls->second, std::string(source.kind)), static_cast<std::uint32_t>(kinds.size()));
    if (new_kind) kinds.push_back({cls->second, strings.Add(source.kind)});
    if (kinds.size() > UINT16_MAX) {
      diagnostics->Error(source.file, source.line, 0, "there are more than 65535 kinds", "are kinds and names mixed up?");
      break;
    }

    EntryRecord entry{};
    const SourceName& canonical = source.names.front();
    entry.name = strings.Add(canonical.text);
    entry.id = source.words ? entry.name : strings.Add(source.id);
    entry.slots = strings.Add(source.slots);
    entry.kind = static_cast<std::uint16_t>(kind->second);
    entry.type = static_cast<std::uint8_t>(source.type);
    entry.flags = static_cast<std::uint8_t>((source.support ? kEntrySupport : 0) | (source.words ? kEntryWords : 0));
    entries.push_back(entry);
    if (!source.words) ids.push_back({HashOfId(source.id), number});
    if (IsListed(source)) continue;

    for (std::size_t i = 0; i < source.names.size(); ++i) {
      const SourceName& name = source.names[i];
      const auto add_words = [&](std::uint32_t more_flags) {
        const std::vector<NamePath> paths = PathsOf(words, source, name.exact);
        for (const NamePath& path : paths) {
          std::uint32_t state = 0;
          for (const std::uint64_t key : path.keys) state = trie.Follow(state, key);
          Final final{};
          final.entry = number;
          final.allowed = path.allowed | more_flags;
          final.capitals = path.capitals;
          final.uppers = path.uppers;
          final.inners = path.inners;
          final.variant = static_cast<std::uint8_t>(std::min<std::size_t>(i, UINT8_MAX));
          final.flags = static_cast<std::uint8_t>((source.support || name.support ? kSupport : 0) | (path.allowed == 0 ? kExact : 0) |
                                                  (i > 0 ? kVariant : 0) | (source.words ? kWords : 0));
          finals.emplace_back(state, final);
          max_tokens = std::max(max_tokens, static_cast<std::uint32_t>(path.keys.size()));
        }
        return !paths.empty();
      };
      reader.Read(name.text, &words);
      if (!add_words(0)) {
        diagnostics->Error(source.file, source.line, 0, "the name '" + std::string(name.text) + "' can never match",
                           words.empty() ? "it has no letters and digits" : "names have at most 32 words and signs");
        continue;
      }
      if (name.exact) continue;
      if (source.type == Type::kPerson && words.size() == 2 && words[0].inflects_by_letters && words[1].inflects_by_letters) {
        std::swap(words[0], words[1]);  // «Путин Владимир»
        add_words(0);
      }
      if (const std::string split = WithoutHyphens(name.text); !split.empty()) {
        reader.Read(split, &words);
        add_words(kUnhyphened);
      }
    }
  }

  // Runs of finals in the order of states, and in the order of entries inside a run.
  std::stable_sort(finals.begin(), finals.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<Final> runs;
  std::vector<std::uint32_t> first_of_state(trie.states() + 1, 0);
  for (const auto& [state, final] : finals) {
    const bool continues = first_of_state[state] != 0;
    if (continues) {
      const Final& last = runs.back();
      if (last.entry == final.entry && last.variant == final.variant && last.capitals == final.capitals && last.uppers == final.uppers &&
          last.inners == final.inners && (last.allowed & ~kLastFinal) == final.allowed) {
        continue;  // the same way twice
      }
      runs.back().allowed &= ~kLastFinal;
    } else {
      first_of_state[state] = static_cast<std::uint32_t>(runs.size() + 1);
    }
    runs.push_back(final);
    runs.back().allowed |= kLastFinal;
  }
  std::sort(ids.begin(), ids.end(),
            [](const IdRecord& a, const IdRecord& b) { return std::pair(a.hash, a.entry) < std::pair(b.hash, b.entry); });

  std::vector<std::uint32_t> limits(2);
  bundle::PartWriter writer(kSectionTag, kSectionVersion);
  std::vector<KeyFilter> filters;
  writer.Add(trie.Freeze(first_of_state, &limits[0], &filters));
  limits[1] = max_tokens;
  writer.Add(runs);
  writer.Add(entries);
  writer.Add(kinds);
  writer.Add(classes);
  writer.Add(ids);
  writer.Add(strings.Take());
  writer.Add(limits);
  writer.Add(filters);
  writer.Add(trie.First());
  return writer.Finish();
}

}  // namespace atau::gazetteer
