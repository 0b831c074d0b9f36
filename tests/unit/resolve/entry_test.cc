// Which of several things of one name a mention is.
#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char *text, *id, *kind;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.text);
    const Marked m(row.text);
    CHECK(m.mentions[0].gazetteer == std::string(row.id));
    CHECK(m.mentions[0].kind == std::string(row.kind));
  }
}

TEST_CASE("the words around say of which kind a name is") {
  Check({
      {"вратарь «[Реала]ORGANIZATION» отразил удар", "sport.es.real-madrid", "sports"},
      {"партия «[Реал]ORGANIZATION» подала в суд", "org.party.az.real", "party"},
      {"в РКК «[Энергия]ORGANIZATION» не ответили", "company.ru.energiya", "company"},
      {"вспомнили о городе [Орёл]LOCATION", "geonames.515012", "city"},
      {"сенатор от штата [Нью-Йорк]LOCATION", "geonames.5128638", "region"},
  });
}

TEST_CASE("a class word on which a name only depends does not") {
  Check({{"в новом районе [Москвы]LOCATION", "loc.ru.moskva", "city"}, {"в городском суде [Москвы]LOCATION", "loc.ru.moskva", "city"}});
}

TEST_CASE("a name that is also other things is not one of a kind that its class word denies") {
  Check({
      {"газета «[Восток]ORGANIZATION» написала об этом", "", "media"},
      {"кафе «[Восток]ORGANIZATION» закрыли", "", "hospitality"},
      {"клуб «[Восток]ORGANIZATION» проиграл", "sport.kz.vostok", "sports"},
      // What may fire alone is itself in any company.
      {"компания «[Газпром]ORGANIZATION» построит", "company.ru.gazprom", "company"},
  });
}

}  // namespace
}  // namespace atau::resolve::testing
