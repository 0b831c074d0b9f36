#include "resolve/nominatives.h"

#include <cstring>

namespace atau::resolve {
namespace {

constexpr std::size_t kMost = 16384;   // groups remembered
constexpr std::size_t kLongest = 192;  // bytes of a group that may come again

// What a token adds to the key, beside the text.
struct Part {
  std::uint32_t form;
  std::uint16_t flags, size;
  token::Kind kind;
  token::Shape shape;
};

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
    Part part;
    std::memset(&part, 0, sizeof part);  // its gaps are part of the key
    part.form = t.form;
    part.flags = static_cast<std::uint16_t>(t.flags & (token::kUrl | token::kLatin));
    part.size = static_cast<std::uint16_t>(t.end - t.begin);
    part.kind = t.kind;
    part.shape = t.shape;
    key_.append(reinterpret_cast<const char*>(&part), sizeof part);
  }
  key_.append(clean.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin));
  const auto [it, first] = known_.try_emplace(key_);
  if (first) it->second = fresh();
  return it->second;
}

}  // namespace atau::resolve
