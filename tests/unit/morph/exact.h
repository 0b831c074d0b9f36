#ifndef ATAU_TESTS_UNIT_MORPH_EXACT_H_
#define ATAU_TESTS_UNIT_MORPH_EXACT_H_

#include <cstring>
#include <new>
#include <string_view>

namespace atau::morph::testing {

// Bytes in a block of exactly their size, aligned as a bundle's are, so that a sanitizer sees each step outside.
class Exact {
 public:
  explicit Exact(std::string_view bytes)
      : size_(bytes.size()), bytes_(static_cast<char*>(::operator new (bytes.size() + 1, std::align_val_t{64}))) {
    std::memcpy(bytes_, bytes.data(), bytes.size());
  }
  ~Exact() { ::operator delete (bytes_, std::align_val_t{64}); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  std::string_view view() const { return {bytes_, size_}; }

 private:
  std::size_t size_;
  char* bytes_;
};

}  // namespace atau::morph::testing

#endif  // ATAU_TESTS_UNIT_MORPH_EXACT_H_
