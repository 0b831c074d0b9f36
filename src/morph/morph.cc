#include "morph/morph.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <memory_resource>

#include "morph/section.h"
#include "morph/stored.h"

namespace atau::morph {

namespace {

constexpr std::uint8_t kNoSection = 255;
// Readings guessed by an ending name a paradigm in place of a lexeme.
constexpr std::uint32_t kParadigmBit = 0x80000000u;
constexpr std::size_t kMaxEnding = 5;
constexpr std::size_t kMinPrefixed = 3;    // letters that must be left behind a known prefix
constexpr std::size_t kMinUnprefixed = 5;  // and behind an unknown one
constexpr std::size_t kMaxUnknownPrefix = 5;
constexpr int kMaxDepth = 3;  // hyphens within hyphens
constexpr std::uint8_t kYe = CodeOf(U'е');
constexpr std::uint8_t kHyphen = '-';

constexpr Grammemes kNameMarks = kName | kSurn | kPatr | kGeox;
// Parts of speech that new words may have.
constexpr Grammemes kClosed = kNUMR | kNPRO | kPRED | kPREP | kCONJ | kPRCL | kINTJ | kApro;

Letters Slice(const Letters& word, std::size_t begin, std::size_t end) {
  Letters out;
  out.size = static_cast<std::uint8_t>(end - begin);
  std::memcpy(out.code, word.code + begin, out.size);
  return out;
}

bool IsCyrillicCode(std::uint8_t code) { return code >= 0x80; }

// A word as it was asked for: folded letters, and where the text has ё.
struct Word {
  Letters letters;
  std::uint64_t yo = 0;
};

bool Prepare(std::string_view lower, Word* out) {
  if (!Encode(lower, &out->letters)) return false;
  out->yo = 0;
  if (std::memchr(out->letters.code, kYo, out->letters.size) == nullptr) return true;
  for (std::size_t i = 0; i < out->letters.size; ++i) {
    if (out->letters.code[i] == kYo) {
      out->letters.code[i] = kYe;
      out->yo |= std::uint64_t{1} << i;
    }
  }
  return true;
}

// The letters of a form and the places of its ё.
struct Spelled {
  Letters letters;
  std::uint64_t yo = 0;

  void Append(std::string_view text) {
    const std::size_t size = std::min(text.size(), kMaxLetters - letters.size);
    std::copy_n(text.begin(), size, letters.code + letters.size);
    letters.size = static_cast<std::uint8_t>(letters.size + size);
  }
  // What is spelled can only be taken once: its ё become letters.
  std::string ToString() && {
    for (std::uint64_t left = yo; left != 0; left &= left - 1) {
      const auto at = static_cast<std::size_t>(std::countr_zero(left));
      if (at >= letters.size) break;
      letters.code[at] = kYo;
    }
    std::string out;
    AppendDecoded(letters.view(), &out);
    return out;
  }
};

// What Fold leaves of a letter.
constexpr auto kFoldedLetters = [] {
  std::array<LetterBytes, 256> table{};
  for (unsigned code = 0; code < 256; ++code) {
    char32_t c = LetterOf(static_cast<std::uint8_t>(code));
    if (c == U'ё') c = U'е';
    if (c == U'`') c = U'\'';
    if (c >= 'A' && c <= 'Z') c += 32;
    table[code] = BytesOfLetter(c);
  }
  return table;
}();

// Where a word's inflected part ends: «союзом-2.1а» has a tail, which begins at the first hyphen that a part with a digit follows.
std::size_t TailOf(const Letters& word) {
  for (std::size_t i = 1; i + 1 < word.size; ++i) {
    if (word.code[i] != kHyphen) continue;
    for (std::size_t j = i + 1; j < word.size && word.code[j] != kHyphen; ++j) {
      if (word.code[j] >= '0' && word.code[j] <= '9') return i;
    }
  }
  return word.size;
}

std::size_t LastHyphen(const Letters& word) {
  for (std::size_t i = word.size; i-- > 1;) {
    if (word.code[i] == kHyphen && i + 1 < word.size) return i;
  }
  return 0;
}

// Whether one of the marks of a tag ("NOUN,inan,masc sing,gen2") says that the form is rare. All of these have four letters.
bool HasRareMark(std::string_view text) {
  constexpr std::array<std::string_view, 15> kRare = {"Slng", "V-oy", "V-ey", "V-ie", "V-en", "V-bi", "V-be", "V-ej",
                                                      "V-sh", "voct", "gen2", "loc2", "acc2", "Dist", "Vpre"};
  const auto four = [](const char* letters) {
    std::uint32_t word;
    std::memcpy(&word, letters, sizeof word);
    return word;
  };
  const auto ends = [text](std::size_t at) { return at == text.size() || text[at] == ',' || text[at] == ' '; };
  for (std::size_t begin = 0; begin + 4 <= text.size(); ++begin) {
    if ((begin != 0 && !ends(begin - 1)) || !ends(begin + 4)) continue;
    const std::uint32_t mark = four(text.data() + begin);
    if (std::any_of(kRare.begin(), kRare.end(), [&](std::string_view rare) { return four(rare.data()) == mark; })) return true;
  }
  return false;
}

// How often a form with this tag is meant, where no probability is known: rare and doubtful forms less, the nominative a little more.
double PriorOf(Grammemes tag, std::string_view text) {
  double prior = 1;
  if (tag & (kInfr | kArch | kErro)) prior *= 0.2;
  if (HasRareMark(text)) prior *= 0.3;
  if (tag & knomn) prior *= 1.3;
  if (tag & kaccs) prior *= 0.8;
  if (tag & kloct) prior *= 0.8;
  if (tag & (kdatv | kablt)) prior *= 0.7;
  if (tag & kplur) prior *= 0.8;
  if ((tag & kFixd) && (tag & kfemn)) prior *= 0.4;
  if (tag & kPoss) prior *= 0.3;
  if (tag & (kINTJ | kPRED)) prior *= 0.5;
  return prior;
}

class MorphImpl : public Morph {
 public:
  MorphImpl(std::vector<Section> sections, StoredForms stored) : sections_(std::move(sections)), stored_(stored) {
    // The priors of tags are looked up for each reading, and told once.
    for (const Section& section : sections_) {
      std::vector<float> priors;
      priors.reserve(section.tags());
      for (std::uint32_t t = 0; t < section.tags(); ++t) {
        priors.push_back(static_cast<float>(PriorOf(section.tag(t).grammemes, section.TagText(t))));
      }
      priors_.push_back(std::move(priors));
    }
  }

