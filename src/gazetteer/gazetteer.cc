#include "gazetteer/gazetteer.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <unordered_map>

#include "bundle/binary.h"
#include "bundle/prefetch.h"
#include "gazetteer/layout.h"
#include "morph/by_form.h"
#include "morph/morph.h"

namespace atau::gazetteer {

using bundle::Prefetch;
using morph::Agreement;
using morph::Form;
using morph::Reading;
using token::Token;

namespace {

// What is left of agreement between «город» and «Москва», or «Лютик» and «партнёры». Of the four bits of a case the first says that it may
// be singular, whatever the gender, the second that it is this case in whatever number, the last that it may be plural.
constexpr Agreement kOnePerCase = 0x111111;
Agreement CasesOf(Agreement agreement) {
  const Agreement singular = (agreement | agreement >> 1 | agreement >> 2) & kOnePerCase;
  const Agreement plural = agreement & kOnePerCase * 8;
  return singular | (singular | plural >> 3) * 2 | plural;
}
Agreement OfOneNumber(Agreement cases) { return (cases & kOnePerCase) * 7 | (cases & kOnePerCase * 8); }
Agreement OfAnyNumber(Agreement cases) { return (cases >> 1 & kOnePerCase) * 15; }

// A key that a text token may be found under.
struct Key {
  std::uint64_t key;
  Agreement agreement;  // kAllAgreement for keys that do not inflect
  bool inflects;
};

// Where one walk through the trie of one section stands.
struct Walk {
  std::uint32_t state = 0;
  std::uint32_t finals = 0;
  Agreement agreement = morph::kAllAgreement;
  Agreement cases = morph::kAllAgreement;  // as CasesOf
  std::uint16_t lower = 0;                 // bit n: the n-th token is in lower case
  std::uint16_t not_upper = 0;             // bit n: the n-th token is not in capitals
  std::uint16_t not_inner = 0;             // bit n: the n-th token has no capitals inside
  std::uint8_t position = 0;               // tokens (or parts of hyphenated ones) so far
  bool parts = false;                      // a hyphenated token was taken apart
  KeyFilter filter;                        // of the state, but for the root
};

struct Section {
  std::span<const EdgeSlot> edges;
  std::span<const Final> finals;
  std::span<const EntryRecord> entries;
  std::span<const KindRecord> kinds;
  std::span<const std::uint32_t> classes;
  std::span<const IdRecord> ids;
  std::span<const KeyFilter> filters;
  FirstKeys first;
  std::string_view strings;
  std::uint32_t max_probe = 0;
  std::uint32_t max_tokens = 0;
  std::uint32_t first_entry = 0;
  std::vector<std::uint16_t> class_ids;  // of the section's classes
  // The section's kinds, decoded.
  struct Kind {
    std::string_view cls, kind;
    std::uint16_t class_id = 0, kind_id = 0;
  };
  std::vector<Kind> kind_rows;

  // Damaged offsets give an empty string: content is not checked at open, where it would touch every page.
  std::string_view String(std::uint32_t at) const {
    std::uint16_t size;
    if (at > strings.size() || strings.size() - at < sizeof(size)) return {};
    std::memcpy(&size, strings.data() + at, sizeof(size));
    return strings.substr(at + sizeof(size), size);
  }

  void PrefetchEdge(std::uint32_t state, std::uint64_t key) const {
    if (!edges.empty()) Prefetch(&edges[HomeSlot(MixEdge(state, key), edges.size())]);
  }

