#include "document/html.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <tuple>

#include "text/utf8.h"

namespace atau {
namespace document {
namespace {

constexpr std::array<Type, 7> kTypes = {Type::kPerson, Type::kOrganization, Type::kLocation, Type::kProgram,
                                        Type::kDate,   Type::kMoney,        Type::kRole};

std::string Number(double x) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%.2f", x);
  return text.data();
}

std::string Cell(std::string_view text) { return "<td>" + HtmlEscape(text) + "</td>"; }

// Everything that is known of a mention; what is shown below its line when the pointer or the keyboard rests on the mark, and what a screen
// reader can say of it.
std::string Tip(const Document& d, const Entity& e) {
  std::string tip(TypeName(e.type));
  if (!e.kind.empty()) tip += " (" + e.kind + ")";
  const auto line = [&tip](std::string_view key, std::string_view value) {
    if (!value.empty()) tip += " \u00B7 " + std::string(key) + ": " + std::string(value);
  };
  line("normal", e.normal);
  for (const auto& [key, value] : e.slots) line(key, value);
  if (e.entity >= 0) line("entity", d.document_entities[static_cast<std::size_t>(e.entity)].id);
  line("id", e.gazetteer);
  line("rule", e.rule);
  line("score", Number(e.score));
  return tip;
}

// Writes the text piece by piece. Where the text is HTML, its tags and character references are shown as the text that they became.
class TextWriter {
 public:
  explicit TextWriter(const Document& d) : text_(d.text) {
    for (const Repair& r : d.repairs) {
      if (r.kind == "html") tags_.push_back(&r);
    }
  }
  void WriteUpTo(std::size_t end, std::string* out) {
    while (at_ < end) {
      while (next_ < tags_.size() && tags_[next_]->span.end <= at_) ++next_;
      const Repair* tag = next_ < tags_.size() ? tags_[next_] : nullptr;
      if (tag != nullptr && tag->span.start <= at_) {
        *out += HtmlEscape(tag->after);
        at_ = tag->span.end;
        ++next_;
        continue;
      }
      const std::size_t stop = tag == nullptr ? end : std::min(end, tag->span.start);
      *out += HtmlEscape(std::string_view(text_).substr(at_, stop - at_));
      at_ = stop;
    }
  }

