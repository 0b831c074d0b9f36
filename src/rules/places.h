// Chooses the rules that are worth running at each token, by what may stand at the first places of a match.
#ifndef ATAU_RULES_PLACES_H_
#define ATAU_RULES_PLACES_H_

#include "rules/scratch.h"

namespace atau::rules {

// Fills MatchScratch::State::chosen, from the last token on. ReadDocument went before.
void ChooseRules(Run* run);

}  // namespace atau::rules

#endif  // ATAU_RULES_PLACES_H_
