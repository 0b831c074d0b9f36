// The part of RuleTables that says of a form, without its neighbours, which tests hold.
#include <algorithm>
#include <map>

#include "morph/letters.h"
#include "morph/morph.h"
#include "rules/tables.h"

namespace atau::rules {
namespace {

// The one place where text is handed to RE2: its StringPiece is a class of its own in old releases and absl::string_view in new ones.
bool FullMatch(const RE2& regex, std::string_view text) { return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex); }

bool AsksForReading(const FormTest& t) { return t.need != 0 || t.forbid != 0 || t.origins != 0; }

// What depends on the form as a whole, and needs no list.
bool OfForm(const FormTest& t, bool known, bool capital) {
  if ((t.form_need & kKnownForm) != 0 && !known) return false;
  if ((t.form_forbid & kKnownForm) != 0 && known) return false;
  if (((t.form_need | t.form_forbid) & kCapitalForm) != 0) {
    if ((t.form_need & kCapitalForm) != 0 ? !capital : capital) return false;
  }
  return true;
}

// Guesses and names that are rather common words do not count: nearly every word might be a surname.
bool Forbids(const FormTest& t, const morph::Reading& r) {
  return (r.tag & t.never) != 0 && r.origin != morph::Origin::kGuess && r.origin != morph::Origin::kNameSupport;
}

bool OfReading(const FormTest& t, const morph::Reading& r) {
  return (r.tag & t.need) == t.need && (r.tag & t.forbid) == 0 && (t.origins == 0 || ((t.origins >> static_cast<int>(r.origin)) & 1) != 0);
}

// The bytes of the first character.
std::string_view First(std::string_view s) {
  std::size_t e = 1;
  while (e < s.size() && (static_cast<unsigned char>(s[e]) & 0xC0) == 0x80) ++e;
  return s.substr(0, e);
}

}  // namespace

Status RuleTables::CompileRegexes() {
  std::map<std::string_view, const RE2*> known;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1 << 20);
  for (const RegexUse& use : program.regexes) {
    const std::string& pattern = program.strings[use.pattern];
    auto [it, added] = known.emplace(pattern, nullptr);
    if (added) {
      owned.push_back(std::make_unique<RE2>(pattern, options));
      if (!owned.back()->ok()) return Error{Code::kCorrupt, "the rule section holds a bad regular expression: " + owned.back()->error()};
      it->second = owned.back().get();
    }
    regexes.push_back(it->second);
    outlines.push_back(use.negated != 0 ? Outline{} : OutlineOfRegex(pattern));
    outlines.back().of_surface = use.surface != 0;
  }
  const std::size_t letters = 64;
  for (int surface = 0; surface < 2; ++surface) {
    begin_patterns[surface].assign(letters * pattern_words, 0);
    end_patterns[surface].assign(letters * pattern_words, 0);
  }
  for (std::size_t number = 0; number < pattern_atoms.size(); ++number) {
    const Range uses = regexes_of_atom[pattern_atoms[number]];
    for (int surface = 0; surface < 2; ++surface) {
      std::uint64_t first = ~std::uint64_t{0}, last = ~std::uint64_t{0};
      for (std::uint32_t k = uses.first; k < uses.first + uses.count; ++k) {
        if (outlines[k].of_surface == (surface != 0)) first &= outlines[k].first, last &= outlines[k].last;
      }
      for (std::size_t letter = 0; letter < letters; ++letter) {
        const std::size_t word = letter * pattern_words + number / 64;
        begin_patterns[surface][word] |= (first >> letter & 1) << (number % 64);
        end_patterns[surface][word] |= (last >> letter & 1) << (number % 64);
      }
    }
  }
  return {};
}

