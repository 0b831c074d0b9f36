// Who runs a programme, as far as the dictionaries know it.
#ifndef ATAU_RESOLVE_RUN_BY_H_
#define ATAU_RESOLVE_RUN_BY_H_

#include <vector>

#include "resolve/describe.h"
#include "resolve/relations.h"

namespace atau::resolve {

// Appends a RUN_BY relation for each programme whose entry has the slot `run_by`, where its sentence
// names that body as well.
// `mentions`: the flat view, in the order of the text. Other families are rules (dictionaries/rules/relations.rules).
void FindRunBy(const Analysis& a, const std::vector<Described>& mentions, std::vector<FoundRelation>* out);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_RUN_BY_H_
