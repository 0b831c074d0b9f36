// Which spans of tokens may be mentions at all.
#ifndef ATAU_RESOLVE_CANDIDATES_H_
#define ATAU_RESOLVE_CANDIDATES_H_

#include <vector>

#include "resolve/analysis.h"
#include "resolve/evidence.h"

namespace atau::resolve {

inline constexpr std::uint32_t kLongestRun = 7;     // words of a run of capitalised words
inline constexpr std::uint32_t kLongestChain = 16;  // tokens of a head with its genitive tail
inline constexpr std::uint32_t kLongestSpan = 24;   // tokens of any candidate (rules may propose longer ones than runs)

// Proposes every part of every run of name-like words, organization heads with their tails, quoted groups, and the spans of gazetteer
// matches and rules. Replaces `out`; sorted by begin, then end, one candidate a span. Linear in the number of tokens.
void FindCandidates(const Analysis& a, const std::vector<Cat>& cats, std::vector<Candidate>* out);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_CANDIDATES_H_
