#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/input.h"
#include "cli/page.h"
#include "cli/progress.h"
#include "cli/render_page.h"
#include "document/html.h"

namespace atau::cli {
namespace {

using document::HtmlEscape;

constexpr std::array<Type, 7> kTypes = {Type::kPerson, Type::kOrganization, Type::kLocation, Type::kProgram,
                                        Type::kDate,   Type::kMoney,        Type::kRole};

struct Options {
  ExtractorOptions extractor;
  InputOptions input;
  std::string output, title = "atau";
  std::size_t top = 15, max_texts = 300;
  bool quiet = false;
};

// How often a thing is spoken of over all texts.
struct Total {
  std::string normal, gazetteer;
  Type type = Type::kNone;
  std::size_t number = 0;  // in the page
  std::size_t mentions = 0, texts = 0, last = 0;
  std::string first;  // the anchor of the first text that is shown and speaks of it; empty where none is
};

class Report {
 public:
  Report(std::size_t top, std::size_t max_texts) : top_(top), max_texts_(max_texts) {}

  void Add(const std::string& name, const Document& d) {
    ++texts_;
    const bool shown = shown_ < max_texts_;
    const std::string anchor = "text-" + std::to_string(texts_);
    std::vector<std::size_t> numbers;
    for (const DocumentEntity& e : d.document_entities) {
      Total& t = totals_[{e.type, e.gazetteer.empty() ? e.normal : e.gazetteer}];
      if (t.mentions == 0) {
        t.normal = e.normal;
        t.gazetteer = e.gazetteer;
        t.type = e.type;
        t.number = totals_.size();
      }
      t.mentions += e.mentions.size();
      if (t.last != texts_) ++t.texts;
      t.last = texts_;
      if (shown && t.first.empty()) t.first = anchor;
      numbers.push_back(t.number);
    }
    for (const Entity& e : d.entities) ++mentions_[e.type];
    if (!shown) return;
    ++shown_;
    std::set<std::string> types;
    for (const Entity& e : d.entities) types.insert(std::string(TypeName(e.type)));
    std::string type_list, entity_list;
    for (const std::string& t : types) type_list += (type_list.empty() ? "" : " ") + t;
    for (const std::size_t n : std::set<std::size_t>(numbers.begin(), numbers.end())) {
      entity_list += (entity_list.empty() ? "" : " ") + std::to_string(n);
    }
    contents_ +=
        "<li><a href=\"#" + anchor + "\">" + HtmlEscape(name) + "</a> <small>" + std::to_string(d.entities.size()) + "</small></li>\n";
    sections_ +=
        "<section class=\"text\" id=\"" + anchor + "\" data-types=\"" + type_list + "\" data-entities=\"" + entity_list + "\">\n<h3>" +
        HtmlEscape(name) + "</h3>\n" + document::HtmlLegend(d) + document::HtmlText(d, [&numbers](const Entity& e) {
          return e.entity < 0 ? std::string() : " data-entity=\"" + std::to_string(numbers[static_cast<std::size_t>(e.entity)]) + "\"";
        });
    if (const std::string tables = document::HtmlTables(d); !tables.empty()) {
      sections_ +=
          "<details><summary>" + HtmlEscape(T("Entities and relations")) + "</summary><div class=\"wide\">" + tables + "</div></details>\n";
    }
    sections_ += "</section>\n";
  }

  std::string Page(const std::string& title, std::size_t failed) const {
    std::size_t mentions = 0;
    for (const auto& [type, n] : mentions_) mentions += n;
    std::string body = "<p class=\"note\">" +
                       HtmlEscape(Fill(TN("{1} text", "{1} texts", texts_), {std::to_string(texts_)}) + ", " +
                                  Fill(TN("{1} mention", "{1} mentions", mentions), {std::to_string(mentions)}) + ", " +
                                  Fill(TN("{1} entity", "{1} entities", totals_.size()), {std::to_string(totals_.size())})) +
                       "</p>\n";
    if (failed > 0) {
      body += "<p class=\"note warn\" role=\"note\">" +
              HtmlEscape(
                  Fill(TN("{1} text could not be read and is missing here.", "{1} texts could not be read and are missing here.", failed),
                       {std::to_string(failed)})) +
              "</p>\n";
    }
    body += Filter() + Overview(mentions);
    if (texts_ > shown_) {
      body += "<p class=\"note warn\" role=\"note\">" +
              HtmlEscape(Say("The first {1} of {2} texts are shown below; the figures above count all of them. --max-texts shows more.",
                             shown_, texts_)) +
              "</p>\n";
    }
    if (shown_ > 1) {
      body += "<details class=\"contents\"><summary>" + HtmlEscape(T("Contents")) + "</summary><nav aria-label=\"" +
              HtmlEscape(T("Contents")) + "\"><ol>\n" + contents_ + "</ol></nav></details>\n";
    }
    body += "<p id=\"none\" class=\"note\" hidden>" + HtmlEscape(T("No text matches the filter.")) + "</p>\n" + sections_ +
            std::string(kRenderScript);
    return cli::Page(title, kRenderStyle, body);
  }

