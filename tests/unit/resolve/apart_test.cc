// Bodies and the places that their names end with, as mentions beside each other.
#include "resolve/apart.h"

#include <string>
#include <string_view>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

// The mentions of a marked text («[Министерство обороны РФ]ORGANIZATION») after places were set apart, each in brackets.
std::string Apart(std::string_view marked) {
  const Marked m(marked);
  const Analysis& a = m.analysis();
  std::vector<Mention> mentions = MentionsOf(m);
  const std::vector<Scores> scores(m.scratch->candidates.size(), Scores{});
  PlacesApart(a, m.scratch->cats, m.scratch->candidates, scores, &mentions);
  std::string out;
  std::uint32_t behind = 0;
  for (const Mention& mention : mentions) {
    CHECK(mention.begin >= behind);
    behind = mention.end;
    out += "[" + std::string(a.TextOf(mention.begin, mention.end)) + "]" + std::string(TypeName(kCompeting[mention.type]).substr(0, 3));
  }
  return out;
}

TEST_CASE("a place behind a body's name is a mention of its own") {
  CHECK(Apart("[Министерство обороны РФ]ORGANIZATION") == "[Министерство обороны]ORG[РФ]LOC");
  CHECK(Apart("глава [МИД Казахстана]ORGANIZATION") == "[МИД]ORG[Казахстана]LOC");
  CHECK(Apart("[Арбитражный суд города Москвы]ORGANIZATION") == "[Арбитражный суд]ORG[Москвы]LOC");
  CHECK(Apart("[Арбитражный суд Московской области]ORGANIZATION") == "[Арбитражный суд]ORG[Московской области]LOC");
  CHECK(Apart("[Госдума РФ]ORGANIZATION и [Путин]PERSON в [Москве]LOCATION") == "[Госдума]ORG[РФ]LOC[Путин]PER[Москве]LOC");
}

TEST_CASE("a body without another name is none") {
  CHECK(Apart("[правительство Грузии]ORGANIZATION") == "[Грузии]LOC");
  CHECK(Apart("[Сборная Казахстана]ORGANIZATION") == "[Казахстана]LOC");
  CHECK(Apart("[разведывательных служб Пакистана]ORGANIZATION") == "[Пакистана]LOC");
}

TEST_CASE("in a text of small letters small letters say nothing") {
  CHECK(Apart("вчера днём [министерство обороны рф]ORGANIZATION сообщило о том, что учения войск в этом году пройдут в назначенный срок") ==
        "[министерство обороны]ORG[рф]LOC");
}

TEST_CASE("a place that belongs to the name stays in it") {
  for (const std::string_view name : {"Банк России", "Единая Россия", "Организация по безопасности и сотрудничеству в Европе",
                                      "посольство Чехии в Астане", "Газпром", "Верховный суд"}) {
    CAPTURE(name);
    CHECK(Apart("[" + std::string(name) + "]ORGANIZATION") == "[" + std::string(name) + "]ORG");
  }
}

}  // namespace
}  // namespace atau::resolve::testing
