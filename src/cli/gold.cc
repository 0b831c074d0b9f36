#include "cli/gold.h"

#include <algorithm>
#include <filesystem>

#include "cli/cli.h"
#include "cli/files.h"
#include "text/utf8.h"

namespace atau::cli {

namespace fs = std::filesystem;

Type GoldType(const std::string& name) {
  if (name == "GPE") return Type::kLocation;
  if (name == "PROJECT") return Type::kProgram;
  return TypeByName(name);
}

std::u32string ToPoints(const std::string& s) {
  std::u32string out;
  out.reserve(s.size());
  const char* const end = s.data() + s.size();
  for (const char* p = s.data(); p < end;) {
    std::size_t size = 0;
    const char32_t c = text::Decode(p, end, &size);
    if (c == text::kInvalid) {
      out.append(size, text::kReplacement);  // invalid bytes count as one each, as everywhere
    } else {
      out += c;
    }
    p += size;
  }
  return out;
}

bool NextLine(const std::string& content, std::size_t* at, std::string* line) {
  if (*at >= content.size()) return false;
  const std::size_t end = std::min(content.find('\n', *at), content.size());
  line->assign(content, *at, end - *at);
  if (!line->empty() && line->back() == '\r') line->pop_back();
  *at = end + 1;
  return true;
}

std::vector<std::string> NamesIn(const std::string& folder, const std::string& extension) {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) out.push_back((fs::path(folder) / entry.path().stem()).string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

void AddOccupation(const std::vector<std::pair<std::string, std::string>>& arguments, const std::vector<NamedObject>& objects,
                   std::vector<GoldFact>* out) {
  GoldFact fact;
  for (const auto& [key, value] : arguments) {
    const std::size_t blank = std::min(value.find(' '), value.size());
    const std::string head = value.substr(0, blank), rest = blank < value.size() ? value.substr(blank + 1) : "";
    if (key == "Position" || key == "Job") {
      fact.position.push_back(rest);
    } else if (key == "Who" || key == "Where") {
      std::vector<std::string> names;
      const auto object = std::find_if(objects.begin(), objects.end(), [&](const NamedObject& o) { return o.id == head; });
      // A person is told by the surname or nickname, and by the given name only where there is neither.
      for (const auto& wanted : key == "Who" ? std::vector<std::vector<std::string>>{{"lastname", "nickname"}, {"firstname"}}
                                             : std::vector<std::vector<std::string>>{{"name"}}) {
        if (object == objects.end() || !names.empty()) break;
        for (const auto& [kind, name] : object->names) {
          if (std::find(wanted.begin(), wanted.end(), kind) != wanted.end()) names.push_back(name);
        }
      }
      if (names.empty()) {
        for (std::size_t at = 0; at <= rest.size();) {
          const std::size_t bar = std::min(rest.find('|', at), rest.size());
          std::string name = rest.substr(at, bar - at);
          name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
          name.erase(name.find_last_not_of(' ') + 1);
          if (!name.empty()) names.push_back(name);
          at = bar + 1;
        }
      }
      auto& to = key == "Who" ? fact.who : fact.where;
      to.insert(to.end(), names.begin(), names.end());
    }
  }
  if (!fact.who.empty()) out->push_back(std::move(fact));
}

std::string DetectGold(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    if (!NamesIn(path, ".spans").empty()) return "factru";
    if (!NamesIn(path, ".ann").empty()) return "brat";
    Complain(Say("{1}: a folder of annotated texts holds .ann files (brat) or .spans files (factRuEval)", path));
    return {};
  }
  std::string content;
  if (!ReadFile(path, &content)) return {};
  const std::size_t first = content.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string::npos) {
    Complain(Say("{1} is empty", path));
    return {};
  }
  return content[first] == '{' ? "jsonl" : "conll";
}

bool ReadGold(const std::string& path, const std::string& format, std::vector<GoldDocument>* out) {
  const std::string kind = format == "auto" ? DetectGold(path) : format;
  if (kind == "jsonl") return ReadJsonlGold(path, true, out);
  if (kind == "conll") return ReadConllGold(path, out);
  if (kind == "brat") return ReadBratGold(path, out);
  return kind == "factru" && ReadFactruGold(path, out);
}

}  // namespace atau::cli