 private:
  // Shown by the script: without one it could do nothing.
  std::string Filter() const {
    if (shown_ == 0) return {};
    std::string out = "<form id=\"filter\" role=\"search\" hidden data-count=\"" + HtmlEscape(T("{1} of {2} texts")) + "\">\n<label>" +
                      HtmlEscape(T("Filter")) + " <input id=\"query\" type=\"search\" autocomplete=\"off\" placeholder=\"" +
                      HtmlEscape(T("name, type or words")) + "\"></label>\n<label>" + HtmlEscape(T("Type")) +
                      " <select id=\"type\"><option value=\"\">" + HtmlEscape(T("all")) + "</option>";
    for (const Type type : kTypes) {
      if (mentions_.contains(type)) out += "<option>" + std::string(TypeName(type)) + "</option>";
    }
    return out + "</select></label>\n<button id=\"only\" type=\"button\" hidden title=\"" + HtmlEscape(T("Show all entities again")) +
           "\"></button>\n<button id=\"clear\" type=\"reset\">" + HtmlEscape(T("Clear")) +
           "</button>\n<output id=\"count\" aria-live=\"polite\"></output>\n</form>\n";
  }

  std::string Overview(std::size_t mentions) const {
    if (mentions == 0) return "<p>" + HtmlEscape(T("Nothing was found.")) + "</p>\n";
    std::map<Type, std::vector<const Total*>> by_type;
    for (const auto& [key, total] : totals_) by_type[total.type].push_back(&total);
    std::string out = "<div class=\"wide\"><table><caption>" + HtmlEscape(T("Types")) + "</caption><thead><tr><th scope=\"col\">" +
                      HtmlEscape(T("type")) + "</th><th scope=\"col\" class=\"n\">" + HtmlEscape(T("mentions")) +
                      "</th><th scope=\"col\" class=\"n\">" + HtmlEscape(T("entities")) + "</th></tr></thead><tbody>\n";
    for (const Type type : kTypes) {
      const auto n = mentions_.find(type);
      if (n == mentions_.end()) continue;
      const auto entities = by_type.find(type);
      out += "<tr><th scope=\"row\">" + TypeChip(TypeName(type)) + "</th><td class=\"n\">" + std::to_string(n->second) +
             "</td><td class=\"n\">" + (entities == by_type.end() ? std::string() : std::to_string(entities->second.size())) +
             "</td></tr>\n";
    }
    out += "</tbody></table></div>\n";
    if (totals_.empty()) return out;
    out += "<h2>" + HtmlEscape(T("Most frequent")) + "</h2>\n<div class=\"bars\">\n";
    for (const Type type : kTypes) {
      auto it = by_type.find(type);
      if (it == by_type.end()) continue;
      std::vector<const Total*>& list = it->second;
      std::stable_sort(list.begin(), list.end(), [](const Total* x, const Total* y) { return x->mentions > y->mentions; });
      const std::size_t shown = std::min(top_, list.size());
      out += "<section class=\"atau-" + std::string(TypeName(type)) + "\"><h3>" + TypeChip(TypeName(type)) + "</h3>\n<ol>\n";
      for (std::size_t i = 0; i < shown; ++i) {
        const Total& t = *list[i];
        std::array<char, 32> width;
        std::snprintf(width.data(), width.size(), "%.1f", 100.0 * static_cast<double>(t.mentions) / static_cast<double>(list[0]->mentions));
        const std::string texts = Fill(TN("in {1} text", "in {1} texts", t.texts), {std::to_string(t.texts)});
        const std::string label = "<span class=\"name\">" + HtmlEscape(t.normal) + "</span> <span class=\"count\">" +
                                  std::to_string(t.mentions) + " <small>" + HtmlEscape(texts) +
                                  "</small></span><span class=\"bar\" style=\"width:" + width.data() + "%\"></span>";
        const std::string about = t.gazetteer.empty() ? "" : " title=\"" + HtmlEscape(t.gazetteer) + "\"";
        // Without a script the name leads to the first text that speaks of it.
        out += t.first.empty() ? "<li" + about + "><span class=\"row\">" + label + "</span></li>\n"
                               : "<li><a class=\"row\" href=\"#" + t.first + "\" data-entity=\"" + std::to_string(t.number) + "\"" + about +
                                     ">" + label + "</a></li>\n";
      }
      out += "</ol>\n";
      if (list.size() > shown) out += "<p class=\"note\">" + HtmlEscape(Say("and {1} more (--top)", list.size() - shown)) + "</p>\n";
      out += "</section>\n";
    }
    return out + "</div>\n";
  }

