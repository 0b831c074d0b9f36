#include "cli/eval_report.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/messages.h"
#include "cli/terminal.h"

namespace atau::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Name(Type type) { return std::string(TypeName(type)); }

std::string Three(double x) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.3f", x);
  return text.data();
}

std::string Line(const std::string& name, const Counts& token, const Counts& exact) {
  const auto part = [](const char* what, const Counts& c) {
    return std::string(what) + " P " + Three(c.precision()) + " R " + Three(c.recall()) + " F1 " + Three(c.f1());
  };
  return PadRight(name, 13) + " " + part("token", token) + "   " + part("exact", exact) + "\n";
}

// Rows of cells, the first column to the left, the others to the right.
std::string Table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += i == 0 ? PadRight(row[i], widths[i]) : "  " + PadLeft(row[i], widths[i]);
    out += "\n";
  }
  return out;
}

std::string ContextOf(const Mistake& m, const GoldDocument& d) {
  constexpr std::size_t kContext = 30;
  const Pieces text(d.points);
  // Marks in the order of the text; an empty span has none.
  std::vector<std::pair<std::size_t, std::string>> marks;
  if (m.gold.second > 0) marks.insert(marks.end(), {{m.gold.first, "[["}, {m.gold.second, "]]"}});
  if (m.found.second > 0) marks.insert(marks.end(), {{m.found.first, "{{"}, {m.found.second, "}}"}});
  // At one place the mark that was opened last is closed first, and closed before others are opened.
  const auto rank = [](const std::string& mark) { return std::string_view("}][{").find(mark[0]); };
  std::stable_sort(marks.begin(), marks.end(),
                   [&](const auto& x, const auto& y) { return x.first != y.first ? x.first < y.first : rank(x.second) < rank(y.second); });
  const std::size_t first = marks.front().first, last = marks.back().first;
  std::size_t at = first > kContext ? first - kContext : 0;
  std::string out;
  for (const auto& [place, mark] : marks) {
    out += text(at, place) + mark;
    at = place;
  }
  return Printable(out + text(at, last + kContext));
}

// Types that a row or a column of the confusion matrix needs.
std::vector<Type> FoundTypes(const Scores& s) {
  std::vector<Type> out = s.types;
  for (int t = 1; t < kTypeCount; ++t) {
    const Type type = static_cast<Type>(t);
    const bool any =
        std::any_of(s.confusion.begin(), s.confusion.end(), [&](const auto& row) { return row[static_cast<std::size_t>(t)] > 0; });
    if (any && std::find(out.begin(), out.end(), type) == out.end()) out.push_back(type);
  }
  out.push_back(Type::kNone);
  return out;
}

}  // namespace

std::string ScoresAsText(const Scores& s) {
  std::string out;
  for (const Type type : s.types) out += Line(Name(type), s.token.at(type), s.exact.at(type));
  if (s.types.size() > 1) out += Line(T("micro average"), s.micro_token, s.micro_exact);
  if (s.types.empty()) return T("The gold holds no mention of a type that atau knows.") + "\n";

  const auto number = [](std::size_t n) { return n == 0 ? std::string("·") : std::to_string(n); };
  std::vector<Type> rows = s.types;
  rows.push_back(Type::kNone);
  const std::vector<Type> columns = FoundTypes(s);
  std::vector<std::vector<std::string>> table = {{T("gold \\ found")}};
  for (const Type c : columns) table[0].push_back(c == Type::kNone ? T("nothing") : Name(c));
  for (const Type r : rows) {
    table.push_back({r == Type::kNone ? T("nothing") : Name(r)});
    for (const Type c : columns) {
      table.back().push_back(r == Type::kNone && c == Type::kNone
                                 ? std::string()
                                 : number(s.confusion[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)]));
    }
  }
  out += "\n" + T("Mentions, gold by found") + "\n" + Table(table);

  table = {{T("fault")}};
  for (const Type type : s.types) table[0].push_back(Name(type));
  for (std::size_t f = 0; f < kFaults; ++f) {
    std::vector<std::string> row = {FaultWords(static_cast<Fault>(f))};
    bool any = false;
    for (const Type type : s.types) {
      const auto it = s.faults.find(type);
      const std::size_t n = it == s.faults.end() ? 0 : it->second[f];
      any = any || n > 0;
      row.push_back(number(n));
    }
    if (any) table.push_back(std::move(row));
  }
  if (table.size() > 1) out += "\n" + T("Faults by kind") + "\n" + Table(table);

  if (!s.normals.empty()) {
    table.clear();
    std::size_t right = 0, all = 0;
    for (const Type type : s.types) {
      const auto it = s.normals.find(type);
      if (it == s.normals.end()) continue;
      const auto& [r, a] = it->second;
      right += r, all += a;
      table.push_back({Name(type), std::to_string(r) + "/" + std::to_string(a), Three(static_cast<double>(r) / static_cast<double>(a))});
    }
    table.push_back({T("all types"), std::to_string(right) + "/" + std::to_string(all),
                     Three(static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(1, all)))});
    out += "\n" + T("Normal forms of exactly found mentions") + "\n" + Table(table);
  }
  if (s.has_entities) {
    const double p = s.entity_precision, r = s.entity_recall;
    out += "\n" + T("Document entities, B³") + "\nP " + Three(p) + " R " + Three(r) + " F1 " + Three(p + r > 0 ? 2 * p * r / (p + r) : 0) +
           "  " + Fill(TN("on {1} mention", "on {1} mentions", s.entity_mentions), {std::to_string(s.entity_mentions)}) + "\n";
  }
  const auto row = [](const std::string& name, const Counts& c) {
    return std::vector<std::string>{name, "P " + Three(c.precision()), "R " + Three(c.recall()), "F1 " + Three(c.f1()),
                                    std::to_string(c.tp + c.fn)};
  };
  if (s.has_facts) {
    out += "\n" + T("Occupations") + "\n" +
           Table({row(T("who and where"), s.facts[0]), row(T("who and position"), s.facts[1]), row(T("the whole fact"), s.facts[2])});
  }
  if (!s.relations.empty()) {
    table.clear();
    for (const auto& [type, c] : s.relations) table.push_back(row(type, c));
    out += "\n" + T("Relations") + "\n" + Table(table);
  }
  return out;
}

