// The page of scores and mistakes.
#include <algorithm>
#include <array>
#include <cstdio>

#include "cli/eval_report.h"
#include "cli/messages.h"
#include "cli/page.h"
#include "document/html.h"

namespace atau::cli {
namespace {

using document::HtmlEscape;

// The gold span is underlined, the found one framed; both carry their type as a word.
constexpr std::string_view kStyle = R"(<style>
.atau .gold{background:hsl(var(--hue,0) var(--soft) var(--back));border-radius:.2em;padding:.1em 0}
.atau .found{box-shadow:inset 0 0 0 2px hsl(var(--hue,0) 60% var(--edge));border-radius:.2em;padding:.1em .15em}
.atau .faults li{margin:.35rem 0;overflow-wrap:anywhere}
.atau .faults small{color:var(--dim)}
</style>
)";

std::string Name(Type type) { return std::string(TypeName(type)); }

std::string Three(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3f", x);
  return text.data();
}

std::string Chip(Type type) { return type == Type::kNone ? HtmlEscape(T("nothing")) : TypeChip(TypeName(type)); }

std::string Head(const std::vector<std::string>& cells) {
  std::string out = "<thead><tr>";
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += std::string("<th scope=\"col\"") + (i > 0 ? " class=\"n\"" : "") + ">" + cells[i] + "</th>";
  return out + "</tr></thead><tbody>\n";
}

std::string Table(const std::string& caption, const std::string& rest) {
  return "<div class=\"wide\"><table><caption>" + HtmlEscape(caption) + "</caption>" + rest + "</tbody></table></div>\n";
}

std::string Cell(const std::string& text, bool hit = false) {
  return std::string("<td class=\"n") + (hit ? " hit" : "") + "\">" + text + "</td>";
}

std::string ScoreTable(const Scores& s) {
  std::string out = Head({HtmlEscape(T("type")), "P", "R", "F1", "P", "R", "F1"});
  out.insert(out.find("<tr>"), "<tr><td></td><th scope=\"colgroup\" colspan=\"3\">" + HtmlEscape(T("tokens")) +
                                   "</th><th scope=\"colgroup\" colspan=\"3\">" + HtmlEscape(T("whole spans")) + "</th></tr>");
  const auto row = [&out](const std::string& name, const Counts& t, const Counts& x) {
    out += "<tr><th scope=\"row\">" + name + "</th>";
    for (const Counts* c : {&t, &x}) out += Cell(Three(c->precision())) + Cell(Three(c->recall())) + Cell(Three(c->f1()), true);
    out += "</tr>\n";
  };
  for (const Type type : s.types) row(Chip(type), s.token.at(type), s.exact.at(type));
  row(HtmlEscape(T("micro average")), s.micro_token, s.micro_exact);
  return Table(T("Scores"), out);
}

std::string ConfusionTable(const Scores& s) {
  std::vector<Type> types = s.types;
  for (int t = 1; t < kTypeCount; ++t) {
    const Type type = static_cast<Type>(t);
    const bool any =
        std::any_of(s.confusion.begin(), s.confusion.end(), [&](const auto& row) { return row[static_cast<std::size_t>(t)] > 0; });
    if (any && std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  }
  types.push_back(Type::kNone);
  std::vector<std::string> head = {HtmlEscape(T("gold \\ found"))};
  for (const Type c : types) head.push_back(Chip(c));
  std::string out = Head(head);
  for (const Type r : types) {
    if (r != Type::kNone && std::find(s.types.begin(), s.types.end(), r) == s.types.end()) continue;
    out += "<tr><th scope=\"row\">" + Chip(r) + "</th>";
    for (const Type c : types) {
      const std::size_t n = s.confusion[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
      out += Cell(n == 0 ? "" : std::to_string(n), r == c);
    }
    out += "</tr>\n";
  }
  return Table(T("Mentions, gold by found"), out);
}

// A word of text with the gold and the found span, cut where one of them begins or ends.
std::string Context(const Mistake& m, const GoldDocument& d) {
  constexpr std::size_t kContext = 80;
  const Pieces text(d.points);
  std::vector<std::size_t> cuts;
  for (const Point& p : {m.gold, m.found}) {
    if (p.second > 0) cuts.insert(cuts.end(), {p.first, p.second});
  }
  std::sort(cuts.begin(), cuts.end());
  const std::size_t begin = cuts.front() > kContext ? cuts.front() - kContext : 0;
  std::string out = (begin > 0 ? "…" : "") + HtmlEscape(text(begin, cuts.front()));
  const auto inside = [](const Point& p, std::size_t at) { return p.second > 0 && at >= p.first && at < p.second; };
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    if (cuts[i] == cuts[i + 1]) continue;
    std::string piece = HtmlEscape(text(cuts[i], cuts[i + 1]));
    if (inside(m.gold, cuts[i])) piece = "<span class=\"gold atau-" + Name(m.gold_type) + "\">" + piece + "</span>";
    if (inside(m.found, cuts[i])) piece = "<span class=\"found atau-" + Name(m.found_type) + "\">" + piece + "</span>";
    out += piece;
  }
  const std::size_t end = std::min(cuts.back() + kContext, d.points.size());
  return out + HtmlEscape(text(cuts.back(), end)) + (end < d.points.size() ? "…" : "");
}

}  // namespace

std::string ScoresAsPage(const Scores& s, const std::vector<GoldDocument>& gold, const std::string& title, std::size_t most) {
  std::string body =
      "<p class=\"note\">" + HtmlEscape(Fill(TN("{1} document", "{1} documents", s.documents), {std::to_string(s.documents)})) + "</p>\n";
  body += ScoreTable(s) + ConfusionTable(s);
  std::string lists;
  for (const Type type : s.types) {
    const auto faults = s.faults.find(type);
    if (faults == s.faults.end()) continue;
    lists += "<h2 id=\"" + Name(type) + "\">" + TypeChip(TypeName(type)) + "</h2>\n";
    for (std::size_t f = 0; f < kFaults; ++f) {
      const std::size_t all = faults->second[f];
      if (all == 0) continue;
      lists += "<details><summary>" + HtmlEscape(FaultWords(static_cast<Fault>(f))) + ": " + std::to_string(all) +
               "</summary>\n<ul class=\"faults\">\n";
      std::size_t shown = 0;
      for (const Mistake& m : s.mistakes) {
        const Type of = m.gold_type != Type::kNone ? m.gold_type : m.found_type;
        if (of != type || m.fault != static_cast<Fault>(f) || shown == most) continue;
        ++shown;
        const GoldDocument& d = gold[m.document];
        const bool other = m.gold_type != Type::kNone && m.found_type != Type::kNone && m.gold_type != m.found_type;
        lists += "<li><span lang=\"ru\">" + Context(m, d) + "</span>" + (other ? " → " + TypeChip(TypeName(m.found_type)) : "") +
                 " <small>" + HtmlEscape(d.id) + "</small></li>\n";
      }
      lists += "</ul>\n";
      if (shown < all) lists += "<p class=\"note\">" + HtmlEscape(Say("{1} more are not shown (--max-errors)", all - shown)) + "</p>\n";
      lists += "</details>\n";
    }
  }
  if (!s.wrong_normals.empty()) {
    lists += "<h2>" + HtmlEscape(T("Wrong normal forms")) + "</h2>\n<details><summary>" + std::to_string(s.wrong_normals.size()) +
             "</summary>\n<ul class=\"faults\">\n";
    for (std::size_t i = 0; i < s.wrong_normals.size() && i < most; ++i) {
      const auto& w = s.wrong_normals[i];
      lists += "<li>" + TypeChip(TypeName(w.type)) + " " + HtmlEscape(w.gold) + " ≠ " + HtmlEscape(w.found) + " <small>" +
               HtmlEscape(gold[w.document].id) + "</small></li>\n";
    }
    lists += "</ul>\n";
    if (s.wrong_normals.size() > most)
      lists += "<p class=\"note\">" + HtmlEscape(Say("{1} more are not shown (--max-errors)", s.wrong_normals.size() - most)) + "</p>\n";
    lists += "</details>\n";
  }
  if (!lists.empty()) {
    body +=
        "<p class=\"note\">" + HtmlEscape(T("In the lists, a coloured ground is the gold span, a frame the found one.")) + "</p>\n" + lists;
  }
  // The rest of what is known, as the terminal shows it.
  std::string text = ScoresAsText(s);
  body += "<details><summary>" + HtmlEscape(T("All figures as text")) + "</summary><pre>" + HtmlEscape(text) + "</pre></details>\n";
  return Page(title, kStyle, body);
}

}  // namespace atau::cli