  const EdgeSlot* FindEdge(std::uint32_t state, std::uint64_t key) const {
    if (edges.empty()) return nullptr;
    const std::uint64_t hash = MixEdge(state, key);
    std::uint64_t slot = HomeSlot(hash, edges.size());
    for (std::uint32_t probe = 0; probe <= max_probe; ++probe) {
      const EdgeSlot& edge = edges[slot];
      if (edge.hash == hash) return &edge;
      if (edge.hash == 0 || edge.hash > hash) return nullptr;
      if (++slot == edges.size()) slot = 0;
    }
    return nullptr;
  }
};

}  // namespace

struct FindScratch::State {
  struct Part {
    std::vector<Key> keys;
    token::Shape shape;
  };
  struct Range {
    std::uint32_t first = 0, count = 0;
  };
  // What is known of a form, in one cache line.
  struct alignas(64) FormState {
    KeyFilter filter;  // its keys, and those of its first part
    KeyFilter onward;  // the keys that names which begin with it go on with
    Range keys;
    Range singles;            // what it is by itself
    std::uint32_t parts = 0;  // index into `parts` plus 1; 0 = the form is not taken apart
    std::uint32_t first_root = 0;
    std::uint16_t roots = 0;  // in how many sections it begins names that go on
  };
  static_assert(sizeof(FormState) == 64);
  // Where names that begin with a form stand behind it.
  struct Root {
    Range walks;
    std::uint32_t section = 0;
    KeyFilter filter;  // of all walks
  };
  // A token with which a name may begin that goes on with another one.
  struct Start {
    std::uint32_t begin, next;
  };
  const morph::FormTable* table = nullptr;
  const void* gazetteer = nullptr;
  std::uint64_t generation = 0;
  std::vector<FormState> forms;
  std::vector<Key> keys;
  std::vector<std::vector<std::uint32_t>> parts;  // into part_list
  std::vector<Part> part_list;
  std::unordered_map<std::string, std::uint32_t> part_of;  // into part_list, by surface (and the flag of its token that counts)
  std::vector<Root> roots;
  std::vector<Walk> root_walks;
  std::vector<Match> singles;
  std::vector<Walk> walks, next, before_part, after_part;
  std::vector<Start> starts;
  std::vector<std::uint32_t> untold;  // matches of the text that do not have yet what is told of their entries
};

FindScratch::FindScratch() : state_(std::make_unique<State>()) {}
FindScratch::~FindScratch() = default;

class GazetteerImpl final : public Gazetteer {
 public:
  static Result<std::unique_ptr<Gazetteer>> Open(std::span<const std::string_view> sections) {
    auto gazetteer = std::make_unique<GazetteerImpl>();
    for (const std::string_view bytes : sections) {
      if (bytes.empty()) continue;
      if (Status status = gazetteer->OpenSection(bytes); !status.ok()) return status.error();
    }
    return std::unique_ptr<Gazetteer>(std::move(gazetteer));
  }

  void Find(const std::vector<Token>& tokens, const morph::FormTable& forms, FindScratch* scratch, std::vector<Match>* out) const override {
    FindScratch::State& state = *scratch->state_;
    // A scratch may have served another table, or this one before it was cleared.
    if (state.table != &forms || state.generation != forms.generation() || state.gazetteer != this) {
      state.table = &forms, state.generation = forms.generation(), state.gazetteer = this;
      state.forms.clear(), state.keys.clear(), state.parts.clear();
      state.part_list.clear(), state.part_of.clear();
      state.roots.clear(), state.root_walks.clear(), state.singles.clear();
    }
    const auto n = static_cast<std::uint32_t>(tokens.size());
    FindNew(forms, &state);
    FindStarts(tokens, &state);
    // What names and tokens lead to stands far apart: it is asked for a few starts at a time, so that it comes together.
    constexpr std::size_t kTogether = 16;
    const std::vector<FindScratch::State::Start>& starts = state.starts;
    state.untold.clear();
    std::uint32_t done = 0;  // tokens whose singles are there
    for (std::size_t i = 0; i < starts.size(); ++i) {
      if (i % kTogether == 0) AskFor(tokens, std::span(starts).subspan(i, std::min(kTogether, starts.size() - i)), state);
      const auto [begin, next] = starts[i];
      AddSingles(tokens, done, begin, state, out);
      done = begin;
      const FindScratch::State::FormState& form = state.forms[tokens[begin].form];
      const KeyFilter& behind = state.forms[tokens[next].form].filter;
      const std::size_t first_match = out->size();
      for (std::uint32_t r = form.first_root; r < form.first_root + form.roots; ++r) {
        const FindScratch::State::Root& root = state.roots[r];
        if (root.filter.MayMeet(behind)) WalkFrom(tokens, begin, next, sections_[root.section], root, &state, out);
      }
      if (out->size() - first_match > 1) SortAndMerge(out, first_match);
      for (std::size_t k = first_match; k < out->size(); ++k) {
        PrefetchEntry((*out)[k].entry);
        state.untold.push_back(static_cast<std::uint32_t>(k));
      }
    }
    AddSingles(tokens, done, n, state, out);
    for (const std::uint32_t i : state.untold) Tell(&(*out)[i]);
  }

  Entry entry(std::uint32_t index) const override {
    Entry entry;
    const Section* section = SectionOf(index);
    if (section == nullptr) return entry;
    const EntryRecord& record = section->entries[index - section->first_entry];
    entry.id = section->String(record.id);
    entry.name = section->String(record.name);
    entry.slots = section->String(record.slots);
    entry.support = (record.flags & kEntrySupport) != 0;
    if ((record.flags & kEntryWords) == 0 && record.type < kTypeCount) entry.type = static_cast<Type>(record.type);
    if (record.kind < section->kind_rows.size()) {
      const Section::Kind& kind = section->kind_rows[record.kind];
      entry.kind = kind.kind, entry.kind_id = kind.kind_id;
      entry.cls = kind.cls, entry.class_id = kind.class_id;
    }
    return entry;
  }

