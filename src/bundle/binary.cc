#include "bundle/binary.h"

namespace atau::bundle {
namespace {

constexpr std::size_t kAlignment = 16;

struct SectionHeader {
  std::uint32_t tag, version, parts, zero;
};
struct PartRow {
  std::uint64_t offset, size;
};

}  // namespace

std::string PartWriter::Finish() const {
  const SectionHeader header{tag_, version_, static_cast<std::uint32_t>(parts_.size()), 0};
  std::size_t size = sizeof(header) + parts_.size() * sizeof(PartRow);
  std::vector<PartRow> rows;
  for (const std::string& part : parts_) {
    size = (size + kAlignment - 1) / kAlignment * kAlignment;
    rows.push_back({size, part.size()});
    size += part.size();
  }
  std::string out(size, '\0');
  std::memcpy(out.data(), &header, sizeof(header));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(out.data() + sizeof(header) + i * sizeof(PartRow), &rows[i], sizeof(PartRow));
    out.replace(rows[i].offset, rows[i].size, parts_[i]);
  }
  return out;
}

Result<PartReader> PartReader::Open(std::string_view bytes, std::uint32_t tag, std::uint32_t version, std::uint32_t parts,
                                    std::string_view what) {
  PartReader reader;
  reader.what_ = what;
  SectionHeader header;
  if (bytes.size() < sizeof(header)) return reader.Damaged("it is too short for its header");
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % kAlignment != 0) return reader.Damaged("its bytes are not aligned in memory");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.tag != tag) return reader.Damaged("it is a section of another kind");
  if (header.version != version) {
    return Error{.code = Code::kVersion,
                 .message = "the bundle's " + reader.what_ + " section has version " + std::to_string(header.version) +
                            ", and this atau reads version " + std::to_string(version),
                 .hint = "compile the dictionaries again with this atau"};
  }
  const std::size_t table_end = sizeof(header) + std::size_t{parts} * sizeof(PartRow);
  if (header.parts != parts || header.zero != 0 || bytes.size() < table_end) return reader.Damaged("its table of parts is broken");
  for (std::uint32_t i = 0; i < parts; ++i) {
    PartRow row;
    std::memcpy(&row, bytes.data() + sizeof(header) + i * sizeof(row), sizeof(row));
    if (row.offset % kAlignment != 0 || row.offset < table_end || row.offset > bytes.size() || row.size > bytes.size() - row.offset) {
      return reader.Damaged("part " + std::to_string(i) + " lies outside it");
    }
    reader.parts_.push_back(bytes.substr(row.offset, row.size));
  }
  return reader;
}

Error PartReader::Damaged(std::string_view why) const {
  return Error{.code = Code::kCorrupt,
               .message = "the bundle's " + what_ + " section is damaged: " + std::string(why),
               .hint = "make a new bundle with `atau compile dictionaries -o FILE`"};
}

}  // namespace atau::bundle
