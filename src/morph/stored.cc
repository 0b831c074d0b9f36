#include "morph/stored.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "bundle/binary.h"
#include "morph/morph.h"

namespace atau::morph {

namespace {

// In a table that is at most two thirds full a search ends after a few steps; a damaged one must end too.
constexpr std::size_t kMaxProbes = 512;
constexpr std::size_t kHeadWords = sizeof(StoredRecord) / sizeof(std::uint32_t);
constexpr std::uint8_t kOriginBits = 0x0F;
constexpr int kPartsShift = 4;

std::uint32_t Check(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 56); }
std::uint64_t Joined(const std::uint32_t (&halves)[2]) { return halves[0] | std::uint64_t{halves[1]} << 32; }

}  // namespace

Result<StoredForms> StoredForms::Open(std::string_view bytes) {
  auto opened = bundle::PartReader::Open(bytes, kStoredTag, kStoredVersion, kStoredPartCount, "readings");
  if (!opened.ok()) return opened.error();
  const auto slots = opened->Array<std::uint32_t>(kStoredSlots), records = opened->Array<std::uint32_t>(kStoredRecords);
  const auto lexemes = opened->Array<StoredLexeme>(kStoredLexemes);
  const auto lists = opened->Array<StoredReading>(kStoredLists);
  if (!slots.ok()) return slots.error();
  if (!records.ok()) return records.error();
  if (!lexemes.ok()) return lexemes.error();
  if (!lists.ok()) return lists.error();
  StoredForms out;
  out.slots_ = *slots, out.records_ = *records, out.lexemes_ = *lexemes, out.lists_ = *lists;
  if (out.slots_.empty() || (out.slots_.size() & (out.slots_.size() - 1)) != 0) return opened->Damaged("its hash table has a broken size");
  return out;
}

StoredForms::Found StoredForms::Find(std::uint64_t key, token::Shape shape) const {
  Found found;
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = key & mask;
  for (std::size_t probe = 0; probe < kMaxProbes; ++probe, slot = (slot + 1) & mask) {
    const std::uint32_t value = slots_[slot];
    if (value == 0) break;
    if (value >> kOffsetBits != Check(key)) continue;
    const std::size_t at = (value & kOffsetMask) - 1;
    if (at > records_.size() || records_.size() - at < kHeadWords) continue;
    StoredRecord record;
    std::memcpy(&record, records_.data() + at, sizeof record);
    if (Joined(record.key) != key) continue;
    std::uint32_t list = 0;
    if (shape == token::Shape::kLower) list = record.lower;
    if (IsCapital(shape)) list = record.capital;
    if (list == 0 || list > lists_.size()) break;
    const StoredReading& head = lists_[list - 1];
    if (lists_.size() - list < head.tag) break;
    found.readings = lists_.subspan(list, head.tag);
    found.lexemes = records_.subspan(at + kHeadWords);
    found.open = head.list != 0;
    break;
  }
  return found;
}

void StoredForms::Read(const Found& found, const Section& of, std::vector<Reading>* out) const {
  for (const StoredReading& stored : found.readings) {
    // What a damaged section names is passed over.
    if (stored.tag >= of.tags() || stored.lexeme >= found.lexemes.size()) continue;
    const std::uint32_t number = found.lexemes[stored.lexeme];
    if (number >= lexemes_.size()) continue;
    const StoredLexeme& lexeme = lexemes_[number];
    Reading& reading = out->emplace_back();
    reading.tag = of.tag(stored.tag).grammemes;
    reading.lemma_key = Joined(lexeme.lemma_key);
    reading.lexeme = lexeme.lexeme;
    reading.paradigm_form = stored.paradigm_form;
    reading.origin = static_cast<Origin>(std::min<std::uint8_t>(stored.origin & kOriginBits, static_cast<std::uint8_t>(Origin::kNone)));
    reading.weight = stored.weight;
    reading.list = stored.list;
    reading.parts = stored.origin >> kPartsShift;
  }
}

namespace {

class Storer {
 public:
  Storer(const Morph& morph, const Section& section) : morph_(morph) {
    for (std::uint32_t t = 0; t < section.tags() && t <= 0xFFFF; ++t) tags_.try_emplace(section.tag(t).grammemes, t);
  }

