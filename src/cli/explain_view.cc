#include "cli/explain_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/messages.h"
#include "cli/page.h"
#include "document/html.h"

namespace atau::cli {
namespace {

using document::HtmlEscape;

constexpr std::size_t kHeaviest = 8;  // pieces of evidence that are shown by themselves
constexpr std::size_t kBar = 10;      // cells of the longest bar

std::string Signed(double x) {
  std::array<char, 48> text;
  std::snprintf(text.data(), text.size(), "%+.2f", x);
  std::string s = text.data();
  if (s == "-0.00") s = "+0.00";
  // A true minus is as wide as a plus.
  return s[0] == '-' ? "−" + s.substr(1) : s;
}

std::string Name(Type type) { return std::string(TypeName(type)); }

// Where a word of evidence stands: "in+0" … of the design's places.
std::string PlaceWords(const std::string& place) {
  if (place == "span") return T("the whole");
  if (place == "begin-2") return T("two words before");
  if (place == "begin-1") return T("the word before");
  if (place == "begin+0") return T("its first word");
  if (place == "begin+1") return T("after its first word");
  if (place == "end-1") return T("before its last word");
  if (place == "end+0") return T("its last word");
  if (place == "end+1") return T("the word after");
  if (place == "end+2") return T("two words after");
  if (place == "in+0") return T("a word of it");
  if (place == "in-1") return T("before a word of it");
  if (place == "in-2") return T("two words before a word of it");
  if (place == "in+1") return T("after a word of it");
  if (place == "in+2") return T("two words after a word of it");
  if (place == "begin+2") return T("two words after its first word");
  if (place == "end-2") return T("two words before its last word");
  return place;
}

// A reason in words, for the verdict; empty for evidence that says nothing to a person.
std::string ReasonWords(const Reason& r, Type type) {
  const std::size_t eq = r.evidence.find('=');
  const std::string kind = r.evidence.substr(0, eq), value = eq == std::string::npos ? "" : r.evidence.substr(eq + 1);
  // Evidence that names another type than the one that it speaks for counts, but read as a reason it would be misunderstood.
  if (r.type != type && (r.type != Type::kNone || kind == "rule")) return {};
  if (kind == "rule") return Say("the rule {1} fits", value);
  // The tier or the letter case stands behind the last dot; kinds may have dots of their own.
  if (kind == "gazetteer" || kind == "gazetteer_kind") return Say("the gazetteer has it as {1}", value.substr(0, value.rfind('.')));
  if (kind == "quoted") return T("it is quoted");
  if (kind == "head_before") return Say("before it stands a word of the class {1}", value);
  if (kind == "head_first") return Say("it begins with a word of the class {1}", value);
  if (kind == "head_after") return Say("after it stands a word of the class {1}", value);
  if (kind == "document_word" || kind == "document_span") return Say("the rest of the document says so ({1})", value);
  if (kind == "lemma" || kind == "form") return Say("{1} is «{2}»", PlaceWords(r.place), value);
  if (kind == "class") return Say("{1} is of the class {2}", PlaceWords(r.place), value);
  if (kind == "list") return Say("{1} is in the list {2}", PlaceWords(r.place), value.substr(0, value.find('.')));
  return {};
}

const Reading* Chosen(const Asked& a) {
  for (const Reading& r : a.why.readings) {
    if (r.chosen) return &r;
  }
  return nullptr;
}

// "«Казахстана» LOCATION and «Аскар Мамин» PERSON".
std::string RivalWords(const Asked& a) {
  std::string out;
  for (std::size_t i = 0; i < a.why.rivals.size(); ++i) {
    if (i > 0) out += i + 1 == a.why.rivals.size() ? " " + T("and") + " " : ", ";
    out += "«" + Printable(a.rival_words[i]) + "» " + Name(a.why.rivals[i].type);
  }
  return out;
}

std::string Trimmed(std::string s) {
  s.erase(s.find_last_not_of(' ') + 1);
  return s;
}

double RivalScore(const Asked& a) {
  double sum = 0;
  for (const Reading& r : a.why.rivals) sum += r.score;
  return sum;
}

// A bar of blocks, each cell in eighths.
std::string Bar(double weight, double heaviest) {
  constexpr std::array<const char*, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(std::lround(std::min(1.0, std::abs(weight) / std::max(heaviest, 1e-9)) * kBar * 8));
  std::string out;
  for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
  return out + kEighths[eighths % 8];
}

double Heaviest(const Reading& r) {
  double most = 0;
  for (const Reason& reason : r.reasons) most = std::max(most, std::abs(reason.weight));
  return most;
}

// A reading as lines, no wider than `width`.
std::vector<std::string> ReadingLines(const Reading& r, const std::string& title, const ViewOptions& o, std::size_t width) {
  std::vector<std::string> lines = {o.paint.OfType(r.type, Name(r.type)) + " " + o.paint.Strong(Signed(r.score)) + "  " +
                                    o.paint.Dim(title)};
  const std::size_t shown = o.all ? r.reasons.size() : std::min(kHeaviest, r.reasons.size());
  const double heaviest = Heaviest(r);
  std::size_t evidence = 0;
  for (std::size_t i = 0; i < shown; ++i) evidence = std::max(evidence, Columns(r.reasons[i].evidence));
  // Weight, bar, evidence, place: what is left over goes to the source.
  constexpr std::size_t kFixed = 2 + 6 + 1 + kBar + 1;
  evidence = std::min(evidence, width > kFixed + 34 ? width - kFixed - 18 : std::size_t{16});
  for (std::size_t i = 0; i < shown; ++i) {
    const Reason& reason = r.reasons[i];
    const std::string bar = PadRight(Bar(reason.weight, heaviest), kBar);
    std::string line = "  " + PadLeft(Signed(reason.weight), 6) + " " + (reason.weight < 0 ? o.paint.Bad(bar) : o.paint.Good(bar)) + " " +
                       PadRight(FirstColumns(Printable(reason.evidence), evidence), evidence);
    const std::size_t used = Columns(line);
    const std::string rest = PlaceWords(reason.place) + (reason.source.empty() ? "" : "  " + reason.source);
    if (used + 2 < width) line += "  " + o.paint.Dim(FirstColumns(rest, width - used - 2));
    lines.push_back(std::move(line));
  }
  if (shown < r.reasons.size()) {
    double rest = 0;
    for (std::size_t i = shown; i < r.reasons.size(); ++i) rest += r.reasons[i].weight;
    const std::size_t n = r.reasons.size() - shown;
    lines.push_back("  " + PadLeft(Signed(rest), 6) + " " + std::string(kBar, ' ') + " " +
                    o.paint.Dim(FirstColumns(Fill(TN("{1} more, together", "{1} more, together", n), {"+" + std::to_string(n)}),
                                             width > kFixed ? width - kFixed : 0)));
  }
  return lines;
}

std::string Beside(const std::vector<std::string>& left, const std::vector<std::string>& right, std::size_t width) {
  std::string out;
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string l = i < left.size() ? left[i] : "";
    out += i < right.size() ? PadRight(l, width) + "  " + right[i] : l;
    out += "\n";
  }
  return out;
}

// Whether the shown readings of the span begin with the chosen or the best one.
std::vector<const Reading*> Ordered(const Asked& a) {
  std::vector<const Reading*> out;
  for (const Reading& r : a.why.readings) out.push_back(&r);
  std::stable_sort(out.begin(), out.end(), [](const Reading* x, const Reading* y) { return x->chosen && !y->chosen; });
  return out;
}

std::string RivalTitle(const Asked& a, std::size_t i) { return T("won") + ": «" + Printable(a.rival_words[i]) + "»"; }

}  // namespace