void RuleTables::SortTests() {
  test_kinds.reserve(program.form_tests.size());
  for (const FormTest& t : program.form_tests) {
    const bool exceptions = t.not_lemmas.count != 0 || t.not_texts.count != 0 || t.not_exacts.count != 0;
    test_kinds.push_back((t.has & 7) != 0       ? TestKind::kKeyed
                         : t.regexes.count != 0 ? TestKind::kRegex
                         : exceptions           ? TestKind::kTagsNot
                                                : TestKind::kTags);
    if (test_kinds.back() != TestKind::kKeyed) told_tags |= t.need | t.forbid | t.never;
  }
  std::uint32_t own = 0;
  test_places.assign(test_kinds.size(), kNoIndex);
  for (std::uint32_t test = 0; test < test_kinds.size(); ++test) {
    if (test_kinds[test] == TestKind::kKeyed) continue;
    test_places[test] = static_cast<std::uint32_t>(unkeyed_tests.size());
    unkeyed_tests.push_back(test);
  }
  std::vector<std::uint32_t> own_of(test_kinds.size(), kNoIndex);
  for (const std::uint32_t test : unkeyed_tests) {
    if (test_kinds[test] != TestKind::kTags) own_of[test] = own++;
  }
  for (const ConjunctionTest& c : program.conjunctions) {
    TokenCheck& check = checks.emplace_back();
    check.need = static_cast<std::uint32_t>(c.need);
    // What is both needed and forbidden is asked for by nobody, and never found.
    check.asked = (c.need & c.forbid) != 0 ? 0 : static_cast<std::uint32_t>(c.need | c.forbid);
    MoreCheck& rest = more.emplace_back(MoreCheck{c.form_test, kNoIndex, kNoIndex, c.not_classes});
    if (c.form_test != kNoIndex) rest.place = test_places[c.form_test], rest.own = own_of[c.form_test];
    if (c.not_classes.count != 0 || rest.own != kNoIndex) {
      check.rest = TokenCheck::kMore;
      if (rest.place != kNoIndex) check.number = rest.place & TokenCheck::kNoNumber;
    } else if (c.form_test != kNoIndex) {
      const bool keyed = rest.place == kNoIndex;
      check.rest = keyed ? TokenCheck::kKey : TokenCheck::kSignature;
      check.number = (keyed ? rest.test : rest.place) & TokenCheck::kNoNumber;
    }
  }
  own_words = (own + 63) / 64;
  test_words = (unkeyed_tests.size() + 63) / 64;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed;  // tests by the keys that may make them hold
  std::string folded;
  for (std::uint32_t test = 0; test < test_kinds.size(); ++test) {
    if (test_kinds[test] != TestKind::kKeyed) continue;
    const FormTest& t = program.form_tests[test];
    // One list is enough: the test asks for all of them.
    if ((t.has & 2) != 0) {
      for (std::uint32_t k = 0; k < t.texts.count; ++k) keyed.emplace_back(program.keys[t.texts.first + k], test);
    } else if ((t.has & 4) != 0) {
      for (std::uint32_t k = 0; k < t.exacts.count; ++k) {
        morph::Fold(program.strings[t.exacts.first + k], &folded);
        keyed.emplace_back(morph::KeyOf(folded), test);
      }
    } else {
      for (std::uint32_t k = 0; k < t.lemmas.count; ++k) keyed.emplace_back(program.keys[t.lemmas.first + k], test);
    }
  }
  std::sort(keyed.begin(), keyed.end());
  keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());
  std::size_t size = 256;
  while (size < keyed.size() * 2) size *= 2;
  key_slots.assign(size, {});
  for (std::size_t i = 0; i < keyed.size();) {
    const std::uint64_t key = keyed[i].first;
    const auto first = static_cast<std::uint32_t>(keyed_tests.size());
    for (; i < keyed.size() && keyed[i].first == key; ++i) keyed_tests.push_back(keyed[i].second);
    std::size_t at = key & (size - 1);
    while (key_slots[at].tests.count != 0) at = (at + 1) & (size - 1);
    key_slots[at] = {key, {first, static_cast<std::uint32_t>(keyed_tests.size()) - first}};
  }
  const std::size_t sets = words * kPlaces;
  for (std::size_t atom = 0; atom < atoms.size(); ++atom) {
    const auto first = static_cast<std::uint32_t>(atom_bits.size());
    for (std::size_t w = 0; w < sets; ++w) {
      if (const std::uint64_t bits = atom_sets[atom * sets + w]; bits != 0) atom_bits.push_back({static_cast<std::uint32_t>(w), bits});
    }
    bits_of_atom.push_back({first, static_cast<std::uint32_t>(atom_bits.size()) - first});
  }
  atom_sets = {};
  atoms_of.assign(program.form_tests.size(), {});
  for (std::uint32_t atom = 0; atom < atoms.size(); ++atom) {
    const std::uint32_t test = atoms[atom].form_test;
    if (test != kNoIndex) atoms_of[test].push_back(atom);
    regexes_of_atom.push_back(test == kNoIndex ? Range{} : program.form_tests[test].regexes);
    const bool pattern = regexes_of_atom.back().count != 0;
    pattern_of.push_back(pattern ? static_cast<std::uint32_t>(pattern_atoms.size()) : kNoIndex);
    if (pattern) pattern_atoms.push_back(atom);
  }
  pattern_words = (pattern_atoms.size() + 63) / 64;
  atom_words = (atoms.size() + 63) / 64;
  half_row = test_words + atom_words;
  reading_words = std::max<std::size_t>(2 * half_row, 1);  // rules without tests have rows too
  any_reading_row.assign(half_row, 0);
  form_rows.assign(4 * half_row, 0);
  for (const std::uint32_t test : unkeyed_tests) {
    const FormTest& t = program.form_tests[test];
    if (!AsksForReading(t)) SetTest(test, any_reading_row.data());
    for (std::uint32_t form = 0; form < 4; ++form) {
      const bool known = (form & 1) != 0, capital = (form & 2) != 0;
      if (OfForm(t, known, capital)) SetTest(test, form_rows.data() + form * half_row);
    }
  }
}