  void Analyze(std::string_view folded, token::Shape shape, bool guess, std::vector<Reading>* out) const override;
  void AnalyzeEach(std::span<const Asked> forms, std::vector<Reading>* out, std::vector<std::size_t>* ends) const override;
  std::string Lemma(const Reading& reading, std::string_view folded) const override;
  std::optional<std::string> Inflect(const Reading& reading, std::string_view folded, Grammemes target) const override;
  std::string TagString(const Reading& reading) const override;
  bool IsKnownWord(std::string_view word) const override;
  bool IsListedWord(std::string_view word) const override;
  bool IsCamelName(std::string_view word) const override;
  std::string Spelling(const Reading& reading, std::string_view folded) const override;

 private:
  // A reading under construction.
  struct Draft {
    Reading reading;
    std::uint64_t yo = 0;   // of the form
    std::size_t fixed = 0;  // letters before the part that was looked up
    double prior = 0;
    std::uint32_t paradigm = 0;
    std::uint16_t row = 0;   // of the tag
    bool repeated = false;   // another one says the same
    std::uint64_t said = 0;  // of tag and lemma; what differs here says something else
  };
  using Drafts = std::pmr::vector<Draft>;
  // Room for the drafts of nearly every word, without asking for memory.
  struct Room {
    alignas(Draft) std::array<std::byte, 24 * sizeof(Draft)> bytes;
    std::pmr::monotonic_buffer_resource memory{bytes.data(), bytes.size()};
    Drafts Vector() {
      Drafts drafts(&memory);
      drafts.reserve(24);
      return drafts;
    }
  };

  // A form that is analysed: what was asked of the first section, and of the shares.
  struct Begun {
    Word word;
    bool good = false;        // whether a section may hold it
    std::uint64_t plain = 0;  // the hash of its letters
    Section::Asked asked;
  };
  void Begin(std::string_view folded, Begun* out) const;
  void Finish(Begun* begun, std::string_view folded, token::Shape shape, bool guess, std::vector<Reading>* out) const;
  // Of all sections from `first` on.
  void LookUp(const Word& word, Drafts* out, std::size_t first = 0) const;
  // Of one section, of which `asked` tells.
  void LookUp(const Word& word, std::size_t s, const Section::Asked& asked, Drafts* out) const;
  void Guess(const Word& word, token::Shape shape, int depth, Drafts* out) const;
  void GuessHyphen(const Word& word, token::Shape shape, int depth, Drafts* out) const;
  void GuessPrefix(const Word& word, bool capital, Drafts* out) const;
  void GuessEnding(const Word& word, bool capital, Drafts* out) const;
  // `plain` is the hash of the word's letters.
  void Weigh(const Word& word, std::uint64_t plain, token::Shape shape, Drafts* drafts) const;
  // The readings of drafts, the likeliest first.
  static void AppendSorted(const Drafts& drafts, std::vector<Reading>* out);
  // The parts of the form that a reading was made for: false when reading and word do not fit (or the reading has no section).
  struct Cut {
    const Section* section = nullptr;
    std::uint32_t paradigm = 0;
    Letters stem;          // with what stands before it
    std::uint64_t yo = 0;  // in the stem
    std::size_t head = 0;  // letters of the left part of kPartsBoth, with its hyphen
    Letters left;          // that left part, without the hyphen
    std::string tail;
  };
  bool CutUp(const Reading& reading, std::string_view folded, Cut* out) const;
  // The form `row` of what was cut.
  Spelled Spell(const Cut& cut, const FormRow& row) const;
  std::string Compose(const Cut& cut, const Reading& reading, std::uint32_t form) const;
  // The readings of the left part that go with a reading of the whole.
  std::optional<Draft> LeftReading(const Letters& left, Grammemes tag) const;
  // `found`: all readings were found for the word as a whole.
  void SetLemmaKeys(const Word& word, bool found, Drafts* drafts) const;
  // KeyOf the folded form `row` of a stem.
  static std::uint64_t KeyOfLemma(const Section& section, const FormRow& row, std::string_view stem);

  // What is stored of a form, if that is what an analysis with guesses would say.
  StoredForms::Found FindStored(const Asked& form) const;

