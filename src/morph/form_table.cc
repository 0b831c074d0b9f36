#include "morph/form_table.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "morph/letters.h"
#include "morph/morph.h"

namespace atau::morph {

namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;
constexpr std::uint16_t kFormFlags = token::kLatin | token::kCyrillic | token::kDigits | token::kHyphen | token::kUrl;

}  // namespace

struct FormTable::Index {
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t form = 0;  // 1 + index; 0 = empty
  };
  std::vector<Slot> slots = std::vector<Slot>(4096);
  std::vector<std::unique_ptr<char[]>> blocks;
  std::size_t block = 0;  // the one in use
  std::size_t used = kBlockBytes;
  std::string folded;
  std::string lower;
  std::vector<Reading> scratch;

  std::string_view Keep(std::string_view text) {
    if (text.size() > kBlockBytes / 4) {
      // A monster has a block of its own.
      auto own = std::make_unique<char[]>(text.size());
      std::memcpy(own.get(), text.data(), text.size());
      const std::string_view kept(own.get(), text.size());
      monsters.push_back(std::move(own));
      return kept;
    }
    if (used + text.size() > kBlockBytes) {
      if (!blocks.empty()) ++block;
      if (block == blocks.size()) blocks.push_back(std::make_unique<char[]>(kBlockBytes));
      used = 0;
    }
    char* at = blocks[block].get() + used;
    std::memcpy(at, text.data(), text.size());
    used += text.size();
    return {at, text.size()};
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
  std::vector<std::unique_ptr<char[]>> monsters;
};

FormTable::FormTable(const Morph* morph) : morph_(morph), index_(std::make_unique<Index>()) {}
FormTable::~FormTable() = default;

std::uint32_t FormTable::Intern(std::string_view surface, const token::Token& token) {
  Index& index = *index_;
  const std::uint64_t key = KeyOf(surface);
  const auto hash = static_cast<std::uint32_t>(key >> 32);
  std::size_t mask = index.slots.size() - 1;
  std::size_t at = hash & mask;
  for (; index.slots[at].form != 0; at = (at + 1) & mask) {
    if (index.slots[at].hash != hash) continue;
    const Form& form = forms_[index.slots[at].form - 1];
    if (form.surface.size() == surface.size() && std::memcmp(form.surface.data(), surface.data(), surface.size()) == 0) {
      return index.slots[at].form - 1;
    }
  }
  if ((forms_.size() + 1) * 2 > index.slots.size()) {
    index.Grow();
    mask = index.slots.size() - 1;
    at = hash & mask;
    while (index.slots[at].form != 0) at = (at + 1) & mask;
  }

  Form form;
  form.surface = index.Keep(surface);
  Fold(surface, &index.folded);
  form.folded = index.folded == surface ? form.surface : index.Keep(index.folded);
  form.key = KeyOf(form.folded);
  form.shape = token.shape;
  form.kind = token.kind;
  form.flags = token.flags & kFormFlags;
  index.scratch.clear();
  if (token.kind == token::Kind::kWord && !token.Has(token::kUrl)) {
    // A surface with ё finds only words with ё.
    std::string_view asked = form.folded;
    if (surface.find("\u0451") != std::string_view::npos || surface.find("\u0401") != std::string_view::npos) {
      LowerKeepingYo(surface, &index.lower);
      asked = index.lower;
    }
    morph_->Analyze(asked, token.shape, true, &index.scratch);
  }
  if (index.scratch.empty()) {
    Reading none;
    none.lemma_key = form.key;
    none.section = 255;
    none.weight = 255;
    index.scratch.push_back(none);
  }
  // More readings than a block holds are no word of any language, but a damaged bundle may claim them.
  if (index.scratch.size() > Blocks<Reading>::kSize) index.scratch.resize(Blocks<Reading>::kSize);
  form.first_reading = readings_.Add(index.scratch);
  form.readings = static_cast<std::uint16_t>(index.scratch.size());
  for (const Reading& reading : index.scratch) {
    form.any |= reading.tag;
    form.known |= reading.origin != Origin::kGuess && reading.origin != Origin::kNone;
    form.agreement |= AgreementOf(reading.tag);
  }
  forms_.Add(form);
  const auto number = static_cast<std::uint32_t>(forms_.size());
  index.slots[at] = {hash, number};
  return number - 1;
}

void FormTable::InternAll(std::string_view clean, std::vector<token::Token>* tokens) {
  for (token::Token& token : *tokens) token.form = Intern(clean.substr(token.begin, token.end - token.begin), token);
}

void FormTable::Clear() {
  forms_.Clear();
  readings_.Clear();
  index_->Forget();
  ++generation_;
}

}  // namespace atau::morph
