#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "cli/cli.h"

namespace atau::cli {
namespace {

using Json = nlohmann::ordered_json;
using std::string_view_literals::operator""sv;

constexpr std::array<Type, 4> kScored = {Type::kPerson, Type::kLocation, Type::kOrganization, Type::kProgram};

struct Options {
  ExtractorOptions extractor;
  std::string gold, predicted;
  std::vector<std::string> errors;
  bool json = false, quiet = false;
};

using Point = std::pair<std::size_t, std::size_t>;  // code points, half-open
using Spans = std::map<Type, std::set<Point>>;

struct Annotated {
  std::string id, text;
  std::u32string points;
  Spans entities, ignored;
};

std::u32string ToPoints(const std::string& s) {
  std::u32string out;
  for (std::size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    const std::size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    char32_t p = n == 1 ? c : c & (0xFFu >> (n + 1));
    for (std::size_t k = 1; k < n && i + k < s.size(); ++k) p = p << 6 | (static_cast<unsigned char>(s[i + k]) & 0x3F);
    out += p;
    i += n;
  }
  return out;
}

std::string ToBytes(std::u32string_view s) {
  std::string out;
  for (const char32_t c : s) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0 | c >> 12);
      out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      out += static_cast<char>(0xF0 | c >> 18);
      out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      out += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
  return out;
}

Type AliasedType(const std::string& name) {
  if (name == "GPE") return Type::kLocation;
  if (name == "PROJECT") return Type::kProgram;
  return TypeByName(name);
}

// Annotators differ in whether quotes and brackets at the edges belong to a span: they are left out on both sides.
Point Strip(const std::u32string& text, Point s) {
  constexpr std::u32string_view kEdges = U"\"'”«„ʼ»“ʻ() \t\n";
  while (s.first < s.second && kEdges.find(text[s.first]) != std::u32string_view::npos) ++s.first;
  while (s.second > s.first && kEdges.find(text[s.second - 1]) != std::u32string_view::npos) --s.second;
  return s;
}

enum class Atom { kBlank, kCyrillic, kLatin, kDigit, kUnderscore, kSign };

Atom AtomOf(char32_t c) {
  if (c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
      c == 0x202F || c == 0x3000)
    return Atom::kBlank;
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7)) return Atom::kLatin;
  if (c >= 0x400 && c <= 0x52F) return Atom::kCyrillic;
  if (c >= '0' && c <= '9') return Atom::kDigit;
  return c == '_' ? Atom::kUnderscore : Atom::kSign;
}

// Tokens as razdel splits them: runs of letters of one script or of digits, joined over inner hyphens, underscores and, between digits,
// over a comma, full stop or slash; other signs alone.
std::vector<Point> Tokens(const std::u32string& text) {
  constexpr std::u32string_view kDashes = U"‑–—−-", kInNumbers = U".,/\\";
  std::vector<Point> out;
  const std::size_t n = text.size();
  const auto is_word = [](Atom a) { return a == Atom::kCyrillic || a == Atom::kLatin || a == Atom::kDigit || a == Atom::kUnderscore; };
  for (std::size_t i = 0; i < n;) {
    Atom atom = AtomOf(text[i]);
    if (atom == Atom::kBlank) {
      ++i;
      continue;
    }
    const std::size_t begin = i++;
    if (is_word(atom)) {
      while (i < n) {
        const Atom next = AtomOf(text[i]);
        if (next == atom || next == Atom::kUnderscore || (is_word(next) && atom == Atom::kUnderscore)) {
          atom = next;
          ++i;
        } else if (i + 1 < n && next == Atom::kSign && is_word(AtomOf(text[i + 1])) &&
                   (kDashes.find(text[i]) != std::u32string_view::npos || (atom == Atom::kDigit && AtomOf(text[i + 1]) == Atom::kDigit &&
                                                                           kInNumbers.find(text[i]) != std::u32string_view::npos))) {
          atom = AtomOf(text[i + 1]);
          i += 2;
        } else {
          break;
        }
      }
    } else {
      while (i < n && text[i] == text[begin] && U".?!…-"sv.find(text[i]) != std::u32string_view::npos) ++i;
    }
    out.emplace_back(begin, i);
  }
  return out;
}

std::vector<bool> Mask(const std::vector<Point>& tokens, const std::set<Point>& spans) {
  std::vector<bool> mask(tokens.size(), false);
  for (const Point& s : spans) {
    auto first =
        std::lower_bound(tokens.begin(), tokens.end(), s.first, [](const Point& t, std::size_t start) { return t.second <= start; });
    for (; first != tokens.end() && first->first < s.second; ++first) mask[static_cast<std::size_t>(first - tokens.begin())] = true;
  }
  return mask;
}