  std::vector<Section> sections_;
  StoredForms stored_;  // of the first section; empty where there is none
  std::vector<std::vector<float>> priors_;
};

void MorphImpl::LookUp(const Word& word, Drafts* out, std::size_t first) const {
  Section::Asked asked;
  for (std::size_t s = first; s < sections_.size(); ++s) {
    sections_[s].Ask(word.letters, &asked);
    sections_[s].AskMore(asked);
    LookUp(word, s, asked, out);
  }
}

void MorphImpl::LookUp(const Word& word, std::size_t s, const Section::Asked& asked, Drafts* out) const {
  const Section& section = sections_[s];
  section.ForEach(word.letters, asked, [&](const Found& f) {
    const FormRow& row = section.FormsOf(f.lexeme.paradigm)[f.form];
    const SuffixRow& suffix = section.suffix(row.suffix);
    const std::size_t stem_end = word.letters.size - suffix.size;
    std::uint64_t yo = std::uint64_t{suffix.yo} << stem_end;
    for (char distance : f.lexeme.yo) {
      const auto d = static_cast<std::uint8_t>(distance);
      if (d != 0 && d <= stem_end) yo |= std::uint64_t{1} << (stem_end - d);
    }
    // A text with ё means ё; a text with е may mean either.
    if (word.yo & ~yo) return;
    Draft& draft = out->emplace_back();
    draft.yo = yo;
    draft.prior = priors_[s][row.tag];
    if (f.lexeme.origin == Origin::kNameSupport) draft.prior *= 0.3;
    if (f.lexeme.origin == Origin::kNameAlone) draft.prior *= 0.8;
    draft.paradigm = f.lexeme.paradigm;
    draft.row = row.tag;
    draft.reading.tag = section.tag(row.tag).grammemes;
    draft.reading.lexeme = f.lexeme.id;
    draft.reading.paradigm_form = f.form;
    draft.reading.section = static_cast<std::uint8_t>(s);
    draft.reading.origin = f.lexeme.origin;
    draft.reading.list = f.lexeme.list;
  });
}

void MorphImpl::SetLemmaKeys(const Word& word, bool found, Drafts* drafts) const {
  std::string lemma;
  std::string key;
  const auto folded = [&word] {
    std::string text;
    AppendDecoded(word.letters.view(), &text);
    return text;
  };
  // The lexeme or paradigm of the reading before, and the ends of its stem in the word: together they tell the lemma.
  std::uint32_t last_paradigm = 0, last_section = kNoSection;
  std::size_t last_begin = 0, last_end = 0;
  std::uint64_t last_key = 0;
  for (Draft& draft : *drafts) {
    Reading& reading = draft.reading;
    if (reading.section == kNoSection) continue;
    if (reading.parts != 0) {
      lemma = Lemma(reading, folded());
      Fold(lemma, &key);
      reading.lemma_key = KeyOf(key);
      continue;
    }
    const Section& section = sections_[reading.section];
    const std::uint32_t paradigm = draft.paradigm;
    const std::span<const FormRow> forms = section.FormsOf(paradigm);
    const Letters& w = word.letters;
    std::size_t begin = 0, end = 0;
    if (reading.paradigm_form < forms.size()) {
      const FormRow& form = forms[reading.paradigm_form];
      const std::string_view prefix = section.Prefix(form.prefix);
      const std::size_t suffix = section.suffix(form.suffix).size;
      if (prefix.size() + suffix <= w.size &&
          (found || (w.view().starts_with(prefix) && w.view().ends_with(section.SuffixText(form.suffix))))) {
        begin = prefix.size();
        end = w.size - suffix + 1;  // 0 stands for a reading that does not fit the word
      }
    }
    if (end == 0) {
      reading.lemma_key = KeyOf(folded());
      continue;
    }
    if (last_section != reading.section || last_paradigm != paradigm || last_begin != begin || last_end != end) {
      last_section = reading.section, last_paradigm = paradigm, last_begin = begin, last_end = end;
      last_key = KeyOfLemma(section, forms[0], w.view().substr(begin, end - 1 - begin));
    }
    reading.lemma_key = last_key;
  }
}

std::uint64_t MorphImpl::KeyOfLemma(const Section& section, const FormRow& row, std::string_view stem) {
  char text[2 * kMaxLetters + 1];
  std::size_t size = 0;
  std::size_t letters = 0;
  const auto append = [&](std::string_view codes) {
    for (char c : codes) {
      if (letters++ == kMaxLetters) return;
      const LetterBytes& folded = kFoldedLetters[static_cast<std::uint8_t>(c)];
      text[size] = folded.bytes[0];
      text[size + 1] = folded.bytes[1];
      size += folded.size;
    }
  };
  append(section.Prefix(row.prefix));
  append(stem);
  append(section.SuffixText(row.suffix));
  return KeyOf({text, size});
}

void MorphImpl::Weigh(const Word& word, std::uint64_t plain, token::Shape shape, Drafts* drafts) const {
  // The readings of one lexeme share what is due to it: an indeclinable name with twelve of them is not twelve times as likely. (The root
  // keeps a little of the advantage that many forms in common give.)
  for (std::size_t i = 0; i < drafts->size();) {
    std::size_t end = i;
    double own = 0;
    const auto same = [&](const Draft& d) {
      const Reading& first = (*drafts)[i].reading;
      return d.reading.lexeme == first.lexeme && d.reading.section == first.section && d.reading.parts == first.parts;
    };
    while (end < drafts->size() && same((*drafts)[end])) own += (*drafts)[end++].prior;
    const double due = own > 1 ? std::sqrt(own) : 1;
    for (; i < end; ++i) (*drafts)[i].prior /= due;
  }
  // P(tag | form) is kept for forms with their ё. A tag's share is parted among the readings that bear it.
  bool shared = false;
  std::uint8_t last_section = kNoSection;
  std::uint64_t last_yo = 0;
  std::span<const ShareRow> shares;
  for (Draft& draft : *drafts) {
    const Reading& reading = draft.reading;
    // Only the dictionary's readings have shares.
    if (reading.section == kNoSection || reading.origin != Origin::kDictionary) continue;
    const Section& section = sections_[reading.section];
    if (last_section != reading.section || last_yo != draft.yo) {
      last_section = reading.section, last_yo = draft.yo;
      std::uint64_t hash = plain;
      if (draft.yo != 0) {
        hash = kHashStart;
        for (std::size_t i = 0; i < word.letters.size; ++i) hash = HashLetter(hash, draft.yo >> i & 1 ? kYo : word.letters.code[i]);
        hash = HashEnd(hash);
      }
      shares = section.SharesOf(hash);
    }
    if (shares.empty()) continue;
    for (const ShareRow& share : shares) {
      if (share.tag == draft.row) {
        draft.prior = -static_cast<double>(share.share) / 1000;  // marked by its sign until all are known
        shared = true;
      }
    }
  }
  for (Draft& draft : *drafts) {
    if (draft.prior < 0) {
      draft.prior = -draft.prior;
    } else if (shared) {
      // The annotated texts did not show this reading; lists of names and of places may still mean it.
      const bool alone = draft.reading.origin == Origin::kNameAlone && IsCapital(shape);
      draft.prior *= draft.reading.origin == Origin::kDictionary ? 0.002 : alone ? 0.3 : 0.05;
    }
    if (draft.reading.tag & kNameMarks) draft.prior *= IsCapital(shape) ? 1.5 : shape == token::Shape::kLower ? 0.3 : 1;
  }
  double sum = 0;
  for (const Draft& draft : *drafts) sum += draft.prior;
  if (sum <= 0) sum = 1;
  for (Draft& draft : *drafts) {
    draft.reading.weight = static_cast<std::uint8_t>(std::clamp(draft.prior / sum * 255 + 0.5, 1.0, 255.0));
  }
}

void MorphImpl::AppendSorted(const Drafts& drafts, std::vector<Reading>* out) {
  // Readings are few as a rule.
  constexpr std::size_t kFew = 32;
  const std::size_t first = out->size();
  if (drafts.size() <= kFew) {
    std::array<const Draft*, kFew> sorted;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      std::size_t at = i;
      for (; at > 0 && sorted[at - 1]->prior < drafts[i].prior; --at) sorted[at] = sorted[at - 1];
      sorted[at] = &drafts[i];
    }
    out->reserve(first + drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) out->push_back(sorted[i]->reading);
    return;
  }
  std::vector<const Draft*> sorted;
  for (const Draft& draft : drafts) sorted.push_back(&draft);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Draft* a, const Draft* b) { return a->prior > b->prior; });
  for (const Draft* draft : sorted) out->push_back(draft->reading);
}

