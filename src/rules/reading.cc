#include "rules/reading.h"

#include <algorithm>
#include <bit>

#include "bundle/prefetch.h"
#include "morph/morph.h"

namespace atau::rules {
namespace {

using bundle::Prefetch;

// What a class test looks at, decoded once an entry.
struct MatchKey {
  std::uint16_t cls = 0, kind = 0;
  Type type = Type::kNone;
  std::uint64_t flags = 0;  // those that some class test asks for
  bool words = false, support = false;
};

class Reader : public Run {
 public:
  explicit Reader(const Run& run) : Run(run) {}

  bool Begin() {
    if (view.tokens == nullptr || view.forms == nullptr || view.tokens->empty() || set.words == 0) return false;
    s.need_cursor.assign(set.needs.size(), 0);
    const bool known = s.owner == &set && s.table == view.forms && s.generation == view.forms->generation();
    if (!known || !view.again || s.tokens.size() != view.tokens->size()) {
      if (!known) Forget();
      ReadTokens();
      ReadMatches();
    }
    s.resolved_at.clear();
    if (view.resolved != nullptr) {
      const std::size_t n = view.tokens->size();
      s.resolved_at.assign(n, -1);
      for (std::size_t i = 0; i < view.resolved->size(); ++i) {
        const View::Resolved& r = (*view.resolved)[i];
        if (r.begin < n && r.end <= n && r.begin < r.end) s.resolved_at[r.begin] = static_cast<std::int32_t>(i);
      }
    }
    LeaveOut();
    return true;
  }

 private:
  static constexpr std::size_t kFar = 24;  // what is far away in memory is asked for so many tokens or matches before it is needed

  // Takes the rules out of the mask of which the text as a whole lacks something.
  void LeaveOut() {
    for (std::size_t required = 0; required < set.required.size(); ++required) {
      if (!s.required_at[required].empty()) continue;
      const std::uint64_t* lacking = set.need_class.data() + required * set.words;
      for (std::size_t w = words.from; w < words.to; ++w) s.mask[w] &= ~lacking[w];
    }
  }

  // Fills what is known of matches. ReadTokens went before.
  void ReadMatches() {
    const auto n = static_cast<std::uint32_t>(view.tokens->size());
    static const std::vector<gazetteer::Match> kNone;
    const std::vector<gazetteer::Match>& matches = view.matches != nullptr && view.gazetteer != nullptr ? *view.matches : kNone;
    s.keys.resize(matches.size());
    s.stands.resize(matches.size());
    s.match_at.resize(n + 1);
    s.stand_at.resize(n + 1);
    s.required_at.resize(set.required.size());
    for (auto& list : s.required_at) list.clear();
    s.widest = 0;
    std::uint32_t stands = 0, token = 0;  // tokens before this one have their places in match_at and stand_at
    for (std::size_t at = 0; at < matches.size(); ++at) {
      if (at + kFar < matches.size()) s.entry_rows.Expect(HashOf(matches[at + kFar]));
      s.keys[at] = RowOf(matches[at]);
      Prefetch(s.kinds.data() + s.keys[at]);
    }
    for (std::uint32_t at = 0; at < matches.size(); ++at) {
      const gazetteer::Match& m = matches[at];
      const std::uint32_t row = s.keys[at];
      s.widest = std::max(s.widest, m.end - m.begin);
      const State::KindRow& kind = s.kinds[row];
      for (std::uint32_t k = kind.required.first; k < kind.required.first + kind.required.count; ++k) {
        auto& list = s.required_at[s.kind_required[k]];
        if (list.empty() || list.back() != m.begin) list.push_back(m.begin);
      }
      for (; token <= std::min(m.begin, n); ++token) s.match_at[token] = at, s.stand_at[token] = stands;
      if (m.begin >= n || (kind.begins | kind.goes_on) == 0) continue;
      if (at > 0 && s.keys[at - 1] == row && matches[at - 1].begin == m.begin && matches[at - 1].end == m.end) continue;
      s.tokens[m.begin].begins |= kind.begins, s.tokens[m.begin].goes_on |= kind.goes_on;
      Prefetch(s.profiles.data() + kind.profile);
      s.stands[stands++] = {std::min(m.end, n), kind.profile, kind.begins, kind.goes_on};
    }
    for (; token <= n; ++token) s.match_at[token] = static_cast<std::uint32_t>(matches.size()), s.stand_at[token] = stands;
  }

