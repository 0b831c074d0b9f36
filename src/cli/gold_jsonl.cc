#include <map>
#include <nlohmann/json.hpp>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/gold.h"

namespace atau::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace); }
std::string Word(const Json& j, const char* key) {
  return j.contains(key) && j[key].is_string() ? j[key].get<std::string>() : std::string();
}

// One document. `error` says what does not follow the format.
class Line {
 public:
  Line(const Json& j, bool with_text, GoldDocument* out) : j_(j), with_text_(with_text), out_(*out) {}

  bool Read(std::string* error) {
    if (with_text_) {
      if (!j_.contains("text") || !j_["text"].is_string()) return *error = T("the object has no string member \"text\""), false;
      out_.text = j_["text"].get<std::string>();
      out_.points = ToPoints(out_.text);
    }
    return Mentions("entities", &out_.mentions, error) && Mentions("ignore", &out_.ignored, error) && Objects(error) && Facts() &&
           Relations(error);
  }

 private:
  bool Inside(const Point& s, std::string* error) const {
    if (s.second >= s.first && (!with_text_ || s.second <= out_.points.size())) return true;
    *error = Say("the span {1}..{2} is not inside the text", s.first, s.second);
    return false;
  }

  bool Span(const Json& e, const char* key, Point* s, std::string* error) const {
    if (!e.is_object() || !e.contains("start") || !e.contains("end") || !e["start"].is_number_unsigned() ||
        !e["end"].is_number_unsigned()) {
      return *error = Say("a member of \"{1}\" has no start and end", key), false;
    }
    *s = {e["start"].get<std::size_t>(), e["end"].get<std::size_t>()};
    return Inside(*s, error);
  }

  bool Mentions(const char* key, std::vector<GoldMention>* to, std::string* error) const {
    if (!j_.contains(key)) return true;
    if (!j_[key].is_array()) return *error = Say("\"{1}\" is no list", key), false;
    for (const Json& e : j_[key]) {
      GoldMention m;
      if (!Span(e, key, &m.span, error)) return false;
      const std::string type = Word(e, "type");
      m.type = GoldType(type);
      // An ignored span without a type is ignored for all types; one of a type that atau does not have for none.
      if (to == &out_.ignored && m.type == Type::kNone && !type.empty()) continue;
      m.normal = Word(e, "base");
      if (m.normal.empty()) m.normal = Word(e, "normal");
      m.entity = Word(e, "entity");
      if (m.entity.empty()) m.entity = Word(e, "id");
      to->push_back(std::move(m));
    }
    return true;
  }

  bool Objects(std::string* error) const {
    if (j_.contains("objects")) {
      if (!j_["objects"].is_array()) return *error = Say("\"{1}\" is no list", "objects"), false;
      for (const Json& o : j_["objects"]) {
        GoldObject object{Word(o, "id"), {}};
        if (!o.is_object() || !o.contains("mentions") || !o["mentions"].is_array()) {
          return *error = T("an object has no list of mentions"), false;
        }
        for (const Json& m : o["mentions"]) {
          if (!m.is_array() || m.size() != 2 || !m[0].is_number_unsigned() || !m[1].is_number_unsigned()) {
            return *error = T("a mention of an object is no pair of numbers"), false;
          }
          object.mentions.emplace_back(m[0].get<std::size_t>(), m[1].get<std::size_t>());
          if (!Inside(object.mentions.back(), error)) return false;
        }
        out_.objects.push_back(std::move(object));
      }
      out_.has_objects = true;
      return true;
    }
    std::map<std::string, std::size_t> index;
    for (const GoldMention& m : out_.mentions) {
      if (m.entity.empty() || m.type == Type::kNone) continue;
      const auto [it, fresh] = index.try_emplace(m.entity, out_.objects.size());
      if (fresh) out_.objects.push_back({m.entity, {}});
      out_.objects[it->second].mentions.push_back(m.span);
      out_.has_objects = true;
    }
    return true;
  }

