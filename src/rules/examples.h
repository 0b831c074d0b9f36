// The marked texts of examples: «проект [«Байтерек»]», «[Аскар Мамин]PERSON возглавил [Казахмыс]ORGANIZATION -> a | возглавил | b».
#ifndef ATAU_RULES_EXAMPLES_H_
#define ATAU_RULES_EXAMPLES_H_

#include <atau/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace atau::rules {

struct MarkedText {
  struct Mark {
    std::size_t begin = 0, end = 0;  // bytes of `text`
    Type type = Type::kNone;         // kNone where no type follows the bracket
  };
  std::string text;                // without marks
  std::vector<Mark> marks;         // in the order of their ends
  std::vector<std::string> parts;  // what stands after `->`, parted by `|`
  std::string error;               // not empty: what is wrong with the marks
};

// Square brackets mark spans, `\[` and `\]` are brackets of the text itself.
MarkedText ParseMarked(std::string_view example);

}  // namespace atau::rules

#endif  // ATAU_RULES_EXAMPLES_H_
