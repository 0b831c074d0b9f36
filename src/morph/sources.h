// Reading of the TSV files that morphology is built from: directive, header, rows, and the places of mistakes.
#ifndef ATAU_MORPH_SOURCES_H_
#define ATAU_MORPH_SOURCES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/diagnostics.h"

namespace atau::morph {

// The line `#! kind key=value …` of a source.
struct Directive {
  std::string kind;
  std::vector<std::pair<std::string, std::string>> values;
  std::uint32_t line = 0;

  std::string_view Get(std::string_view key) const;
};

// The directive of a source, with an empty kind where there is none.
Directive ReadDirective(std::string_view content);

// One data row. Cells left out at the end are empty.
struct Row {
  std::string_view file;
  std::uint32_t line = 0;
  std::string_view text;
  std::vector<std::string_view> cells;  // in the order of the columns asked for

  // The column, in code points from 1, of a cell or of a piece of it.
  std::uint32_t ColumnOf(std::string_view piece) const;
};

// Calls `use` for each row, with the cells of `columns` (all must be in the header). Reports a missing directive or header, missing
// columns, rows with too many cells and bytes that are no UTF-8.
void ReadRows(std::string_view file, std::string_view content, const std::vector<std::string_view>& columns,
              bundle::Diagnostics* diagnostics, const std::function<void(const Row&)>& use);

// Calls `use` with each piece of `text` between separators (once for an empty text).
template <class F>
void ForEachPiece(std::string_view text, char separator, F&& use) {
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = text.find(separator, begin);
    use(text.substr(begin, end == std::string_view::npos ? end : end - begin));
    if (end == std::string_view::npos) return;
    begin = end + 1;
  }
}

}  // namespace atau::morph

#endif  // ATAU_MORPH_SOURCES_H_
