// What lies where: each row is a text with its mentions and what must be found, as «what | where».
#include "resolve/located.h"

#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  std::vector<std::string> places;
};

TEST_CASE("what stands in one place, and where") {
  const std::vector<Row> rows = {
      {"завод «[Вымпел]ORGANIZATION» в [Омске]LOCATION закрыт", {"Вымпел | Омск"}},
      {"[Музей истории]ORGANIZATION в городе [Омск]LOCATION закрыт", {"Музей истории | Омск"}},
      {"в [Омске]LOCATION, в [Музее истории]ORGANIZATION", {"Музей истории | Омск"}},
      {"рад театр «[Вымпел]ORGANIZATION» из [Омска]LOCATION", {"Вымпел | Омск"}},
      {"в селе [Шалдай]LOCATION [Омского района]LOCATION", {"Шалдай | Омский район"}},
      {"на [улице Ленина]LOCATION в [Омске]LOCATION", {"улица Ленина | Омск"}},
      {"омский завод «[Вымпел]ORGANIZATION» закрыт, [Омск]LOCATION рад", {"Вымпел | Омск"}},
      {"томский завод «[Вымпел]ORGANIZATION» закрыт, [Омск]LOCATION рад", {}},
      {"омский «[Вымпел]ORGANIZATION» закрыт, [Омск]LOCATION рад", {}},
      // Areas in larger ones.
      {"на улице [Алатауского района]LOCATION [Омска]LOCATION", {"Алатауский район | Омск"}},
      {"в городе [Омске]LOCATION в [Сибири]LOCATION", {"Омск | Сибирь"}},
      {"у [Омска]LOCATION в [России]LOCATION", {"Омск | Россия"}},
      {"жил в [Бостоне]LOCATION, [США]LOCATION.", {}},
      {"жил в [Ванкувере]LOCATION, [Канада]LOCATION.", {"Ванкувер | Канада"}},
      {"жил в [Хьюстоне]LOCATION, [Канада]LOCATION.", {}},
      {"[Омск]LOCATION, [улица Ленина]LOCATION, дом 5", {"улица Ленина | Омск"}},
      {"на острове [Самос]LOCATION, в городке [Карловаси]LOCATION, тихо", {}},
      {"ездил в соседний [Алтайский край]LOCATION, в село [Кулунда]LOCATION", {"Кулунда | Алтайский край"}},
      {"побывал в [России]LOCATION, в [Омске]LOCATION и в [Томске]LOCATION", {}},
      {"побывал в [Китае]LOCATION, в [Омске]LOCATION", {}},
      {"в [России]LOCATION в [Омске]LOCATION", {}},
      {"из [Омска]LOCATION в [Россию]LOCATION", {}},
      {"столица [Омской области]LOCATION [Россия]LOCATION", {}},
      // Where something acts or goes is another matter.
      {"[Роскосмос]ORGANIZATION в [Омске]LOCATION рад", {}},
      {"компания «[Вымпел]ORGANIZATION» в [Омске]LOCATION рада", {}},
      {"поезд увёз завод «[Вымпел]ORGANIZATION» из [Омска]LOCATION", {}},
      {"посольство [Японии]LOCATION в [Москве]LOCATION", {}},
      {"в [Омске]LOCATION, в [Роскосмосе]ORGANIZATION", {}},
      {"школа при «[Вымпеле]ORGANIZATION» в [Омске]LOCATION", {}},
  };
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(std::string(row.text));
    std::vector<FoundRelation> found;
    WordTable table;
    FindLocated(m.analysis(), FullPipeline().post_words(), m.mentions, &table, &found);
    std::string places, expected;
    for (const std::string& place : row.places) expected += place + "\n";
    for (const FoundRelation& r : found) {
      CHECK(r.label == "LOCATED_IN");
      places.append(m.mentions[static_cast<std::size_t>(r.subject)].normal).append(" | ");
      places.append(m.mentions[static_cast<std::size_t>(r.object)].normal).append("\n");
    }
    CHECK(places == expected);
  }
}

}  // namespace
}  // namespace atau::resolve::testing
