#include "resolve/nominatives.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "bundle/hash_index.h"
#include "bundle/prefetch.h"

namespace atau::resolve {
namespace {

constexpr std::size_t kMost = 16384;   // groups remembered
constexpr std::size_t kSlots = 256;    // to begin with; a power of two
constexpr std::size_t kLongest = 192;  // bytes of a group that may come again

using Sizes = std::array<std::uint32_t, 2>;

}  // namespace

void Nominatives::Forget() {
  slots_.assign(kSlots, {});
  size_ = 0;
  records_.clear();
}

void Nominatives::Grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.record == kFree) continue;
    std::size_t at = First(slot.hash);
    while (slots_[at].record != kFree) at = Next(at);
    slots_[at] = slot;
  }
}

std::uint64_t Nominatives::KeyOf(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, bool keep_number) {
  if (begin >= end || end > tokens.size() || tokens[end - 1].end - tokens[begin].begin > kLongest) return 0;
  key_.clear();
  std::uint64_t hash = 0;
  const auto add = [&](std::uint64_t part) {
    key_.push_back(part);
    hash = bundle::Mixed(hash, part);
  };
  add(keep_number ? 1 : 0);
  for (std::size_t i = begin; i < end; ++i) {
    const token::Token& t = tokens[i];
    if (t.kind == token::Kind::kQuote) return 0;  // where it is closed matters too
    // The form stands for the token's text.
    const bool blank = i > begin && t.begin > tokens[i - 1].end;
    const std::uint64_t part = std::uint64_t{t.form} << 32 | std::uint64_t{static_cast<std::uint8_t>(t.kind)} << 16 |
                               std::uint64_t{static_cast<std::uint8_t>(t.shape)} << 8 | std::uint64_t{t.Has(token::kUrl)} << 2 |
                               std::uint64_t{t.Has(token::kLatin)} << 1 | std::uint64_t{blank};
    add(part);
  }
  return hash;
}

void Nominatives::Expect(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms,
                         bool keep_number) {
  if (forms_ != &forms || generation_ != forms.generation()) return;
  if (const std::uint64_t hash = KeyOf(tokens, begin, end, keep_number); hash != 0) bundle::Prefetch(&slots_[First(hash)]);
}

std::string_view Nominatives::Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                                 const morph::FormTable& forms, bool keep_number) {
  const std::uint64_t hash = KeyOf(tokens, begin, end, keep_number);
  const auto fresh = [&]() -> std::string_view {
    morph::GroupOptions options;
    options.keep_number = keep_number;
    return fresh_ = morph::NominativeOf(clean, tokens, begin, end, forms, options);
  };
  if (hash == 0) return fresh();
  if (forms_ != &forms || generation_ != forms.generation() || size_ >= kMost) {
    Forget();
    forms_ = &forms;
    generation_ = forms.generation();
  }
  const std::string_view key(reinterpret_cast<const char*>(key_.data()), key_.size() * sizeof key_[0]);
  if ((size_ + 1) * 2 > slots_.size()) Grow();
  std::size_t at = First(hash);
  for (; slots_[at].record != kFree; at = Next(at)) {
    if (slots_[at].hash != hash) continue;
    const char* record = records_.data() + slots_[at].record;
    Sizes sizes;
    std::memcpy(sizes.data(), record, sizeof sizes);
    record += sizeof sizes;
    if (std::string_view(record, sizes[0]) == key) return {record + sizes[0], sizes[1]};
  }
  const std::string_view nominative = fresh();
  const Sizes sizes{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(nominative.size())};
  slots_[at] = {hash, records_.size()};
  ++size_;
  records_.append(reinterpret_cast<const char*>(sizes.data()), sizeof sizes).append(key).append(nominative);
  return nominative;
}

}  // namespace atau::resolve
