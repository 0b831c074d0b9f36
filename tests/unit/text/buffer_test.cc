// A buffer holds what was written, whatever it held before.
#include "text/buffer.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace atau::text {
namespace {

TEST_CASE("what is written stands behind what was there, and shorter texts leave nothing of longer ones") {
  Buffer buffer("before ");
  buffer.Append("слово");
  buffer.Append('!');
  CHECK(buffer.view() == "before слово!");
  const std::size_t size = buffer.size();
  char* const room = buffer.Room(1000);
  CHECK(buffer.Most() >= size + 1000);
  buffer.End(std::fill_n(room, 700, 'x'));
  CHECK(buffer.size() == size + 700);
  buffer.Shrink(size);
  buffer.Put(6, '_');
  CHECK(buffer.view() == "before_слово!");
  buffer.Clear();
  CHECK(buffer.view().empty());
  buffer.Append("ab");
  CHECK(buffer.view() == "ab");
  CHECK(buffer.Take() == "ab");
  CHECK(buffer.size() == 0);
  buffer.Append(std::string_view());
  CHECK(buffer.Take().empty());
}

TEST_CASE("the memory of a very long text is given back") {
  constexpr std::size_t kLong = std::size_t{4} << 20;
  Buffer buffer;
  buffer.Append(std::string(kLong, 'x'));
  CHECK(buffer.size() == kLong);
  buffer.Clear();
  CHECK(buffer.Most() < kLong);
}

}  // namespace
}  // namespace atau::text
