#include "resolve/nominatives.h"

#include <cstdint>

namespace atau::resolve {
namespace {

constexpr std::size_t kMost = 16384;   // groups remembered
constexpr std::size_t kLongest = 192;  // bytes of a group that may come again

}  // namespace

std::string Nominatives::Of(std::string_view clean, std::span<const token::Token> tokens, std::size_t begin, std::size_t end,
                            const morph::FormTable& forms, bool keep_number) {
  morph::GroupOptions options;
  options.keep_number = keep_number;
  const auto fresh = [&] { return morph::NominativeOf(clean, tokens, begin, end, forms, options); };
  if (begin >= end || end > tokens.size() || tokens[end - 1].end - tokens[begin].begin > kLongest) return fresh();
  if (forms_ != &forms || generation_ != forms.generation() || known_.size() >= kMost) {
    known_.clear();
    forms_ = &forms;
    generation_ = forms.generation();
  }
  key_.assign(1, keep_number ? '+' : '-');
  for (std::size_t i = begin; i < end; ++i) {
    const token::Token& t = tokens[i];
    if (t.kind == token::Kind::kQuote) return fresh();  // where it is closed matters too
    // The form stands for the token's text.
    const bool blank = i > begin && t.begin > tokens[i - 1].end;
    const std::uint64_t part = std::uint64_t{t.form} << 32 | std::uint64_t{static_cast<std::uint8_t>(t.kind)} << 16 |
                               std::uint64_t{static_cast<std::uint8_t>(t.shape)} << 8 | std::uint64_t{t.Has(token::kUrl)} << 2 |
                               std::uint64_t{t.Has(token::kLatin)} << 1 | std::uint64_t{blank};
    key_.append(reinterpret_cast<const char*>(&part), sizeof part);
  }
  const auto [it, first] = known_.try_emplace(key_);
  if (first) it->second = fresh();
  return it->second;
}

}  // namespace atau::resolve
