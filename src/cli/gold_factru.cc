// factRuEval-2016: spans are typed pieces of text, objects are made of spans, coreference joins objects, facts speak of the joined ones.
//
//   .tokens   ID START LENGTH TEXT
//   .spans    ID TYPE START LENGTH FIRST_TOKEN TOKENS # …
//   .objects  ID TYPE SPAN… # …
//   .coref    ID OBJECT…, then lines of "ATTRIBUTE VALUE", then an empty line
//   .facts    ID TYPE, then lines of "ARGUMENT objID VALUE" or "ARGUMENT spanID VALUE", then an empty line
//
// A mention of a type is the name inside an object: its spans of a naming type, joined where nothing but blanks and full stops part them.
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <sstream>
#include <string_view>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/gold.h"
#include "cli/jsonl.h"

namespace atau::cli {
namespace {

struct FactruSpan {
  std::string type;
  Point span;
};

Type TypeOfObject(const std::string& name) {
  if (name == "Person") return Type::kPerson;
  if (name == "Org") return Type::kOrganization;
  return name == "Location" || name == "LocOrg" ? Type::kLocation : Type::kNone;
}

bool Names(Type type, const std::string& span) {
  constexpr std::array<std::string_view, 4> kPerson = {"name", "surname", "patronymic", "nickname"};
  if (type == Type::kPerson) return std::find(kPerson.begin(), kPerson.end(), span) != kPerson.end();
  return type == Type::kOrganization ? span == "org_name" : type == Type::kLocation && span == "loc_name";
}

class Document {
 public:
  Document(std::string name, GoldDocument* out) : name_(std::move(name)), out_(*out) {}

  bool Read() {
    if (!ReadFile(name_ + ".txt", &out_.text)) return false;
    out_.id = JsonString(std::filesystem::path(name_).filename().string());
    out_.points = ToPoints(out_.text);
    if (!Tokens() || !Spans() || !Objects()) return false;
    std::error_code error;
    if (std::filesystem::exists(name_ + ".coref", error) && !Coref()) return false;
    return !std::filesystem::exists(name_ + ".facts", error) || Facts();
  }

 private:
  bool Bad(const std::string& extension, std::size_t line, const std::string& what) const {
    return Complain(name_ + extension + ":" + std::to_string(line) + ": " + what), false;
  }

  // Calls `take` for every line, also the empty ones; false when it returns what is wrong.
  template <class F>
  bool EachLine(const std::string& extension, const F& take) const {
    std::string content, line;
    if (!ReadFile(name_ + extension, &content)) return false;
    std::size_t at = 0, number = 0;
    while (NextLine(content, &at, &line)) {
      ++number;
      if (const std::string error = take(line); !error.empty()) return Bad(extension, number, error);
    }
    return true;
  }

  // The tokens are not needed, but they show at once where a text and its annotation are not of one another.
  bool Tokens() const {
    std::error_code error;
    if (!std::filesystem::exists(name_ + ".tokens", error)) return true;
    return EachLine(".tokens", [&](const std::string& line) -> std::string {
      if (line.empty()) return {};
      std::istringstream in(line);
      std::string id, text;
      std::size_t start = 0, length = 0;
      if (!(in >> id >> start >> length)) return T("a token is ID START LENGTH TEXT");
      in >> text;
      const std::u32string points = ToPoints(text);
      if (start + length > out_.points.size() || out_.points.compare(start, length, points) != 0) {
        return Say("the token \"{1}\" does not stand at {2} of the text", text, start);
      }
      return {};
    });
  }

  bool Spans() {
    return EachLine(".spans", [&](const std::string& line) -> std::string {
      if (line.empty()) return {};
      std::istringstream in(line);
      std::string id;
      FactruSpan span;
      std::size_t start = 0, length = 0;
      if (!(in >> id >> span.type >> start >> length)) return T("a span is ID TYPE START LENGTH FIRST_TOKEN TOKENS");
      if (start + length > out_.points.size()) return Say("the span {1}..{2} is not inside the text", start, start + length);
      span.span = {start, start + length};
      spans_[id] = span;
      return {};
    });
  }