  void Forget() {
    s.owner = &set;
    s.table = view.forms;
    s.generation = view.forms->generation();
    s.forms.clear(), s.signatures.clear(), s.signature_tests.clear(), s.pending.clear(), s.profiles.clear(), s.place_rows.clear();
    s.signature_index.Clear(), s.profile_index.Clear(), s.place_row_index.Clear();
    s.reading_index.Clear(), s.reading_rows_index.Clear(), s.reading_rows.clear(), s.reading_seen.clear();
    s.mask_index.Clear(), s.mask_rows.clear();
    s.rows.assign(set.own_words * 2, 0);
    s.held.clear();
    s.entry_rows.Clear(), s.kind_rows.Clear(), s.kinds.clear(), s.kind_fits.clear(), s.kind_required.clear();
  }

  // Of what tells what a match may be for rules.
  static std::uint64_t HashOf(const gazetteer::Match& match) {
    const bool word = (match.flags & gazetteer::kWords) != 0, support = (match.flags & gazetteer::kSupport) != 0;
    return Mixed(0, std::uint64_t{match.entry} * 4 + (word ? 1u : 0u) + (support ? 2u : 0u));
  }

  // What a match may be for rules.
  std::uint32_t RowOf(const gazetteer::Match& match) {
    const bool word = (match.flags & gazetteer::kWords) != 0, support = (match.flags & gazetteer::kSupport) != 0;
    std::uint32_t& row = s.entry_rows.At(HashOf(match));
    if (row == kNoIndex) {
      const gazetteer::Entry entry = view.gazetteer->entry(match.entry);
      row = RowOf(MatchKey{entry.class_id, entry.kind_id, entry.type, set.FlagsOf(entry.slots), word, support});
    }
    return row;
  }

  static bool FitsKey(const BoundClass& b, const MatchKey& k) {
    if (b.never || b.entity == k.words) return false;
    if (b.cls != 0 && b.cls != k.cls) return false;
    if (b.type != Type::kNone && b.type != k.type) return false;
    if (b.kind != 0 && b.kind != k.kind) return false;
    if ((b.flags & ~k.flags) != 0) return false;
    if (b.tier == ClassRef::kOnlySupport && !k.support) return false;
    return b.tier != ClassRef::kOnlyAlone || !k.support;
  }

  std::uint32_t RowOf(const MatchKey& key) {
    const std::uint64_t small = std::uint64_t{key.cls} | std::uint64_t{key.kind} << 16 | static_cast<std::uint64_t>(key.type) << 32 |
                                std::uint64_t{key.words} << 40 | std::uint64_t{key.support} << 41;
    std::uint32_t& known = s.kind_rows.At(Mixed(Mixed(0, small), key.flags));
    if (known != kNoIndex) return known;
    const auto row = static_cast<std::uint32_t>(s.kinds.size());
    known = row;
    State::KindRow& kind = s.kinds.emplace_back();
    s.kind_fits.resize(s.kind_fits.size() + set.fit_words);
    for (std::size_t test = 0; test < set.classes.size(); ++test) {
      if (FitsKey(set.classes[test], key)) s.kind_fits[row * set.fit_words + test / 64] |= std::uint64_t{1} << (test % 64);
    }
    kind.required.first = static_cast<std::uint32_t>(s.kind_required.size());
    const std::size_t size = set.words * kPlaces;
    s.draft.assign(size, 0);
    std::uint64_t* sets = s.draft.data();
    const auto add = [&](const std::vector<std::uint32_t>& tests) {
      for (std::uint32_t test : tests) {
        if (!FitsKey(set.classes[test], key)) continue;
        for (std::size_t w = 0; w < size; ++w) sets[w] |= set.class_sets[test * size + w];
        if (set.required_index[test] != kNoIndex) s.kind_required.push_back(set.required_index[test]);
      }
    };
    add(set.by_class[0]);
    if (key.cls != 0 && key.cls < set.by_class.size()) add(set.by_class[key.cls]);
    kind.required.count = static_cast<std::uint32_t>(s.kind_required.size()) - kind.required.first;
    for (std::size_t p = 0; p < std::size(set.words_of_phase); ++p) {
      const WordRange of = set.words_of_phase[p];
      for (std::size_t place = 0; place < kPlaces; ++place) {
        const std::uint64_t* words_of_place = sets + set.WordAt(place, of.from);
        if (place == kAlone || std::all_of(words_of_place, words_of_place + (of.to - of.from), [](std::uint64_t w) { return w == 0; }))
          continue;
        (place == kFirst ? kind.begins : kind.goes_on) |= static_cast<std::uint8_t>(1u << p);
      }
    }
    kind.profile = KeepDraft();
    return row;
  }