void RuleTables::SetTest(std::uint32_t test, std::uint64_t* row) const {
  row[test_places[test] / 64] |= std::uint64_t{1} << (test_places[test] % 64);
  for (std::uint32_t atom : atoms_of[test]) row[test_words + atom / 64] |= std::uint64_t{1} << (atom % 64);
}

void RuleTables::ReadingRow(const morph::Reading& reading, std::uint64_t* row) const {
  for (const std::uint32_t test : unkeyed_tests) {
    const FormTest& t = program.form_tests[test];
    if (AsksForReading(t) && OfReading(t, reading)) SetTest(test, row);
    if (Forbids(t, reading)) SetTest(test, row + half_row);
  }
}

bool RuleTables::IsCapital(const morph::Form& form) {
  if (form.surface.data() == form.folded.data()) return false;
  const bool letters = form.shape != token::Shape::kNone && !form.surface.empty() && !form.folded.empty();
  return letters && First(form.surface) != First(form.folded);
}

bool RuleTables::Evaluate(const FormTest& t, const morph::FormTable& forms, const morph::Form& form) const {
  if (!OfForm(t, form.known, IsCapital(form))) return false;
  if ((form.any & t.never) != 0) {
    for (const morph::Reading& r : forms.ReadingsOf(form)) {
      if (Forbids(t, r)) return false;
    }
  }
  if ((t.has & 2) != 0 && !HasKey(t.texts, form.key)) return false;
  if (t.not_texts.count != 0 && HasKey(t.not_texts, form.key)) return false;
  if ((t.has & 4) != 0 && !HasString(t.exacts, form.surface)) return false;
  if (t.not_exacts.count != 0 && HasString(t.not_exacts, form.surface)) return false;
  const bool of_reading = t.need != 0 || t.forbid != 0 || t.origins != 0 || (t.has & 1) != 0;
  if (of_reading || t.not_lemmas.count != 0) {
    bool good = !of_reading;
    for (const morph::Reading& r : forms.ReadingsOf(form)) {
      if (t.not_lemmas.count != 0 && HasKey(t.not_lemmas, r.lemma_key)) return false;
      if (good) continue;
      good = OfReading(t, r) && ((t.has & 1) == 0 || HasKey(t.lemmas, r.lemma_key));
    }
    if (!good) return false;
  }
  for (std::uint32_t i = 0; i < t.regexes.count; ++i) {
    const RegexUse& use = program.regexes[t.regexes.first + i];
    if (!outlines[t.regexes.first + i].Allows(OutlineOfText(use.surface != 0 ? form.surface : form.folded))) return false;
    const bool holds = FullMatch(*regexes[t.regexes.first + i], use.surface != 0 ? form.surface : form.folded);
    if (holds == (use.negated != 0)) return false;
  }
  return true;
}

bool RuleTables::HasKey(Range range, std::uint64_t key) const {
  const auto begin = program.keys.begin() + range.first;
  return std::binary_search(begin, begin + range.count, key);
}
bool RuleTables::HasString(Range range, std::string_view s) const {
  for (std::uint32_t i = 0; i < range.count; ++i) {
    if (program.strings[range.first + i] == s) return true;
  }
  return false;
}

}  // namespace atau::rules