struct Counts {
  std::size_t tp = 0, fp = 0, fn = 0;
  double precision() const { return static_cast<double>(tp) / static_cast<double>(std::max<std::size_t>(1, tp + fp)); }
  double recall() const { return static_cast<double>(tp) / static_cast<double>(std::max<std::size_t>(1, tp + fn)); }
  double f1() const { return 2 * static_cast<double>(tp) / static_cast<double>(std::max<std::size_t>(1, 2 * tp + fp + fn)); }
};

// Reads one member of spans. False with `error` when it does not follow the format.
bool ReadSpans(const Json& j, const char* key, const std::u32string* text, Spans* out, std::string* error) {
  if (!j.contains(key)) return true;
  if (!j[key].is_array()) return *error = std::string("\"") + key + "\" is no list", false;
  for (const Json& e : j[key]) {
    if (!e.is_object() || !e.contains("start") || !e.contains("end") || !e["start"].is_number_unsigned() ||
        !e["end"].is_number_unsigned()) {
      return *error = std::string("a member of \"") + key + "\" has no start and end", false;
    }
    const Point s{e["start"].get<std::size_t>(), e["end"].get<std::size_t>()};
    if (s.second < s.first || (text != nullptr && s.second > text->size())) {
      return *error = "the span " + std::to_string(s.first) + ".." + std::to_string(s.second) + " is not inside the text", false;
    }
    // An ignored span without a type is ignored for all types.
    const std::string name = e.contains("type") && e["type"].is_string() ? e["type"].get<std::string>() : "";
    const Type only = AliasedType(name);
    for (const Type type : kScored) {
      if (only == type || (name.empty() && std::string_view(key) == "ignore")) (*out)[type].insert(s);
    }
  }
  return true;
}

// One document a line; false (with a complaint that names the line) at the first line that does not follow the format.
bool ReadAnnotated(const std::string& file, bool with_text, std::vector<Annotated>* out) {
  std::string content;
  if (!ReadFile(file, &content)) return false;
  std::size_t line_number = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    const std::string_view line = std::string_view(content).substr(at, end - at);
    at = end + 1;
    ++line_number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto bad = [&](const std::string& what) { return Complain(file + ":" + std::to_string(line_number) + ": " + what), false; };
    const Json j = Json::parse(line, nullptr, false);
    if (!j.is_object()) return bad("this is no JSON object");
    Annotated a;
    a.id = j.contains("id") ? j["id"].dump(-1, ' ', false, Json::error_handler_t::replace) : std::to_string(line_number);
    if (with_text) {
      if (!j.contains("text") || !j["text"].is_string()) return bad("the object has no string member \"text\"");
      a.text = j["text"].get<std::string>();
      a.points = ToPoints(a.text);
    }
    std::string error;
    const std::u32string* text = with_text ? &a.points : nullptr;
    if (!ReadSpans(j, "entities", text, &a.entities, &error) || !ReadSpans(j, "ignore", text, &a.ignored, &error)) return bad(error);
    out->push_back(std::move(a));
  }
  return true;
}

std::set<Point> Stripped(const std::u32string& text, const Spans& spans, Type type) {
  std::set<Point> out;
  const auto it = spans.find(type);
  if (it == spans.end()) return out;
  for (Point s : it->second) {
    s.second = std::min(s.second, text.size());
    s.first = std::min(s.first, s.second);
    if (s = Strip(text, s); s.first < s.second) out.insert(s);
  }
  return out;
}

