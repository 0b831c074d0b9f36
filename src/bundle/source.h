// Reads dictionary sources (TSV, see dictionaries/README.md) and reports every mistake in them, with its place and how to mend it.
#ifndef ATAU_BUNDLE_SOURCE_H_
#define ATAU_BUNDLE_SOURCE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/diagnostics.h"

namespace atau::bundle {

enum class FileKind : std::uint8_t {
  kNone,        // unreadable: there was no usable directive
  kEntities,    // names of particular things
  kWords,       // classes of common words
  kNames,       // parts of people's names
  kWeights,     // weights of evidence
  kForms,       // frequent forms, whose readings are stored
  kMorphology,  // tags, paradigms, lexemes, …: read by the morphology's builder; here only the bytes are checked
};

// The kind of file that a content's directive names ("entities"), as it stands there; "" where there is no directive.
std::string_view KindInDirective(std::string_view content);

// Columns of the kinds, in the order in which SourceFile::Cell counts them.
namespace column {
inline constexpr int kId = 0, kKind = 1, kName = 2, kVariants = 3, kTier = 4, kSlots = 5;  // entities
inline constexpr int kWord = 0, kWordKind = 1, kFlags = 2;                                 // words
inline constexpr int kNamePart = 0, kGender = 1, kNameTier = 2, kCount = 3;                // names
inline constexpr int kForm = 0, kFormCount = 1;                                            // forms
inline constexpr int kEvidence = 0, kPlace = 1, kType = 2, kWeight = 3;                    // weights
}  // namespace column

// One file as rows of cells. Holds views: the content and the name that it was read from must outlive it.
class SourceFile {
 public:
  std::string_view name() const { return name_; }
  std::string_view content() const { return content_; }
  FileKind kind() const { return kind_; }
  std::string_view kind_name() const { return kind_name_; }  // as the directive has it
  bool faulty() const { return faulty_; }                    // it had errors
  // The value of a key of the directive ("type", "class", "mark", "source", "licence"), empty where it is not given.
  std::string_view Attribute(std::string_view key) const;

  std::size_t rows() const { return lines_.size(); }
  // A cell of a row by the column numbers above; empty where the file has no such column. For the kinds without column numbers: the n-th
  // column.
  std::string_view Cell(std::size_t row, int column) const { return cells_[row * columns_.size() + column]; }
  std::span<const std::string_view> Cells(std::size_t row) const { return {cells_.data() + row * columns_.size(), columns_.size()}; }
  const std::vector<std::string_view>& columns() const { return columns_; }
  std::uint32_t Line(std::size_t row) const { return lines_[row].number; }
  // The column (code points, from 1) of a place inside a cell of a row; `part` must be a view into the file's content.
  std::uint32_t ColumnOf(std::size_t row, std::string_view part) const;

 private:
  friend class SourceReader;
  struct LineStart {
    std::uint32_t number;
    std::uint32_t offset;
  };
  std::string_view name_;
  std::string_view content_;
  FileKind kind_ = FileKind::kNone;
  std::string_view kind_name_;
  bool faulty_ = false;
  std::uint32_t directive_line_ = 0;
  std::vector<std::pair<std::string, std::string>> attributes_;
  std::vector<std::string_view> columns_;
  std::vector<std::string_view> cells_;
  std::vector<LineStart> lines_;
};

// Reads one file. Rows that cannot be used are left out; every mistake is reported, with or without them. Never fails.
SourceFile ReadSource(std::string_view name, std::string_view content, Diagnostics* diagnostics);

// What can only be told from all files together: one id in two rows; one name for two things of one type, kind and country; kinds that
// look like misspellings of others.
void CheckTogether(std::span<const SourceFile> files, Diagnostics* diagnostics);

// One name of an entity as written in a cell: prefixes taken off.
struct WrittenName {
  std::string_view text;
  bool exact = false;    // `=`
  bool support = false;  // `?`
};
WrittenName ParseName(std::string_view cell);

// Splits at a separator; an empty text has no parts.
std::vector<std::string_view> Split(std::string_view text, char separator);

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_SOURCE_H_
