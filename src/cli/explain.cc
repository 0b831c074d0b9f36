#include <iostream>
#include <memory>
#include <sstream>

#include "cli/cli.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string text, file, span, words;
  bool html = false;
};

// Code points to bytes.
std::size_t ByteOf(const std::string& text, std::size_t point) {
  std::size_t i = 0;
  while (i < text.size() && point > 0) {
    ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) ++i;
    --point;
  }
  return i;
}

int Run(Options o) {
  std::vector<Extractor> loaded;
  if (!o.extractor.Load(&loaded)) return kFailed;
  if (!o.file.empty()) {
    std::string bytes;
    if (!ReadFile(o.file, &bytes)) return kFailed;
    auto text = DecodeBytes(bytes);
    if (!text.ok()) return Complain(text.error()), kFailed;
    o.text = text.value();
  } else if (o.text.empty()) {
    std::ostringstream all;
    all << std::cin.rdbuf();
    o.text = all.str();
  }
  Span span;
  if (!o.words.empty()) {
    const std::size_t at = o.text.find(o.words);
    if (at == std::string::npos) return Complain("the text does not hold «" + o.words + "»"), kFailed;
    span = {at, at + o.words.size()};
  } else {
    std::size_t start = 0, end = 0;
    char dash = 0;
    std::istringstream in(o.span);
    if (!(in >> start >> dash >> end) || dash != '-') return Complain("--span is two offsets in code points, such as 10-25"), kUsage;
    span = {ByteOf(o.text, start), ByteOf(o.text, end)};
  }
  auto why = loaded[0].Explain(o.text, span, o.extractor.ToExtractOptions(o.html));
  if (!why.ok()) return Complain(why.error()), kFailed;
  std::cout << "«" << o.text.substr(span.start, span.end - span.start) << "»\n" << why->ToText();
  return Finish(kOk);
}

}  // namespace

Command AddExplain(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("explain", "Say why a span is, or is not, a mention");
  app->footer(
      "Examples:\n"
      "  atau explain --text 'Запуск «Союза-5» с Байконура' --words 'Союза-5'\n"
      "  atau explain --file article.txt --span 120-134\n\n"
      "Shown: each type that the span may have, with its evidence and weights, the mentions that won instead, and what each stage saw.");
  app->add_option("--text", o->text, "The text itself");
  app->add_option("--file", o->file, "A file with the text (standard input when neither is given)");
  auto* words = app->add_option("--words", o->words, "The span, as its words stand in the text (the first place)");
  auto* span = app->add_option("--span", o->span, "The span, as code points: START-END, half-open");
  words->excludes(span);
  app->add_flag("--html", o->html, "The text is HTML");
  o->extractor.AddTo(app);
  return {app, [o] {
            if (o->words.empty() && o->span.empty()) return Complain("name the span by --words or --span"), kUsage;
            return Run(*o);
          }};
}

}  // namespace atau::cli
