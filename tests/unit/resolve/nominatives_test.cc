// What is remembered of a group is what is found anew, wherever and in which order the group comes.
#include "resolve/nominatives.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "marked.h"
#include "morph/inflect.h"

namespace atau::resolve {
namespace {

TEST_CASE("a group that comes again is the same as one that is new, with its quotes and blanks") {
  const auto& pipeline = testing::FullPipeline();
  const auto scratch = pipeline.NewScratch();
  Nominatives nominatives;
  constexpr std::string_view kTexts[] = {
      "Директора завода «Вымпел» в Омске и заводов «Вымпел нового века» приняли в Елабуге.",
      "О заводе «Вымпел», о завод «Вымпеле» и о театре «Заводе» (заводе) пишут газеты завода.",
      "Завода «Вымпел нового",
      "века» Министерства здравоохранения; завода-изготовителя завода «Вымпел»",
  };
  // The second time all is remembered.
  for (int round = 0; round < 2; ++round) {
    for (const std::string_view text : kTexts) {
      pipeline.Analyze(text, {}, scratch.get());
      const Analysis& a = scratch->analysis;
      for (std::size_t begin = 0; begin < a.tokens.size(); ++begin) {
        for (std::size_t end = begin + 1; end <= a.tokens.size(); ++end) {
          INFO(std::string(a.TextOf(begin, end)));
          for (const bool keep_number : {false, true}) {
            morph::GroupOptions options;
            options.keep_number = keep_number;
            const std::string fresh = morph::NominativeOf(a.clean, a.tokens, begin, end, *a.forms, options);
            CHECK(nominatives.Of(a.clean, a.tokens, begin, end, *a.forms,
                                 keep_number ? Nominatives::kKeepsNumber : Nominatives::kSingular) == fresh);
          }
          CHECK(nominatives.Of(a.clean, a.tokens, begin, end, *a.forms, Nominatives::kAsWritten) ==
                morph::WrittenGroup(a.clean, a.tokens, begin, end, *a.forms));
        }
      }
    }
  }
}

}  // namespace
}  // namespace atau::resolve
