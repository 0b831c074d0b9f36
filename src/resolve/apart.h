// Bodies and the places that their names end with, as mentions beside each other.
#ifndef ATAU_RESOLVE_APART_H_
#define ATAU_RESOLVE_APART_H_

#include <vector>

#include "resolve/analysis.h"
#include "resolve/evidence.h"
#include "resolve/memory.h"
#include "resolve/model.h"

namespace atau::resolve {

// Parts what our definition of a mention joins: «[Министерство обороны РФ]» becomes «[Министерство обороны] [РФ]», as factRuEval and others
// mark it. What is left of a body without a name of its own («правительство Грузии», «Сборная России») is none. A place that the
// dictionaries know as part of the name («Банк России») or that a preposition joins («посольство в Астане») stays. A body that lost its
// place remembers it (Mention::parted_end), for it tells which body it is; it keeps the score of the whole, and the place has its own.
// `mentions` are sorted and do not overlap, before and after. Linear.
void PlacesApart(const Analysis& a, const std::vector<Cat>& cats, const std::vector<Candidate>& candidates,
                 const std::vector<Scores>& scores, std::vector<Mention>* mentions);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_APART_H_
