#include <filesystem>
#include <map>
#include <sstream>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/gold.h"
#include "cli/jsonl.h"

namespace atau::cli {
namespace {

// "0 5;6 9" after the type: the pieces of a mention. Pieces with nothing but blanks between them (brat parts mentions at line ends) are
// one.
bool ReadPieces(const std::string& s, const std::u32string& text, std::vector<Point>* out) {
  std::istringstream in(s);
  std::string piece;
  while (std::getline(in, piece, ';')) {
    std::istringstream numbers(piece);
    Point p;
    if (!(numbers >> p.first >> p.second) || p.first > p.second || p.second > text.size()) return false;
    bool blank = !out->empty() && out->back().second <= p.first;
    for (std::size_t i = blank ? out->back().second : 0; blank && i < p.first; ++i)
      blank = text[i] == ' ' || text[i] == '\n' || text[i] == '\r';
    if (blank) {
      out->back().second = p.second;
    } else {
      out->push_back(p);
    }
  }
  return !out->empty();
}

}  // namespace

bool ReadBratGold(const std::string& folder, std::vector<GoldDocument>* out) {
  const std::vector<std::string> names = NamesIn(folder, ".ann");
  if (names.empty()) return Complain(Say("there is no {1} file in {2}", ".ann", folder)), false;
  for (const std::string& name : names) {
    GoldDocument d;
    std::string content;
    if (!ReadFile(name + ".txt", &d.text) || !ReadFile(name + ".ann", &content)) return false;
    d.id = JsonString(std::filesystem::path(name).filename().string());
    d.points = ToPoints(d.text);
    std::map<std::string, std::size_t> mentions;  // "T1" to the first piece
    std::map<std::string, std::string> entity;    // "T1" to the id of its group
    struct Pair {
      std::string type, subject, object;
    };
    std::vector<Pair> pairs;
    std::size_t number = 0, at = 0, groups = 0;
    std::string line;
    while (NextLine(content, &at, &line)) {
      ++number;
      const auto bad = [&](const std::string& what) { return Complain(name + ".ann:" + std::to_string(number) + ": " + what), false; };
      const std::size_t tab = line.find('\t');
      if (line.empty() || line[0] == '#') continue;
      if (tab == std::string::npos) return bad(T("a line has its columns parted by tabs"));
      const std::string id = line.substr(0, tab);
      const std::size_t next = std::min(line.find('\t', tab + 1), line.size());
      std::istringstream in(line.substr(tab + 1, next - tab - 1));
      std::string kind;
      in >> kind;
      if (id[0] == 'T') {
        std::string rest;
        std::getline(in, rest);
        std::vector<Point> pieces;
        if (!ReadPieces(rest, d.points, &pieces)) return bad(Say("\"{1}\" is no span inside the text", rest));
        mentions[id] = d.mentions.size();
        for (const Point& p : pieces) {
          GoldMention mention;
          mention.span = p;
          mention.type = GoldType(kind);
          d.mentions.push_back(mention);
        }
      } else if (id[0] == 'R') {
        std::string a, b;
        in >> a >> b;
        pairs.push_back({kind, a.substr(a.find(':') + 1), b.substr(b.find(':') + 1)});
      } else if (id == "*" && kind == "Equiv") {
        const std::string group = "equiv" + std::to_string(++groups);
        std::string member;
        while (in >> member) entity[member] = group;
      } else if (id[0] == 'N') {
        // "N1 <tab> Reference T1 Source:id <tab> name": the name is the normal form.
        std::string target;
        in >> target;
        if (const auto it = mentions.find(target); it != mentions.end() && next < line.size())
          d.mentions[it->second].normal = line.substr(next + 1);
      }
    }
    // A mention outside of every group is a thing of its own, where there are groups at all.
    for (const auto& [id, index] : mentions) d.mentions[index].entity = entity.contains(id) ? entity[id] : id;
    std::map<std::string, std::size_t> objects;
    d.has_objects = groups > 0;
    for (const GoldMention& m : d.mentions) {
      if (!d.has_objects || m.entity.empty() || m.type == Type::kNone) continue;
      const auto [it, fresh] = objects.try_emplace(m.entity, d.objects.size());
      if (fresh) d.objects.push_back({m.entity, {}});
      d.objects[it->second].mentions.push_back(m.span);
    }
    for (const Pair& p : pairs) {
      if (!mentions.contains(p.subject) || !mentions.contains(p.object)) continue;
      d.relations.push_back({p.type, d.mentions[mentions[p.subject]].span, d.mentions[mentions[p.object]].span});
      d.has_relations = true;
    }
    out->push_back(std::move(d));
  }
  return true;
}

}  // namespace atau::cli