 private:
  const std::string& text_;
  std::vector<const Repair*> tags_;
  std::size_t next_ = 0, at_ = 0;
};

std::string MarkedText(const Document& d, const std::function<std::string(const Entity&)>& attributes) {
  std::set<std::tuple<std::size_t, std::size_t, Type>> flat;
  for (const Entity& e : d.entities) flat.emplace(e.span.start, e.span.end, e.type);
  // The nested view comes sorted; a flat mention that it lacks is added, so that the page never shows less than the flat view.
  std::vector<const Entity*> all;
  std::set<std::tuple<std::size_t, std::size_t, Type>> seen;
  for (const Entity& e : d.nested) {
    if (seen.emplace(e.span.start, e.span.end, e.type).second) all.push_back(&e);
  }
  for (const Entity& e : d.entities) {
    if (seen.emplace(e.span.start, e.span.end, e.type).second) all.push_back(&e);
  }
  std::stable_sort(all.begin(), all.end(), [](const Entity* x, const Entity* y) {
    return x->span.start != y->span.start ? x->span.start < y->span.start : x->span.end > y->span.end;
  });

  std::string out = "<div class=\"atau-text\" lang=\"ru\">";
  TextWriter writer(d);
  std::vector<const Entity*> open;
  const auto close_up_to = [&](std::size_t start) {
    while (!open.empty() && open.back()->span.end <= start) {
      writer.WriteUpTo(open.back()->span.end, &out);
      out += "<span class=\"atau-label\">" + std::string(TypeName(open.back()->type)) + "</span></mark>";
      open.pop_back();
    }
  };
  for (const Entity* e : all) {
    if (e->span.start >= e->span.end || e->span.end > d.text.size()) continue;
    close_up_to(e->span.start);
    if (!open.empty() && e->span.end > open.back()->span.end) continue;  // marks are a tree: what crosses cannot be shown
    writer.WriteUpTo(e->span.start, &out);
    out += "<mark class=\"atau-" + std::string(TypeName(e->type)) +
           (flat.contains({e->span.start, e->span.end, e->type}) ? "" : " atau-inner") + "\" data-start=\"" +
           std::to_string(e->code_points.start) + "\" data-end=\"" + std::to_string(e->code_points.end) +
           "\" tabindex=\"0\" aria-description=\"" + HtmlEscape(Tip(d, *e)) + "\"" + (attributes ? attributes(*e) : std::string()) + ">";
    open.push_back(e);
  }
  close_up_to(std::string::npos);
  writer.WriteUpTo(d.text.size(), &out);
  return out + "</div>\n";
}

std::string EntityTable(const Document& d) {
  if (d.document_entities.empty()) return {};
  std::string out =
      "<table><caption>Entities</caption><thead><tr><th scope=\"col\">id</th><th scope=\"col\">type</th><th scope=\"col\">name</th>"
      "<th scope=\"col\">gazetteer</th><th scope=\"col\">mentions</th></tr></thead><tbody>\n";
  for (const DocumentEntity& e : d.document_entities) {
    std::vector<std::string> forms;
    for (const int m : e.mentions) {
      const std::string& form = d.entities[static_cast<std::size_t>(m)].text;
      if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.push_back(form);
    }
    std::string mentions = std::to_string(e.mentions.size()) + ": ";
    for (std::size_t i = 0; i < forms.size(); ++i) mentions += (i > 0 ? ", " : "") + forms[i];
    out += "<tr>" + Cell(e.id) + "<td><span class=\"atau-chip atau-" + std::string(TypeName(e.type)) + "\">" +
           std::string(TypeName(e.type)) + "</span></td><th scope=\"row\">" + HtmlEscape(e.normal) + "</th>" + Cell(e.gazetteer) +
           Cell(mentions) + "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

std::string RelationTable(const Document& d) {
  if (d.relations.empty()) return {};
  std::string out =
      "<table><caption>Relations</caption><thead><tr><th scope=\"col\">relation</th><th scope=\"col\">subject</th><th "
      "scope=\"col\">role</th>"
      "<th scope=\"col\">object</th><th scope=\"col\">words</th></tr></thead><tbody>\n";
  const auto name = [&d](int index) { return index < 0 ? std::string() : d.document_entities[static_cast<std::size_t>(index)].normal; };
  for (const Relation& r : d.relations) {
    out += "<tr>" + Cell(r.type) + Cell(name(r.subject)) + Cell(r.role) + Cell(name(r.object)) +
           Cell(std::string_view(d.text).substr(r.span.start, r.span.end - r.span.start)) + "</tr>\n";
  }
  return out + "</tbody></table>\n";
}

}  // namespace

std::string HtmlEscape(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  const char* const end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    std::size_t size = 0;
    const char32_t c = text::Decode(p, end, &size);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if (c == text::kInvalid || (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || (c >= 0x7F && c < 0xA0) ||
               (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF)) {
      out += "\xEF\xBF\xBD";
    } else {
      out.append(p, size);
    }
    p += size;
  }
  return out;
}

std::string HtmlStyle() {
  // One hue a type; the lightness turns over in dark mode. A label beside each mark says the type without colour. JupyterLab, VS Code and
  // Colab say in attributes of the page which theme is on, whatever the system prefers: these selectors come last. The tip is as wide as
  // the text, so that it never widens a page; only the innermost mark shows its own.
  // Notebooks have rules for every list and table: ".atau.atau" outweighs them.
  static constexpr std::string_view kDark =
      "--ink:#ececec;--paper:#161616;--line:#4a4a4a;--dim:#b0b0b0;--back:22%;--edge:74%;--soft:45%;color-scheme:dark";
  static constexpr std::string_view kLight =
      "--ink:#1b1b1b;--paper:#fff;--line:#c8c8c8;--dim:#595959;--back:88%;--edge:28%;--soft:70%;color-scheme:light";
  std::string style = "<style>\n.atau{";
  style.append(kLight).append(
      ";color:var(--ink);background:var(--paper);font:1rem/1.75 system-ui,\"Noto "
      "Sans\",sans-serif}\n@media(prefers-color-scheme:dark){.atau{");
  style.append(kDark).append("}}\n[data-jp-theme-light=\"true\"] .atau,.vscode-light .atau,html[theme=light] .atau{").append(kLight);
  style.append("}\n[data-jp-theme-light=\"false\"] .atau,.vscode-dark .atau,.vscode-high-contrast .atau,html[theme=dark] .atau{");
  style.append(kDark).append(R"(}
.atau-PERSON{--hue:210}.atau-ORGANIZATION{--hue:275}.atau-LOCATION{--hue:140}.atau-PROGRAM{--hue:28}.atau-DATE{--hue:185}.atau-MONEY{--hue:55}.atau-ROLE{--hue:340}
div.atau{padding:.75rem;border-radius:.25rem}
.atau .atau-text{position:relative;white-space:pre-wrap;overflow-wrap:anywhere;max-width:46rem}
.atau mark,.atau .atau-chip{color:inherit;background:hsl(var(--hue) var(--soft) var(--back));border-bottom:2px solid hsl(var(--hue) 60% var(--edge));border-radius:.25em;padding:.1em .25em;box-decoration-break:clone;-webkit-box-decoration-break:clone}
.atau mark.atau-inner{border-bottom-style:dotted;outline:1px dotted hsl(var(--hue) 60% var(--edge))}
.atau mark:focus-visible{outline:2px solid var(--ink);outline-offset:1px}
.atau mark:hover:not(:has(mark:hover))::after,.atau mark:focus-visible::after{content:attr(aria-description);display:block;position:absolute;left:0;right:0;z-index:2;margin-top:.2em;padding:.4em .7em;background:var(--ink);color:var(--paper);border-radius:.3em;font-size:.8rem;font-weight:400;line-height:1.45;pointer-events:none}
.atau .atau-label{font-size:.6em;letter-spacing:.04em;margin-left:.4em;color:hsl(var(--hue) 60% var(--edge));font-weight:700;vertical-align:.15em;user-select:none}
.atau .atau-chip{font-size:.75em;padding:.1em .5em}
.atau.atau .atau-legend{list-style:none;margin:0 0 1rem;padding:0;display:flex;flex-wrap:wrap;gap:.5rem}
.atau.atau table{color:inherit;table-layout:auto;border:0;border-collapse:collapse;margin:1.25rem 0 0;font-size:.9rem;line-height:1.4}
.atau.atau caption{caption-side:top;text-align:left;font-weight:700;padding-bottom:.25rem;color:inherit}
.atau.atau tr{background:none}
.atau.atau td,.atau.atau th{border:0;border-bottom:1px solid var(--line);padding:.3rem .75rem .3rem 0;max-width:none;text-align:left;vertical-align:top;white-space:normal;font-weight:inherit;background:none;color:inherit;overflow-wrap:break-word}
.atau.atau thead th{color:var(--dim);font-size:.8rem}
.atau h1{font-size:1.4rem;line-height:1.3}.atau h2{font-size:1.1rem;line-height:1.3;margin-top:2.5rem}
body.atau{margin:0 auto;padding:1.5rem;max-width:64rem}
</style>
)");
  return style;
}

std::string HtmlLegend(const Document& d) {
  std::array<std::size_t, kTypeCount> counts{};
  for (const Entity& e : d.entities) ++counts[static_cast<std::size_t>(e.type)];
  std::string out = "<ul class=\"atau-legend\" aria-label=\"Legend\">";
  for (const Type type : kTypes) {
    const std::size_t n = counts[static_cast<std::size_t>(type)];
    if (n == 0) continue;
    const std::string name(TypeName(type));
    out.append("<li><span class=\"atau-chip atau-").append(name).append("\">").append(name);
    out.append(" ").append(std::to_string(n)).append("</span></li>");
  }
  return out + "</ul>\n";
}

std::string HtmlText(const Document& d, const std::function<std::string(const Entity&)>& attributes) { return MarkedText(d, attributes); }

std::string HtmlTables(const Document& d) { return EntityTable(d) + RelationTable(d); }

std::string HtmlBody(const Document& d) { return HtmlText(d) + HtmlTables(d); }

std::string HtmlPage(std::string_view title, std::string_view body) {
  const std::string name = HtmlEscape(title.empty() ? "atau" : title);
  return "<!DOCTYPE html>\n<html lang=\"ru\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
         name + "</title>\n" + HtmlStyle() + "</head>\n<body class=\"atau\">\n<h1>" + name + "</h1>\n" + std::string(body) +
         "</body>\n</html>\n";
}

}  // namespace document

std::string ToHtml(const Document& d, bool page, std::string_view title) {
  const std::string body = document::HtmlLegend(d) + document::HtmlBody(d);
  if (page) return document::HtmlPage(title, body);
  return document::HtmlStyle() + "<div class=\"atau\">\n" + (title.empty() ? "" : "<h2>" + document::HtmlEscape(title) + "</h2>\n") + body +
         "</div>\n";
}

}  // namespace atau
