// Normal forms: what a mention is called in the nominative, as the whole text tells it.
#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  std::vector<const char*> normals;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(row.text);
    REQUIRE(m.mentions.size() == row.normals.size());
    for (std::size_t i = 0; i < m.mentions.size(); ++i) CHECK(m.mentions[i].normal == std::string(row.normals[i]));
  }
}

TEST_CASE("people: a name by itself") {
  Check({
      {"встреча [Джона Келли]PERSON с [Эндрю Скоттом]PERSON", {"Джон Келли", "Эндрю Скотт"}},
      {"адвокат [Асии Биби]PERSON", {"Асия Биби"}},
      {"речь [Ангелы Меркель]PERSON и [Терезы Мэй]PERSON", {"Ангела Меркель", "Тереза Мэй"}},
      {"к [Александру Лукашенко]PERSON", {"Александр Лукашенко"}},
      {"слова [Льва Толстого]PERSON", {"Лев Толстой"}},
      {"с [Анной Ахматовой]PERSON", {"Анна Ахматова"}},
      {"письмо [Жан-Клода Юнкера]PERSON [Урсуле фон дер Ляйен]PERSON", {"Жан-Клод Юнкер", "Урсула фон дер Ляйен"}},
      {"[Касым-Жомарта Токаева]PERSON ждали", {"Касым-Жомарт Токаев"}},
      {"о [Петре Порошенко]PERSON", {"Пётр Порошенко"}},
      {"визит [Си Цзиньпина]PERSON к [Ким Чен Ыну]PERSON", {"Си Цзиньпин", "Ким Чен Ын"}},
      {"[Ким Чен Ына]PERSON", {"Ким Чен Ын"}},
      {"встреча [Ли Мён Бака]PERSON и [Пак Кын Хе]PERSON", {"Ли Мён Бак", "Пак Кын Хе"}},
      {"рассказ [О. Генри]PERSON", {"О. Генри"}},
      {"визит [В. В. Путина]PERSON", {"В. В. Путин"}},
      {"[ВЛАДИМИР ПУТИН]PERSON и [Дональдом ТРАМПОМ]PERSON", {"Владимир Путин", "Дональд Трамп"}},
      {"приезд [Джереми Ханта]PERSON", {"Джереми Хант"}},
      {"с [Falcon]PROGRAM летел [Elon Musk]PERSON", {"Falcon", "Elon Musk"}},
  });
}

TEST_CASE("people: the rest of the text decides between two nominatives") {
  Check({
      {"[Илон Маск]PERSON сказал. Компания [Илона Маска]PERSON. С [Илоном Маском]PERSON.", {"Илон Маск", "Илон Маск", "Илон Маск"}},
      {"[Анна Иванова]PERSON пришла. [Ивановой]PERSON рады. [Иванову]PERSON ждали.", {"Анна Иванова", "Иванова", "Иванова"}},
      {"[Сергей Иванов]PERSON и [Анна Иванова]PERSON. [Иванов]PERSON сказал. [Иванова]PERSON ответила.",
       {"Сергей Иванов", "Анна Иванова", "Иванов", "Иванова"}},
      {"[Си Цзиньпин]PERSON уехал. [Цзиньпина]PERSON ждут.", {"Си Цзиньпин", "Цзиньпин"}},
      {"[Сайфул Малук]PERSON сказал. [Сайфула Малука]PERSON ждут с [Сайфулом Малуком]PERSON.",
       {"Сайфул Малук", "Сайфул Малук", "Сайфул Малук"}},
      {"[Мария Бутина]PERSON. Суд над [Бутиной]PERSON.", {"Мария Бутина", "Бутина"}},
  });
}

TEST_CASE("families keep their number") {
  Check({
      {"[Юлию Скрипаль]PERSON и [Сергея Скрипаля]PERSON нашли. [Скрипали]PERSON живы.", {"Юлия Скрипаль", "Сергей Скрипаль", "Скрипали"}},
      {"приезд супругов [Обама]PERSON", {"Обама"}},
  });
  CHECK(Marked("приезд супругов [Обама]PERSON").mentions[0].kind == "family");
}

TEST_CASE("places and bodies") {
  Check({
      {"в [Нидерландах]LOCATION", {"Нидерланды"}},
      {"на [Багамах]LOCATION", {"Багамы"}},
      {"[НУР-СУЛТАН]LOCATION, 1 мар", {"Нур-Султан"}},
      {"из [Эль-Рияда]LOCATION", {"Эль-Рияд"}},
      {"в [Дубае]LOCATION", {"Дубай"}},
      {"[Министерства обороны РФ]ORGANIZATION", {"Министерство обороны РФ"}},
      {"агентство [Reuters]ORGANIZATION", {"Reuters"}},
      {"данные [ООН]ORGANIZATION и [ЕК]ORGANIZATION", {"ООН", "ЕК"}},
  });
}

}  // namespace
}  // namespace atau::resolve::testing
