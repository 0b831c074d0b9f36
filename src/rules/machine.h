// Runs rules from the tokens that were chosen for them, and reports what they find.
#ifndef ATAU_RULES_MACHINE_H_
#define ATAU_RULES_MACHINE_H_

#include "rules/scratch.h"

namespace atau::rules {

// Appends the hits, a start after the other from the beginning of the text on. ChooseRules went before.
void RunRules(Run* run);

}  // namespace atau::rules

#endif  // ATAU_RULES_MACHINE_H_