  void Expect(std::uint32_t index, bool texts) const override {
    const Section* section = SectionOf(index);
    if (section == nullptr) return;
    const EntryRecord& record = section->entries[index - section->first_entry];
    if (!texts) return Prefetch(&record);
    for (const std::uint32_t at : {record.id, record.name, record.slots}) {
      if (at < section->strings.size()) Prefetch(section->strings.data() + at);
    }
  }

  EntryInfo Info(std::uint32_t index) const override {
    EntryInfo info;
    const Section* section = SectionOf(index);
    if (section == nullptr) return info;
    const EntryRecord& record = section->entries[index - section->first_entry];
    info.support = (record.flags & kEntrySupport) != 0;
    info.added = section != sections_.data();
    if ((record.flags & kEntryWords) == 0 && record.type < kTypeCount) info.type = static_cast<Type>(record.type);
    if (record.kind < section->kind_rows.size()) {
      const Section::Kind& kind = section->kind_rows[record.kind];
      info.kind_id = kind.kind_id, info.class_id = kind.class_id;
    }
    return info;
  }

  std::string_view SlotsOf(std::uint32_t index) const override {
    const Section* section = SectionOf(index);
    return section == nullptr ? std::string_view() : section->String(section->entries[index - section->first_entry].slots);
  }

  std::uint32_t size() const override { return size_; }

  bool FindId(std::string_view id, std::uint32_t* index) const override {
    const std::uint32_t hash = HashOfId(id);
    for (const Section& section : sections_) {
      auto at =
          std::lower_bound(section.ids.begin(), section.ids.end(), hash, [](const IdRecord& row, std::uint32_t h) { return row.hash < h; });
      for (; at != section.ids.end() && at->hash == hash; ++at) {
        if (at->entry >= section.entries.size() || section.String(section.entries[at->entry].id) != id) continue;
        *index = section.first_entry + at->entry;
        return true;
      }
    }
    return false;
  }

  std::uint16_t ClassId(std::string_view cls) const override {
    const auto at = class_by_name_.find(cls);
    return at == class_by_name_.end() ? 0 : at->second;
  }
  std::uint16_t KindId(std::string_view cls, std::string_view kind) const override {
    std::array<char, 64> name;
    const auto at = cls.size() + 1 + kind.size() > name.size() ? kind_by_name_.find(std::string(cls).append(":").append(kind))
                                                               : kind_by_name_.find(Joined(cls, kind, &name));
    return at == kind_by_name_.end() ? 0 : at->second;
  }
  std::string_view ClassName(std::uint16_t class_id) const override {
    return class_id == 0 || class_id > class_names_.size() ? std::string_view() : class_names_[class_id - 1];
  }
  std::string_view KindName(std::uint16_t kind_id) const override {
    return kind_id == 0 || kind_id > kind_names_.size() ? std::string_view() : kind_names_[kind_id - 1];
  }

 private:
  Status OpenSection(std::string_view bytes) {
    auto reader = bundle::PartReader::Open(bytes, kSectionTag, kSectionVersion, kPartCount, "gazetteer");
    if (!reader.ok()) return reader.error();
    Section section;
    const auto array = [&](auto* span, std::uint32_t part) -> Status {
      auto result = reader->Array<typename std::decay_t<decltype(*span)>::value_type>(part);
      if (!result.ok()) return result.error();
      *span = *result;
      return {};
    };
    std::span<const std::uint32_t> limits;
    std::span<const std::uint64_t> first;
    for (const Status& status :
         {array(&section.edges, kPartEdges), array(&section.finals, kPartFinals), array(&section.entries, kPartEntries),
          array(&section.kinds, kPartKinds), array(&section.classes, kPartClasses), array(&section.ids, kPartIds),
          array(&limits, kPartLimits), array(&section.filters, kPartFilters), array(&first, kPartFirst)}) {
      if (!status.ok()) return status;
    }
    section.strings = reader->Bytes(kPartStrings);
    if (limits.size() != 2) return reader->Damaged("its limits are missing");
    if ((first.size() & (first.size() - 1)) != 0) return reader->Damaged("its first keys have a broken size");
    section.first = FirstKeys(first);
    // A table that says more was not written by the builder; the bound keeps look-ups short whatever it holds.
    if (limits[0] > 1u << 16 || limits[1] > 1u << 8) return reader->Damaged("its limits are absurd");
    section.max_probe = limits[0];
    section.max_tokens = limits[1];
    if (section.entries.size() > UINT32_MAX - size_) return reader->Damaged("it has too many entries");
    section.first_entry = size_;
    for (const std::uint32_t cls : section.classes) {
      if (section.String(cls).empty()) return reader->Damaged("a class has no name");
      section.class_ids.push_back(Number(std::string(section.String(cls)), &class_by_name_, &class_names_));
    }
    for (const KindRecord& kind : section.kinds) {
      if (kind.cls >= section.classes.size()) return reader->Damaged("a kind has no class");
      std::string name(section.String(section.classes[kind.cls]));
      name.append(":").append(section.String(kind.kind));
      section.kind_rows.push_back({section.String(section.classes[kind.cls]), section.String(kind.kind), section.class_ids[kind.cls],
                                   Number(std::move(name), &kind_by_name_, &kind_names_)});
    }
    if (class_names_.size() > UINT16_MAX || kind_names_.size() > UINT16_MAX) return reader->Damaged("it has too many classes or kinds");
    size_ += static_cast<std::uint32_t>(section.entries.size());
    sections_.push_back(std::move(section));
    return {};
  }

