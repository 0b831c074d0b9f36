#include "morph/form_table.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "bundle/prefetch.h"
#include "morph/letters.h"
#include "morph/morph.h"

namespace atau::morph {

using bundle::Prefetch;

namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::uint16_t kFormFlags = token::kLatin | token::kCyrillic | token::kDigits | token::kHyphen | token::kUrl;

// The hash of the table alone, for short texts; nothing outside depends on it.
std::uint32_t HashOf(std::string_view text) {
  constexpr std::uint64_t kA = 0xA0761D6478BD642Fu, kB = 0xE7037ED1A0B428DBu;
  const char* p = text.data();
  const std::size_t size = text.size();
  std::uint64_t a = 0, b = 0, hash = size * kB;
  if (size >= 8) {
    for (std::size_t i = 0; i + 16 < size; i += 8) {
      hash = (hash ^ Load8(p + i)) * kA;
      hash ^= hash >> 32;
    }
    a = size > 16 ? Load8(p + size - 16) : Load8(p);
    b = Load8(p + size - 8);
  } else if (size >= 4) {
    a = Load4(p), b = Load4(p + size - 4);
  } else if (size != 0) {
    a = static_cast<unsigned char>(p[0]) | static_cast<std::uint64_t>(static_cast<unsigned char>(p[size / 2])) << 8 |
        static_cast<std::uint64_t>(static_cast<unsigned char>(p[size - 1])) << 16;
  }
  hash ^= (a ^ kA) * kB;
  hash = (hash ^ (hash >> 32) ^ b) * kA;
  hash ^= hash >> 29;
  return static_cast<std::uint32_t>((hash * kB) >> 32);
}

}  // namespace

