// Document entities: which mentions of a text are one thing.
#ifndef ATAU_RESOLVE_CLUSTER_H_
#define ATAU_RESOLVE_CLUSTER_H_

#include <utility>
#include <vector>

#include "resolve/describe.h"

namespace atau::resolve {

// The number of the document entity of each mention, counted from 0 in order of first mention; -1 for mentions of other types than the
// four. `aliases` are pairs of mentions that a rule called the same («Байтерек» («Назарбаевский старт»)).
std::vector<int> Cluster(const std::vector<Described>& mentions, const std::vector<std::pair<int, int>>& aliases);

// Whether two mentions can be names of one thing as far as the dictionaries know.
bool AreAliases(const Described& x, const Described& y);

// The mention that names the entity best: the fullest person's name, a place's most frequent, the longest of the others.
int FullestOf(const std::vector<Described>& mentions, const std::vector<int>& members);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_CLUSTER_H_