void MorphImpl::GuessPrefix(const Word& word, bool capital, Drafts* out) const {
  const Letters& w = word.letters;
  const auto rest_of = [&](std::size_t cut, double factor) {
    Word rest{Slice(w, cut, w.size), word.yo >> cut};
    const std::size_t before = out->size();
    LookUp(rest, out);
    for (std::size_t i = before; i < out->size();) {
      Draft& draft = (*out)[i];
      const Grammemes tag = draft.reading.tag;
      const FormRow& row = sections_[draft.reading.section].FormsOf(draft.paradigm)[draft.reading.paradigm_form];
      if ((tag & kClosed) || (tag & (kName | kPatr | kAbbr)) || row.prefix != 0 || draft.reading.origin == Origin::kNameSupport) {
        out->erase(out->begin() + static_cast<std::ptrdiff_t>(i));
        continue;
      }
      draft.reading.origin = Origin::kGuess;
      draft.reading.list = 0;
      draft.yo <<= cut;
      draft.fixed = cut;
      draft.prior *= factor;
      ++i;
    }
    return out->size() != before;
  };
  // The longest known prefix first; the words behind it must be known.
  bool any = false;
  for (const Section& section : sections_) {
    for (const Section::Affix& affix : section.affixes()) {
      if (affix.kind != kAffixPrefix || affix.text.empty() || static_cast<std::uint8_t>(affix.text[0]) != w.code[0]) continue;
      if (affix.text.size() + kMinPrefixed > w.size || w.view().substr(0, affix.text.size()) != affix.text) continue;
      any |= rest_of(affix.text.size(), 0.8);
    }
    if (any) return;
  }
  if (capital) return;  // the end of a name is often a word by chance
  for (std::size_t cut = 2; cut <= kMaxUnknownPrefix && cut + kMinUnprefixed <= w.size; ++cut) {
    if (rest_of(cut, 0.6)) return;
  }
}

