#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "cli/cli.h"
#include "document/html.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string from = "text", charset = "auto", output, title = "atau";
  std::vector<std::string> files;
  std::size_t top = 40;
  bool lines = false, quiet = false;
};

// How often a thing is spoken of over all texts.
struct Total {
  std::string normal, gazetteer;
  Type type = Type::kNone;
  std::size_t mentions = 0;
  std::set<std::size_t> texts;
};

int Run(const Options& o) {
  std::vector<Extractor> loaded;
  if (!o.extractor.Load(&loaded)) return kFailed;
  const Extractor& extractor = loaded[0];
  const auto scratch = extractor.NewScratch();
  const ExtractOptions options = o.extractor.ToExtractOptions(o.from == "html");
  const Format format = o.from == "jsonl" ? Format::kJsonl : o.from == "html" ? Format::kHtml : Format::kText;
  Reader reader(o.files, format, o.charset, o.lines);
  Progress progress("rendering", !o.quiet);
  using document::HtmlEscape;

  int status = kOk;
  std::string contents, sections;
  std::map<std::tuple<Type, std::string>, Total> totals;
  Input input;
  std::size_t number = 0;
  while (reader.Next(&input)) {
    ++number;
    Document d;
    if (input.error.empty()) {
      auto result = extractor.Extract(input.text, options, scratch.get());
      if (result.ok()) {
        d = std::move(result.value());
      } else {
        input.error = result.error().ToString();
      }
    }
    const std::string place = input.line > 0 ? input.file + ":" + std::to_string(input.line) : input.file;
    if (!input.error.empty()) {
      status = kFailed;
      Complain((input.line > 0 ? place + ": " : "") + input.error);
      continue;
    }
    // An id that is a JSON string is shown without its quotes.
    std::string name = format == Format::kJsonl && input.id != "null" ? input.id : place;
    if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
    if (name == "-") name = "standard input";
    const std::string anchor = "text-" + std::to_string(number);
    contents += "<li><a href=\"#" + anchor + "\">" + HtmlEscape(name) + "</a> (" + std::to_string(d.entities.size()) + ")</li>\n";
    sections += "<section id=\"" + anchor + "\">\n<h2>" + HtmlEscape(name) + "</h2>\n" + document::HtmlLegend(d) + document::HtmlBody(d) +
                "</section>\n";
    for (const DocumentEntity& e : d.document_entities) {
      Total& t = totals[{e.type, e.gazetteer.empty() ? e.normal : e.gazetteer}];
      if (t.mentions == 0) t = {e.normal, e.gazetteer, e.type, 0, {}};
      t.mentions += e.mentions.size();
      t.texts.insert(number);
    }
    progress.Show(reader.done(), reader.total(), number);
  }

  std::vector<const Total*> ranked;
  for (const auto& [key, total] : totals) ranked.push_back(&total);
  std::stable_sort(ranked.begin(), ranked.end(), [](const Total* x, const Total* y) { return x->mentions > y->mentions; });
  if (ranked.size() > o.top) ranked.resize(o.top);
  std::string body;
  if (number > 1) body += "<nav aria-label=\"Texts\"><ol>\n" + contents + "</ol></nav>\n";
  if (number > 1 && !ranked.empty()) {
    body +=
        "<table><caption>Most frequent</caption><thead><tr><th scope=\"col\">type</th><th scope=\"col\">name</th><th "
        "scope=\"col\">gazetteer</th>"
        "<th scope=\"col\">mentions</th><th scope=\"col\">texts</th></tr></thead><tbody>\n";
    for (const Total* t : ranked) {
      const std::string type(TypeName(t->type));
      body += "<tr><td><span class=\"atau-chip atau-" + type + "\">" + type + "</span></td><th scope=\"row\">" + HtmlEscape(t->normal) +
              "</th><td>" + HtmlEscape(t->gazetteer) + "</td><td>" + std::to_string(t->mentions) + "</td><td>" +
              std::to_string(t->texts.size()) + "</td></tr>\n";
    }
    body += "</tbody></table>\n";
  }
  const std::string page = document::HtmlPage(o.title, body + sections);
  if (o.output.empty() || o.output == "-") {
    std::cout << page;
    return Finish(status);
  }
  std::ofstream out(o.output, std::ios::binary);
  out << page;
  out.close();
  if (!out) return Complain("cannot write " + o.output), kFailed;
  return status;
}

}  // namespace

Command AddRender(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("render", "Make one web page of several texts, with their entities marked and counted");
  app->footer(
      "Examples:\n"
      "  atau render article.txt -o article.html\n"
      "  atau render news/ --title 'Launches in March' -o march.html\n"
      "  atau render --from jsonl feed.jsonl --top 100 > feed.html\n\n"
      "The page needs no network and no scripts, and follows the light or dark theme of the reader.");
  app->add_option("--from", o->from, "Input: text, jsonl or html")->check(CLI::IsMember({"text", "jsonl", "html"}))->capture_default_str();
  app->add_option("-o,--output", o->output, "The page to write (standard output when not named)")->type_name("FILE");
  app->add_option("--title", o->title, "The title of the page")->capture_default_str();
  app->add_option("--top", o->top, "How many of the most frequent entities are listed")->capture_default_str();
  app->add_option("--charset", o->charset, "Charset of text and HTML input: auto, utf-8, windows-1251, koi8-r, utf-16, …")
      ->capture_default_str();
  app->add_flag("--lines", o->lines, "Text input: each line is a document");
  app->add_flag("--quiet", o->quiet, "No progress bar");
  o->extractor.AddTo(app);
  app->add_option("FILE", o->files, "Files or directories; standard input when none is named, or for -");
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
