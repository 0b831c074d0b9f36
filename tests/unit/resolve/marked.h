// Texts with marked mentions («[Дмитрия Рогозина]PERSON принял [Аскар Мамин]PERSON»), described as the pipeline would, so that tests of
// names, document entities and relations depend on no learned weights. The dictionaries of this repository are compiled once a program.
#ifndef ATAU_TESTS_UNIT_RESOLVE_MARKED_H_
#define ATAU_TESTS_UNIT_RESOLVE_MARKED_H_

#include <atau/compiler.h>
#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/bundle.h"
#include "document/pipeline.h"
#include "resolve/describe.h"
#include "resolve/memory.h"
#include "resolve/names.h"

namespace atau::resolve::testing {

inline const document::Pipeline& FullPipeline() {
  static const std::shared_ptr<const document::Pipeline> pipeline = [] {
    auto sources = ReadSources(ATAU_SOURCE_DIR "/dictionaries");
    REQUIRE(sources.ok());
    CompileOptions options;
    options.lint = false;
    options.run_examples = false;
    auto compiled = Compile(std::move(sources.value()), options);
    REQUIRE(compiled.ok());
    REQUIRE(compiled.value().ok);
    auto bundle = bundle::Bundle::FromBytes(std::move(compiled.value().bundle), "test");
    REQUIRE(bundle.ok());
    auto opened = document::Pipeline::Open({bundle.value()});
    REQUIRE(opened.ok());
    return opened.value();
  }();
  return *pipeline;
}

struct Marked {
  explicit Marked(std::string_view marked) {
    struct Mark {
      std::size_t begin, end;
      Type type;
    };
    std::vector<Mark> marks;
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < marked.size(); ++i) {
      if (marked[i] == '[') {
        open.push_back(text.size());
      } else if (marked[i] == ']') {
        std::size_t end = i + 1;
        while (end < marked.size() && marked[end] >= 'A' && marked[end] <= 'Z') ++end;
        marks.push_back({open.back(), text.size(), TypeByName(marked.substr(i + 1, end - i - 1))});
        open.pop_back();
        i = end - 1;
      } else {
        text += marked[i];
      }
    }
    FullPipeline().Analyze(text, {}, scratch.get());
    const Analysis& a = scratch->analysis;
    PersonNames people(a, &scratch->names);
    std::vector<std::int32_t> mention_of(a.tokens.size(), -1);
    std::vector<std::size_t> person;
    for (const Mark& mark : marks) {
      Described d;
      d.type = mark.type;
      while (d.begin < a.tokens.size() && a.tokens[d.begin].begin < mark.begin) ++d.begin;
      d.end = d.begin;
      while (d.end < a.tokens.size() && a.tokens[d.end].end <= mark.end) ++d.end;
      REQUIRE(d.begin < d.end);
      for (std::uint32_t i = d.begin; i < d.end; ++i) mention_of[i] = static_cast<std::int32_t>(mentions.size());
      person.push_back(d.type == Type::kPerson ? people.Add(d.begin, d.end) : 0);
      mentions.push_back(d);
    }
    people.Solve(mention_of);
    for (std::size_t i = 0; i < mentions.size(); ++i) {
      Describe(a, mentions[i].type == Type::kPerson ? &people.form(person[i]) : nullptr, -1, arena.get(), &mentions[i]);
    }
  }
  const Analysis& analysis() const { return scratch->analysis; }

  std::string text;
  std::unique_ptr<document::PipelineScratch> scratch = FullPipeline().NewScratch();
  std::unique_ptr<Arena> arena = std::make_unique<Arena>();  // of the descriptions, and of what is found with them
  std::vector<Described> mentions;
};

// The same mentions as the cover search gives them.
inline std::vector<Mention> MentionsOf(const Marked& m) {
  std::vector<Mention> mentions;
  for (const Described& d : m.mentions) mentions.push_back({d.begin, d.end, static_cast<std::uint8_t>(IndexOf(d.type)), 1});
  return mentions;
}

inline std::string Slot(const Described& d, std::string_view key) { return std::string(SlotOf(d, key)); }

}  // namespace atau::resolve::testing

#endif  // ATAU_TESTS_UNIT_RESOLVE_MARKED_H_