  // The name of a kind that has room in `buffer`.
  static std::string_view Joined(std::string_view cls, std::string_view kind, std::array<char, 64>* buffer) {
    auto end = std::copy(cls.begin(), cls.end(), buffer->begin());
    *end++ = ':';
    end = std::copy(kind.begin(), kind.end(), end);
    return {buffer->data(), static_cast<std::size_t>(end - buffer->begin())};
  }

  using Numbers = std::map<std::string, std::uint16_t, std::less<>>;

  static std::uint16_t Number(std::string name, Numbers* ids, std::vector<std::string_view>* names) {
    const auto [at, added] = ids->emplace(std::move(name), static_cast<std::uint16_t>(names->size() + 1));
    if (added) names->push_back(at->first);  // keys of a map stay where they are
    return at->second;
  }

  void PrefetchEntry(std::uint32_t entry) const {
    const Section& first = sections_.front();
    if (entry < first.entries.size()) Prefetch(first.entries.data() + entry);
  }

  const Section* SectionOf(std::uint32_t entry) const {
    for (const Section& section : sections_) {
      if (entry >= section.first_entry && entry - section.first_entry < section.entries.size()) return &section;
    }
    return nullptr;
  }

  // Fills what a match tells of its entry.
  void Tell(Match* match) const {
    const EntryInfo info = Info(match->entry);
    match->type = info.type;
    match->added = info.added;
    match->class_id = info.class_id;
    match->kind_id = info.kind_id;
  }

  static void AddReadings(std::span<const Reading> readings, std::size_t first, std::vector<Key>* keys) {
    for (const Reading& reading : readings) {
      const std::uint64_t key = LemmaKey(reading.lemma_key);
      const Agreement agreement = morph::AgreementOf(reading.tag);
      const auto at = std::find_if(keys->begin() + static_cast<std::ptrdiff_t>(first), keys->end(),
                                   [&](const Key& k) { return k.inflects && k.key == key; });
      if (at != keys->end()) {
        at->agreement |= agreement;
      } else {
        keys->push_back({key, agreement, true});
      }
    }
  }

  static void FindKeys(const morph::FormTable& forms, std::uint32_t form_index, FindScratch::State* state) {
    FindScratch::State::FormState& cached = state->forms[form_index];
    const Form& form = forms[form_index];
    cached.keys.first = static_cast<std::uint32_t>(state->keys.size());
    state->keys.push_back({KeyOfFixed(form), morph::kAllAgreement, false});
    const bool same = form.surface.data() == form.folded.data();
    state->keys.push_back({ExactKey(same ? form.key : morph::KeyOf(form.surface)), morph::kAllAgreement, false});
    AddReadings(forms.ReadingsOf(form), cached.keys.first, &state->keys);
    cached.keys.count = static_cast<std::uint32_t>(state->keys.size() - cached.keys.first);
    for (std::size_t i = cached.keys.first; i < state->keys.size(); ++i) cached.filter.Add(KeyFilter::Of(state->keys[i].key));
    if ((form.flags & token::kHyphen) != 0) TakeApart(forms, form, &cached, state);
  }

  // «Протоном-М» is one token and one word for the morphology, but the rocket's name inflects in its first part.
  static void TakeApart(const morph::FormTable& forms, const Form& form, FindScratch::State::FormState* cached, FindScratch::State* state) {
    constexpr std::size_t kMaxParts = 6;
    std::vector<std::uint32_t> parts;
    for (std::size_t begin = 0; begin <= form.surface.size();) {
      const std::size_t end = std::min(form.surface.find('-', begin), form.surface.size());
      const std::string_view surface = form.surface.substr(begin, end - begin);
      begin = end + 1;
      if (surface.empty() || parts.size() == kMaxParts) return;
      parts.push_back(PartOf(forms, form, surface, state));
    }
    if (parts.size() < 2) return;
    for (const Key& key : state->part_list[parts[0]].keys) cached->filter.Add(KeyFilter::Of(key.key));
    state->parts.push_back(std::move(parts));
    cached->parts = static_cast<std::uint32_t>(state->parts.size());
  }

