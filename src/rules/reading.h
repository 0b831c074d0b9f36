// Reads a document for the rules: what each token is (by its form, which is looked at once) and what each match may be.
#ifndef ATAU_RULES_READING_H_
#define ATAU_RULES_READING_H_

#include "rules/scratch.h"

namespace atau::rules {

// Fills what is known of the tokens, the matches and the resolved entities of the document, and takes the rules out of the mask of which
// the text as a whole lacks something. What was found out for the same document before is kept where View::again says that it is the same.
// False where there is nothing to do.
bool ReadDocument(Run* run);

}  // namespace atau::rules

#endif  // ATAU_RULES_READING_H_