std::string ScoresAsJson(const Scores& s) {
  const auto row = [](const Counts& c) { return Json{{"precision", c.precision()}, {"recall", c.recall()}, {"f1", c.f1()}}; };
  const auto label = [](Type type) { return type == Type::kNone ? std::string("none") : Name(type); };
  Json j = Json::object();
  for (const Type type : s.types) j[Name(type)] = {{"token", row(s.token.at(type))}, {"exact", row(s.exact.at(type))}};
  j["micro"] = {{"token", row(s.micro_token)}, {"exact", row(s.micro_exact)}};
  j["documents"] = s.documents;
  j["missing"] = s.missing;
  std::vector<Type> rows = s.types;
  rows.push_back(Type::kNone);
  for (const Type r : rows) {
    for (const Type c : FoundTypes(s)) {
      if (r == Type::kNone && c == Type::kNone) continue;
      j["confusion"][label(r)][label(c)] = s.confusion[static_cast<std::size_t>(r)][static_cast<std::size_t>(c)];
    }
  }
  j["faults"] = Json::object();
  for (const auto& [type, faults] : s.faults) {
    for (std::size_t f = 0; f < kFaults; ++f) {
      if (faults[f] > 0) j["faults"][Name(type)][FaultName(static_cast<Fault>(f))] = faults[f];
    }
  }
  for (const auto& [type, n] : s.normals) j["normals"][Name(type)] = {{"right", n.first}, {"all", n.second}};
  if (s.has_entities) {
    const double p = s.entity_precision, r = s.entity_recall;
    j["entities"] = {{"precision", p}, {"recall", r}, {"f1", p + r > 0 ? 2 * p * r / (p + r) : 0}, {"mentions", s.entity_mentions}};
  }
  if (s.has_facts) {
    for (std::size_t i = 0; i < s.facts.size(); ++i) j["occupations"][kFactNames[i]] = row(s.facts[i]);
  }
  for (const auto& [type, c] : s.relations) j["relations"][type] = row(c);
  return j.dump() + "\n";
}

std::string MistakesAsText(const Scores& s, const std::vector<GoldDocument>& gold, Type type, std::size_t most) {
  std::string out;
  for (const Mistake& m : s.mistakes) {
    if (most == 0) break;
    if (type != Type::kNone && m.gold_type != type && m.found_type != type) continue;
    --most;
    const auto label = [](Type t) { return t == Type::kNone ? std::string("-") : Name(t); };
    const GoldDocument& d = gold[m.document];
    out += FaultName(m.fault) + "\t" + d.id + "\t" + label(m.gold_type) + "\t" + label(m.found_type) + "\t" + ContextOf(m, d) + "\n";
  }
  return out;
}

}  // namespace atau::cli