void MorphImpl::GuessEnding(const Word& word, bool capital, Drafts* out) const {
  const Letters& w = word.letters;
  if (w.size < 3 || !IsCyrillicCode(w.code[w.size - 1])) return;
  std::vector<EndRow> ends;
  for (std::size_t s = 0; s < sections_.size(); ++s) {
    const Section& section = sections_[s];
    // Each class takes the longest ending that it knows; ordinary words need four letters, as one would expect.
    bool done[5] = {w.size < 4 && !capital, !capital, !capital, !capital, !capital};
    bool any = false;
    for (std::size_t size = std::min<std::size_t>(kMaxEnding, w.size - 1); size >= 1; --size) {
      section.EndsOf(w.view().substr(w.size - size), &ends);
      bool seen[5] = {};
      double total[5] = {};
      for (const EndRow& end : ends) total[end.cls] += end.count;
      for (const EndRow& end : ends) {
        if (done[end.cls]) continue;
        const std::span<const FormRow> forms = section.FormsOf(end.paradigm);
        const FormRow& found = forms[end.form];
        for (const LookRow& look : section.LooksOf(end.paradigm, section.suffix(found.suffix).folded, found.prefix)) {
          const std::uint16_t f = look.form;
          const SuffixRow& suffix = section.suffix(forms[f].suffix);
          const std::string_view prefix = section.Prefix(forms[f].prefix);
          if (prefix.size() + suffix.size + 1u > w.size || w.view().substr(0, prefix.size()) != prefix ||
              w.view().substr(w.size - suffix.size) != section.SuffixText(forms[f].suffix)) {
            continue;
          }
          Draft draft;
          draft.yo = word.yo | std::uint64_t{suffix.yo} << (w.size - suffix.size);
          draft.reading.tag = section.tag(forms[f].tag).grammemes;
          draft.paradigm = end.paradigm;
          draft.row = forms[f].tag;
          draft.reading.lexeme = kParadigmBit | end.paradigm;
          draft.reading.paradigm_form = f;
          draft.reading.section = static_cast<std::uint8_t>(s);
          draft.reading.origin = Origin::kGuess;
          // Long endings are good evidence, short ones little.
          draft.prior = end.count / total[end.cls] * static_cast<double>(size) * priors_[s][forms[f].tag];
          out->push_back(draft);
          seen[end.cls] = true;
        }
      }
      for (int c = 0; c < 5; ++c) {
        done[c] |= seen[c];
        any |= seen[c];
      }
    }
    if (any) return;
  }
}

