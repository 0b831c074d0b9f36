// Document entities: which mentions of a text are one thing.
#ifndef ATAU_RESOLVE_CLUSTER_H_
#define ATAU_RESOLVE_CLUSTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resolve/describe.h"
#include "resolve/key_map.h"

namespace atau::resolve {

// The words of names, remembered between documents. Not thread-safe: one a scratch.
class NameStems;
class ClusterScratch {
 public:
  ClusterScratch();
  ~ClusterScratch();
  NameStems& stems() { return *stems_; }

 private:
  friend std::vector<int> Cluster(const std::vector<Described>& mentions, const std::vector<std::pair<int, int>>& aliases,
                                  ClusterScratch* scratch);
  // Of one document.
  KeyMap<int> keys_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> written_;
  std::unique_ptr<NameStems> stems_;
};

// The number of the document entity of each mention, counted from 0 in order of first mention; -1 for mentions of other types than the
// four. `aliases` are pairs of mentions that a rule called the same («Байтерек» («Назарбаевский старт»)).
std::vector<int> Cluster(const std::vector<Described>& mentions, const std::vector<std::pair<int, int>>& aliases, ClusterScratch* scratch);

// Appends pairs of mentions of which the second is the first in Latin letters: «Томас Шефер (Thomas Schäfer)».
void FindSpellings(const Analysis& a, const std::vector<Described>& mentions, std::vector<std::pair<int, int>>* aliases);

// Whether two mentions can be names of one thing as far as the dictionaries know.
bool AreAliases(const Described& x, const Described& y);

// The mention that names the entity best: the fullest person's name, a place's most frequent, the longest of the others.
int FullestOf(const std::vector<Described>& mentions, std::span<const int> members);

// How often a text speaks of each state, by its code as in the slot `country` («UA»), in order of first mention.
using States = std::vector<std::pair<std::string_view, std::size_t>>;
States StatesOf(const std::vector<Described>& mentions);

// The state that it speaks of most; empty where none stands out over `own`.
std::string_view StateOf(const States& states, std::string_view own);

// The id of the body of this name in another state: «МВД», which the dictionaries know as Russia's ("org.ru.mvd"), is Ukraine's
// ("org.ua.mvd") in a text on Ukraine. Empty where many states have such a body, but the dictionaries not this one's; the same id where it
// is the only one.
std::string IdInState(const gazetteer::Gazetteer& gazetteer, std::string_view id, std::string_view state);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_CLUSTER_H_
