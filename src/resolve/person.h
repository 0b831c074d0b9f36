// The parts of a person's name.
#ifndef ATAU_RESOLVE_PERSON_H_
#define ATAU_RESOLVE_PERSON_H_

#include <string_view>

#include "resolve/analysis.h"
#include "resolve/arena.h"
#include "resolve/names.h"

namespace atau::resolve {

struct PersonName {
  std::string_view first, middle, last;  // nominative, in letter case; initials as «И.»
};

// Tells given name, patronymic and surname of the tokens [begin, end) apart, whatever their order. `form`: what the words were decided to
// be. The parts are views into the text, the form's words and the arena.
PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, const PersonForm& form, Arena* arena);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_PERSON_H_
