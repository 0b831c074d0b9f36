#include <cstring>
#include <iostream>
#include <memory>

#include "cli/cli.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string from = "text", to = "text", charset = "auto", output;
  std::vector<std::string> files;
  bool lines = false, quiet = false;
};

// A readable list for a person.
std::string ToText(const Input& input, const Document& d) {
  std::string out;
  (void)input;
  for (const Entity& e : d.entities) {
    out += std::string(TypeName(e.type)) + "\t" + e.text;
    if (e.normal != e.text) out += "\t= " + e.normal;
    if (!e.kind.empty()) out += "\t(" + e.kind + ")";
    for (const auto& [key, value] : e.slots) out += "\t" + key + "=" + value;
    out += "\n";
  }
  for (const Relation& r : d.relations) {
    out += r.type + "\t";
    if (r.subject >= 0) out += d.document_entities[static_cast<std::size_t>(r.subject)].normal;
    if (!r.role.empty()) out += "\t" + r.role;
    if (r.object >= 0) out += "\t" + d.document_entities[static_cast<std::size_t>(r.object)].normal;
    out += "\n";
  }
  return out;
}

int Run(const Options& o) {
  std::vector<Extractor> loaded;
  if (!o.extractor.Load(&loaded)) return kFailed;
  const Extractor& extractor = loaded[0];
  const auto scratch = extractor.NewScratch();
  const ExtractOptions options = o.extractor.ToExtractOptions(o.from == "html");
  const Format format = o.from == "jsonl" ? Format::kJsonl : o.from == "html" ? Format::kHtml : Format::kText;
  Reader reader(o.files, format, o.charset, o.lines);
  Progress progress("extracting", !o.quiet);
  Input input;
  int status = kOk;
  std::size_t documents = 0;
  std::string page;
  while (reader.Next(&input)) {
    if (input.error.empty()) {
      auto d = extractor.Extract(input.text, options, scratch.get());
      if (d.ok()) {
        std::string line;
        if (o.to == "jsonl") {
          line = JsonLine(input, ToJson(d.value())) + "\n";
        } else if (o.to == "conll") {
          line = ToConll(d.value());
        } else if (o.to == "brat") {
          line = ToBrat(d.value());
        } else if (o.to == "html") {
          line = ToHtml(d.value(), true, input.file == "-" ? "atau" : input.file);
        } else {
          line = ToText(input, d.value());
        }
        std::cout.write(line.data(), static_cast<std::streamsize>(line.size()));
      } else {
        input.error = d.error().ToString();
      }
    }
    if (!input.error.empty()) {
      status = kFailed;
      if (o.to == "jsonl") {
        std::cout << JsonError(input, input.error) << '\n';
      } else {
        Complain((input.line > 0 ? input.file + ":" + std::to_string(input.line) + ": " : "") + input.error);
      }
    }
    progress.Show(reader.done(), reader.total(), ++documents);
    if (!std::cout) {
      Complain("cannot write to standard output");
      return kFailed;
    }
  }
  std::cout.flush();
  return std::cout ? status : kFailed;
}

}  // namespace

Command AddExtract(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("extract", "Find people, organizations, places and programmes");
  app->footer(
      "Examples:\n"
      "  atau extract article.txt\n"
      "  atau extract --from jsonl --to jsonl feed.jsonl > entities.jsonl\n"
      "  atau extract --from html --to html page.html > marked.html\n"
      "  echo 'Глава Роскосмоса Дмитрий Рогозин' | atau extract\n"
      "  atau extract --extra my_names.tsv --types PROGRAM,ORGANIZATION article.txt\n\n"
      "JSONL in: {\"id\": …, \"text\": …}; other members are carried through. A bad line gives an {\"id\", \"error\"} line, and the status is 1 at the end.");
  app->add_option("--from", o->from, "Input: text, jsonl or html")->check(CLI::IsMember({"text", "jsonl", "html"}))->capture_default_str();
  app->add_option("--to", o->to, "Output: jsonl, text, conll, brat or html")->check(CLI::IsMember({"jsonl", "text", "conll", "brat", "html"}))->capture_default_str();
  app->add_option("--charset", o->charset, "Charset of text and HTML input: auto, utf-8, windows-1251, koi8-r, utf-16, …")->capture_default_str();
  app->add_flag("--lines", o->lines, "Text input: each line is a document");
  app->add_flag("--quiet", o->quiet, "No progress bar");
  o->extractor.AddTo(app);
  app->add_option("FILE", o->files, "Files or directories; standard input when none is named, or for -");
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