  // A part of a form: what is known of it is found once for all forms with the same part.
  static std::uint32_t PartOf(const morph::FormTable& forms, const Form& form, std::string_view surface, FindScratch::State* state) {
    std::string id(surface);
    id += (form.flags & token::kLatin) != 0 ? '+' : '-';
    const auto [at, added] = state->part_of.try_emplace(std::move(id), static_cast<std::uint32_t>(state->part_list.size()));
    if (!added) return at->second;
    std::string folded;
    morph::Fold(surface, &folded);
    Form part = form;
    part.surface = surface, part.folded = folded, part.key = morph::KeyOf(folded), part.shape = ShapeOfPart(surface, folded);
    part.flags = static_cast<std::uint16_t>(form.flags & ~token::kDigits);
    if (std::any_of(folded.begin(), folded.end(), [](char c) { return c >= '0' && c <= '9'; })) part.flags |= token::kDigits;
    FindScratch::State::Part& out = state->part_list.emplace_back();
    out.shape = part.shape;
    out.keys.push_back({KeyOfFixed(part), morph::kAllAgreement, false});
    std::vector<Reading> readings;
    forms.morph().Analyze(folded, part.shape, /*guess=*/true, &readings);
    AddReadings(readings, 0, &out.keys);
    return at->second;
  }

  static token::Shape ShapeOfPart(std::string_view surface, std::string_view folded) {
    const std::size_t first = static_cast<unsigned char>(surface[0]) < 0x80 ? 1 : 2;
    const auto same = [&](std::size_t at) {
      // ё folds to е, which is no change of letter case.
      return surface.substr(at) == folded.substr(at) || (surface.substr(at, 2) == "ё" && at + 2 >= surface.size());
    };
    if (surface.size() <= first) return same(0) ? token::Shape::kLower : token::Shape::kInitial;
    if (same(0)) return token::Shape::kLower;
    return same(first) ? token::Shape::kCap : token::Shape::kUpper;
  }

  // Appends where a walk can be after a token (or a part of one) with these keys.
  static void StepKeys(const Section& section, const Walk& walk, std::span<const Key> keys, token::Shape shape, std::vector<Walk>* out) {
    for (const Key& key : keys) {
      if (walk.state == 0 ? !section.first.MayHave(key.key) : !walk.filter.MayMeet(KeyFilter::Of(key.key))) continue;
      const EdgeSlot* edge = section.FindEdge(walk.state & ~kHasChildren, key.key);
      if (edge == nullptr) continue;
      Walk after = walk;
      after.state = edge->state;
      after.finals = edge->finals;
      // A damaged number of a state leads nowhere.
      const std::uint32_t number = after.state & ~kHasChildren;
      after.filter = (after.state & kHasChildren) != 0 && number < section.filters.size() ? section.filters[number] : KeyFilter{};
      if (key.inflects) {
        after.agreement &= key.agreement;
        after.cases &= CasesOf(key.agreement);
      }
      if (walk.position < 16) {
        const auto bit = static_cast<std::uint16_t>(1u << walk.position);
        const bool upper = IsUpperShape(shape) || shape == token::Shape::kNone;
        const bool mixed = shape == token::Shape::kMixed;
        if (IsLowerShape(shape)) after.lower |= bit;
        // «МИДа» is МИД in a case, so a mixed shape counts as capitals where the token inflects.
        if (!upper && !(mixed && key.inflects)) after.not_upper |= bit;
        if (!upper && !mixed) after.not_inner |= bit;
      }
      if (after.position < UINT8_MAX) ++after.position;
      out->push_back(after);
    }
  }

  static void Step(const Section& section, const Walk& walk, const FindScratch::State::FormState& form, token::Shape shape,
                   FindScratch::State* state, std::vector<Walk>* out) {
    StepKeys(section, walk, {state->keys.data() + form.keys.first, form.keys.count}, shape, out);
    if (form.parts == 0) return;
    state->before_part.assign(1, walk);
    for (const std::uint32_t number : state->parts[form.parts - 1]) {
      const FindScratch::State::Part& part = state->part_list[number];
      state->after_part.clear();
      for (const Walk& before : state->before_part) {
        if (before.state != 0 && (before.state & kHasChildren) == 0) continue;
        StepKeys(section, before, part.keys, part.shape, &state->after_part);
        if (state->after_part.size() > kMaxWalks) break;
      }
      state->before_part.swap(state->after_part);
    }
    for (Walk& after : state->before_part) {
      after.parts = true;
      out->push_back(after);
    }
  }

