#include <atau/status.h>
#include <atau/types.h>

namespace atau {

std::string Error::ToString() const {
  std::string out;
  if (!file.empty()) {
    out += file;
    if (line != 0) out.append(":").append(std::to_string(line));
    if (line != 0 && column != 0) out.append(":").append(std::to_string(column));
    out += ": ";
  }
  out += message;
  if (!hint.empty()) out.append(" (").append(hint).append(")");
  return out;
}

namespace {
constexpr std::string_view kTypeNames[kTypeCount] = {"", "PERSON", "ORGANIZATION", "LOCATION", "PROGRAM", "DATE", "MONEY", "ROLE"};
}  // namespace

std::string_view TypeName(Type type) { return kTypeNames[static_cast<int>(type)]; }

Type TypeByName(std::string_view name) {
  for (int i = 1; i < kTypeCount; ++i) {
    if (kTypeNames[i] == name) return static_cast<Type>(i);
  }
  if (name == "PER") return Type::kPerson;
  if (name == "ORG") return Type::kOrganization;
  if (name == "LOC") return Type::kLocation;
  if (name == "PRO") return Type::kProgram;
  return Type::kNone;
}

}  // namespace atau
