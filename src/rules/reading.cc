#include "rules/reading.h"

#include <algorithm>
#include <array>
#include <bit>

#include "bundle/prefetch.h"
#include "morph/by_form.h"
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
      if (m.begin >= n) continue;
      s.tokens[m.begin].classes |= kind.classes;
      if ((kind.begins | kind.goes_on) == 0) continue;
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
    s.read_index.Clear(), s.signature_index.Clear(), s.profile_index.Clear(), s.place_row_index.Clear();
    s.reading_index.Clear(), s.reading_rows_index.Clear(), s.reading_rows.clear(), s.reading_seen.clear();
    s.mask_index.Clear(), s.mask_rows.clear();
    s.rows.assign(set.form_words, 0);
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
      row = RowOf(MatchKey{match.class_id, match.kind_id, match.type, set.FlagsOf(view.gazetteer->SlotsOf(match.entry)), word, support});
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
      if (!FitsKey(set.classes[test], key)) continue;
      s.kind_fits[row * set.fit_words + test / 64] |= std::uint64_t{1} << (test % 64);
      kind.classes |= std::uint64_t{1} << (test % 64);
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
    LookAtForms();
    s.tokens.resize(n);
    s.walls.resize(n * 2);
    std::size_t sentence = 0, block = 0;  // tokens before these have their walls
    for (std::size_t i = 0; i < n; ++i) {
      const token::Token& t = (*view.tokens)[i];
      if (i + kFar < n) Prefetch(s.forms.data() + (*view.tokens)[i + kFar].form);
      const State::FormState& form = s.forms[t.form];
      Prefetch(s.profiles.data() + form.profile);
      s.tokens[i] = {static_cast<std::uint32_t>(MaskOf(t)),
                     t.form,
                     form.tests,
                     form.profile,
                     form.keyed,
                     0,
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

  // A new form that is looked at.
  struct Look {
    std::uint64_t hash = 0;  // first of what tells the signature, then of what tells the profile
    TokenMask mask = 0;
    bool capital = false;
    std::uint32_t signature = 0;
    std::uint32_t extra = 0;  // where in s.extra its atoms end
  };

  // Finds the profiles of the forms that the table has since the document before: a few at a time, as each step asks for memory that the
  // next one looks at.
  void LookAtForms() {
    constexpr std::size_t kTogether = 16;
    std::array<Look, kTogether> looks;
    const std::size_t all = view.forms->size();
    std::size_t first = s.forms.size();
    morph::GrowByForm(&s.forms, all);
    for (; first < all; first += kTogether) {
      const std::size_t count = std::min(kTogether, all - first);
      for (std::size_t k = 0; k < count; ++k) ReadForm((*view.forms)[static_cast<std::uint32_t>(first + k)], &looks[k]);
      s.extra.clear();
      for (std::size_t k = 0; k < count; ++k) FindSignature(static_cast<std::uint32_t>(first + k), &looks[k]);
      std::uint32_t extra = 0;
      for (std::size_t k = 0; k < count; ++k) {
        s.forms[first + k].profile = ProfileOf(looks[k], {s.extra.data() + extra, looks[k].extra - extra});
        extra = looks[k].extra;
      }
    }
  }

  void ReadForm(const morph::Form& form, Look* look) {
    look->capital = RuleTables::IsCapital(form);
    look->mask = TokenMask{form.flags} | KindBit(form.kind) | ShapeBit(form.shape);
    // Most forms have the readings of one that was looked at; their order says nothing.
    std::uint64_t read = 0, last = form.key;
    for (const morph::Reading& r : view.forms->ReadingsOf(form)) {
      read += Mixed(0, HashOf(r));
      if (r.lemma_key != last) set.ExpectKey(last = r.lemma_key);
    }
    look->hash = Mixed(Mixed(look->mask, (form.known ? 1u : 0u) + (look->capital ? 2u : 0u)), read);
    s.read_index.Expect(look->hash);
    set.ExpectKey(form.key);
  }

  // Finds the signature of a form, and what its profile has beyond that of the signature: appends to s.extra.
  void FindSignature(std::uint32_t index, Look* look) {
    const morph::Form& form = (*view.forms)[index];
    const std::span<const morph::Reading> readings = view.forms->ReadingsOf(form);
    std::uint32_t& number = s.read_index.At(look->hash);
    if (number == kNoIndex) number = SignatureOf(look->mask, form.known, look->capital, readings);
    look->signature = number;
    State::FormState& state = s.forms[index];
    state.tests = static_cast<std::uint32_t>(number * set.test_words);
    const std::size_t first = s.extra.size();
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
          if ((look->mask & a.need) == a.need && (look->mask & a.forbid) == 0) s.extra.push_back(atom);
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
    if (s.signatures[number].tries && !form.folded.empty() && !form.surface.empty()) TryPatterns(form, number);
    look->extra = static_cast<std::uint32_t>(s.extra.size());
    if (look->extra == first) return;
    look->hash = Mixed(0, number + 1u);  // not 0, behind which the first atom would pass for a number
    for (std::size_t k = first; k < look->extra; ++k) look->hash = Mixed(look->hash, s.extra[k] + 1u);
    s.profile_index.Expect(look->hash);
  }

  std::uint32_t ProfileOf(const Look& look, std::span<const std::uint32_t> extra) {
    const std::uint32_t plain = s.signatures[look.signature].profile;
    if (extra.empty()) return plain;
    std::uint32_t& profile = s.profile_index.At(look.hash);
    if (profile == kNoIndex) {
      s.draft.resize(set.words * kPlaces);
      const State::Profile base = s.profiles[plain];
      for (std::size_t place = 0; place < kPlaces; ++place) {
        for (std::size_t w = 0; w < set.words; ++w) s.draft[set.WordAt(place, w)] = s.place_rows[base.at[place] + w];
      }
      for (std::uint32_t atom : extra) AddSets(atom, s.draft.data());
      profile = KeepDraft(&base);
    }
    return profile;
  }

  // The signature of a form with these readings.
  std::uint32_t SignatureOf(TokenMask mask, bool known, bool capital, std::span<const morph::Reading> readings) {
    // A reading that says what another one did says nothing.
    std::uint64_t told = 0;
    s.reading_numbers.clear();
    ++s.looked_at;
    for (const morph::Reading& r : readings) {
      const std::uint32_t number = NumberOf(r);
      if (s.reading_seen[number] == s.looked_at) continue;
      s.reading_seen[number] = s.looked_at;
      s.reading_numbers.push_back(number);
      told += Mixed(0, number + 1u);
    }
    std::uint32_t& number = s.signature_index.At(Mixed(Mixed(mask, (known ? 1u : 0u) + (capital ? 2u : 0u)), told));
    if (number == kNoIndex) number = NewSignature(mask, known, capital);
    return number;
  }

  // Adds to s.extra what the regular expressions of a signature may say of a form, which has a text: an outline is enough, the machine
  // tries the expressions themselves.
  void TryPatterns(const morph::Form& form, std::uint32_t signature) {
    const bool folds = form.surface.data() != form.folded.data();
    const TextEnds of_folded = EndsOfText(form.folded);
    const TextEnds of_surface = folds ? EndsOfText(form.surface) : of_folded;
    const auto row = [this](const std::vector<std::uint64_t>& rows, int letter) {
      return rows.data() + static_cast<std::size_t>(letter) * set.pattern_words;
    };
    const std::uint64_t* const begin[2] = {row(set.begin_patterns[0], of_folded.first), row(set.begin_patterns[1], of_surface.first)};
    const std::uint64_t* const end[2] = {row(set.end_patterns[0], of_folded.last), row(set.end_patterns[1], of_surface.last)};
    TextOutline folded, surface;
    for (std::size_t w = 0; w < set.pattern_words; ++w) {
      std::uint64_t left = s.pending[signature * set.pattern_words + w] & begin[0][w] & begin[1][w] & end[0][w] & end[1][w];
      if (left != 0 && folded.letters == 0) {
        folded = OutlineOfText(form.folded);
        surface = folds ? OutlineOfText(form.surface) : folded;
      }
      for (; left != 0; left &= left - 1) {
        const std::uint32_t atom = set.pattern_atoms[w * 64 + static_cast<std::size_t>(std::countr_zero(left))];
        const Range uses = set.regexes_of_atom[atom];
        const Outline* outline = set.outlines.data() + uses.first;
        const Outline* const last = outline + uses.count;
        while (outline != last && outline->Allows(outline->of_surface ? surface : folded)) ++outline;
        if (outline == last) s.extra.push_back(atom);
      }
    }
  }

  void AddSets(std::uint32_t atom, std::uint64_t* sets) const {
    const Range bits = set.bits_of_atom[atom];
    for (std::uint32_t k = bits.first; k < bits.first + bits.count; ++k) sets[set.atom_bits[k].word] |= set.atom_bits[k].bits;
  }

  // Of all that a test may ask of a reading.
  std::uint64_t HashOf(const morph::Reading& reading) const {
    return Mixed(Mixed(0, static_cast<std::uint64_t>(reading.origin) + 1), reading.tag & set.told_tags);
  }

  // The number of a new profile. Of places of which it says what `like` says, that one knows the rows.
  std::uint32_t KeepDraft(const State::Profile* like = nullptr) {
    State::Profile profile;
    std::array<std::uint64_t, kPlaces> hashes{};
    std::array<std::size_t, kPlaces> unlike;
    std::size_t count = 0;
    // Sets of rules are too regular for a hash to tell all of them apart, so that what stands there is looked at.
    const auto is_row = [this](std::size_t place, std::uint32_t row) {
      for (std::size_t w = 0; w < set.words; ++w) {
        if (s.place_rows[row + w] != s.draft[set.WordAt(place, w)]) return false;
      }
      return true;
    };
    for (std::size_t place = 0; place < kPlaces; ++place) {
      if (like != nullptr && is_row(place, like->at[place])) {
        profile.at[place] = like->at[place];
        continue;
      }
      for (std::size_t w = 0; w < set.words; ++w) hashes[place] = Mixed(hashes[place], s.draft[set.WordAt(place, w)]);
      s.place_row_index.Expect(hashes[place]);
      unlike[count++] = place;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const std::size_t place = unlike[k];
      std::uint64_t hash = hashes[place];
      std::uint32_t row = s.place_row_index.At(hash);
      while (row != kNoIndex && !is_row(place, row)) row = s.place_row_index.At(hash = Mixed(hash, 1));
      if (row == kNoIndex) {
        row = static_cast<std::uint32_t>(s.place_rows.size());
        s.place_row_index.At(hash) = row;
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
    std::uint32_t& number = s.reading_index.At(HashOf(reading));
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
    s.pending.resize(s.pending.size() + set.pattern_words);
    std::uint64_t* const pending = s.pending.data() + number * set.pattern_words;
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
        if (const std::uint32_t pattern = set.pattern_of[atom]; pattern != kNoIndex) {
          pending[pattern / 64] |= std::uint64_t{1} << (pattern % 64);
          signature.tries = true;
        } else {
          AddSets(atom, s.draft.data());
        }
      }
    }
    signature.profile = KeepDraft();
    return number;
  }
};

}  // namespace

bool ReadDocument(Run* run) { return Reader(*run).Begin(); }

}  // namespace atau::rules
