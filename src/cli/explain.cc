#include <unicode/uchar.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "cli/cli.h"
#include "cli/explain_view.h"
#include "cli/files.h"
#include "cli/input.h"
#include "cli/terminal.h"
#include "text/clean.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

struct Options {
  ExtractorOptions extractor;
  std::string text, file, span, words, from = "auto", color = "auto", html, charset = "auto";
  std::size_t nth = 0;
  bool json = false, all = false;
};

// "10-25" as bytes of the text. False when it is no such pair.
bool ReadSpan(const std::string& text, const std::string& s, Span* out) {
  const std::size_t dash = s.find('-');
  const auto number = [](const std::string& n) {
    return !n.empty() && n.size() < 12 && n.find_first_not_of("0123456789") == std::string::npos;
  };
  if (dash == std::string::npos || !number(s.substr(0, dash)) || !number(s.substr(dash + 1))) return false;
  std::vector<std::size_t> offsets = {std::stoul(s.substr(0, dash)), std::stoul(s.substr(dash + 1))};
  if (offsets[0] >= offsets[1]) return false;
  text::FromCodePoints(text, &offsets);
  *out = {offsets[0], offsets[1]};
  return true;
}

bool IsLetterAt(const std::string& text, std::size_t at) {
  if (at >= text.size()) return false;
  std::size_t size = 0;
  const char32_t c = text::Decode(text.data() + at, text.data() + text.size(), &size);
  return c != text::kInvalid && u_isalnum(static_cast<UChar32>(c)) != 0;
}

bool IsLetterBefore(const std::string& text, std::size_t at) {
  return at > 0 && IsLetterAt(text, static_cast<std::size_t>(text::Previous(text.data() + at, text.data()) - text.data()));
}

// Where the words stand. Places inside longer words count only where there is no other.
std::vector<Span> Occurrences(const std::string& text, const std::string& words) {
  std::vector<Span> whole, inside;
  for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; at += words.size()) {
    const std::size_t end = at + words.size();
    const bool cut = (IsLetterAt(text, at) && IsLetterBefore(text, at)) || (IsLetterBefore(text, end) && IsLetterAt(text, end));
    (cut ? inside : whole).push_back({at, end});
  }
  return whole.empty() ? inside : whole;
}

// Some characters before and after a span, cut between words.
std::string Around(const std::string& text, std::size_t begin, std::size_t end, bool cut_left) {
  std::size_t from = begin;
  const std::string piece = text.substr(begin, end - begin);
  if (cut_left && begin > 0) {
    const std::size_t blank = piece.find_first_of(" \n");
    from = blank == std::string::npos ? end : begin + blank + 1;
    return "… " + text.substr(from, end - from);
  }
  if (!cut_left && end < text.size()) {
    const std::size_t blank = piece.find_last_of(" \n");
    return piece.substr(0, blank == std::string::npos ? 0 : blank) + " …";
  }
  return piece;
}