  // Finds what is to be known of the forms that the table has since the text before, a few at a time: what one asks for comes while the
  // others are looked at.
  void FindNew(const morph::FormTable& forms, FindScratch::State* state) const {
    constexpr std::size_t kTogether = 16, kKeysOfForm = 5;  // of most, as a mean
    std::size_t first = state->forms.size();
    const std::size_t all = forms.size();
    morph::GrowByForm(&state->forms, all);
    morph::ReserveByForm(&state->keys, all, kKeysOfForm);
    for (; first < all; first += kTogether) {
      const auto begin = static_cast<std::uint32_t>(first), end = static_cast<std::uint32_t>(std::min(all, first + kTogether));
      const std::size_t single = state->singles.size();
      for (std::uint32_t form = begin; form < end; ++form) FindKeysAndAsk(forms, form, state);
      for (std::uint32_t form = begin; form < end; ++form) AskForFirstEdges(form, *state);
      for (std::uint32_t form = begin; form < end; ++form) AskBehindFirstEdges(form, *state);
      for (std::uint32_t form = begin; form < end; ++form) FindRoots(forms, form, state);
      for (std::size_t i = single; i < state->singles.size(); ++i) Tell(&state->singles[i]);
    }
  }

  // Finds the keys of a new form, and has what FindRoots will look at brought to the cache, in three steps.
  void FindKeysAndAsk(const morph::FormTable& forms, std::uint32_t index, FindScratch::State* state) const {
    FindKeys(forms, index, state);
    const FindScratch::State::FormState& form = state->forms[index];
    for (const Section& section : sections_) {
      for (std::uint32_t k = form.keys.first; k < form.keys.first + form.keys.count; ++k) section.first.Expect(state->keys[k].key);
    }
  }
  void AskForFirstEdges(std::uint32_t index, const FindScratch::State& state) const {
    const FindScratch::State::FormState& form = state.forms[index];
    for (const Section& section : sections_) {
      for (std::uint32_t k = form.keys.first; k < form.keys.first + form.keys.count; ++k) {
        if (const std::uint64_t key = state.keys[k].key; section.first.MayHave(key)) section.PrefetchEdge(0, key);
      }
    }
  }
  void AskBehindFirstEdges(std::uint32_t index, const FindScratch::State& state) const {
    const FindScratch::State::FormState& form = state.forms[index];
    for (const Section& section : sections_) {
      for (std::uint32_t k = form.keys.first; k < form.keys.first + form.keys.count; ++k) {
        const std::uint64_t key = state.keys[k].key;
        const EdgeSlot* const edge = section.first.MayHave(key) ? section.FindEdge(0, key) : nullptr;
        if (edge == nullptr) continue;
        if (const std::uint32_t number = edge->state & ~kHasChildren; number < section.filters.size()) Prefetch(&section.filters[number]);
        if (edge->finals != 0 && edge->finals <= section.finals.size()) Prefetch(&section.finals[edge->finals - 1]);
      }
    }
  }

  // Finds the tokens with which a name may begin that goes on with the one behind.
  static void FindStarts(const std::vector<Token>& tokens, FindScratch::State* state) {
    constexpr std::uint32_t kAhead = 12;
    state->starts.clear();
    for (std::uint32_t begin = 0; begin < tokens.size(); ++begin) {
      if (begin + kAhead < tokens.size()) Prefetch(&state->forms[tokens[begin + kAhead].form]);
      const FindScratch::State::FormState& form = state->forms[tokens[begin].form];
      std::uint32_t next = begin;
      if (form.roots == 0 || IsPassedOver(tokens[begin]) || !NextNameToken(tokens, &next)) continue;
      if (form.onward.MayMeet(state->forms[tokens[next].form].filter)) state->starts.push_back({begin, next});
    }
  }

  // Appends what the tokens [begin, end) are by themselves.
  static void AddSingles(const std::vector<Token>& tokens, std::uint32_t begin, std::uint32_t end, const FindScratch::State& state,
                         std::vector<Match>* out) {
    constexpr std::uint32_t kAhead = 6;
    for (std::uint32_t i = begin; i < end; ++i) {
      if (i + kAhead < tokens.size()) Prefetch(state.singles.data() + state.forms[tokens[i + kAhead].form].singles.first);
      const auto [first, count] = state.forms[tokens[i].form].singles;
      if (count == 0 || IsPassedOver(tokens[i])) continue;
      for (std::uint32_t k = first; k < first + count; ++k) {
        Match& match = out->emplace_back(state.singles[k]);
        match.begin = i;
        match.end = i + 1;
      }
    }
  }

