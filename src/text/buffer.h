// Bytes that are written one behind the other, and again from the start for the next text: what is written over is not cleared before.
#ifndef ATAU_TEXT_BUFFER_H_
#define ATAU_TEXT_BUFFER_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace atau::text {

// Not thread-safe.
class Buffer {
 public:
  Buffer() = default;
  // Writes behind what `text` holds.
  explicit Buffer(std::string text) : bytes_(std::move(text)), size_(bytes_.size()) {}

  std::size_t size() const { return size_; }
  // Valid until more is written.
  std::string_view view() const { return {bytes_.data(), size_}; }
  // What was written; the buffer is empty then.
  std::string Take() {
    bytes_.resize(std::exchange(size_, 0));
    return std::exchange(bytes_, {});
  }
  // Keeps the memory, but not that of a very long text.
  void Clear() {
    if (bytes_.size() > kMostKept) bytes_ = {};
    size_ = 0;
  }
  // Writes over a byte that was written.
  void Put(std::size_t at, char c) { bytes_[at] = c; }
  // Forgets what stands behind the first `size` bytes.
  void Shrink(std::size_t size) { size_ = size; }

  // Room for so many bytes (Most() of all tells how many there are), which are written in place; End tells how far.
  char* Room(std::size_t bytes) {
    if (bytes_.size() - size_ < bytes) bytes_.resize(std::max(size_ + bytes, bytes_.size() + bytes_.size() / 2));
    return bytes_.data() + size_;
  }
  std::size_t Most() const { return bytes_.size(); }
  void End(const char* end) { size_ = static_cast<std::size_t>(end - bytes_.data()); }

  void Append(std::string_view text) { End(std::copy(text.begin(), text.end(), Room(text.size()))); }
  void Append(char c) {
    *Room(1) = c;
    ++size_;
  }

 private:
  static constexpr std::size_t kMostKept = std::size_t{1} << 20;
  std::string bytes_;  // longer than what was written
  std::size_t size_ = 0;
};

}  // namespace atau::text

#endif  // ATAU_TEXT_BUFFER_H_
