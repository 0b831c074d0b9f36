// JSON without a document in between is the JSON of the document.
#include "document/draft.h"

#include <atau/document.h>

#include <string>
#include <string_view>
#include <vector>

#include "../resolve/marked.h"
#include "document/build.h"
#include "document/extract_json.h"

namespace atau::document {
namespace {

constexpr std::string_view kTexts[] = {
    "Глава Роскосмоса Дмитрий Рогозин и министр обороны РФ Сергей Шойгу 5 марта 2020 года приехали в Омск. Рогозин заплатил 5 млн рублей.",
    "",
    "МВД Украины (Киев) сообщило: ИВАН КРОТ, директор завода «Вымпел» в Омске, уволен. Его преемником стал Пётр Зимин.\xFF",
    "Томас Шефер (Thomas Schäfer) из Всемирной палаты труда (ВПТ) в Вене. Шефера ждут в ВПТ \"завтра\".",
    "Глава Роскосмоса Дмитрий Рогозин приехал.",
};

TEST_CASE("a draft and a document give the same JSON") {
  const auto& pipeline = resolve::testing::FullPipeline();
  const auto drafts = pipeline.NewScratch(), documents = pipeline.NewScratch();
  std::vector<ExtractOptions> all(3);
  all[1].types = {Type::kPerson, Type::kRole};
  all[2].date = "2020-03-06";
  std::size_t found = 0;
  for (const ExtractOptions& options : all) {
    for (const std::string_view text : kTexts) {
      INFO(std::string(text));
      pipeline.Analyze(text, {}, documents.get());
      pipeline.Resolve(documents.get());
      Document document;
      BuildDocument(pipeline, text, options, documents.get(), &document);
      CHECK(document.text == text);
      found += document.nested.size();
      text::Buffer json("before ");
      REQUIRE(ExtractJson(text, options, drafts.get(), "a\"1", &json).ok());
      CHECK(json.view() == "before " + ToJson(document, "a\"1"));
    }
  }
  CHECK(found > 20);
}

TEST_CASE("errors are those of extraction") {
  const auto scratch = resolve::testing::FullPipeline().NewScratch();
  ExtractOptions options;
  options.date = "вчера";
  text::Buffer json("before");
  const Status done = ExtractJson("Дмитрий Рогозин", options, scratch.get(), {}, &json);
  CHECK(!done.ok());
  CHECK(done.error().code == Code::kInvalidArgument);
  CHECK(json.view() == "before");
}

}  // namespace
}  // namespace atau::document
