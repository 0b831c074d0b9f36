// Helpers for sections that are looked at, not parsed: a section is a tag, a version and numbered parts, each an array of plain values.
#ifndef ATAU_BUNDLE_BINARY_H_
#define ATAU_BUNDLE_BINARY_H_

#include <atau/status.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace atau::bundle {

// Writes a section: u32 tag, u32 version, u32 number of parts, u32 0, then (u64 offset, u64 size) for each part, then the parts, each
// aligned to 16 bytes.
class PartWriter {
 public:
  PartWriter(std::uint32_t tag, std::uint32_t version) : tag_(tag), version_(version) {}

  void Add(std::string bytes) { parts_.push_back(std::move(bytes)); }
  template <class T>
  void Add(const std::vector<T>& values) {
    static_assert(std::has_unique_object_representations_v<T> || std::is_arithmetic_v<T>,
                  "padding would make the bytes differ from run to run");
    Add(std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
  }
  std::string Finish() const;

 private:
  std::uint32_t tag_;
  std::uint32_t version_;
  std::vector<std::string> parts_;
};

// Reads what PartWriter wrote. The bytes must outlive it.
class PartReader {
 public:
  // Checks tag, version, number of parts and every part's bounds. `what` names the section in errors. The bytes must be aligned to 16.
  // Error: kCorrupt.
  static Result<PartReader> Open(std::string_view bytes, std::uint32_t tag, std::uint32_t version, std::uint32_t parts,
                                 std::string_view what);

  std::string_view Bytes(std::uint32_t part) const { return parts_[part]; }
  // The part as an array. Error: kCorrupt, where its size is no multiple of that of T.
  template <class T>
  Result<std::span<const T>> Array(std::uint32_t part) const {
    if (parts_[part].size() % sizeof(T) != 0) return Damaged("part " + std::to_string(part) + " has a broken size");
    return std::span<const T>(reinterpret_cast<const T*>(parts_[part].data()), parts_[part].size() / sizeof(T));
  }
  Error Damaged(std::string_view why) const;

 private:
  std::string what_;
  std::vector<std::string_view> parts_;
};

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_BINARY_H_
