// What lies where: LOCATED_IN relations that need more than a pattern of words.
//
// «В Омске» behind a name says where something happens as often as where it stands. So it is asked what the name is: what stands in one
// place (class `seat_noun`: a works, a school, a court, a street) is there; a company, an army or a party need not be.
#ifndef ATAU_RESOLVE_LOCATED_H_
#define ATAU_RESOLVE_LOCATED_H_

#include <vector>

#include "resolve/describe.h"
#include "resolve/post_words.h"
#include "resolve/relations.h"
#include "resolve/sentence.h"

namespace atau::resolve {

// Appends the LOCATED_IN relations of the text. `mentions`: the flat view, in the order of the text. Linear in the mentions.
void FindLocated(const Analysis& a, const PostWords& words, const std::vector<Described>& mentions, WordTable* table,
                 std::vector<FoundRelation>* out);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_LOCATED_H_