std::string Verdict(const Asked& a) {
  const std::string words = "«" + Printable(a.words) + "»";
  if (const Reading* r = Chosen(a); r != nullptr) {
    std::string why;
    int n = 0;
    for (const Reason& reason : r->reasons) {
      if (reason.weight <= 0) continue;
      const std::string text = ReasonWords(reason, r->type);
      if (text.empty() || why.find(text) != std::string::npos) continue;
      why += (why.empty() ? "" : ", ") + Printable(text);
      if (++n == 3) break;
    }
    return why.empty() ? Say("{1} is {2} by the sum of small evidence", words, Name(r->type))
                       : Say("{1} is {2}, because {3}", words, Name(r->type), why);
  }
  if (a.value_type == Type::kRole)
    return Say("{1} is {2}: the post of somebody who is named; such mentions have no weights", words, Name(a.value_type));
  if (a.value_type != Type::kNone)
    return Say("{1} is {2}: such mentions are found by rules alone, without weights", words, Name(a.value_type));
  if (a.why.readings.empty()) {
    if (a.why.rivals.empty()) {
      return Say("{1} is not found: no candidate, since no run of capitalised words, head, quotes, gazetteer entry or rule proposes it",
                 words);
    }
    return Say("{1} is not found: no candidate; what is found there is {2}", words, RivalWords(a));
  }
  const Reading& best = a.why.readings[0];
  if (!a.why.rivals.empty()) {
    const std::string by = Signed(RivalScore(a) - std::max(best.score, 0.0));
    return Fill(TN("{1} is not found: the rival {2} won by {3}", "{1} is not found: the rivals {2} won by {3}", a.why.rivals.size()),
                {words, RivalWords(a), by[0] == '+' ? by.substr(1) : by});
  }
  if (best.score <= 0)
    return Say("{1} is not found: its best reading, {2}, reaches {3} and had to be above 0", words, Name(best.type), Signed(best.score));
  return Say("{1} is not in the result: its best reading, {2}, reaches {3}, but was left out (by --types, or as part of a name)", words,
             Name(best.type), Signed(best.score));
}