  // Fills what is known of tokens.
  void ReadTokens() {
    const std::size_t n = view.tokens->size();
    s.forms.resize(view.forms->size());
    s.tokens.resize(n);
    s.walls.resize(n * 2);
    std::size_t sentence = 0, block = 0;  // tokens before these have their walls
    for (std::size_t i = 0; i < n; ++i) {
      const token::Token& t = (*view.tokens)[i];
      if (i + kFar < n) Prefetch(s.forms.data() + (*view.tokens)[i + kFar].form);
      if (s.forms[t.form].profile == kNoIndex) LookAt(t.form);
      const State::FormState& form = s.forms[t.form];
      Prefetch(s.profiles.data() + form.profile);
      s.tokens[i] = {static_cast<std::uint32_t>(MaskOf(t)),
                     t.form,
                     form.tests,
                     form.profile,
                     form.keyed,
                     0,
                     0,
                     !t.Has(token::kOpens | token::kCloses | token::kSentenceStart | token::kBlockStart)};
      if (t.Has(token::kSentenceStart | token::kBlockStart)) {
        for (; sentence < i; ++sentence) s.walls[sentence * 2] = static_cast<std::uint32_t>(i);
        if (t.Has(token::kBlockStart)) {
          for (; block < i; ++block) s.walls[block * 2 + 1] = static_cast<std::uint32_t>(i);
        }
      }
    }
    for (; sentence < n; ++sentence) s.walls[sentence * 2] = static_cast<std::uint32_t>(n);
    for (; block < n; ++block) s.walls[block * 2 + 1] = static_cast<std::uint32_t>(n);
  }

