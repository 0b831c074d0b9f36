// The bundle: one file with everything that an extractor needs, mapped, never parsed.
//
// Layout (little endian): magic "ATAU\r\n\x1a\n", u32 format version, u32 section count, u64 file size, u64 checksum of the header and
// section table; then a table row for each section (name[24], u64 offset, u64 size, u64 checksum); then the sections, each aligned to 64
// bytes. Offsets in place of pointers; the same sections give the same bytes.
#ifndef ATAU_BUNDLE_BUNDLE_H_
#define ATAU_BUNDLE_BUNDLE_H_

#include <atau/status.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace atau::bundle {

inline constexpr std::uint32_t kFormatVersion = 1;

class Writer {
 public:
  // Names are at most 23 ASCII characters and unique.
  void Add(std::string_view name, std::string bytes);
  // The whole file. Sections stand in the order of their names.
  std::string Finish() const;

 private:
  std::vector<std::pair<std::string, std::string>> sections_;
};

// Immutable, thread-safe, shared; keeps the mapping alive.
class Bundle {
 public:
  // Maps the file. Checks magic, version, size and the table's checksum and bounds, not the sections' content (see Verify). Errors:
  // kNotFound, kIo, kCorrupt, kVersion; the message says what the file is instead, and how to make a good one.
  static Result<std::shared_ptr<const Bundle>> Open(const std::string& path);
  // The same over bytes in memory (owned by the bundle); `name` stands in errors.
  static Result<std::shared_ptr<const Bundle>> FromBytes(std::string bytes, std::string name);
  virtual ~Bundle() = default;

  // The bytes of a section, empty where the bundle has none of that name. Valid as long as the bundle lives; aligned to 64 bytes.
  std::string_view Section(std::string_view name) const;
  std::vector<std::string_view> SectionNames() const;
  // Recomputes every section's checksum (touches every page).
  Status Verify() const;
  std::uint64_t fingerprint() const;  // of the whole content: the checksum of the table
  const std::string& name() const { return name_; }
  std::string_view bytes() const { return bytes_; }

 protected:
  Bundle() = default;
  std::string_view bytes_;
  std::string name_;
};

// A 64-bit checksum of bytes (fast, not cryptographic).
std::uint64_t Checksum(std::string_view bytes);

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_BUNDLE_H_
