#include "gazetteer/entry_slots.h"

#include <doctest/doctest.h>

#include <string>

namespace atau::gazetteer {
namespace {

std::string All(std::string_view slots) {
  std::string out;
  EachSlot(slots, [&out](std::string_view key, std::string_view value) {
    out.append(key).append(":").append(value).append(" ");
    return true;
  });
  return out;
}

TEST_CASE("slots come in their order, and what is none is passed over") {
  CHECK(All("country=KZ;population=12000") == "country:KZ population:12000 ");
  CHECK(All("country=KZ;odd;index=2=3;") == "country:KZ index:2=3 ");
  CHECK(All("") == "");
  CHECK(All(";;") == "");
}

TEST_CASE("a slot is asked for by its whole key; the first one counts") {
  CHECK(ValueOfSlot("country=KZ;population=12000", "population") == "12000");
  CHECK(ValueOfSlot("country=KZ;country=RU", "country") == "KZ");
  CHECK(ValueOfSlot("old_country=SU;country=RU", "country") == "RU");
  CHECK(ValueOfSlot("country=", "country") == "");
  CHECK(ValueOfSlot("country=KZ", "count") == "");
  CHECK(ValueOfSlot("", "country") == "");
}

}  // namespace
}  // namespace atau::gazetteer
