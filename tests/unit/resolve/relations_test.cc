// Who holds which post: each row is a text with its mentions and what must be found, as «person | post | body».
#include "resolve/relations.h"

#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  std::vector<std::string> posts;
};

TEST_CASE("posts and their people") {
  const std::vector<Row> rows = {
      // Right behind the post.
      {"генеральный директор [Роскосмоса]ORGANIZATION [Дмитрий Рогозин]PERSON ушёл",
       {"Дмитрий Рогозин | генеральный директор | Роскосмос"}},
      {"главы [МЧС РФ]ORGANIZATION [Сергея Шойгу]PERSON", {"Сергей Шойгу | глава | МЧС РФ"}},
      {"министр иностранных дел [России]LOCATION [Сергей Лавров]PERSON", {"Сергей Лавров | министр иностранных дел | Россия"}},
      {"директор компании «[Вымпел]ORGANIZATION» [Олег Крот]PERSON", {"Олег Крот | директор | Вымпел"}},
      {"глава ОАО «[Газпром]ORGANIZATION» [Алексей Миллер]PERSON", {"Алексей Миллер | глава | Газпром"}},
      {"директор [НАСА]ORGANIZATION по космическим полётам [Олег Крот]PERSON высказался", {"Олег Крот | директор | НАСА"}},
      {"посол [Японии]LOCATION в [России]LOCATION [Масахару Коно]PERSON", {"Масахару Коно | посол | Япония"}},
      {"депутат от «[Единой России]ORGANIZATION» [Олег Крот]PERSON", {"Олег Крот | депутат | Единая Россия"}},
      {"врио губернатора [Омской области]LOCATION [Олег Крот]PERSON", {"Олег Крот | врио губернатора | Омская область"}},
      {"вратарь «[Метеора]ORGANIZATION» [Олег Крот]PERSON отбил мяч", {"Олег Крот | вратарь | Метеор"}},
      {"депутаты [Госдумы]ORGANIZATION [Иван Крот]PERSON и [Пётр Зимин]PERSON",
       {"Иван Крот | депутат | Госдума", "Пётр Зимин | депутат | Госдума"}},
      {"бывший президент [Франции]LOCATION [Николя Саркози]PERSON", {"Николя Саркози | бывший президент | Франция"}},
      // Before a sign.
      {"[Олег Крот]PERSON, директор [Вымпела]ORGANIZATION, ушёл", {"Олег Крот | директор | Вымпел"}},
      {"[Олег Крот]PERSON — мэр [Омска]LOCATION", {"Олег Крот | мэр | Омск"}},
      {"[Олег Крот]PERSON, мэр [Омска]LOCATION, глава [МЧС]ORGANIZATION [Пётр Зимин]PERSON",
       {"Олег Крот | мэр | Омск", "Пётр Зимин | глава | МЧС"}},
      // Over a verb.
      {"[Олег Крот]PERSON стал директором [Вымпела]ORGANIZATION", {"Олег Крот | директор | Вымпел"}},
      {"[Олег Крот]PERSON назначен на должность директора [Вымпела]ORGANIZATION", {"Олег Крот | директор | Вымпел"}},
      {"главой [МИД]ORGANIZATION стал [Сергей Лавров]PERSON", {"Сергей Лавров | глава | МИД"}},
      {"пост главы [Газпрома]ORGANIZATION занял [Олег Крот]PERSON", {"Олег Крот | глава | Газпром"}},
      // The body elsewhere.
      {"Британский премьер [Гордон Браун]PERSON уехал в [Британию]LOCATION", {"Гордон Браун | британский премьер | Британия"}},
      {"Президент [Франции]LOCATION прибыл. Был рад президент [Саркози]PERSON.", {"Саркози | президент | Франция"}},
      // None.
      {"после смерти [Олега Крота]PERSON", {}},
      {"директор и [Олег Крот]PERSON", {}},
      {"отец [Олега Крота]PERSON", {}},
  };
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(row.text);
    std::vector<FoundRelation> found;
    FindPosts(m.analysis(), m.mentions, &found);
    std::vector<std::string> posts;
    for (const FoundRelation& r : found) {
      posts.push_back(m.mentions[static_cast<std::size_t>(r.subject)].normal + " | " + r.role + " | " +
                      (r.object < 0 ? std::string() : m.mentions[static_cast<std::size_t>(r.object)].normal));
    }
    CHECK(posts == row.posts);
  }
}

}  // namespace
}  // namespace atau::resolve::testing
