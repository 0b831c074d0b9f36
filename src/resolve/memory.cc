#include "resolve/memory.h"

#include <array>
#include <bit>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace atau::resolve {
namespace {

// Endings of declension in UTF-8, longest first. A crude stem is enough here: it only has to be equal for the cases of one name within one
// document.
constexpr std::string_view kEndings[] = {"ого", "его", "ому", "ему", "ыми", "ими", "ами", "ями", "ой", "ей", "ою", "ею", "ом",
                                         "ем",  "ым",  "им",  "ых",  "их",  "ах",  "ях",  "ам",  "ям", "ую", "юю", "ая", "яя",
                                         "ый",  "ий",  "а",   "я",   "о",   "е",   "и",   "ы",   "у",  "ю",  "ь",  "й"};
constexpr std::size_t kShortestStem = 6;  // bytes: three Cyrillic letters

// The endings that end with a byte, told by its lower six bits: bit i for kEndings[i].
constexpr std::array<std::uint64_t, 64> kEndingsBy = [] {
  std::array<std::uint64_t, 64> by{};
  for (std::size_t i = 0; i < std::size(kEndings); ++i) by[static_cast<unsigned char>(kEndings[i].back()) & 63u] |= std::uint64_t{1} << i;
  return by;
}();
static_assert(std::size(kEndings) <= 64);

void Bump(std::uint16_t* count) {
  if (*count < 0xFFFF) ++*count;
}

}  // namespace

std::string_view StemOf(std::string_view word) {
  if (word.empty()) return word;
  for (std::uint64_t left = kEndingsBy[static_cast<unsigned char>(word.back()) & 63u]; left != 0; left &= left - 1) {
    const std::string_view ending = kEndings[std::countr_zero(left)];
    if (word.size() >= kShortestStem + ending.size() && word.ends_with(ending)) {
      word.remove_suffix(ending.size());
      break;
    }
  }
  return word;
}

std::uint64_t Memory::WordKey(const Analysis& a, std::size_t token) { return morph::KeyOf(StemOf(a.FormOf(token).folded)); }

// Word keys are asked for at every look; a form has one.
std::uint64_t Memory::KeyOf(const Analysis& a, std::size_t token) {
  const std::uint32_t form = a.tokens[token].form;
  if (form >= form_keys_.size()) form_keys_.resize(a.forms->size() + a.forms->size() / 4 + 1, 0);
  std::uint64_t& key = form_keys_[form];
  if (key == 0) key = WordKey(a, token) | 1;
  return key;
}

std::uint64_t Memory::SpanKey(std::size_t begin, std::size_t end) const {
  std::uint64_t key = 0x9E3779B97F4A7C15ull;
  for (std::size_t i = begin; i < end; ++i) {
    if (keys_[i] == 0) continue;
    key = (key ^ keys_[i]) * 0xD6E8FEB86659FD93ull;
    key ^= key >> 29;
  }
  return key;
}

void Memory::Clear() {
  words_.clear();
  spans_.clear();
  mentions_.clear();
  mention_of_.clear();
}

void Memory::Learn(const Analysis& a, const std::vector<Mention>& mentions) {
  Clear();
  if (forms_ != a.forms || generation_ != a.forms->generation()) {
    form_keys_.clear();
    forms_ = a.forms;
    generation_ = a.forms->generation();
  }
  keys_.assign(a.tokens.size(), 0);
  for (std::size_t i = 0; i < a.tokens.size(); ++i) {
    if (a.tokens[i].kind == token::Kind::kWord || a.tokens[i].kind == token::Kind::kNumber) keys_[i] = KeyOf(a, i);
  }
  mentions_ = mentions;
  mention_of_.assign(a.tokens.size(), -1);
  for (std::size_t m = 0; m < mentions.size(); ++m) {
    const Mention& mention = mentions[m];
    std::size_t words = 0;
    for (std::size_t i = mention.begin; i < mention.end; ++i) {
      mention_of_[i] = static_cast<std::int32_t>(m);
      words += a.tokens[i].kind == token::Kind::kWord;
    }
    for (std::size_t i = mention.begin; i < mention.end; ++i) {
      if (a.tokens[i].kind != token::Kind::kWord) continue;
      if (a.tokens[i].shape == token::Shape::kLower || a.tokens[i].shape == token::Shape::kInitial) continue;
      Counts& counts = words_[keys_[i]];
      Bump(words == 1 ? &counts.whole[mention.type] : &counts.part[mention.type]);
    }
    Bump(&spans_[SpanKey(mention.begin, mention.end)][mention.type]);
  }
}

Memory::Counts Memory::Elsewhere(const Analysis& a, std::size_t token) const {
  if (words_.empty() || keys_[token] == 0) return {};
  const auto it = words_.find(keys_[token]);
  if (it == words_.end()) return {};
  Counts counts = it->second;
  const std::int32_t own = mention_of_[token];
  if (own >= 0) {
    const Mention& mention = mentions_[static_cast<std::size_t>(own)];
    std::size_t words = 0;
    for (std::size_t i = mention.begin; i < mention.end; ++i) words += a.tokens[i].kind == token::Kind::kWord;
    std::uint16_t& count = words == 1 ? counts.whole[mention.type] : counts.part[mention.type];
    if (count > 0) --count;
  }
  return counts;
}

std::array<std::uint16_t, kTypes> Memory::SpanElsewhere(const Analysis&, std::size_t begin, std::size_t end) const {
  if (spans_.empty()) return {};
  const auto it = spans_.find(SpanKey(begin, end));
  if (it == spans_.end()) return {};
  std::array<std::uint16_t, kTypes> counts = it->second;
  const std::int32_t own = mention_of_[begin];
  if (own >= 0) {
    const Mention& mention = mentions_[static_cast<std::size_t>(own)];
    if (mention.begin == begin && mention.end == end && counts[mention.type] > 0) --counts[mention.type];
  }
  return counts;
}

}  // namespace atau::resolve