  bool Facts() const {
    if (!j_.contains("facts") || !j_["facts"].is_array()) return true;
    std::vector<NamedObject> objects;
    if (j_.contains("objects")) {
      for (const Json& o : j_["objects"]) {
        NamedObject named{Word(o, "id"), {}};
        if (o.contains("names") && o["names"].is_object()) {
          for (const auto& [kind, names] : o["names"].items()) {
            if (!names.is_array()) continue;
            for (const Json& name : names) {
              if (name.is_string()) named.names.emplace_back(kind, name.get<std::string>());
            }
          }
        }
        objects.push_back(std::move(named));
      }
    }
    out_.has_facts = true;
    for (const Json& f : j_["facts"]) {
      if (!f.is_object() || Word(f, "type") != "Occupation" || !f.contains("args") || !f["args"].is_array()) continue;
      std::vector<std::pair<std::string, std::string>> arguments;
      for (const Json& a : f["args"]) {
        if (a.is_array() && a.size() == 2 && a[0].is_string() && a[1].is_string()) {
          arguments.emplace_back(a[0].get<std::string>(), a[1].get<std::string>());
        }
      }
      AddOccupation(arguments, objects, &out_.facts);
    }
    return true;
  }

  bool Relations(std::string* error) const {
    if (!j_.contains("relations") || !j_["relations"].is_array() || j_["relations"].empty()) return true;
    const char* key = j_.contains("nested") && j_["nested"].is_array() ? "nested" : "entities";
    std::vector<GoldMention> mentions;
    if (!Mentions(key, &mentions, error)) return false;
    // By the index of a mention, or by the id of a document entity, for which its first mention stands.
    const auto place = [&](const Json& r, const char* side, Point* s) {
      if (!r.is_object() || !r.contains(side)) return false;
      if (r[side].is_number_unsigned()) {
        const auto i = r[side].get<std::size_t>();
        if (i >= mentions.size() || mentions[i].type == Type::kNone) return false;
        return *s = mentions[i].span, true;
      }
      if (!r[side].is_string()) return false;
      for (const GoldMention& m : out_.mentions) {
        if (m.entity == r[side].get<std::string>()) return *s = m.span, true;
      }
      return false;
    };
    for (const Json& r : j_["relations"]) {
      GoldRelation relation{Word(r, "type"), {}, {}};
      if (place(r, "subject", &relation.subject) && place(r, "object", &relation.object)) out_.relations.push_back(std::move(relation));
    }
    out_.has_relations = true;
    return true;
  }

  const Json& j_;
  const bool with_text_;
  GoldDocument& out_;
};

// Predictions say in `document_entities` which mentions belong together, and in `relations` who works as what.
void ReadFound(const Json& j, GoldDocument* out) {
  if (!j.contains("document_entities") || !j["document_entities"].is_array()) return;
  std::map<std::string, std::string> normals;
  for (const Json& e : j["document_entities"]) {
    if (!e.is_object()) continue;
    normals[Word(e, "id")] = Word(e, "normal");
    if (!e.contains("mentions") || !e["mentions"].is_array()) continue;
    for (const Json& m : e["mentions"]) {
      if (m.is_number_unsigned() && m.get<std::size_t>() < out->mentions.size()) {
        out->mentions[m.get<std::size_t>()].entity = Word(e, "id");
      }
    }
  }
  if (!j.contains("relations") || !j["relations"].is_array()) return;
  out->facts.clear();
  for (const Json& r : j["relations"]) {
    const std::string subject = Word(r, "subject"), object = Word(r, "object"), role = Word(r, "role");
    if (!normals.contains(subject) || (role.empty() && object.empty())) continue;
    out->facts.push_back({{normals[subject]}, {role}, {normals.contains(object) ? normals[object] : ""}});
  }
}

}  // namespace

bool ReadJsonlGold(const std::string& file, bool with_text, std::vector<GoldDocument>* out) {
  std::string content;
  if (!ReadFile(file, &content)) return false;
  std::size_t number = 0, at = 0;
  std::string line;
  while (NextLine(content, &at, &line)) {
    ++number;
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    const auto bad = [&](const std::string& what) { return Complain(file + ":" + std::to_string(number) + ": " + what), false; };
    const Json j = Json::parse(line, nullptr, false);
    if (!j.is_object()) return bad(T("this is no JSON object"));
    GoldDocument d;
    d.id = j.contains("id") ? Dump(j["id"]) : std::to_string(number);
    std::string error;
    if (!Line(j, with_text, &d).Read(&error)) return bad(error);
    if (!with_text) ReadFound(j, &d);
    out->push_back(std::move(d));
  }
  return true;
}

}  // namespace atau::cli