struct FormTable::Index {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t form = 0;  // 1 + index; 0 = empty
    char* text = nullptr;    // the surface, behind its head: how long it is, and how many texts had it
  };
  // The head of a kept surface: its size, how many texts had it (255 at most), and the last of them.
  static constexpr std::size_t kSizeBytes = sizeof(std::uint32_t), kTexts = kSizeBytes, kLastText = kTexts + 1, kHead = kLastText + 1;
  std::vector<Slot> slots = std::vector<Slot>(4096);
  std::vector<std::unique_ptr<char[]>> blocks;
  std::size_t block = 0;  // the one in use
  std::size_t used = kBlockBytes;
  std::string folded;
  std::string lower;
  // Forms that have their numbers (behind those of the table) and wait for their readings.
  struct Waiting {
    Form form;
    std::string_view asked;       // what the morphology is asked for; of words
    std::uint64_t asked_key = 0;  // of that
  };
  static constexpr std::size_t kTogether = 32;
  std::vector<Waiting> waiting;
  std::vector<Morph::Asked> asked;
  std::vector<Reading> found;
  std::vector<std::size_t> ends;
  std::vector<std::uint32_t> hashes;  // of the tokens of a text
  unsigned char texts = 0;            // the number of the text in hand; runs round

  // Whether a slot in use has the form of a surface.
  static bool Holds(const Slot& slot, std::uint32_t hash, std::string_view surface) {
    return slot.hash == hash && Load4(slot.text) == surface.size() && SameText(slot.text + kHead, surface.data(), surface.size());
  }
  // A copy with its head before it, and that.
  char* KeepSurface(std::string_view text) {
    char* const kept = Room(kHead + text.size());
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(kept, &size, kSizeBytes);
    kept[kTexts] = 1;
    kept[kLastText] = static_cast<char>(texts);
    std::memcpy(kept + kHead, text.data(), text.size());
    return kept;
  }
  // Notes that the text in hand has a surface.
  void Note(char* surface) const {
    if (static_cast<unsigned char>(surface[kLastText]) == texts) return;
    surface[kLastText] = static_cast<char>(texts);
    auto& count = reinterpret_cast<unsigned char&>(surface[kTexts]);
    if (count < 255) ++count;
  }
  void Put(std::uint32_t hash, std::uint32_t number, char* surface) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = hash & mask;
    while (slots[at].form != 0) at = (at + 1) & mask;
    slots[at] = {hash, number, surface};
  }
  char* Keep(std::string_view text) {
    char* const kept = Room(text.size());
    std::memcpy(kept, text.data(), text.size());
    return kept;
  }
  // Bytes that are kept.
  char* Room(std::size_t size) {
    if (size > kBlockBytes / 4) {
      // A monster has a block of its own.
      monsters.push_back(std::make_unique_for_overwrite<char[]>(size));
      return monsters.back().get();
    }
    if (used + size > kBlockBytes) {
      if (!blocks.empty()) ++block;
      if (block == blocks.size()) blocks.push_back(std::make_unique_for_overwrite<char[]>(kBlockBytes));
      used = 0;
    }
    used += size;
    return blocks[block].get() + used - size;
  }
  void Forget() {
    std::fill(slots.begin(), slots.end(), Slot{});
    block = 0;
    used = blocks.empty() ? kBlockBytes : 0;
    monsters.clear();
  }
  void Grow() {
    std::vector<Slot> old(slots.size() * 2);
    old.swap(slots);
    const std::size_t mask = slots.size() - 1;
    for (const Slot& slot : old) {
      if (slot.form == 0) continue;
      std::size_t at = slot.hash & mask;
      while (slots[at].form != 0) at = (at + 1) & mask;
      slots[at] = slot;
    }
  }
  // Adds those that wait to the table.
  void Settle(const Morph& morph, Blocks<Form>* forms, Blocks<Reading>* readings) {
    asked.clear(), found.clear(), ends.clear();
    for (const Waiting& w : waiting) {
      if (!w.asked.empty()) asked.push_back({w.asked, w.asked_key, w.form.shape});
    }
    morph.AnalyzeEach(asked, &found, &ends);
    std::size_t word = 0;
    for (Waiting& w : waiting) {
      Form& form = w.form;
      std::span<const Reading> own;
      if (!w.asked.empty()) {
        const std::size_t begin = word == 0 ? 0 : ends[word - 1];
        own = std::span(found).subspan(begin, ends[word++] - begin);
      }
      Reading none;
      none.lemma_key = form.key;
      none.section = 255;
      none.weight = 255;
      if (own.empty()) own = {&none, 1};
      // More readings than a block holds are no word of any language, but a damaged bundle may claim them.
      own = own.first(std::min<std::size_t>(own.size(), Blocks<Reading>::kSize));
      form.first_reading = readings->Add(own);
      form.readings = static_cast<std::uint16_t>(own.size());
      for (const Reading& reading : own) {
        form.any |= reading.tag;
        form.known |= reading.origin != Origin::kGuess && reading.origin != Origin::kNone;
        form.agreement |= AgreementOf(reading.tag);
      }
      forms->Add(form);
    }
    waiting.clear();
  }
  std::vector<std::unique_ptr<char[]>> monsters;
};

FormTable::FormTable(const Morph* morph) : morph_(morph), index_(std::make_unique<Index>()) {}
FormTable::~FormTable() = default;

std::uint32_t FormTable::Intern(std::string_view surface, const token::Token& token) {
  const std::uint32_t form = Intern(surface, HashOf(surface), token);
  index_->Settle(*morph_, &forms_, &readings_);
  return form;
}

std::uint32_t FormTable::Intern(std::string_view surface, std::uint32_t hash, const token::Token& token) {
  const Index& index = *index_;
  const std::size_t mask = index.slots.size() - 1;
  for (std::size_t at = hash & mask; index.slots[at].form != 0; at = (at + 1) & mask) {
    const Index::Slot& slot = index.slots[at];
    if (!Index::Holds(slot, hash, surface)) continue;
    index.Note(slot.text);
    return slot.form - 1;
  }
  return Add(surface, hash, token);
}