  void AskFor(const std::vector<Token>& tokens, std::span<const FindScratch::State::Start> starts, const FindScratch::State& state) const {
    for (const FindScratch::State::Start& start : starts) AskForRoots(tokens, start, state);
    for (const FindScratch::State::Start& start : starts) AskForWalks(tokens, start, state);
    for (const FindScratch::State::Start& start : starts) AskForEdges(tokens, start, state);
  }
  // Have the roots of a token, their walks and the edges that lead from these to the token behind brought to the cache, one after the
  // other.
  static void AskForRoots(const std::vector<Token>& tokens, const FindScratch::State::Start& start, const FindScratch::State& state) {
    Prefetch(state.roots.data() + state.forms[tokens[start.begin].form].first_root);
    Prefetch(state.keys.data() + state.forms[tokens[start.next].form].keys.first);
  }
  static void AskForWalks(const std::vector<Token>& tokens, const FindScratch::State::Start& start, const FindScratch::State& state) {
    Prefetch(state.root_walks.data() + state.roots[state.forms[tokens[start.begin].form].first_root].walks.first);
  }
  void AskForEdges(const std::vector<Token>& tokens, const FindScratch::State::Start& start, const FindScratch::State& state) const {
    const FindScratch::State::FormState& form = state.forms[tokens[start.begin].form];
    const FindScratch::State::FormState& behind = state.forms[tokens[start.next].form];
    for (std::uint32_t i = form.first_root; i < form.first_root + form.roots; ++i) {
      const FindScratch::State::Root& root = state.roots[i];
      if (!root.filter.MayMeet(behind.filter)) continue;
      for (std::uint32_t w = root.walks.first; w < root.walks.first + root.walks.count; ++w) {
        const Walk& walk = state.root_walks[w];
        if (!walk.filter.MayMeet(behind.filter)) continue;
        for (std::uint32_t k = behind.keys.first; k < behind.keys.first + behind.keys.count; ++k) {
          const std::uint64_t key = state.keys[k].key;
          if (walk.filter.MayMeet(KeyFilter::Of(key))) sections_[root.section].PrefetchEdge(walk.state & ~kHasChildren, key);
        }
      }
    }
  }

  void FindRoots(const morph::FormTable& forms, std::uint32_t index, FindScratch::State* state) const {
    FindScratch::State::FormState& form = state->forms[index];
    form.first_root = static_cast<std::uint32_t>(state->roots.size());
    form.singles.first = static_cast<std::uint32_t>(state->singles.size());
    for (std::uint32_t i = 0; i < sections_.size(); ++i) {
      const Section& section = sections_[i];
      state->walks.clear();
      Step(section, Walk{}, form, forms[index].shape, state, &state->walks);
      FindScratch::State::Root root;
      root.section = i;
      root.walks.first = static_cast<std::uint32_t>(state->root_walks.size());
      for (const Walk& walk : state->walks) {
        if (walk.finals != 0) Emit(section, walk, 0, 1, &state->singles);
        if ((walk.state & kHasChildren) == 0) continue;
        state->root_walks.push_back(walk);
        root.filter.Add(walk.filter);
      }
      root.walks.count = static_cast<std::uint32_t>(state->root_walks.size()) - root.walks.first;
      if (root.walks.count == 0) continue;
      state->roots.push_back(root);
      form.onward.Add(root.filter);
      ++form.roots;
    }
    if (state->singles.size() - form.singles.first > 1) SortAndMerge(&state->singles, form.singles.first);
    for (std::size_t i = form.singles.first; i < state->singles.size(); ++i) PrefetchEntry(state->singles[i].entry);
    form.singles.count = static_cast<std::uint32_t>(state->singles.size()) - form.singles.first;
  }

  // Follows the names that begin with the token at `begin` and go on with the one at `at`.
  static void WalkFrom(const std::vector<Token>& tokens, std::uint32_t begin, std::uint32_t at, const Section& section,
                       const FindScratch::State::Root& root, FindScratch::State* state, std::vector<Match>* out) {
    // Most names go on with nothing that stands behind, so those of the first token are looked at where they are kept.
    std::span<const Walk> walks{state->root_walks.data() + root.walks.first, root.walks.count};
    for (std::uint32_t position = 1; position < section.max_tokens; ++position) {
      const FindScratch::State::FormState& form = state->forms[tokens[at].form];
      state->next.clear();
      for (const Walk& walk : walks) {
        if (!walk.filter.MayMeet(form.filter)) continue;
        Step(section, walk, form, tokens[at].shape, state, &state->next);
        // A real dictionary has a handful of ways at a time; a hostile one must not make them multiply.
        if (state->next.size() > kMaxWalks) break;
      }
      state->walks.swap(state->next);
      walks = state->walks;
      bool children = false;
      for (const Walk& walk : walks) {
        if (walk.finals != 0) Emit(section, walk, begin, root.section == 0 ? at + 1 : EndOf(tokens, begin, at + 1), out);
        children |= (walk.state & kHasChildren) != 0;
      }
      if (!children || !NextNameToken(tokens, &at)) return;
    }
  }

