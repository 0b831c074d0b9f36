// Memory for what is found in one document: texts and small lists, given back all at once. No list or string asks for memory of its own.
#ifndef ATAU_RESOLVE_ARENA_H_
#define ATAU_RESOLVE_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <vector>

namespace atau::resolve {

// Not thread-safe. What it gave out stays where it is until Clear(), and is never destroyed one by one.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Takes everything back. Keeps memory for the next document, but not that of a very long one.
  void Clear() {
    std::erase_if(blocks_, [](const Block& b) { return b.size > kBlock; });
    if (blocks_.size() > kKeptBlocks) blocks_.resize(kKeptBlocks);
    current_ = 0;
    at_ = blocks_.empty() ? nullptr : blocks_[0].bytes.get();
    end_ = blocks_.empty() ? nullptr : at_ + blocks_[0].size;
  }

  // A copy of a text.
  std::string_view Keep(std::string_view text) {
    char* const p = Room(text.size());
    std::copy(text.begin(), text.end(), p);
    return Take(p + text.size());
  }

  // Room for a text that is written in place, and taken as far as it was written. Nothing else may be asked for between both.
  char* Room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes || at_ == nullptr) Next(bytes);
    return at_;
  }
  std::string_view Take(char* end) {
    const std::string_view text(at_, static_cast<std::size_t>(end - at_));
    at_ = end;
    return text;
  }

  // A list of `n` new items.
  template <class T>
  T* List(std::size_t n) {
    static_assert(std::is_trivially_destructible_v<T>);
    const auto off = static_cast<std::size_t>(-reinterpret_cast<std::uintptr_t>(Room(n * sizeof(T) + alignof(T))) % alignof(T));
    char* const p = at_ + off;
    at_ = p + n * sizeof(T);
    T* const first = reinterpret_cast<T*>(p);
    std::uninitialized_value_construct_n(first, n);
    return first;
  }

 private:
  static constexpr std::size_t kBlock = std::size_t{1} << 16, kKeptBlocks = 16;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };

  void Next(std::size_t bytes) {
    if (at_ != nullptr) ++current_;
    while (current_ < blocks_.size() && blocks_[current_].size < bytes) ++current_;
    if (current_ == blocks_.size()) {
      const std::size_t size = std::max(bytes, kBlock);
      blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    }
    at_ = blocks_[current_].bytes.get();
    end_ = at_ + blocks_[current_].size;
  }

  std::vector<Block> blocks_;
  std::size_t current_ = 0;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

// A text of several pieces, written into an arena. Nothing else may ask the arena for memory before Done().
class ArenaText {
 public:
  // `most`: bytes of all pieces at most.
  ArenaText(Arena* arena, std::size_t most) : arena_(*arena), at_(arena->Room(most)) {}
  void Append(std::string_view piece) { at_ = std::copy(piece.begin(), piece.end(), at_); }
  void Append(char c) { *at_++ = c; }
  std::string_view Done() { return arena_.Take(at_); }

 private:
  Arena& arena_;
  char* at_;
};

}  // namespace atau::resolve

#endif  // ATAU_RESOLVE_ARENA_H_