int Run(Options o) {
  bool html = o.from == "html";
  if (!o.file.empty() || o.text.empty()) {
    std::string bytes;
    if (!ReadFile(o.file.empty() ? "-" : o.file, &bytes)) return kFailed;
    auto text = DecodeBytes(bytes, o.charset);
    if (!text.ok()) return Complain(text.error()), kFailed;
    o.text = std::move(text.value());
    html = html || (o.from == "auto" && FormatByName(o.file) == Format::kHtml);
  }
  std::vector<Span> spans;
  if (!o.words.empty()) {
    spans = Occurrences(o.text, o.words);
    if (spans.empty()) return Complain(Say("the text does not hold «{1}»", o.words)), kFailed;
    if (o.nth > spans.size()) {
      return Complain(Fill(TN("the text holds «{1}» {2} time only", "the text holds «{1}» {2} times only", spans.size()),
                           {o.words, std::to_string(spans.size())})),
             kFailed;
    }
    if (o.nth > 0) spans = {spans[o.nth - 1]};
  } else {
    Span span;
    if (!ReadSpan(o.text, o.span, &span)) return Complain(T("--span is two offsets in code points, such as 10-25")), kUsage;
    spans.push_back(span);
  }
  std::vector<Extractor> loaded;
  if (const int failed = o.extractor.Load(&loaded); failed != kOk) return failed;
  const ExtractOptions options = o.extractor.ToExtractOptions(html);
  const auto scratch = loaded[0].NewScratch();
  const auto document = loaded[0].Extract(o.text, options, scratch.get());
  if (!document.ok()) return Complain(document.error()), kFailed;

  std::vector<Asked> asked;
  for (const Span& span : spans) {
    auto why = loaded[0].Explain(o.text, span, options, scratch.get());
    if (!why.ok()) return Complain(why.error()), kFailed;
    Asked a;
    a.words = o.text.substr(span.start, span.end - span.start);
    std::vector<std::size_t> offsets = {span.start, span.end};
    text::ToCodePoints(o.text, &offsets);
    a.code_points = {offsets[0], offsets[1]};
    constexpr std::size_t kAround = 40;  // code points on either side
    std::vector<std::size_t> bounds = {offsets[0] > kAround ? offsets[0] - kAround : 0, offsets[1] + kAround};
    text::FromCodePoints(o.text, &bounds);
    a.before = Around(o.text, bounds[0], span.start, true);
    a.after = Around(o.text, span.end, bounds[1], false);
    for (const Entity& e : document->entities) {
      if ((e.type == Type::kDate || e.type == Type::kMoney || e.type == Type::kRole) && e.span == span) a.value_type = e.type;
    }
    for (const Reading& r : why->rivals) a.rival_words.push_back(o.text.substr(r.span.start, r.span.end - r.span.start));
    a.why = std::move(why.value());
    asked.push_back(std::move(a));
  }
  if (!o.html.empty()) return WriteFile(o.html, ExplainAsPage(asked, "atau explain")) ? kOk : kFailed;
  std::string out;
  ViewOptions view;
  view.all = o.all;
  view.width = TerminalWidth(STDOUT_FILENO);
  view.paint = Paint(WantsColour(o.color, STDOUT_FILENO));
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (o.json) {
      out += ExplainAsJson(asked[i]);
      continue;
    }
    if (i > 0) out += "\n" + std::string(std::min<std::size_t>(view.width, 60), '-') + "\n\n";
    out += ExplainAsText(asked[i], view);
  }
  return Print(out, kOk);
}

}  // namespace

Command AddExplain(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(
      parent, "explain", T("Say why a span is, or is not, a mention"),
      "  atau explain --text 'Запуск «Союза-5» с Байконура' --words 'Союза-5'\n"
      "  atau explain --file article.txt --words 'Заря' --nth 2 --all\n"
      "  atau explain --file article.txt --span 120-134 --html why.html\n",
      T("First the verdict; then what speaks for and against, with its weight, the heaviest first; beside it what won instead; then the\n"
        "other types that the span might have, and what each stage saw."));
  auto* text = app->add_option("--text", o->text, T("The text itself"))->type_name("TEXT");
  auto* file = app->add_option("--file", o->file, T("A file with the text (standard input when neither is given)"))->type_name("FILE");
  text->excludes(file);
  auto* words = app->add_option("--words", o->words, T("The span, as its words stand in the text: all places, or the one of --nth"))
                    ->type_name("WORDS");
  auto* span = app->add_option("--span", o->span, T("The span, as code points, half-open"))->type_name("START-END");
  words->excludes(span);
  app->add_option("--nth", o->nth, T("Which place of --words, from 1"))->check(WholeNumber(1, 1000000000))->needs(words)->type_name("N");
  app->add_option("--from", o->from, T("What the text is, where auto goes by the file's name"))
      ->check(OneOf({"auto", "text", "html"}))
      ->capture_default_str();
  app->add_option("--charset", o->charset, T("Charset of the file: auto, utf-8, windows-1251, koi8-r, utf-16, …"))
      ->type_name("CHARSET")
      ->capture_default_str();
  app->add_flag("--all", o->all, T("Show every piece of evidence of every reading"));
  app->add_flag("--json", o->json, T("One JSON object a place"));
  app->add_option("--html", o->html, T("Write a page in place of the text"))->type_name("FILE");
  app->add_option("--color", o->color, T("Colours; auto: on a terminal, unless NO_COLOR is set"))
      ->check(OneOf({"auto", "always", "never"}))
      ->capture_default_str();
  o->extractor.AddTo(app);
  return {app, [o] {
            if (o->words.empty() && o->span.empty()) return Complain(T("name the span by --words or --span")), kUsage;
            return Run(*o);
          }};
}

}  // namespace atau::cli
