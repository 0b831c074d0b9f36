// Tables that stand beside a form table and grow with it.
#ifndef ATAU_MORPH_BY_FORM_H_
#define ATAU_MORPH_BY_FORM_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace atau::morph {

// Makes room for `per_form` items of each of `forms` forms. A table that is no longer small gets all the room at once that a feed will ask
// for: what is not used of it costs nothing, and growing step by step would copy it, and touch new memory, again and again.
template <class T>
void ReserveByForm(std::vector<T>* table, std::size_t forms, std::size_t per_form = 1) {
  constexpr std::size_t kFew = 4096, kMany = 64 * 1024;
  if (forms <= kFew || forms * per_form <= table->capacity()) return;
  table->reserve(std::max(kMany, forms + forms / 2) * per_form);
}

// The table has an item for each form afterwards; new ones are `fill`.
template <class T>
void GrowByForm(std::vector<T>* table, std::size_t forms, const T& fill = T()) {
  if (forms <= table->size()) return;
  ReserveByForm(table, forms);
  table->resize(forms, fill);
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_BY_FORM_H_
