#include "gazetteer/entry_flags.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace atau::gazetteer {
namespace {

TEST_CASE("a flag is found as a whole word, wherever it stands") {
  CHECK(HasFlag("keep", "keep"));
  CHECK(HasFlag("before, keep ,after", "keep"));
  CHECK(HasFlag("before,keep", "keep"));
  CHECK_FALSE(HasFlag("keeper,upkeep", "keep"));
  CHECK_FALSE(HasFlag("", "keep"));
}

TEST_CASE("flags are visited in their order, until one is enough") {
  std::vector<std::string> seen;
  EachFlag(" one , two,,three ", [&](std::string_view flag) {
    seen.emplace_back(flag);
    return true;
  });
  CHECK(seen == std::vector<std::string>{"one", "two", "", "three"});
  seen.clear();
  EachFlag("one,two", [&](std::string_view flag) {
    seen.emplace_back(flag);
    return false;
  });
  CHECK(seen == std::vector<std::string>{"one"});
}

}  // namespace
}  // namespace atau::gazetteer
