#include "morph/section.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "bundle/binary.h"
#include "bundle/prefetch.h"

namespace atau::morph {

using bundle::Prefetch;

static_assert(std::endian::native == std::endian::little, "sections are little endian and looked at in place");

namespace {

constexpr std::uint32_t kOffsetBits = 27;
constexpr std::uint32_t kOffsetMask = (std::uint32_t{1} << kOffsetBits) - 1;
// Linear probing in tables that are at most two thirds full ends after a few steps; a damaged table must end too.
constexpr std::size_t kMaxProbes = 512;

bool PowerOfTwo(std::size_t n) { return n != 0 && (n & (n - 1)) == 0; }
std::uint8_t Byte(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t Short(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(Byte(bytes, at) | Byte(bytes, at + 1) << 8);
}

std::uint32_t LookKey(const LookRow& row) {
  static_assert(offsetof(LookRow, folded) == 0 && offsetof(LookRow, prefix) == 2);
  std::uint32_t both;
  std::memcpy(&both, &row, sizeof both);
  return std::rotl(both, 16);
}

}  // namespace

GuessClass GuessClassOf(Grammemes tag) {
  if (tag & kSurn) return GuessClass::kSurname;
  if (tag & kPatr) return GuessClass::kPatronymic;
  if (tag & kName) return GuessClass::kGiven;
  if (tag & kGeox) return GuessClass::kPlace;
  return GuessClass::kCommon;
}

Result<Section> Section::Open(std::string_view bytes) {
  auto opened = bundle::PartReader::Open(bytes, kSectionTag, kSectionVersion, kPartCount, "morph");
  if (!opened.ok()) return opened.error();
  const bundle::PartReader& parts = *opened;
  Section s;
  const auto array = [&parts](std::uint32_t part, auto* out, Error* error) {
    auto got = parts.Array<typename std::remove_pointer_t<decltype(out)>::value_type>(part);
    if (!got.ok()) {
      *error = got.error();
      return false;
    }
    *out = *got;
    return true;
  };
  Error error;
  if (!array(kPartTags, &s.tags_, &error) || !array(kPartSuffixes, &s.suffixes_, &error) || !array(kPartTrie, &s.trie_, &error) ||
      !array(kPartParadigms, &s.paradigms_, &error) || !array(kPartForms, &s.forms_, &error) || !array(kPartLooks, &s.looks_, &error) ||
      !array(kPartStemSlots, &s.stem_slots_, &error) || !array(kPartShareSlots, &s.share_slots_, &error) ||
      !array(kPartShares, &s.shares_, &error) || !array(kPartEndSlots, &s.end_slots_, &error) || !array(kPartCamels, &s.camels_, &error)) {
    return error;
  }
  s.text_ = parts.Bytes(kPartText);
  s.suffix_text_ = parts.Bytes(kPartSuffixText);
  s.folded_ = parts.Bytes(kPartFolded);
  s.stems_ = parts.Bytes(kPartStems);
  s.ends_ = parts.Bytes(kPartEnds);

  for (const TagRow& tag : s.tags_) {
    if (tag.at > s.text_.size() || tag.size > s.text_.size() - tag.at) return parts.Damaged("a tag lies outside");
  }
  const std::string_view prefixes = parts.Bytes(kPartPrefixes);
  for (std::size_t at = 0; at < prefixes.size();) {
    const std::size_t size = Byte(prefixes, at);
    if (size > prefixes.size() - at - 1) return parts.Damaged("a prefix lies outside");
    s.prefixes_.push_back(prefixes.substr(at + 1, size));
    at += 1 + size;
  }
  if (s.prefixes_.empty() || !s.prefixes_[0].empty() || s.prefixes_.size() > 8) return parts.Damaged("bad prefixes");
  if (s.folded_.size() > 0xFFFE) return parts.Damaged("too many suffixes");
  for (const SuffixRow& suffix : s.suffixes_) {
    if (suffix.at > s.suffix_text_.size() || suffix.size > s.suffix_text_.size() - suffix.at) return parts.Damaged("a suffix lies outside");
    if (suffix.size > 32 || suffix.folded >= s.folded_.size()) return parts.Damaged("a suffix is wrong");
  }
  if (s.trie_.empty()) return parts.Damaged("no suffix trie");
  for (const TrieCell& cell : s.trie_) {
    if (cell.base > s.trie_.size() || (cell.base != 0 && s.trie_.size() - cell.base < kTrieLetters) || cell.terminal > s.folded_.size()) {
      return parts.Damaged("the suffix trie is wrong");
    }
  }
  if (s.looks_.size() != s.forms_.size() || s.paradigms_.size() > 0xFFFF) return parts.Damaged("forms do not match");
  s.look_buckets_.assign(s.paradigms_.size() * kLookBuckets, kNoLook);
  std::uint8_t* buckets = s.look_buckets_.data();
  for (const ParadigmRow& paradigm : s.paradigms_) {
    if (paradigm.forms == 0 || paradigm.forms > 0xFFFF || paradigm.first > s.forms_.size() ||
        paradigm.forms > s.forms_.size() - paradigm.first) {
      return parts.Damaged("a paradigm lies outside");
    }
    for (std::uint32_t i = 0; i < paradigm.forms; ++i) {
      const FormRow& form = s.forms_[paradigm.first + i];
      const LookRow& look = s.looks_[paradigm.first + i];
      if (form.suffix >= s.suffixes_.size() || form.tag >= s.tags_.size() || form.prefix >= s.prefixes_.size()) {
        return parts.Damaged("a form is wrong");
      }
      if (look.form >= paradigm.forms || look.folded >= s.folded_.size() || look.prefix >= s.prefixes_.size()) {
        return parts.Damaged("a form's index is wrong");
      }
      std::uint8_t& first = buckets[BucketOf(LookKey(look))];
      first = std::min(first, static_cast<std::uint8_t>(std::min<std::uint32_t>(i, kLastLook)));
    }
    buckets += kLookBuckets;
  }
  if (!PowerOfTwo(s.stem_slots_.size()) || !PowerOfTwo(s.share_slots_.size()) || !PowerOfTwo(s.end_slots_.size())) {
    return parts.Damaged("a hash table has a broken size");
  }
  const std::string_view affixes = parts.Bytes(kPartAffixes);
  for (std::size_t at = 0; at < affixes.size();) {
    if (affixes.size() - at < 2 || Byte(affixes, at + 1) > affixes.size() - at - 2) return parts.Damaged("an affix lies outside");
    s.affixes_.push_back({static_cast<AffixKind>(Byte(affixes, at)), affixes.substr(at + 2, Byte(affixes, at + 1))});
    at += 2u + Byte(affixes, at + 1);
  }
  return s;
}

std::span<const LookRow> Section::LooksOf(std::uint32_t paradigm, std::uint32_t folded, std::uint32_t prefix) const {
  if (paradigm >= paradigms_.size()) return {};
  const std::uint32_t key = LookKey(folded, prefix);
  return LooksFrom(paradigm, key, look_buckets_[paradigm * kLookBuckets + BucketOf(key)]);
}

inline std::span<const LookRow> Section::LooksFrom(std::uint32_t paradigm, std::uint32_t key, std::uint8_t at) const {
  if (at == kNoLook) return {};
  const ParadigmRow& of = paradigms_[paradigm];
  const LookRow* first = looks_.data() + of.first + at;
  const LookRow* const end = looks_.data() + of.first + of.forms;
  // A bucket seldom holds more than one key.
  while (LookKey(*first) != key) {
    if (++first == end) return {};
    if (at != kLastLook && BucketOf(LookKey(*first)) != BucketOf(key)) return {};
  }
  const LookRow* last = first + 1;
  while (last != end && LookKey(*last) == key) ++last;
  return {first, last};
}

bool Section::LexemeAt(std::uint32_t id, Lexeme* out) const {
  std::size_t at = id;
  return ReadLexeme(&at, out);
}

std::size_t Section::FindStem(std::string_view stem, std::uint64_t hash) const {
  const std::size_t mask = stem_slots_.size() - 1;
  const auto check = static_cast<std::uint32_t>(hash >> 59);
  std::size_t slot = hash & mask;
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, slot = (slot + 1) & mask) {
    const std::uint32_t value = stem_slots_[slot];
    if (value == 0) break;
    if (value >> kOffsetBits != check) continue;
    const std::size_t at = (value & kOffsetMask) - 1;
    if (at >= stems_.size() || Byte(stems_, at) != stem.size() || stems_.size() - at < stem.size() + 2) continue;
    if (SameText(stems_.data() + at + 1, stem.data(), stem.size())) return at + 1 + stem.size();
  }
  return std::string_view::npos;
}

void Section::Ask(const Letters& word, Asked* out) const {
  // The suffixes of the word, longest last.
  std::size_t count = 0;
  const TrieCell* cell = trie_.data();
  for (std::size_t size = 0;; ++size) {
    out->end[count] = {static_cast<std::uint16_t>(cell->terminal - 1), static_cast<std::uint8_t>(size), cell->prefixes};
    count += cell->terminal != 0 ? 1 : 0;
    if (size == word.size || cell->base == 0) break;
    const std::uint8_t code = word.code[word.size - 1 - size];
    cell = trie_.data() + cell->base + code;
    if (cell->code != code) break;
  }
  out->ends = count;
  AskStems(word, 0, out);
}

void Section::AskStems(const Letters& word, std::size_t p, Asked* out) const {
  const std::size_t slots = stem_slots_.size() - 1, begin = prefixes_[p].size();
  std::uint64_t hashes[kMaxLetters + 1];
  hashes[begin] = kHashStart;
  for (std::size_t i = begin; i < word.size; ++i) hashes[i + 1] = HashLetter(hashes[i], word.code[i]);
  out->stems = 0;
  for (std::size_t e = 0; e < out->ends; ++e) {
    const Asked::End& end = out->end[e];
    if (end.size + begin > word.size || (end.prefixes >> p & 1) == 0) continue;
    Asked::Stem& stem = out->stem[out->stems++] = {HashEnd(hashes[word.size - end.size]), end.folded, end.size};
    Prefetch(&stem_slots_[stem.hash & slots]);
  }
}

void Section::AskMore(const Asked& asked) const {
  const std::size_t slots = stem_slots_.size() - 1;
  for (std::size_t e = 0; e < asked.stems; ++e) {
    const std::size_t at = stem_slots_[asked.stem[e].hash & slots] & kOffsetMask;
    if (at < stems_.size()) Prefetch(stems_.data() + at);
  }
}

void Section::Walk(const Letters& word, const Asked& asked, Visit visit, void* context) const {
  const auto* const bytes = reinterpret_cast<const unsigned char*>(stems_.data());
  const std::size_t size = stems_.size(), paradigms = paradigms_.size();
  const std::uint8_t* const buckets = look_buckets_.data();
  constexpr std::size_t kFew = 8;
  std::array<Lexeme, kFew> few;
  std::array<std::uint8_t, kFew> few_looks;
  Asked more_asked;  // of prefixes that the word begins with
  for (std::size_t p = 0; p < prefixes_.size(); ++p) {
    const std::string_view prefix = prefixes_[p];
    if (!word.view().starts_with(prefix)) continue;
    const Asked* of = &asked;
    if (p != 0) {
      more_asked.ends = asked.ends;
      std::copy_n(asked.end, asked.ends, more_asked.end);
      AskStems(word, p, &more_asked);
      AskMore(more_asked);
      of = &more_asked;
    }
    for (std::size_t e = 0; e < of->stems; ++e) {
      const Asked::Stem& stem = of->stem[e];
      const std::size_t end = word.size - stem.suffix;
      std::size_t at = FindStem(word.view().substr(prefix.size(), end - prefix.size()), stem.hash);
      if (at == std::string_view::npos) continue;
      std::size_t left = Byte(stems_, at++);
      const std::uint32_t key = LookKey(stem.folded, static_cast<std::uint32_t>(p));
      const std::uint32_t bucket = BucketOf(key);
      // Their rows are asked for before the first one is needed, too.
      for (bool more = true; more;) {
        std::size_t lexemes = 0;
        for (; left != 0 && lexemes < kFew; --left) {
          // Most lexemes are passed over by their first bytes.
          if (at + 3 > size) break;
          const std::uint32_t paradigm = static_cast<std::uint32_t>(bytes[at] | bytes[at + 1] << 8);
          if (paradigm >= paradigms) break;
          const std::uint8_t look = buckets[paradigm * kLookBuckets + bucket];
          if (look == kNoLook && (bytes[at + 2] & (kLexemeHasList | kLexemeHasYo)) == 0) {
            at += 3;
            continue;
          }
          if (!ReadLexeme(&at, &few[lexemes])) break;
          if (look == kNoLook) continue;
          Prefetch(&looks_[paradigms_[paradigm].first + look]);
          few_looks[lexemes++] = look;
        }
        more = lexemes == kFew;
        for (std::size_t k = 0; k < lexemes; ++k) {
          for (const LookRow& look : LooksFrom(few[k].paradigm, key, few_looks[k])) {
            if (!visit(context, {few[k], look.form})) return;
          }
        }
      }
    }
  }
}

bool Section::Has(const Letters& word) const {
  bool has = false;
  const auto visit = [](void* context, const Found&) {
    *static_cast<bool*>(context) = true;
    return false;
  };
  Asked asked;
  Ask(word, &asked);
  AskMore(asked);
  Walk(word, asked, visit, &has);
  return has;
}

std::span<const ShareRow> Section::SharesOf(std::uint64_t key) const {
  if (key == 0) key = 1;
  const std::size_t mask = share_slots_.size() - 1;
  std::size_t slot = key & mask;
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, slot = (slot + 1) & mask) {
    const ShareSlot& row = share_slots_[slot];
    if (row.key == 0) break;
    if (row.key != key) continue;
    if (row.first > shares_.size() || row.count > shares_.size() - row.first) break;
    return shares_.subspan(row.first, row.count);
  }
  return {};
}

void Section::EndsOf(std::string_view ending, std::vector<EndRow>* out) const {
  out->clear();
  const std::size_t mask = end_slots_.size() - 1;
  std::size_t slot = HashLetters(ending) & mask;
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, slot = (slot + 1) & mask) {
    if (end_slots_[slot] == 0) return;
    std::size_t at = end_slots_[slot] - 1;
    if (at >= ends_.size() || Byte(ends_, at) != ending.size() || ends_.size() - at < ending.size() + 2) continue;
    if (std::memcmp(ends_.data() + at + 1, ending.data(), ending.size()) != 0) continue;
    at += 1 + ending.size();
    std::size_t left = Byte(ends_, at++);
    for (; left != 0 && ends_.size() - at >= kEndRowBytes; --left, at += kEndRowBytes) {
      EndRow row{Short(ends_, at), Short(ends_, at + 2), Short(ends_, at + 4), Byte(ends_, at + 6)};
      if (row.paradigm < paradigms_.size() && row.form < paradigms_[row.paradigm].forms && row.cls <= 4) out->push_back(row);
    }
    return;
  }
}

bool Section::IsCamel(std::uint64_t key) const { return std::binary_search(camels_.begin(), camels_.end(), key); }

}  // namespace atau::morph