  void Add(const std::string& form) {
    const std::uint64_t key = KeyOf(form);
    if (!seen_.insert(key).second) return;
    own_.clear();
    const std::uint32_t capital = ListOf(form, token::Shape::kCap), lower = ListOf(form, token::Shape::kLower);
    if (capital == 0 && lower == 0) return;
    places_.emplace_back(key, records_.size());
    for (const std::uint32_t word : {Low(key), High(key), capital, lower}) records_.push_back(word);
    for (const Lexeme& lexeme : own_) {
      const auto [at, added] = number_of_.try_emplace(lexeme, static_cast<std::uint32_t>(shared_.size()));
      if (added) shared_.push_back({lexeme.first, {Low(lexeme.second), High(lexeme.second)}});
      records_.push_back(at->second);
    }
  }

  Result<std::string> Finish() {
    if (records_.size() >= StoredForms::kOffsetMask) {
      return Error{.code = Code::kTooLarge,
                   .message = "too many forms with stored readings: " + std::to_string(places_.size()),
                   .hint = "shorten the list of forms"};
    }
    std::size_t size = 16;
    while (size * 2 < places_.size() * 3) size *= 2;
    std::vector<std::uint32_t> slots(size);
    for (const auto& [key, at] : places_) {
      std::size_t slot = key & (size - 1);
      while (slots[slot] != 0) slot = (slot + 1) & (size - 1);
      slots[slot] = Check(key) << StoredForms::kOffsetBits | static_cast<std::uint32_t>(at + 1);
    }
    bundle::PartWriter writer(kStoredTag, kStoredVersion);
    writer.Add(slots);
    writer.Add(records_);
    writer.Add(shared_);
    writer.Add(lists_);
    return writer.Finish();
  }

 private:
  using Lexeme = std::pair<std::uint32_t, std::uint64_t>;  // and the key of its lemma

  static std::uint32_t Low(std::uint64_t key) { return static_cast<std::uint32_t>(key); }
  static std::uint32_t High(std::uint64_t key) { return static_cast<std::uint32_t>(key >> 32); }

  // 1 + where the list of a form's readings begins, 0 where they cannot be stored. Adds to own_ those that it lacks.
  std::uint32_t ListOf(const std::string& form, token::Shape shape) {
    readings_.clear();
    morph_.Analyze(form, shape, true, &readings_);
    if (readings_.empty() || readings_.size() > 0xFFFF) return 0;
    const std::size_t before = own_.size();
    std::vector<StoredReading> list(1);
    bool open = true;
    for (const Reading& reading : readings_) {
      const auto tag = tags_.find(reading.tag);
      const Lexeme own(reading.lexeme, reading.lemma_key);
      const std::size_t lexeme = static_cast<std::size_t>(std::find(own_.begin(), own_.end(), own) - own_.begin());
      if (reading.section != 0 || tag == tags_.end() || lexeme > 0xFF) {
        own_.resize(before);
        return 0;
      }
      if (lexeme == own_.size()) own_.push_back(own);
      StoredReading& stored = list.emplace_back();
      stored.tag = static_cast<std::uint16_t>(tag->second);
      stored.paradigm_form = reading.paradigm_form;
      stored.weight = reading.weight;
      stored.list = reading.list;
      stored.origin =
          static_cast<std::uint8_t>(static_cast<unsigned>(reading.origin) | static_cast<unsigned>(reading.parts) << kPartsShift);
      stored.lexeme = static_cast<std::uint8_t>(lexeme);
      open = open && reading.origin != Origin::kDictionary && reading.origin != Origin::kGazetteer;
    }
    list[0].tag = static_cast<std::uint16_t>(readings_.size());
    list[0].list = open ? 1 : 0;
    const std::string bytes(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(StoredReading));
    const auto [at, added] = list_at_.try_emplace(bytes, static_cast<std::uint32_t>(lists_.size() + 1));
    if (added) lists_.insert(lists_.end(), list.begin(), list.end());
    return at->second;
  }

  const Morph& morph_;
  std::unordered_map<Grammemes, std::uint32_t> tags_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<std::pair<std::uint64_t, std::size_t>> places_;  // of records, by key
  std::vector<std::uint32_t> records_;
  std::vector<StoredLexeme> shared_;
  std::map<Lexeme, std::uint32_t> number_of_;  // in shared_
  std::vector<StoredReading> lists_;
  std::unordered_map<std::string, std::uint32_t> list_at_;
  std::vector<Reading> readings_;
  std::vector<Lexeme> own_;  // lexemes of the form in hand
};

}  // namespace

Result<std::string> StoreReadings(std::string_view morphology, std::span<const std::string> forms) {
  const std::string_view sections[] = {morphology};
  const auto section = Section::Open(morphology);
  if (!section.ok()) return section.error();
  const auto morph = OpenMorph(sections);
  if (!morph.ok()) return morph.error();
  Storer storer(**morph, *section);
  for (const std::string& form : forms) storer.Add(form);
  return storer.Finish();
}

}  // namespace atau::morph