  // Moves `*at` to the next token that a name may go on with; false where it must end.
  static bool NextNameToken(const std::vector<Token>& tokens, std::uint32_t* at) {
    std::uint32_t next = *at;
    for (int passed = 0; passed <= kMaxPassedOver; ++passed) {
      if (tokens[next].Has(token::kSentenceEnd) || ++next == tokens.size()) return false;
      if (tokens[next].Has(token::kBlockStart | token::kSentenceStart)) return false;
      if (!IsPassedOver(tokens[next])) {
        *at = next;
        return true;
      }
    }
    return false;
  }

  // A quote that opens inside of a name closes inside of it: the added name «ООО "Ромашка"» ends with its quote. The main dictionary's
  // names stay as its weights were learned, which prefer the name in the quotes.
  static std::uint32_t EndOf(const std::vector<Token>& tokens, std::uint32_t begin, std::uint32_t end) {
    while (end < tokens.size() && tokens[end].kind == token::Kind::kQuote && tokens[end].Has(token::kCloses) &&
           tokens[end].pair >= static_cast<std::int32_t>(begin)) {
      ++end;
    }
    return end;
  }

  static void Emit(const Section& section, const Walk& walk, std::uint32_t begin, std::uint32_t end, std::vector<Match>* out) {
    for (std::size_t i = walk.finals - 1; i < section.finals.size(); ++i) {
      const Final& final = section.finals[i];
      const Agreement allowed = final.allowed & morph::kAllAgreement;
      Agreement left = 0;
      bool agrees = !walk.parts || (final.allowed & kUnhyphened) != 0;
      if ((final.allowed & kAnyForm) != 0) {
        left = walk.agreement & allowed;
      } else if (allowed != 0) {
        left = ((final.allowed & kCaseOnly) != 0    ? OfOneNumber(walk.cases)
                : (final.allowed & kAnyNumber) != 0 ? OfAnyNumber(walk.cases)
                                                    : walk.agreement) &
               allowed;
        agrees &= left != 0;
      }
      const bool other_case =
          (walk.lower & final.capitals) != 0 || (walk.not_upper & final.uppers) != 0 || (walk.not_inner & final.inners) != 0;
      // A class says how its words are written («ПО» is no «по»), and nobody asks again; names may stand in a text that has no capitals.
      if (other_case && (final.flags & kWords) != 0) agrees = false;
      if (agrees && final.entry < section.entries.size()) {
        Match match;
        match.begin = begin;
        match.end = end;
        match.entry = section.first_entry + final.entry;
        match.agreement = left;
        match.flags = final.flags & (kSupport | kExact | kVariant | kWords);
        if (other_case) match.flags |= kOtherCase;
        match.variant = final.variant;
        out->push_back(match);
      }
      if ((final.allowed & kLastFinal) != 0) return;
    }
  }

  // Longer ones first, then by entry; one entry found in several ways over the same tokens is one match.
  static void SortAndMerge(std::vector<Match>* out, std::size_t first) {
    const auto begin = out->begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, out->end(), [](const Match& a, const Match& b) {
      if (a.end != b.end) return a.end > b.end;
      if (a.entry != b.entry) return a.entry < b.entry;
      if (a.variant != b.variant) return a.variant < b.variant;
      if (a.flags != b.flags) return a.flags < b.flags;
      return a.agreement < b.agreement;
    });
    auto last = begin;
    for (auto at = begin + 1; at < out->end(); ++at) {
      if (at->end == last->end && at->entry == last->entry) {
        // The way that asks least of the text counts: `МО РФ` as a support variant takes nothing from the plain one.
        last->agreement |= at->agreement;
        last->flags =
            static_cast<std::uint8_t>((last->flags & at->flags & (kSupport | kExact | kOtherCase)) | (last->flags & (kVariant | kWords)));
      } else {
        *++last = *at;
      }
    }
    out->erase(last + 1, out->end());
  }

  static constexpr std::size_t kMaxWalks = 64;

  std::vector<Section> sections_;
  std::uint32_t size_ = 0;
  Numbers class_by_name_, kind_by_name_;
  std::vector<std::string_view> class_names_, kind_names_;
};

Result<std::unique_ptr<Gazetteer>> OpenGazetteer(std::span<const std::string_view> sections) { return GazetteerImpl::Open(sections); }

}  // namespace atau::gazetteer
