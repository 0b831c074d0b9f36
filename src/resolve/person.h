// The parts of a person's name.
#ifndef ATAU_RESOLVE_PERSON_H_
#define ATAU_RESOLVE_PERSON_H_

#include <string>

#include "morph/inflect.h"
#include "resolve/analysis.h"

namespace atau::resolve {

struct PersonName {
  std::string first, middle, last;  // nominative, in letter case; initials as «И.»
  morph::Gender gender = morph::Gender::kUnknown;
  bool family = false;              // «Скрипали», «супруги Обама»
};

// Tells given name, patronymic and surname of the tokens [begin, end) apart, whatever their order.
PersonName ParsePerson(const Analysis& a, std::size_t begin, std::size_t end, morph::Gender known);

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_PERSON_H_
