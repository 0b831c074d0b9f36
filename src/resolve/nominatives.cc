#include "resolve/nominatives.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "bundle/hash_index.h"
#include "bundle/prefetch.h"

namespace atau::resolve {
namespace {

constexpr std::size_t kMost = 16384;  // groups remembered
constexpr std::size_t kMostBytes = std::size_t{1} << 26;
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
    std::size_t at = First(slot.tag);
    while (slots_[at].record != kFree) at = Next(at);
    slots_[at] = slot;
  }
}

std::uint64_t Nominatives::KeyOf(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, std::uint64_t what) {
  if (begin >= end || end > tokens.size() || tokens[end - 1].end - tokens[begin].begin > kLongest) return 0;
  key_.clear();
  std::uint64_t hash = 0;
  const auto add = [&](std::uint64_t part) {
    key_.push_back(part);
    hash = bundle::Mixed(hash, part);
  };
  add(what);
  for (std::size_t i = begin; i < end; ++i) {
    const token::Token& t = tokens[i];
    // The form stands for the token's text.
    const bool blank = i > begin && t.begin > tokens[i - 1].end;
    const std::uint64_t part = std::uint64_t{t.form} << 32 | std::uint64_t{static_cast<std::uint8_t>(t.kind)} << 16 |
                               std::uint64_t{static_cast<std::uint8_t>(t.shape)} << 8 | std::uint64_t{t.Has(token::kUrl)} << 2 |
                               std::uint64_t{t.Has(token::kLatin)} << 1 | std::uint64_t{blank};
    add(part);
    if (t.kind != token::Kind::kQuote) continue;
    // Where it is closed matters too, as far as that is in the group.
    const std::size_t pair = !t.Has(token::kOpens) ? 0 : t.pair < 0 ? i + 1 : std::min(static_cast<std::size_t>(t.pair), end - 1) + 1;
    add(pair - std::min(pair, begin));
  }
  return hash;
}

std::size_t Nominatives::SlotOf(std::uint64_t hash) const {
  const std::uint32_t tag = TagOf(hash);
  std::size_t at = First(tag);
  for (; slots_[at].record != kFree; at = Next(at)) {
    if (slots_[at].tag != tag) continue;
    const char* const record = records_.data() + slots_[at].record;
    Sizes sizes;
    std::memcpy(sizes.data(), record, sizeof sizes);
    if (std::string_view(record + sizeof sizes, sizes[0]) == Key()) break;
  }
  return at;
}

void Nominatives::Expect(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms, How how,
                         bool text) {
  if (forms_ != &forms || generation_ != forms.generation()) return;
  const std::uint64_t hash = KeyOf(tokens, begin, end, how);
  if (hash == 0) return;
  const Slot& slot = slots_[First(TagOf(hash))];
  if (!text) {
    bundle::Prefetch(&slot);
  } else if (slot.record != kFree) {
    bundle::Prefetch(records_.data() + slot.record);
  }
}

std::optional<std::string_view> Nominatives::Find(std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                                                  const morph::FormTable& forms, std::uint64_t what) {
  if (forms_ != &forms || generation_ != forms.generation()) return {};
  const std::uint64_t hash = KeyOf(tokens, begin, end, what);
  if (hash == 0) return {};
  const Slot& slot = slots_[SlotOf(hash)];
  if (slot.record == kFree) return {};
  const char* const record = records_.data() + slot.record;
  Sizes sizes;
  std::memcpy(sizes.data(), record, sizeof sizes);
  return std::string_view(record + sizeof sizes + sizes[0], sizes[1]);
}

std::string_view Nominatives::Keep(std::span<const token::Token> tokens, std::size_t begin, std::size_t end, const morph::FormTable& forms,
                                   std::uint64_t what, std::string text) {
  fresh_ = std::move(text);
  const std::uint64_t hash = KeyOf(tokens, begin, end, what);
  if (hash == 0) return fresh_;
  if (forms_ != &forms || generation_ != forms.generation() || size_ >= kMost || records_.size() > kMostBytes) {
    Forget();
    forms_ = &forms;
    generation_ = forms.generation();
  }
  if ((size_ + 1) * 2 > slots_.size()) Grow();
  Slot& slot = slots_[SlotOf(hash)];
  if (slot.record != kFree) return fresh_;
  const std::string_view key = Key();
  const Sizes sizes{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(fresh_.size())};
  slot = {TagOf(hash), static_cast<std::uint32_t>(records_.size())};
  ++size_;
  records_.append(reinterpret_cast<const char*>(sizes.data()), sizeof sizes).append(key).append(fresh_);
  return fresh_;
}

std::string_view Nominatives::Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                                 const morph::FormTable& forms, How how) {
  if (const auto known = Find(tokens, begin, end, forms, how)) return *known;
  if (how == kAsWritten) return Keep(tokens, begin, end, forms, how, morph::WrittenGroup(clean, tokens, begin, end, forms));
  morph::GroupOptions options;
  options.keep_number = how == kKeepsNumber;
  return Keep(tokens, begin, end, forms, how, morph::NominativeOf(clean, tokens, begin, end, forms, options));
}

}  // namespace atau::resolve