std::optional<MorphImpl::Draft> MorphImpl::LeftReading(const Letters& left, Grammemes tag) const {
  Room room;
  Drafts drafts = room.Vector();
  LookUp({left, 0}, &drafts);
  const Draft* best = nullptr;
  for (const Draft& draft : drafts) {
    const Grammemes t = draft.reading.tag;
    if ((t & kPos) != (tag & kPos) || (t & kCases) != (tag & kCases) || (t & (ksing | kplur)) != (tag & (ksing | kplur))) continue;
    if (best == nullptr || draft.prior > best->prior) best = &draft;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

void MorphImpl::GuessHyphen(const Word& word, token::Shape shape, int depth, Drafts* out) const {
  const Letters& w = word.letters;
  const std::size_t tail = TailOf(w);
  if (tail < w.size) {
    // «союзом-2.1а»: the part before the index inflects.
    Word core{Slice(w, 0, tail), word.yo & ((std::uint64_t{1} << tail) - 1)};
    const std::size_t before = out->size();
    LookUp(core, out);
    if (out->size() == before) Guess(core, shape, depth + 1, out);
    for (std::size_t i = before; i < out->size(); ++i) {
      (*out)[i].reading.origin = Origin::kGuess;
      (*out)[i].reading.parts |= kPartsTail;
    }
    return;
  }
  const std::size_t hyphen = LastHyphen(w);
  if (hyphen == 0) return;
  const std::size_t cut = hyphen + 1;
  const Word right{Slice(w, cut, w.size), word.yo >> cut};
  const Letters left = Slice(w, 0, hyphen);
  Drafts rights;
  LookUp(right, &rights);
  if (rights.empty()) Guess(right, shape, depth + 1, &rights);
  for (Draft draft : rights) {
    const Grammemes tag = draft.reading.tag;
    if ((tag & (kNOUN | kADJF | kADVB | kADJS | kPRTF | kNUMR)) == 0 || draft.reading.parts != 0) continue;
    draft.reading.origin = Origin::kGuess;
    draft.reading.list = 0;
    // «ракете-носителю», «Салтыкову-Щедрину»: a left part in the same case and number inflects too.
    if ((tag & kNOUN) && (tag & kFixd) == 0) {
      if (const auto of_left = LeftReading(left, tag)) {
        Draft both = draft;
        both.reading.tag = of_left->reading.tag;
        both.reading.parts |= kPartsBoth;
        both.fixed = cut;
        both.yo = (draft.yo << cut) | of_left->yo;
        both.prior *= 1.2;
        out->push_back(both);
      }
    }
    draft.yo <<= cut;
    draft.fixed = cut;
    out->push_back(draft);
  }
}

void MorphImpl::Guess(const Word& word, token::Shape shape, int depth, Drafts* out) const {
  if (depth > kMaxDepth || word.letters.size == 0) return;
  const std::size_t before = out->size();
  const bool capital = IsCapital(shape);
  GuessPrefix(word, capital, out);
  if (out->size() == before && std::memchr(word.letters.code, kHyphen, word.letters.size) != nullptr) GuessHyphen(word, shape, depth, out);
  if (out->size() == before) GuessEnding(word, capital, out);
}

void MorphImpl::Begin(std::string_view folded, Begun* out) const {
  out->good = Prepare(folded, &out->word);
  if (!out->good) return;
  out->plain = HashLetters(out->word.letters.view());
  for (const Section& section : sections_) section.ExpectShares(out->plain);
  if (!sections_.empty()) sections_[0].Ask(out->word.letters, &out->asked);
}

void MorphImpl::Analyze(std::string_view folded, token::Shape shape, bool guess, std::vector<Reading>* out) const {
  if (guess && !stored_.empty()) {
    const StoredForms::Found found = FindStored({folded, KeyOf(folded), shape});
    if (!found.readings.empty()) return stored_.Read(found, sections_[0], out);
  }
  Begun begun;
  Begin(folded, &begun);
  if (begun.good && !sections_.empty()) sections_[0].AskMore(begun.asked);
  Finish(&begun, folded, shape, guess, out);
}

StoredForms::Found MorphImpl::FindStored(const Asked& form) const {
  StoredForms::Found found = stored_.Find(form.key, form.shape);
  if (found.readings.empty()) return found;
  bool holds = true;
  if (sections_.size() > 1) {
    Word word;
    holds = !found.open && Prepare(form.folded, &word) &&
            std::none_of(sections_.begin() + 1, sections_.end(), [&word](const Section& section) { return section.Has(word.letters); });
  } else if (found.open) {
    holds = form.shape != token::Shape::kUpper;  // it may be an abbreviation
  }
  if (!holds) found.readings = {};
  return found;
}

void MorphImpl::AnalyzeEach(std::span<const Asked> forms, std::vector<Reading>* out, std::vector<std::size_t>* ends) const {
  // What one form asks of memory comes while others are looked at.
  constexpr std::size_t kStoredTogether = 32, kTogether = 8;
  std::array<StoredForms::Found, kStoredTogether> stored;
  std::array<std::uint8_t, kStoredTogether> others;  // those of which nothing is stored
  std::array<Begun, kTogether> begun;
  for (; !forms.empty(); forms = forms.subspan(std::min(kStoredTogether, forms.size()))) {
    const std::size_t count = std::min(kStoredTogether, forms.size());
    if (!stored_.empty()) {
      for (std::size_t k = 0; k < count; ++k) stored_.Expect(forms[k].key);
      for (std::size_t k = 0; k < count; ++k) stored_.ExpectRecord(forms[k].key);
      for (std::size_t k = 0; k < count; ++k) {
        stored[k] = FindStored(forms[k]);
        stored_.ExpectReadings(stored[k]);
      }
    }
    std::size_t all = 0;
    for (std::size_t k = 0; k < count; ++k) {
      if (stored[k].readings.empty()) others[all++] = static_cast<std::uint8_t>(k);
    }
    std::size_t done = 0;
    for (std::size_t k = 0; k < count; ++k) {
      if (!stored[k].readings.empty()) {
        stored_.Read(stored[k], sections_[0], out);
      } else {
        if (done % kTogether == 0) {
          const std::size_t some = std::min(kTogether, all - done);
          for (std::size_t i = 0; i < some; ++i) Begin(forms[others[done + i]].folded, &begun[i]);
          for (std::size_t i = 0; i < some; ++i) {
            if (begun[i].good && !sections_.empty()) sections_[0].AskMore(begun[i].asked);
          }
        }
        Finish(&begun[done % kTogether], forms[k].folded, forms[k].shape, true, out);
        ++done;
      }
      ends->push_back(out->size());
    }
  }
}

void MorphImpl::Finish(Begun* begun, std::string_view folded, token::Shape shape, bool guess, std::vector<Reading>* out) const {
  Word& word = begun->word;
  if (!begun->good) {
    Reading none;
    none.section = kNoSection;
    none.weight = 255;
    std::string key;
    Fold(folded, &key);
    none.lemma_key = KeyOf(key);
    out->push_back(none);
    return;
  }
  Room room;
  Drafts drafts = room.Vector();
  if (!sections_.empty()) LookUp(word, 0, begun->asked, &drafts);
  LookUp(word, &drafts, 1);
  if (drafts.empty() && guess && word.yo != 0) {
    // «афёра»: a ё that no word has is taken for е.
    word.yo = 0;
    LookUp(word, &drafts);
  }
  if (guess && !drafts.empty() && std::all_of(drafts.begin(), drafts.end(), [](const Draft& d) {
        return d.reading.origin == Origin::kNameAlone || d.reading.origin == Origin::kNameSupport;
      })) {
    // The lists of surnames hold many adjectives that the dictionary lacks («Алматинской области»).
    Drafts guesses;
    GuessEnding(word, false, &guesses);
    for (Draft& draft : guesses) {
      if ((draft.reading.tag & kADJF) == 0 || (draft.reading.tag & kPoss)) continue;
      draft.prior *= 0.25;
      drafts.push_back(draft);
    }
  }
  std::string plain;
  const bool found = !drafts.empty();
  if (!found && guess) {
    Guess(word, shape, 0, &drafts);
    const bool cyrillic = IsCyrillicCode(word.letters.code[0]) && IsCyrillicCode(word.letters.code[word.letters.size - 1]);
    const bool abbreviation = shape == token::Shape::kUpper && word.letters.size <= 6;
    if (cyrillic && IsCapital(shape) && (drafts.empty() || abbreviation)) {
      // An unknown abbreviation, or a name that is like no other («Ын»): it may stand in any case.
      Draft draft;
      draft.reading.tag = kNOUN | kFixd | kCases | ksing | kGNdr | (abbreviation ? kAbbr | kinan : 0);
      draft.reading.section = kNoSection;
      draft.reading.origin = Origin::kGuess;
      AppendDecoded(word.letters.view(), &plain);
      draft.reading.lemma_key = KeyOf(plain);
      draft.prior = abbreviation ? 5 : 1;
      drafts.push_back(draft);
    }
  }
  if (drafts.empty()) {
    if (!guess) return;
    AppendDecoded(word.letters.view(), &plain);
    Reading none;
    none.section = kNoSection;
    none.weight = 255;
    none.lemma_key = KeyOf(plain);
    out->push_back(none);
    return;
  }
  SetLemmaKeys(word, found, &drafts);
  if (std::any_of(drafts.begin(), drafts.end(),
                  [](const Draft& d) { return d.reading.origin != Origin::kDictionary || d.reading.section != 0; })) {
    // A name that a list adds with a fuller paradigm repeats forms that the dictionary has; so may a second bundle.
    const auto better = [](const Draft& a, const Draft& b, bool earlier) {
      const int rank_a = static_cast<int>(a.reading.origin) * 256 + a.reading.section;
      const int rank_b = static_cast<int>(b.reading.origin) * 256 + b.reading.section;
      if (rank_a != rank_b) return rank_a < rank_b;
      // Where the lists have a name with ё and with е, none is restored.
      if ((a.yo == 0) != (b.yo == 0)) return a.yo == 0;
      return earlier;
    };
    bool any = false;
    for (Draft& draft : drafts) draft.said = draft.reading.tag ^ std::rotl(draft.reading.lemma_key, 1);
    for (Draft& draft : drafts) {
      const Reading& b = draft.reading;
      if (b.origin == Origin::kDictionary && b.section == 0) continue;
      for (Draft& other : drafts) {
        Reading& a = other.reading;
        if (other.said != draft.said || &other == &draft || other.repeated || a.tag != b.tag || a.lemma_key != b.lemma_key) continue;
        if (!better(other, draft, &other < &draft)) continue;
        a.list |= b.list;
        draft.repeated = any = true;
        break;
      }
    }
    if (any) std::erase_if(drafts, [](const Draft& draft) { return draft.repeated; });
  }
  Weigh(word, begun->plain, shape, &drafts);
  AppendSorted(drafts, out);
}

bool MorphImpl::CutUp(const Reading& reading, std::string_view folded, Cut* out) const {
  if (reading.section >= sections_.size()) return false;
  Word word;
  if (!Prepare(folded, &word)) return false;
  out->section = &sections_[reading.section];
  Letters& w = word.letters;
  if (reading.parts & kPartsTail) {
    const std::size_t tail = TailOf(w);
    AppendDecoded(w.view().substr(tail), &out->tail);
    w.size = static_cast<std::uint8_t>(tail);
  }
  if (reading.parts & kPartsBoth) {
    const std::size_t hyphen = LastHyphen(w);
    if (hyphen == 0) return false;
    out->head = hyphen + 1;
    out->left = Slice(w, 0, hyphen);
    w = Slice(w, hyphen + 1, w.size);
    word.yo >>= hyphen + 1;
  }
  Lexeme lexeme;
  if (reading.lexeme & kParadigmBit) {
    out->paradigm = reading.lexeme & ~kParadigmBit;
  } else {
    if (!out->section->LexemeAt(reading.lexeme, &lexeme)) return false;
    out->paradigm = lexeme.paradigm;
  }
  const std::span<const FormRow> forms = out->section->FormsOf(out->paradigm);
  if (reading.paradigm_form >= forms.size()) return false;
  const FormRow& form = forms[reading.paradigm_form];
  const std::string_view prefix = out->section->Prefix(form.prefix);
  const std::string_view suffix = out->section->SuffixText(form.suffix);
  if (prefix.size() + suffix.size() > w.size || w.view().substr(0, prefix.size()) != prefix ||
      w.view().substr(w.size - suffix.size()) != suffix) {
    return false;
  }
  out->stem = Slice(w, prefix.size(), w.size - suffix.size());
  out->yo = word.yo >> prefix.size();
  if (out->stem.size < 64) out->yo &= (std::uint64_t{1} << out->stem.size) - 1;
  for (char distance : lexeme.yo) {
    const auto d = static_cast<std::uint8_t>(distance);
    if (d != 0 && d <= out->stem.size) out->yo |= std::uint64_t{1} << (out->stem.size - d);
  }
  return true;
}

Spelled MorphImpl::Spell(const Cut& cut, const FormRow& row) const {
  Spelled out;
  out.Append(cut.section->Prefix(row.prefix));
  out.yo |= cut.yo << out.letters.size;
  out.Append(cut.stem.view());
  if (out.letters.size < 64) out.yo |= std::uint64_t{cut.section->suffix(row.suffix).yo} << out.letters.size;
  out.Append(cut.section->SuffixText(row.suffix));
  return out;
}

std::string MorphImpl::Compose(const Cut& cut, const Reading& reading, std::uint32_t form) const {
  const std::span<const FormRow> forms = cut.section->FormsOf(cut.paradigm);
  std::string whole = Spell(cut, forms[form]).ToString();
  if (reading.parts == 0) return whole;
  std::string out;
  if (reading.parts & kPartsBoth) {
    std::string left;
    AppendDecoded(cut.left.view(), &left);
    const Grammemes own = cut.section->tag(forms[reading.paradigm_form].tag).grammemes;
    if (const auto of_left = LeftReading(cut.left, own)) {
      const Grammemes target = cut.section->tag(forms[form].tag).grammemes & (kCases | ksing | kplur);
      left = Inflect(of_left->reading, left, target).value_or(left);
    }
    out = left + "-";
  }
  out += whole;
  out += cut.tail;
  return out;
}

std::string MorphImpl::Lemma(const Reading& reading, std::string_view folded) const {
  Cut cut;
  if (!CutUp(reading, folded, &cut)) return std::string(folded);
  return Compose(cut, reading, 0);
}

std::string MorphImpl::Spelling(const Reading& reading, std::string_view folded) const {
  Cut cut;
  if (!CutUp(reading, folded, &cut)) return std::string(folded);
  return Compose(cut, reading, reading.paradigm_form);
}

std::optional<std::string> MorphImpl::Inflect(const Reading& reading, std::string_view folded, Grammemes target) const {
  Cut cut;
  if (!CutUp(reading, folded, &cut)) {
    // What is in every case already needs no other form.
    if (reading.section == kNoSection && (reading.tag & target) == target) return std::string(folded);
    return std::nullopt;
  }
  const std::span<const FormRow> forms = cut.section->FormsOf(cut.paradigm);
  const Grammemes own = cut.section->tag(forms[reading.paradigm_form].tag).grammemes;
  std::optional<std::uint32_t> best;
  int best_distance = 0, best_shared = 0;
  for (std::uint32_t f = 0; f < forms.size(); ++f) {
    const Grammemes tag = cut.section->tag(forms[f].tag).grammemes;
    if ((tag & target) != target) continue;
    // Doubtful variants (V-oy and the like) come later in a paradigm, so that the first of the nearest ones is the usual one.
    const int distance = std::popcount((tag ^ own) & ~target);
    // «высшего» is of «высший», not of «высочайший», the other superlative of «высокий».
    int shared = 0;
    if ((own & kSupr) != 0) {
      const std::string_view mine = cut.section->SuffixText(forms[reading.paradigm_form].suffix),
                             other = cut.section->SuffixText(forms[f].suffix);
      shared = static_cast<int>(std::mismatch(mine.begin(), mine.end(), other.begin(), other.end()).first - mine.begin());
    }
    if (!best || distance < best_distance || (distance == best_distance && shared > best_shared)) {
      best = f;
      best_distance = distance;
      best_shared = shared;
    }
  }
  if (!best) return std::nullopt;
  return Compose(cut, reading, *best);
}

std::string MorphImpl::TagString(const Reading& reading) const {
  if (reading.section >= sections_.size())
    return reading.tag == 0 ? "UNKN" : (reading.tag & kAbbr) ? "NOUN,inan,GNdr,Fixd,Abbr sing" : "NOUN,GNdr,Fixd sing";
  const Section& section = sections_[reading.section];
  std::uint32_t paradigm = reading.lexeme & ~kParadigmBit;
  if ((reading.lexeme & kParadigmBit) == 0) {
    Lexeme lexeme;
    if (!section.LexemeAt(reading.lexeme, &lexeme)) return "UNKN";
    paradigm = lexeme.paradigm;
  }
  const std::span<const FormRow> forms = section.FormsOf(paradigm);
  if (reading.paradigm_form >= forms.size()) return "UNKN";
  return std::string(section.TagText(forms[reading.paradigm_form].tag));
}

bool MorphImpl::IsListedWord(std::string_view word) const {
  std::string folded;
  Fold(word, &folded);
  Letters letters;
  return Encode(folded, &letters) &&
         std::any_of(sections_.begin(), sections_.end(), [&letters](const Section& s) { return s.Has(letters); });
}

bool MorphImpl::IsKnownWord(std::string_view word) const {
  std::string folded;
  Fold(word, &folded);
  const auto has = [this](const Letters& letters) {
    return std::any_of(sections_.begin(), sections_.end(), [&letters](const Section& s) { return s.Has(letters); });
  };
  Letters letters;
  if (!Encode(folded, &letters)) return false;
  if (has(letters)) return true;
  // «премьер-министр» is two known words.
  std::size_t begin = 0;
  bool parts = false;
  for (std::size_t i = 0; i <= letters.size; ++i) {
    if (i < letters.size && letters.code[i] != kHyphen) continue;
    if (i == letters.size && !parts) return false;
    if (i == begin || !has(Slice(letters, begin, i))) return false;
    parts = true;
    begin = i + 1;
  }
  return true;
}

bool MorphImpl::IsCamelName(std::string_view word) const {
  // A prefix that a capital may follow: «МакДональд».
  for (const Section& section : sections_) {
    for (const Section::Affix& affix : section.affixes()) {
      if (affix.kind != kAffixCamel) continue;
      std::string prefix;
      AppendDecoded(affix.text, &prefix);
      if (word.size() <= prefix.size()) continue;
      std::string folded;
      Fold(word.substr(0, prefix.size()), &folded);
      std::size_t at = prefix.size();
      if (folded == prefix && IsUpper(NextCodePoint(word, &at))) return true;
    }
  }
  std::string folded;
  Fold(word, &folded);
  const auto camel = [this](std::uint64_t key) {
    return std::any_of(sections_.begin(), sections_.end(), [key](const Section& s) { return s.IsCamel(key); });
  };
  if (camel(KeyOf(folded))) return true;
  std::vector<Reading> readings;
  Analyze(folded, token::Shape::kMixed, false, &readings);
  return std::any_of(readings.begin(), readings.end(), [&camel](const Reading& r) { return camel(r.lemma_key); });
}

}  // namespace

Result<std::unique_ptr<Morph>> OpenMorph(std::span<const std::string_view> sections, std::string_view stored) {
  if (sections.size() >= kNoSection) {
    return Error{.code = Code::kTooLarge, .message = "too many morphology sections: " + std::to_string(sections.size()) + ", at most 254"};
  }
  std::vector<Section> opened;
  for (std::string_view bytes : sections) {
    auto section = Section::Open(bytes);
    if (!section.ok()) return section.error();
    opened.push_back(std::move(section).value());
  }
  StoredForms stored_forms;
  if (!stored.empty()) {
    auto of_first = StoredForms::Open(stored);
    if (!of_first.ok()) return of_first.error();
    if (!opened.empty()) stored_forms = *of_first;
  }
  return std::unique_ptr<Morph>(std::make_unique<MorphImpl>(std::move(opened), stored_forms));
}

}  // namespace atau::morph
