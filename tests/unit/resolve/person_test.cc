// The parts of people's names.
#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  const char *first, *middle, *last, *gender;
};

TEST_CASE("given name, patronymic and surname in every order") {
  const std::vector<Row> rows = {
      {"[Дмитрия Рогозина]PERSON", "Дмитрий", "", "Рогозин", "m"},
      {"[Иванова Ивана Ивановича]PERSON", "Иван", "Иванович", "Иванов", "m"},
      {"[Иваном Ивановичем Ивановым]PERSON", "Иван", "Иванович", "Иванов", "m"},
      {"[Бориса Николаевича]PERSON", "Борис", "Николаевич", "", "m"},
      {"[Путин В. В.]PERSON ушёл", "В.", "В.", "Путин", "m"},
      {"[В. В. Путин]PERSON ушёл", "В.", "В.", "Путин", "m"},
      {"[Анне Ахматовой]PERSON", "Анна", "", "Ахматова", "f"},
      {"[Ким Чен Ын]PERSON", "Чен Ын", "", "Ким", "m"},
      {"[Марин Ле Пен]PERSON", "Марин", "", "Ле Пен", ""},
      {"[Реджеп Тайип Эрдоган]PERSON", "Реджеп Тайип", "", "Эрдоган", "m"},
      {"[Урсула фон дер Ляйен]PERSON", "Урсула", "", "фон дер Ляйен", "f"},
      {"[Карлос Батрес]PERSON", "Карлос", "", "Батрес", ""},
      {"[Виктора]PERSON", "Виктор", "", "", "m"},
      {"[Игоря Ч.]PERSON осудили", "Игорь", "", "Ч.", "m"},
      {"[Соколов А.]PERSON ушёл", "А.", "", "Соколов", "m"},
  };
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(row.text);
    const Described& d = m.mentions[0];
    CHECK(Slot(d, "first") == std::string(row.first));
    CHECK(Slot(d, "middle") == std::string(row.middle));
    CHECK(Slot(d, "last") == std::string(row.last));
    if (*row.gender != 0) CHECK(Slot(d, "gender") == std::string(row.gender));
  }
}

TEST_CASE("slots of bodies and programmes") {
  const Marked m("[МВД Казахстана]ORGANIZATION и компания «[Вымпел]ORGANIZATION», ракета [Falcon 9]PROGRAM");
  CHECK(Slot(m.mentions[0], "place") == "Казахстан");
  CHECK(Slot(m.mentions[1], "head") == "компания");
  CHECK(Slot(m.mentions[2], "index") == "9");
}

}  // namespace
}  // namespace atau::resolve::testing
