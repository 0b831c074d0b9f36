// The parts of a person's name.
#ifndef ATAU_RESOLVE_PERSON_H_
#define ATAU_RESOLVE_PERSON_H_

#include <string>

#include "resolve/analysis.h"
#include "resolve/names.h"

namespace atau::resolve {

struct PersonName {
  std::string first, middle, last;  // nominative, in letter case; initials as «И.»
};

// Tells given name, patronymic and surname of the tokens [begin, end) apart, whatever their order. `form`: what the words were decided to
// be.
PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, const PersonForm& form);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_PERSON_H_
