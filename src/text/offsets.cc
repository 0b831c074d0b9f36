#include <cstdint>
#include <cstring>

#include "text/clean.h"
#include "text/plain_run.h"
#include "text/utf8.h"

namespace atau::text {
namespace {

bool IsValidUtf8(std::string_view s) {
  const char* const end = s.data() + s.size();
  for (const char* p = SkipPlain(s.data(), end); p < end; p = SkipPlain(p, end)) {
    std::size_t size = 0;
    if (Decode(p, end, &size) == kInvalid) return false;
    p += size;
  }
  return true;
}

// Bytes that start a character, plus (for UTF-16) those that start one beyond U+FFFF. The inner loop has no branches, so that compilers
// vectorise it.
template <bool kUtf16>
std::size_t CountValid(const char* p, const char* end) {
  std::size_t count = 0;
  while (p < end) {
    const char* const stop = end - p > 127 ? p + 127 : end;  // so that the sums fit into bytes
    unsigned char part = 0;
    for (; p < stop; ++p) {
      const auto b = static_cast<unsigned char>(*p);
      part = static_cast<unsigned char>(part + (static_cast<signed char>(b) >= -64));
      if constexpr (kUtf16) part = static_cast<unsigned char>(part + (b >= 0xF0));
    }
    count += part;
  }
  return count;
}

template <bool kUtf16>
void Convert(std::string_view utf8, std::vector<std::size_t>* offsets) {
  if (offsets->empty()) return;
  const std::size_t last = offsets->back() < utf8.size() ? offsets->back() : utf8.size();
  const char* const begin = utf8.data();
  const char* const end = begin + utf8.size();
  // A character that the last offset cuts must not look invalid.
  std::size_t checked = last;
  while (checked < utf8.size() && checked - last < 3 && (static_cast<unsigned char>(begin[checked]) & 0xC0) == 0x80) ++checked;
  const bool valid = IsValidUtf8(utf8.substr(0, checked));
  const char* p = begin;
  std::size_t count = 0;
  for (std::size_t& offset : *offsets) {
    const char* const stop = begin + (offset < utf8.size() ? offset : utf8.size());
    if (valid) {
      if (p < stop) {
        count += CountValid<kUtf16>(p, stop);
        p = stop;
      }
    } else {
      while (p < stop) {
        std::size_t size = 0;
        const char32_t c = Decode(p, end, &size);
        count += c == kInvalid ? size : kUtf16 && c > 0xFFFF ? 2 : 1;
        p += size;
      }
    }
    offset = count;
  }
}

}  // namespace

void ToCodePoints(std::string_view utf8, std::vector<std::size_t>* offsets) { Convert<false>(utf8, offsets); }
void ToUtf16(std::string_view utf8, std::vector<std::size_t>* offsets) { Convert<true>(utf8, offsets); }

namespace {

// Characters of a valid text that begin in [p, end), which are no more than 255 bytes.
std::size_t CountFew(const char* p, const char* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  const auto size = static_cast<std::size_t>(end - p);
  std::uint64_t inside = 0;  // bytes that begin none, a sum in each byte
  for (; end - p >= 8; p += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, p, sizeof(eight));
    inside += (eight >> 7) & (~eight >> 6) & kOnes;
  }
  std::size_t count = size - static_cast<std::size_t>((inside * kOnes) >> 56);
  for (; p < end; ++p) count -= (static_cast<unsigned char>(*p) & 0xC0) == 0x80;
  return count;
}

}  // namespace

void CodePoints::Assign(std::string_view utf8, bool valid) {
  utf8_ = utf8;
  valid_ = valid || IsValidUtf8(utf8);
  blocks_.clear();
  const char* const begin = utf8.data();
  const char* const end = begin + utf8.size();
  const char* p = begin;
  std::size_t points = 0;
  for (std::size_t from = 0; from <= utf8.size(); from += kBlock) {
    const char* const stop = begin + from;
    if (valid_) {
      points += CountFew(p, stop);
      p = stop;
    } else {
      while (p < stop) {
        std::size_t size = 0;
        points += Decode(p, end, &size) == kInvalid ? size : 1;
        p += size;
      }
    }
    blocks_.push_back({static_cast<std::uint32_t>(points), static_cast<std::uint32_t>(p - begin)});
  }
}

std::size_t CodePoints::Before(std::size_t offset) const {
  offset = offset < utf8_.size() ? offset : utf8_.size();
  std::size_t at = offset / kBlock;
  while (blocks_[at].first > offset) --at;  // the character in hand began in an earlier block
  const Block block = blocks_[at];
  const char* p = utf8_.data() + block.first;
  const char* const stop = utf8_.data() + offset;
  if (valid_) return block.points + CountFew(p, stop);
  std::size_t points = block.points;
  while (p < stop) {
    std::size_t size = 0;
    points += Decode(p, utf8_.data() + utf8_.size(), &size) == kInvalid ? size : 1;
    p += size;
  }
  return points;
}

std::size_t CodePoints::Within(std::size_t begin, std::size_t end) const {
  // Most spans are short: they are counted themselves.
  if (!valid_ || end > utf8_.size() || begin > end || end - begin > kBlock) return Before(end) - Before(begin);
  return CountFew(utf8_.data() + begin, utf8_.data() + end);
}

void FromCodePoints(std::string_view utf8, std::vector<std::size_t>* offsets) {
  const char* const end = utf8.data() + utf8.size();
  const char* p = utf8.data();
  std::size_t point = 0;
  for (std::size_t& offset : *offsets) {
    // Invalid bytes count as one each: an offset may lie between those that Decode takes together.
    std::size_t inside = 0;
    while (p < end && point < offset) {
      std::size_t size = 0;
      const std::size_t points = Decode(p, end, &size) == kInvalid ? size : 1;
      if (point + points > offset) {
        inside = offset - point;
        break;
      }
      point += points;
      p += size;
    }
    offset = static_cast<std::size_t>(p - utf8.data()) + inside;
  }
}

}  // namespace atau::text