std::string ExplainAsText(const Asked& a, const ViewOptions& o) {
  const bool good = Chosen(a) != nullptr || a.value_type != Type::kNone;
  std::string out =
      (o.paint.on() ? (good ? o.paint.Good("●") : o.paint.Bad("○")) + " " : std::string()) + o.paint.Strong(Verdict(a)) + "\n";
  out += o.paint.Dim(Printable(a.before)) + "[" + Printable(a.words) + "]" + o.paint.Dim(Trimmed(Printable(a.after))) + "\n";
  const auto readings = Ordered(a);
  const std::size_t half = (o.width - 2) / 2;
  const bool beside = half >= 52 && !a.why.rivals.empty() && !readings.empty();
  const std::size_t width = beside ? half : o.width;
  std::vector<std::vector<std::string>> left, right;
  for (std::size_t i = 0; i < readings.size() && (i == 0 || o.all); ++i) {
    const std::string title = readings[i]->chosen ? T("chosen") : i == 0 ? T("its best reading") : T("another reading");
    left.push_back(ReadingLines(*readings[i], title, o, width));
  }
  for (std::size_t i = 0; i < a.why.rivals.size(); ++i) right.push_back(ReadingLines(a.why.rivals[i], RivalTitle(a, i), o, width));
  if (beside) {
    out += "\n";
    std::vector<std::string> l, r;
    const auto append = [](const std::vector<std::vector<std::string>>& blocks, std::vector<std::string>* to) {
      for (const auto& block : blocks) {
        if (!to->empty()) to->emplace_back();
        to->insert(to->end(), block.begin(), block.end());
      }
    };
    append(left, &l);
    append(right, &r);
    out += Beside(l, r, half);
  } else {
    for (const auto* side : {&left, &right}) {
      for (const auto& block : *side) {
        out += "\n";
        for (const std::string& line : block) out += line + "\n";
      }
    }
  }
  if (readings.size() > 1 && !o.all) {
    std::string others;
    for (std::size_t i = 1; i < readings.size(); ++i)
      others += (i > 1 ? ", " : "") + Name(readings[i]->type) + " " + Signed(readings[i]->score);
    out += "\n" + o.paint.Dim(T("Other readings") + ": " + others + "  (--all)") + "\n";
  }
  if (!a.why.notes.empty()) {
    out += "\n" + o.paint.Dim(T("What the stages saw")) + "\n";
    for (const std::string& note : a.why.notes) {
      if (note.starts_with("the span was never a candidate")) continue;  // the verdict has said so
      const std::string line = Printable(note);
      const bool cut = !o.all && Columns(line) + 2 > o.width;
      out += "  " + o.paint.Dim(cut ? FirstColumns(line, o.width - 3) + "…" : line) + "\n";
    }
  }
  return out;
}