std::string InContext(const std::u32string& text, const Point& s) {
  constexpr std::size_t kContext = 30;
  const std::u32string_view all(text);
  const std::size_t from = s.first > kContext ? s.first - kContext : 0;
  std::string out = ToBytes(all.substr(from, s.first - from)) + "[[" + ToBytes(all.substr(s.first, s.second - s.first)) + "]]" +
                    ToBytes(all.substr(s.second, kContext));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

int Run(const Options& o) {
  std::size_t listed = 0;
  Type listed_type = Type::kNone;
  if (!o.errors.empty()) {
    listed_type = AliasedType(o.errors[1]);
    if (o.errors[0].empty() || o.errors[0].size() > 9 || o.errors[0].find_first_not_of("0123456789") != std::string::npos ||
        listed_type == Type::kNone) {
      return Complain("--errors takes a number and a type, such as --errors 20 PERSON"), kUsage;
    }
    listed = std::stoul(o.errors[0]);
  }
  std::vector<Annotated> gold;
  if (!ReadAnnotated(o.gold, true, &gold)) return kFailed;
  std::map<std::string, Spans> predicted;
  if (!o.predicted.empty()) {
    std::vector<Annotated> list;
    if (!ReadAnnotated(o.predicted, false, &list)) return kFailed;
    for (Annotated& a : list) predicted[a.id] = std::move(a.entities);
  } else {
    std::vector<Extractor> loaded;
    if (!o.extractor.Load(&loaded)) return kFailed;
    const auto scratch = loaded[0].NewScratch();
    const ExtractOptions options = o.extractor.ToExtractOptions(false);
    Progress progress("evaluating", !o.quiet);
    std::size_t done = 0;
    for (const Annotated& a : gold) {
      const auto d = loaded[0].Extract(a.text, options, scratch.get());
      if (!d.ok()) return Complain(d.error()), kFailed;
      Spans& spans = predicted[a.id];
      for (const Entity& e : d->entities) spans[e.type].emplace(e.code_points.start, e.code_points.end);
      ++done;
      progress.Show(done, gold.size(), done);
    }
  }

  std::map<Type, Counts> token, exact;
  std::vector<std::string> errors;
  std::size_t missing = 0;
  for (const Annotated& g : gold) {
    const auto found = predicted.find(g.id);
    missing += found == predicted.end();
    const std::vector<Point> tokens = Tokens(g.points);
    for (const Type type : kScored) {
      const std::set<Point> gs = Stripped(g.points, g.entities, type);
      std::set<Point> ignored = Stripped(g.points, g.ignored, type), ps;
      for (const Point& s : gs) ignored.erase(s);
      if (found != predicted.end()) {
        for (const Point& s : Stripped(g.points, found->second, type)) {
          const auto covers = [&s](const Point& i) { return s.first >= i.first && s.second <= i.second; };
          if (gs.contains(s) || std::none_of(ignored.begin(), ignored.end(), covers)) ps.insert(s);
        }
      }
      const std::vector<bool> gm = Mask(tokens, gs), pm = Mask(tokens, ps), im = Mask(tokens, ignored);
      Counts& t = token[type];
      for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (im[i] && !gm[i]) continue;
        t.tp += gm[i] && pm[i];
        t.fp += !gm[i] && pm[i];
        t.fn += gm[i] && !pm[i];
      }
      Counts& x = exact[type];
      for (const Point& s : gs) {
        ++(ps.contains(s) ? x.tp : x.fn);
        if (type == listed_type && !ps.contains(s)) errors.push_back("missed\t" + g.id + "\t" + InContext(g.points, s));
      }
      for (const Point& s : ps) {
        x.fp += !gs.contains(s);
        if (type == listed_type && !gs.contains(s)) errors.push_back("wrong\t" + g.id + "\t" + InContext(g.points, s));
      }
    }
  }
  if (missing > 0) Complain(std::to_string(missing) + " of " + std::to_string(gold.size()) + " documents have no prediction");
  Json report = Json::object();
  for (const Type type : kScored) {
    const Counts &t = token[type], &x = exact[type];
    if (t.tp + t.fn == 0) continue;
    const std::string name(TypeName(type));
    if (o.json) {
      const auto row = [](const Counts& c) { return Json{{"precision", c.precision()}, {"recall", c.recall()}, {"f1", c.f1()}}; };
      report[name] = {{"token", row(t)}, {"exact", row(x)}};
      continue;
    }
    std::array<char, 160> line;
    std::snprintf(line.data(), line.size(), "%-13s token P %.3f R %.3f F1 %.3f   exact P %.3f R %.3f F1 %.3f", name.c_str(), t.precision(),
                  t.recall(), t.f1(), x.precision(), x.recall(), x.f1());
    std::cout << line.data() << '\n';
  }
  if (o.json) std::cout << report.dump() << '\n';
  for (std::size_t i = 0; i < std::min(listed, errors.size()); ++i) std::cout << errors[i] << '\n';
  return Finish(missing > 0 ? kFailed : kOk);
}

}  // namespace

Command AddEval(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("eval", "Compare with annotated texts: precision, recall and F1 a type");
  app->footer(
      "Examples:\n"
      "  atau eval gold.jsonl\n"
      "  atau eval gold.jsonl --errors 20 PROGRAM\n"
      "  atau extract --from jsonl gold.jsonl --to jsonl > found.jsonl && atau eval gold.jsonl found.jsonl\n\n"
      "GOLD: {\"id\", \"text\", \"entities\": [{\"start\", \"end\", \"type\"}], \"ignore\": […]}, a document a line, offsets in code "
      "points; PER, LOC, ORG and PRO are read as\n"
      "the long names. What lies in a span of `ignore` counts neither way. \"token\" counts tokens as razdel splits them, \"exact\" whole "
      "spans; quotes and brackets at the\n"
      "edges of a span do not count.");
  app->add_option("GOLD", o->gold, "Annotated texts (JSONL)")->required();
  app->add_option("PRED", o->predicted, "Predictions (JSONL) with the same ids; without them the texts are extracted now");
  app->add_option("--errors", o->errors, "List the first N wrong and missed spans of a type")->expected(2)->type_name("N TYPE");
  app->add_flag("--json", o->json, "One JSON object instead of a table");
  app->add_flag("--quiet", o->quiet, "No progress bar");
  o->extractor.AddTo(app);
  return {app, [o] { return Run(*o); }};
}

}  // namespace atau::cli