  // Finds the profile of a new form.
  void LookAt(std::uint32_t index) {
    const morph::Form& form = (*view.forms)[index];
    const std::span<const morph::Reading> readings = view.forms->ReadingsOf(form);
    const bool capital = RuleTables::IsCapital(form);
    const TokenMask mask = TokenMask{form.flags} | KindBit(form.kind) | ShapeBit(form.shape);
    // The order of the readings says nothing, nor does a reading that says what another one did.
    std::uint64_t tags = 0;
    s.reading_numbers.clear();
    ++s.looked_at;
    for (const morph::Reading& r : readings) {
      const std::uint32_t number = NumberOf(r);
      if (s.reading_seen[number] == s.looked_at) continue;
      s.reading_seen[number] = s.looked_at;
      s.reading_numbers.push_back(number);
      tags += Mixed(0, number + 1u);
    }
    std::uint64_t hash = Mixed(Mixed(mask, (form.known ? 1u : 0u) + (capital ? 2u : 0u)), tags);
    std::uint32_t& signature_number = s.signature_index.At(hash);
    if (signature_number == kNoIndex) signature_number = NewSignature(mask, form.known, capital);
    const std::uint32_t number = signature_number;
    State::FormState& state = s.forms[index];
    state.tests = static_cast<std::uint32_t>(number * set.test_words);
    const State::Signature& signature = s.signatures[number];
    s.extra.clear();
    s.extra_tests.clear();
    const auto look_up = [&](std::uint64_t key) {
      const Range tests = set.TestsOfKey(key);
      for (std::uint32_t k = tests.first; k < tests.first + tests.count; ++k) {
        const std::uint32_t test = set.keyed_tests[k];
        if (std::find(s.extra_tests.begin(), s.extra_tests.end(), test) != s.extra_tests.end()) continue;
        if (!set.Evaluate(set.program.form_tests[test], *view.forms, form)) continue;
        s.extra_tests.push_back(test);
        for (std::uint32_t atom : set.atoms_of[test]) {
          const Atom& a = set.atoms[atom];
          if ((mask & a.need) == a.need && (mask & a.forbid) == 0) s.extra.push_back(atom);
        }
      }
    };
    look_up(form.key);
    std::uint64_t last = 0;
    for (const morph::Reading& r : readings) {
      if (r.lemma_key != last && (last = r.lemma_key) != form.key) look_up(last);
    }
    if (!s.extra_tests.empty()) {
      state.held = static_cast<std::uint32_t>(s.held.size());
      for (const std::uint32_t test : s.extra_tests) state.keyed |= std::uint64_t{1} << (test % 64);
      s.held.insert(s.held.end(), s.extra_tests.begin(), s.extra_tests.end());
      s.held.push_back(kNoIndex);
    }
    if (signature.pending.count != 0) {
      const TextOutline folded = OutlineOfText(form.folded);
      const TextOutline surface = form.surface.data() == form.folded.data() ? folded : OutlineOfText(form.surface);
      const std::uint32_t* const atoms = s.pending.data() + signature.pending.first;
      for (std::uint32_t k = 0; k < signature.pending.count; ++k) {
        const Range regexes = set.regexes_of_atom[atoms[k]];
        const Outline* outline = set.outlines.data() + regexes.first;
        const Outline* const end = outline + regexes.count;
        while (outline != end && outline->Allows(outline->of_surface ? surface : folded)) ++outline;
        if (outline == end) s.extra.push_back(atoms[k]);
      }
    }
    if (s.extra.empty()) {
      state.profile = signature.profile;
      return;
    }
    for (std::uint32_t atom : s.extra) hash = Mixed(hash, atom + 1u);
    std::uint32_t& profile = s.profile_index.At(hash);
    if (profile == kNoIndex) {
      s.draft.resize(set.words * kPlaces);
      const State::Profile base = s.profiles[signature.profile];
      for (std::size_t place = 0; place < kPlaces; ++place) {
        for (std::size_t w = 0; w < set.words; ++w) s.draft[set.WordAt(place, w)] = s.place_rows[base.at[place] + w];
      }
      for (std::uint32_t atom : s.extra) AddSets(atom, s.draft.data());
      profile = KeepDraft();
    }
    state.profile = profile;
  }

  void AddSets(std::uint32_t atom, std::uint64_t* sets) const {
    const Range bits = set.bits_of_atom[atom];
    for (std::uint32_t k = bits.first; k < bits.first + bits.count; ++k) sets[set.atom_bits[k].word] |= set.atom_bits[k].bits;
  }

  // The number of a new profile.
  std::uint32_t KeepDraft() {
    State::Profile profile;
    for (std::size_t place = 0; place < kPlaces; ++place) {
      std::uint64_t hash = 0;
      for (std::size_t w = 0; w < set.words; ++w) hash = Mixed(hash, s.draft[set.WordAt(place, w)]);
      std::uint32_t& row = s.place_row_index.At(hash);
      if (row == kNoIndex) {
        row = static_cast<std::uint32_t>(s.place_rows.size());
        s.place_rows.resize(row + set.row_words);
        for (std::size_t w = 0; w < set.words; ++w) s.place_rows[row + w] = s.draft[set.WordAt(place, w)];
      }
      profile.at[place] = row;
    }
    s.profiles.push_back(profile);
    return static_cast<std::uint32_t>(s.profiles.size() - 1);
  }