std::string ExplainAsJson(const Asked& a) {
  using Json = nlohmann::ordered_json;
  const auto reading = [](const Reading& r, const std::string& words) {
    Json j = {{"type", Name(r.type)}, {"score", r.score}, {"chosen", r.chosen}};
    if (!words.empty()) j["text"] = words;
    j["reasons"] = Json::array();
    for (const Reason& x : r.reasons) {
      Json one = {{"evidence", x.evidence}, {"place", x.place}, {"weight", x.weight}};
      if (!x.source.empty()) one["source"] = x.source;
      j["reasons"].push_back(std::move(one));
    }
    return j;
  };
  const Reading* chosen = Chosen(a);
  Json j = {{"text", a.words}, {"start", a.code_points.start}, {"end", a.code_points.end}};
  j["type"] = chosen != nullptr ? Json(Name(chosen->type)) : a.value_type != Type::kNone ? Json(Name(a.value_type)) : Json(nullptr);
  j["verdict"] = Verdict(a);
  j["readings"] = Json::array();
  for (const Reading* r : Ordered(a)) j["readings"].push_back(reading(*r, ""));
  j["rivals"] = Json::array();
  for (std::size_t i = 0; i < a.why.rivals.size(); ++i) j["rivals"].push_back(reading(a.why.rivals[i], a.rival_words[i]));
  j["notes"] = a.why.notes;
  return j.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ExplainAsPage(const std::vector<Asked>& asked, const std::string& title) {
  constexpr std::string_view kStyle = R"(<style>
.atau .readings{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:0 2rem}
.atau .readings table{width:100%;font-size:.8rem}.atau .readings td{overflow-wrap:anywhere}
.atau .readings caption b{font-variant-numeric:tabular-nums}
.atau td.weight{width:6rem;white-space:nowrap;font-variant-numeric:tabular-nums}
.atau td.weight span{display:block;height:.25rem;border-radius:.15rem;background:hsl(140 60% var(--edge))}
.atau td.weight.against span{background:hsl(0 60% var(--edge))}
.atau .verdict{font-weight:700}
.atau .asked{outline:2px solid var(--accent);outline-offset:1px;border-radius:.2em}
</style>
)";
  const auto table = [](const Reading& r, const std::string& what) {
    std::string out = "<table><caption>" + TypeChip(TypeName(r.type)) + " <b>" + Signed(r.score) + "</b> <span class=\"note\">" +
                      HtmlEscape(what) + "</span></caption><tbody>\n";
    const double heaviest = std::max(Heaviest(r), 1e-9);
    const std::size_t shown = std::min<std::size_t>(kHeaviest, r.reasons.size());
    const auto row = [&](const Reason& x) {
      std::array<char, 32> width;
      std::snprintf(width.data(), width.size(), "%.0f", 100 * std::abs(x.weight) / heaviest);
      return std::string("<tr><td class=\"weight") + (x.weight < 0 ? " against" : "") + "\">" + Signed(x.weight) +
             "<span style=\"width:" + width.data() + "%\"></span></td><td>" + HtmlEscape(x.evidence) + "</td><td>" +
             HtmlEscape(PlaceWords(x.place)) + "</td><td>" + HtmlEscape(x.source) + "</td></tr>\n";
    };
    for (std::size_t i = 0; i < shown; ++i) out += row(r.reasons[i]);
    out += "</tbody></table>\n";
    if (shown < r.reasons.size()) {
      double rest = 0;
      for (std::size_t i = shown; i < r.reasons.size(); ++i) rest += r.reasons[i].weight;
      const std::size_t n = r.reasons.size() - shown;
      out += "<details><summary>" + HtmlEscape(Fill(TN("{1} more, together", "{1} more, together", n), {"+" + std::to_string(n)})) + " " +
             Signed(rest) + "</summary><table><tbody>\n";
      for (std::size_t i = shown; i < r.reasons.size(); ++i) out += row(r.reasons[i]);
      out += "</tbody></table></details>\n";
    }
    return "<div>" + out + "</div>\n";
  };
  std::string body;
  for (const Asked& a : asked) {
    body += "<section>\n<h2 class=\"verdict\">" + HtmlEscape(Verdict(a)) + "</h2>\n<p lang=\"ru\">" + HtmlEscape(a.before) +
            "<span class=\"asked\">" + HtmlEscape(a.words) + "</span>" + HtmlEscape(a.after) + "</p>\n<div class=\"readings\">\n";
    const auto readings = Ordered(a);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      if (i > 0 && !readings[i]->chosen) continue;
      body += table(*readings[i], readings[i]->chosen ? T("chosen") : T("its best reading"));
    }
    for (std::size_t i = 0; i < a.why.rivals.size(); ++i) body += table(a.why.rivals[i], RivalTitle(a, i));
    body += "</div>\n";
    if (readings.size() > 1) {
      body += "<details><summary>" + HtmlEscape(T("Other readings")) + "</summary><div class=\"readings\">\n";
      for (std::size_t i = 1; i < readings.size(); ++i) body += table(*readings[i], T("another reading"));
      body += "</div></details>\n";
    }
    if (!a.why.notes.empty()) {
      body += "<details><summary>" + HtmlEscape(T("What the stages saw")) + "</summary><ul class=\"note\">\n";
      for (const std::string& note : a.why.notes) body += "<li>" + HtmlEscape(note) + "</li>\n";
      body += "</ul></details>\n";
    }
    body += "</section>\n";
  }
  return Page(title, kStyle, body);
}

}  // namespace atau::cli
