// Who runs a programme as the dictionaries know it: each row is a text with its mentions and what must be found, as «programme | body».
#include "resolve/run_by.h"

#include <string>
#include <vector>

#include "marked.h"

namespace atau::resolve::testing {
namespace {

struct Row {
  const char* text;
  std::vector<std::string> runs;
};

TEST_CASE("programmes and the bodies that the dictionaries know for them") {
  const std::vector<Row> rows = {
      {"У [SpaceX]ORGANIZATION много спутников [Starlink]PROGRAM.", {"Starlink | SpaceX"}},
      {"Спутники [Starlink]PROGRAM принадлежат [SpaceX]ORGANIZATION.", {"Starlink | SpaceX"}},
      {"Спутники [Starlink]PROGRAM летят. [SpaceX]ORGANIZATION рада.", {}},
      {"Спутники [Starlink]PROGRAM принадлежат [Роскосмосу]ORGANIZATION.", {}},
      {"Глава [SpaceX]ORGANIZATION [Олег Крот]PERSON видел [Starlink]PROGRAM.", {}},
      {"Ракета «[Вымпел]PROGRAM» летит к [SpaceX]ORGANIZATION.", {}},
  };
  for (const Row& row : rows) {
    const Marked m(row.text);
    INFO(std::string(row.text));
    std::vector<FoundRelation> found;
    FindRunBy(m.analysis(), m.mentions, &found);
    std::string runs, expected;
    for (const std::string& run : row.runs) expected += run + "\n";
    for (const FoundRelation& r : found) {
      CHECK(r.label == "RUN_BY");
      runs.append(m.mentions[static_cast<std::size_t>(r.subject)].normal).append(" | ");
      runs.append(m.mentions[static_cast<std::size_t>(r.object)].normal).append("\n");
    }
    CHECK(runs == expected);
  }
}

}  // namespace
}  // namespace atau::resolve::testing