  bool Objects() {
    return EachLine(".objects", [&](const std::string& line) -> std::string {
      if (line.empty()) return {};
      std::istringstream in(line.substr(0, line.find('#')));
      std::string id, kind, span_id;
      if (!(in >> id >> kind)) return T("an object is ID TYPE SPAN…");
      const Type type = TypeOfObject(kind);
      std::vector<Point> naming;
      Point hull{std::string::npos, 0};
      while (in >> span_id) {
        const auto it = spans_.find(span_id);
        if (it == spans_.end()) return Say("there is no span {1}", span_id);
        hull = {std::min(hull.first, it->second.span.first), std::max(hull.second, it->second.span.second)};
        if (Names(type, it->second.type)) naming.push_back(it->second.span);
      }
      if (hull.second > 0 && type != Type::kNone) hulls_[id] = hull;
      std::sort(naming.begin(), naming.end());
      std::vector<Point> joined;
      for (const Point& p : naming) {
        bool near = !joined.empty();
        for (std::size_t i = near ? joined.back().second : 0; near && i < p.first; ++i) {
          near = out_.points[i] == ' ' || out_.points[i] == '.' || out_.points[i] == 0xA0 || out_.points[i] == '\n';
        }
        if (near) {
          joined.back().second = std::max(joined.back().second, p.second);
        } else {
          joined.push_back(p);
        }
      }
      for (const Point& p : joined) {
        GoldMention mention;
        mention.span = p;
        mention.type = type;
        out_.mentions.push_back(mention);
      }
      return {};
    });
  }

  bool Coref() {
    out_.has_objects = true;
    bool open = false;
    return EachLine(".coref", [&](const std::string& line) -> std::string {
      if (line.find_first_not_of(' ') == std::string::npos) return open = false, std::string();
      std::istringstream in(line);
      std::string head;
      in >> head;
      if (open) {
        std::string value;
        std::getline(in >> std::ws, value);
        named_.back().names.emplace_back(head, value);
        return {};
      }
      open = true;
      // The facts call them so.
      named_.push_back({"obj" + head, {}});
      GoldObject object{"obj" + head, {}};
      std::string id;
      while (in >> id) {
        if (const auto it = hulls_.find(id); it != hulls_.end()) object.mentions.push_back(it->second);
      }
      if (!object.mentions.empty()) out_.objects.push_back(std::move(object));
      return {};
    });
  }

  bool Facts() {
    out_.has_facts = true;
    std::string type;
    std::vector<std::pair<std::string, std::string>> arguments;
    const auto close = [&] {
      if (type == "Occupation") AddOccupation(arguments, named_, &out_.facts);
      type.clear();
      arguments.clear();
    };
    const bool good = EachLine(".facts", [&](const std::string& line) -> std::string {
      if (line.find_first_not_of(' ') == std::string::npos) return close(), std::string();
      std::istringstream in(line);
      std::string head, rest;
      in >> head;
      std::getline(in >> std::ws, rest);
      if (type.empty()) {
        if (rest.empty()) return T("a fact is ID TYPE, and its arguments on the next lines");
        type = rest.substr(0, rest.find(' '));
      } else {
        arguments.emplace_back(head, rest);
      }
      return {};
    });
    close();
    return good;
  }

  const std::string name_;
  GoldDocument& out_;
  std::map<std::string, FactruSpan> spans_;
  std::map<std::string, Point> hulls_;  // of objects, from their first to their last span
  std::vector<NamedObject> named_;
};

}  // namespace

bool ReadFactruGold(const std::string& folder, std::vector<GoldDocument>* out) {
  const std::vector<std::string> names = NamesIn(folder, ".spans");
  if (names.empty()) return Complain(Say("there is no {1} file in {2}", ".spans", folder)), false;
  for (const std::string& name : names) {
    GoldDocument d;
    if (!Document(name, &d).Read()) return false;
    out->push_back(std::move(d));
  }
  return true;
}

}  // namespace atau::cli