  // The number of what tests say of a reading.
  std::uint32_t NumberOf(const morph::Reading& reading) {
    std::uint32_t& number =
        s.reading_index.At(Mixed(Mixed(0, static_cast<std::uint64_t>(reading.origin) + 1), reading.tag & set.told_tags));
    if (number != kNoIndex) return number;
    const std::size_t size = set.reading_words;
    const std::size_t first = s.reading_rows.size();
    s.reading_rows.resize(first + size);
    set.ReadingRow(reading, s.reading_rows.data() + first);
    std::uint64_t hash = 0;
    for (std::size_t w = first; w < first + size; ++w) hash = Mixed(hash, s.reading_rows[w]);
    std::uint32_t& row = s.reading_rows_index.At(hash);
    if (row == kNoIndex) {
      row = static_cast<std::uint32_t>(first / size);
      s.reading_seen.push_back(0);
    } else {
      s.reading_rows.resize(first);
    }
    number = row;
    return number;
  }

  // What a form's flags, kind and shape say: atoms, then a profile.
  const std::uint64_t* MaskRow(TokenMask mask) {
    const std::size_t size = set.atom_words + set.words * kPlaces;
    std::uint32_t& row = s.mask_index.At(Mixed(0, mask));
    if (row == kNoIndex) {
      row = static_cast<std::uint32_t>(s.mask_rows.size() / size);
      s.mask_rows.resize(s.mask_rows.size() + size);
      std::uint64_t* atoms = s.mask_rows.data() + row * size;
      std::uint64_t* profile = atoms + set.atom_words;
      for (std::size_t w = 0; w < set.words * kPlaces; ++w) profile[w] = set.anything[w] | set.nothing[w];
      for (std::uint32_t atom = 0; atom < set.atoms.size(); ++atom) {
        const Atom& a = set.atoms[atom];
        if ((mask & a.need) != a.need || (mask & a.forbid) != 0) continue;
        atoms[atom / 64] |= std::uint64_t{1} << (atom % 64);
        if (a.form_test == kNoIndex) AddSets(atom, profile);
      }
    }
    return s.mask_rows.data() + row * size;
  }

  // Of a form whose readings have s.reading_numbers.
  std::uint32_t NewSignature(TokenMask mask, bool known, bool capital) {
    const auto number = static_cast<std::uint32_t>(s.signatures.size());
    State::Signature& signature = s.signatures.emplace_back();
    signature.pending.first = static_cast<std::uint32_t>(s.pending.size());
    const std::uint64_t* allowed = MaskRow(mask);
    s.draft.assign(allowed + set.atom_words, allowed + set.atom_words + set.words * kPlaces);
    // A test holds that some reading suits (or that asks for none), no reading forbids, and the form as a whole suits.
    const std::uint64_t* of_form = set.form_rows.data() + ((known ? 1u : 0u) + (capital ? 2u : 0u)) * set.half_row;
    const auto held = [&](std::size_t w) {
      std::uint64_t good = set.any_reading_row[w], bad = 0;
      for (const std::uint32_t reading : s.reading_numbers) {
        const std::uint64_t* row = s.reading_rows.data() + reading * set.reading_words;
        good |= row[w];
        bad |= row[set.half_row + w];
      }
      return good & ~bad & of_form[w];
    };
    for (std::size_t w = 0; w < set.test_words; ++w) s.signature_tests.push_back(held(w));
    for (std::size_t w = 0; w < set.atom_words; ++w) {
      for (std::uint64_t left = held(set.test_words + w) & allowed[w]; left != 0; left &= left - 1) {
        const auto atom = static_cast<std::uint32_t>(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
        if (set.regexes_of_atom[atom].count != 0) {
          s.pending.push_back(atom);
        } else {
          AddSets(atom, s.draft.data());
        }
      }
    }
    signature.pending.count = static_cast<std::uint32_t>(s.pending.size()) - signature.pending.first;
    signature.profile = KeepDraft();
    return number;
  }
};

}  // namespace

bool ReadDocument(Run* run) { return Reader(*run).Begin(); }

}  // namespace atau::rules