  const std::size_t top_, max_texts_;
  std::size_t texts_ = 0, shown_ = 0;
  std::map<std::tuple<Type, std::string>, Total> totals_;
  std::map<Type, std::size_t> mentions_;
  std::string contents_, sections_;
};

int Run(const Options& o) {
  std::vector<Extractor> loaded;
  if (const int failed = o.extractor.Load(&loaded); failed != kOk) return failed;
  const Extractor& extractor = loaded[0];
  const auto scratch = extractor.NewScratch();
  const ExtractOptions plain = o.extractor.ToExtractOptions(false), html = o.extractor.ToExtractOptions(true);
  Reader reader(Expand(o.input.files, o.input.globs), FormatOf(o.input.from), o.input.charset, o.input.lines);
  Progress progress(T("rendering"), !o.quiet);
  Report report(o.top, o.max_texts);
  std::size_t failed = 0, number = 0;
  Input input;
  while (reader.Next(&input)) {
    Document d;
    if (input.error.empty()) {
      auto result = extractor.Extract(input.text, input.format == Format::kHtml ? html : plain, scratch.get());
      if (result.ok()) {
        d = std::move(result.value());
      } else {
        input.error = AsIs(result.error().ToString());
      }
    }
    if (!input.error.empty()) {
      ++failed;
      progress.Wipe();
      Complain((input.line > 0 ? input.Place() + ": " : "") + input.error.said);
      continue;
    }
    // An id that is a JSON string is shown without its quotes.
    std::string name = input.format == Format::kJsonl && input.id != "null" ? input.id : input.Place();
    if (name.size() > 1 && name.front() == '"') name = name.substr(1, name.size() - 2);
    report.Add(name, d);
    progress.ShowBytes(reader.done(), reader.total(), ++number);
  }
  progress.Wipe();
  const std::string page = report.Page(o.title, failed);
  const int status = failed > 0 ? kFailed : kOk;
  if (o.output.empty() || o.output == "-") return Print(page, status);
  return WriteFile(o.output, page) ? status : kFailed;
}

}  // namespace

Command AddRender(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(
      parent, "render", T("Make one web page of many texts: figures, most frequent entities, marked texts, a filter"),
      "  atau render article.txt -o article.html\n"
      "  atau render news/ --glob '*.txt' --title 'Launches in March' -o march.html\n"
      "  atau render feed.jsonl.gz --top 50 --max-texts 1000 > feed.html\n",
      T("The page is one file, needs no network, and follows the light or dark theme of the reader. Its filter is a small script inside;\n"
        "without scripts everything but the filter works."));
  app->add_option("-o,--output", o->output, T("The page to write (standard output when not named)"))->type_name("FILE");
  app->add_option("--title", o->title, T("The title of the page"))->capture_default_str();
  app->add_option("--top", o->top, T("How many entities of each type are listed"))->check(WholeNumber(0, 1000000))->capture_default_str();
  app->add_option("--max-texts", o->max_texts, T("How many texts are shown; the figures count all"))
      ->check(WholeNumber(0, 1000000000))
      ->capture_default_str();
  o->input.AddTo(app);
  o->extractor.AddTo(app);
  app->add_flag("--quiet", o->quiet, T("No progress line"));
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