std::uint32_t FormTable::Add(std::string_view surface, std::uint32_t hash, const token::Token& token) {
  Index& index = *index_;
  if (index.waiting.size() == Index::kTogether) index.Settle(*morph_, &forms_, &readings_);
  const std::size_t number = forms_.size() + index.waiting.size() + 1;
  if (number * 2 > index.slots.size()) index.Grow();
  Index::Waiting& waiting = index.waiting.emplace_back();
  Form& form = waiting.form;
  char* const kept = index.KeepSurface(surface);
  form.surface = {kept + Index::kHead, surface.size()};
  // «Boeing'ом» is looked for as «Boeing».
  Fold(token.Has(token::kEnding) ? token::WithoutEnding(surface) : surface, &index.folded);
  form.folded = index.folded == surface ? form.surface : std::string_view(index.Keep(index.folded), index.folded.size());
  form.key = KeyOf(form.folded);
  form.shape = token.shape;
  form.kind = token.kind;
  form.flags = token.flags & kFormFlags;
  if (token.kind == token::Kind::kWord && !token.Has(token::kUrl)) {
    // A surface with ё finds only words with ё.
    waiting.asked = form.folded;
    waiting.asked_key = form.key;
    const bool folds = form.folded.data() != form.surface.data();
    if (folds && (surface.find("\u0451") != std::string_view::npos || surface.find("\u0401") != std::string_view::npos)) {
      LowerKeepingYo(surface, &index.lower);
      waiting.asked = {index.Keep(index.lower), index.lower.size()};
      waiting.asked_key = KeyOf(waiting.asked);
    }
  }
  index.Put(hash, static_cast<std::uint32_t>(number), kept);
  return static_cast<std::uint32_t>(number - 1);
}

void FormTable::InternAll(std::string_view clean, std::vector<token::Token>* tokens) {
  // What a token needs is on its way to the cache while those before it are looked at.
  constexpr std::size_t kSlotAhead = 16, kTextAhead = 8;
  Index& index = *index_;
  const std::size_t n = tokens->size();
  token::Token* const all = tokens->data();
  index.hashes.resize(n);
  std::uint32_t* const hashes = index.hashes.data();
  ++index.texts;
  const auto text = [clean](const token::Token& token) { return std::string_view(clean.data() + token.begin, token.end - token.begin); };
  const auto slot = [&](std::size_t i) { return &index.slots[hashes[i] & (index.slots.size() - 1)]; };
  const auto ask_slot = [&](std::size_t i) {
    hashes[i] = HashOf(text(all[i]));
    Prefetch(slot(i));
  };
  const auto ask_text = [&](std::size_t i) { Prefetch(slot(i)->text); };
  const auto intern = [&](std::size_t i) {
    token::Token& token = all[i];
    const std::string_view surface = text(token);
    const Index::Slot& first = *slot(i);
    // Nearly all forms are known, and stand in the first slot asked.
    if (first.form != 0 && Index::Holds(first, hashes[i], surface)) {
      index.Note(first.text);
      token.form = first.form - 1;
    } else {
      token.form = Intern(surface, hashes[i], token);
    }
  };
  const std::size_t ahead = std::min(n, kSlotAhead);
  for (std::size_t i = 0; i < ahead; ++i) ask_slot(i);
  for (std::size_t i = 0; i + kTextAhead < ahead; ++i) ask_text(i);
  std::size_t done = 0;
  for (std::size_t i = ahead; i < n; ++i, ++done) {
    ask_slot(i);
    ask_text(i - kTextAhead);
    intern(done);
  }
  for (; done < n; ++done) intern(done);
  index.Settle(*morph_, &forms_, &readings_);
}

void FormTable::Trim() {
  const auto old = std::move(index_);
  Blocks<Form> forms = std::move(forms_);
  Blocks<Reading> readings = std::move(readings_);
  index_ = std::make_unique<Index>();
  forms_ = {}, readings_ = {};
  ++generation_;
  for (const Index::Slot& slot : old->slots) {
    if (slot.form == 0 || static_cast<unsigned char>(slot.text[Index::kTexts]) < 2) continue;
    if ((forms_.size() + 1) * 2 > index_->slots.size()) index_->Grow();
    Form form = forms[slot.form - 1];
    const bool folds = form.folded.data() != form.surface.data();
    char* const kept = index_->KeepSurface(form.surface);
    form.surface = {kept + Index::kHead, form.surface.size()};
    form.folded = folds ? std::string_view(index_->Keep(form.folded), form.folded.size()) : form.surface;
    form.first_reading = readings_.Add(std::span<const Reading>(&readings[form.first_reading], form.readings));
    forms_.Add(form);
    index_->Put(slot.hash, static_cast<std::uint32_t>(forms_.size()), kept);
  }
}

void FormTable::Clear() {
  forms_.Clear();
  readings_.Clear();
  index_->Forget();
  ++generation_;
}

}  // namespace atau::morph
