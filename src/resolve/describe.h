// What a mention is: its kind, its gazetteer entry, slots and normal form.
#ifndef ATAU_RESOLVE_DESCRIBE_H_
#define ATAU_RESOLVE_DESCRIBE_H_

#include <atau/types.h>

#include <string>
#include <string_view>

#include "morph/inflect.h"
#include "resolve/analysis.h"
#include "resolve/names.h"

namespace atau::resolve {

// A mention of any type, in tokens.
struct Described {
  std::uint32_t begin = 0, end = 0;
  Type type = Type::kNone;
  float score = 0;
  std::string kind, text, normal, gazetteer, rule;
  Slots slots;
  morph::Gender gender = morph::Gender::kUnknown;
  std::string place;              // of a body whose name ends with a place («МВД Казахстана»): the place's gazetteer id
  std::uint32_t place_begin = 0;  // the first token of that place
};

// The value of a slot, "" where there is none. Valid as long as the description is not changed.
std::string_view SlotOf(const Described& d, std::string_view key);

// Fills everything but span, type and score. `person`: what a person's name was decided to be (names.h; needed for PERSON, else null).
// `hit`: the rule that proposed the span (an index into a.hits.hits, -1: look for one).
void Describe(const Analysis& a, const PersonForm* person, int hit, Described* d);

// The tokens [begin, end) of a post in the nominative: only its head and the adjectives before that change («главой компании» → «глава
// компании»). `head_end`: where the words of the head end at the latest.
std::string PostNominative(const Analysis& a, std::size_t begin, std::size_t head_end, std::size_t end, bool keep_number);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_DESCRIBE_H_
