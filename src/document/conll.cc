#include <atau/document.h>

#include <algorithm>
#include <string>
#include <vector>

#include "text/clean.h"
#include "token/token.h"

namespace atau {

std::string ToConll(const Document& d) {
  // The clean view is made again: a document does not keep it, and a soft hyphen should not part a token here either.
  text::CleanOptions options;
  options.html = std::any_of(d.repairs.begin(), d.repairs.end(), [](const Repair& r) { return r.kind == "html"; });
  text::CleanText clean;
  clean.Assign(d.text, options);
  std::vector<token::Token> tokens;
  token::Tokenize(clean.view(), nullptr, &tokens);

  std::string out;
  std::size_t next = 0;  // the first entity that does not end before the current place
  bool inside = false;   // whether its B- has been written
  const auto emit = [&](std::size_t begin, std::size_t end) {
    if (begin >= end) return;
    const std::size_t start = clean.OriginalBegin(begin);
    while (next < d.entities.size() && d.entities[next].span.end <= start) ++next, inside = false;
    std::string tag = "O";
    if (next < d.entities.size() && d.entities[next].span.start <= start) {
      tag = (inside ? "I-" : "B-") + std::string(TypeName(d.entities[next].type));
      inside = true;
    }
    for (const char c : clean.view().substr(begin, end - begin)) out += c == '\n' || c == '\t' ? ' ' : c;
    out += "\t" + tag + "\n";
  };
  std::size_t cut = 0;  // the next entity whose bounds may cut a token
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const token::Token& t = tokens[i];
    if (i > 0 && t.sentence != tokens[i - 1].sentence) out += "\n";
    // A mention may begin or end inside a token (glued words are parted with the help of a dictionary, which is not at hand here).
    std::size_t begin = t.begin;
    while (cut < d.entities.size() && clean.CleanOffset(d.entities[cut].span.end) <= t.begin) ++cut;
    for (std::size_t e = cut; e < d.entities.size(); ++e) {
      const std::size_t first = clean.CleanOffset(d.entities[e].span.start), last = clean.CleanOffset(d.entities[e].span.end);
      if (first >= t.end) break;
      for (const std::size_t bound : {first, last}) {
        if (bound <= begin || bound >= t.end) continue;
        emit(begin, bound);
        begin = bound;
      }
    }
    emit(begin, t.end);
  }
  if (!tokens.empty()) out += "\n";
  return out;
}

}  // namespace atau
