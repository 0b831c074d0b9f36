// Document entities: each row holds a text whose mentions bear the number of their entity after a slash in `entities`.
#include "resolve/cluster.h"

#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  std::vector<int> entities;
};

TEST_CASE("which mentions are one thing") {
  const std::vector<Row> rows = {
      {"[Дмитрий Рогозин]PERSON приехал. [Рогозина]PERSON ждали. [Дмитрий]PERSON рад.", {0, 0, 0}},
      {"[Сергей Иванов]PERSON и [Анна Иванова]PERSON. [Иванова]PERSON ответила. [Иванов]PERSON сказал.", {0, 1, 1, 0}},
      {"[И. Крот]PERSON и [Пётр Крот]PERSON, [Иван Крот]PERSON", {0, 1, 0}},
      {"[МВД Казахстана]ORGANIZATION и [МВД России]ORGANIZATION. [МВД]ORGANIZATION и [МВД РФ]ORGANIZATION.", {0, 1, 1, 1}},
      {"[МВД России]ORGANIZATION и [МВД Казахстана]ORGANIZATION. [МВД]ORGANIZATION", {0, 1, 1}},
      {"[Верховный суд Пакистана]ORGANIZATION решил. [Верховный суд]ORGANIZATION прав.", {0, 0}},
      {"[Газпром]ORGANIZATION и [Газпром нефть]ORGANIZATION, [Газпрома]ORGANIZATION", {0, 1, 0}},
      {"[Министерство обороны Украины]ORGANIZATION и [Министерство обороны России]ORGANIZATION", {0, 1}},
      {"в [США]LOCATION и [Соединённых Штатах Америки]LOCATION, в [России]LOCATION и [РФ]LOCATION", {0, 0, 1, 1}},
      {"[Всемирная палата труда]ORGANIZATION и [ВПТ]ORGANIZATION", {0, 0}},
      {"[Омский завод]ORGANIZATION и [Томский завод]ORGANIZATION", {0, 1}},
      // A surname that shows no gender belongs to its only bearer.
      {"[Георгий Данелия]PERSON болен. Фильмы [Данелия]PERSON любят.", {0, 0}},
      {"[Сергей Крот]PERSON болен. [Анна Зимина]PERSON ответила. [Зимин]PERSON молчит.", {0, 1, 2}},
  };
  ClusterScratch scratch;  // what it remembers of one text changes nothing in the next
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(std::string(row.text));
    CHECK(Cluster(m.mentions, {}, &scratch) == row.entities);
    CHECK(Cluster(m.mentions, {}, &scratch) == row.entities);
  }
}

TEST_CASE("a name in brackets in other letters is the same name") {
  struct Spelling {
    const char* text;
    bool same;
  };
  const std::vector<Spelling> rows = {
      {"[Томас Шефер]PERSON ([Thomas Schäfer]PERSON) умер", true},
      {"компания «[Томас]ORGANIZATION» (англ. [Thomas]ORGANIZATION) закрыта", true},
      {"[Лондон]LOCATION ([London]LOCATION) пуст", true},
      {"[Томас Шефер]PERSON, [Thomas Schäfer]PERSON", false},
      {"[Томас Шефер]PERSON ([Иван Крот]PERSON) сыграл", false},
      {"[Томас Шефер]PERSON ([Thomas]ORGANIZATION) умер", false},
  };
  for (const Spelling& row : rows) {
    const Marked m(row.text);
    INFO(std::string(row.text));
    std::vector<std::pair<int, int>> aliases;
    FindSpellings(m.analysis(), m.mentions, &aliases);
    CHECK(aliases == (row.same ? std::vector<std::pair<int, int>>{{0, 1}} : std::vector<std::pair<int, int>>{}));
  }
}

TEST_CASE("a bare body is that of the state the text speaks of") {
  struct State {
    const char* text;
    const char* state;
  };
  const std::vector<State> rows = {
      {"В [Киеве]LOCATION взрыв. На [Украине]LOCATION траур. [МВД]ORGANIZATION молчит.", "UA"},
      {"[Минобороны Казахстана]ORGANIZATION и [Астана]LOCATION молчат, [МВД]ORGANIZATION тоже.", "KZ"},
      {"В [Киеве]LOCATION взрыв. [МВД]ORGANIZATION молчит.", ""},  // once is no evidence
      {"[Украина]LOCATION и [Киев]LOCATION, [Москва]LOCATION, [МВД]ORGANIZATION", ""},
      {"[МВД]ORGANIZATION и [МИД]ORGANIZATION молчат", ""},
  };
  for (const State& row : rows) {
    const Marked m(row.text);
    INFO(std::string(row.text));
    CHECK(StateOf(StatesOf(m.mentions), "RU") == row.state);
  }
  const gazetteer::Gazetteer& known = FullPipeline().gazetteer();
  CHECK(IdInState(known, "org.ru.mvd", "UA") == "org.ua.mvd");
  CHECK(IdInState(known, "org.ru.mvd", "") == "org.ru.mvd");
  CHECK(IdInState(known, "org.ru.minoborony", "US") == "");             // the Pentagon has another name
  CHECK(IdInState(known, "org.ru.gosduma", "US") == "org.ru.gosduma");  // there is no other
  CHECK(IdInState(known, "geonames.1", "US") == "geonames.1");
}

TEST_CASE("aliases join, unless the dictionaries know two things") {
  const Marked m("[Степняк]PROGRAM и [Ковыль]PROGRAM");
  ClusterScratch scratch;
  CHECK(Cluster(m.mentions, {{0, 1}}, &scratch) == std::vector<int>{0, 0});
  const Marked n("[ООН]ORGANIZATION и [НАТО]ORGANIZATION");
  CHECK(Cluster(n.mentions, {{0, 1}}, &scratch) == std::vector<int>{0, 1});
}

TEST_CASE("a long text of one surname takes no quadratic time") {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "[Иван Крот]PERSON и [Крота]PERSON. ";
  const Marked m(text);
  ClusterScratch scratch;
  const std::vector<int> entities = Cluster(m.mentions, {}, &scratch);
  CHECK(entities.back() == 0);
}

}  // namespace
}  // namespace atau::resolve::testing
