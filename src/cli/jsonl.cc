#include "cli/jsonl.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "text/json_plain.h"
#include "text/utf8.h"

namespace atau::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string Dump(const Json& j) { return j.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Replaces the escapes of unpaired surrogates by that of U+FFFD, so that the rest of the line can be read.
std::string MendSurrogates(std::string line) {
  const auto unit = [&line](std::size_t i) -> int {
    if (i + 6 > line.size() || line[i] != '\\' || line[i + 1] != 'u') return -1;
    int value = 0;
    for (std::size_t k = i + 2; k < i + 6; ++k) {
      const char c = line[k];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  };
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] != '\\') continue;
    const int high = unit(i);
    if (high < 0xD800 || high > 0xDFFF) {
      i += high < 0 ? 1 : 5;
      continue;
    }
    const int low = high < 0xDC00 ? unit(i + 6) : -1;
    if (low >= 0xDC00 && low <= 0xDFFF) {
      i += 11;
    } else {
      line.replace(i, 6, "\\ufffd");
      i += 5;
    }
  }
  return line;
}

// The parser takes any depth, but writing a member out again recurses: lines that are nested more deeply than this are refused.
constexpr int kDeepest = 500;

bool IsTooDeep(const std::string& line) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      i += c == '\\';
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kDeepest) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

// The id of a line that is not valid as a whole, so that its error can be told apart from others'; "null" where it has none.
std::string IdOfBadLine(const std::string& line) {
  const Json mended = Json::parse(MendSurrogates(line), nullptr, false);
  if (!mended.is_discarded()) return mended.is_object() && mended.contains("id") ? Dump(mended["id"]) : "null";
  // The parser hands over what it understands: the first plain "id" member of the outer object will do.
  std::string id = "null";
  bool is_id = false;
  const Json rest = Json::parse(
      line,
      [&](int depth, Json::parse_event_t event, Json& value) {
        if (depth == 1 && event == Json::parse_event_t::key) is_id = value == "id";
        if (depth == 1 && event == Json::parse_event_t::value && is_id && id == "null") id = Dump(value);
        return true;
      },
      false);
  (void)rest;
  return id;
}

// Reads lines as nearly all are: one object of strings without escapes (but for the text), whole numbers and literals. Whatever else it
// meets it leaves to the parser, which also words the errors.
class PlainLine {
 public:
  explicit PlainLine(std::string_view line) : line_(line) {}

  // False where the line is not plain; `input` is then as it was, but for its text.
  bool Read(Input* input) {
    std::string_view id = "null";
    std::string_view carried[2 * kMost];  // keys and values in turn
    std::string_view keys[kMost];
    std::size_t members = 0, values = 0;
    bool has_text = false;
    Blanks();
    if (!Take('{')) return false;
    do {
      if (members == kMost) return false;
      std::string_view key, value;
      Blanks();
      if (!Plain(&key)) return false;
      for (std::size_t i = 0; i < members; ++i) {
        if (keys[i] == key) return false;
      }
      keys[members++] = key;
      Blanks();
      if (!Take(':')) return false;
      Blanks();
      if (key == "\"text\"") {
        if (!Text(&input->text)) return false;
        has_text = true;
      } else if (!Value(&value)) {
        return false;
      } else if (key == "\"id\"") {
        id = value;
      } else if (!IsOurs(key.substr(1, key.size() - 2))) {
        carried[values++] = key;
        carried[values++] = value;
      }
      Blanks();
    } while (Take(','));
    if (!Take('}') || !has_text) return false;
    Blanks();
    if (at_ != line_.size()) return false;
    input->id = id;
    for (std::size_t i = 0; i < values; i += 2) {
      if (i > 0) input->rest += ',';
      input->rest += carried[i];
      input->rest += ':';
      input->rest += carried[i + 1];
    }
    return true;
  }

  // Whether a member has a name of the answer's own.
  static bool IsOurs(std::string_view key) {
    return key == "entities" || key == "nested" || key == "document_entities" || key == "relations" || key == "error";
  }

 private:
  static constexpr std::size_t kMost = 32, kDigits = 18;

  unsigned At(std::size_t i) const { return i < line_.size() ? static_cast<unsigned char>(line_[i]) : 0u; }
  bool Take(char c) {
    if (At(at_) != static_cast<unsigned char>(c)) return false;
    ++at_;
    return true;
  }
  void Blanks() {
    while (At(at_) == ' ' || At(at_) == '\t' || At(at_) == '\r' || At(at_) == '\n') ++at_;
  }
  // Passes over well-formed characters that stand for themselves in a string.
  void Run() {
    const auto tail = [this](std::size_t i) { return (At(i) & 0xC0) == 0x80; };
    for (;;) {
      at_ = static_cast<std::size_t>(text::SkipJsonPlain(line_.data() + at_, line_.data() + line_.size()) - line_.data());
      const unsigned c = At(at_);
      if (c < 0x80) {
        if (c < 0x20 || c == '"' || c == '\\') return;
        ++at_;
      } else if (c >= 0xC2 && c <= 0xDF) {
        if (!tail(at_ + 1)) return;
        at_ += 2;
      } else if (c >= 0xE0 && c <= 0xEF) {
        if (!tail(at_ + 1) || !tail(at_ + 2) || (c == 0xE0 && At(at_ + 1) < 0xA0) || (c == 0xED && At(at_ + 1) > 0x9F)) return;
        at_ += 3;
      } else if (c >= 0xF0 && c <= 0xF4) {
        if (!tail(at_ + 1) || !tail(at_ + 2) || !tail(at_ + 3) || (c == 0xF0 && At(at_ + 1) < 0x90) || (c == 0xF4 && At(at_ + 1) > 0x8F))
          return;
        at_ += 4;
      } else {
        return;
      }
    }
  }
  // A string without escapes, with its quotes.
  bool Plain(std::string_view* out) {
    const std::size_t begin = at_;
    if (!Take('"')) return false;
    Run();
    if (!Take('"')) return false;
    *out = line_.substr(begin, at_ - begin);
    return true;
  }
  // What is written out again as it stands: plain strings, whole numbers, literals.
  bool Value(std::string_view* out) {
    if (At(at_) == '"') return Plain(out);
    for (const std::string_view literal : {"null", "true", "false"}) {
      if (line_.substr(at_, literal.size()) == literal) return *out = literal, at_ += literal.size(), true;
    }
    const std::size_t begin = at_;
    Take('-');
    const std::size_t first = at_;
    while (At(at_) >= '0' && At(at_) <= '9') ++at_;
    const std::size_t digits = at_ - first;
    if (digits == 0 || digits > kDigits || (line_[first] == '0' && at_ - begin > 1)) return false;
    const unsigned after = At(at_);
    if (after == '.' || after == 'e' || after == 'E') return false;
    *out = line_.substr(begin, at_ - begin);
    return true;
  }
  // Four hexadecimal digits, or -1.
  int Unit() {
    int value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const unsigned c = At(at_);
      const unsigned digit = c >= '0' && c <= '9'   ? c - '0'
                             : c >= 'a' && c <= 'f' ? c - 'a' + 10
                             : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                    : 16;
      if (digit > 15) return -1;
      value = value * 16 + static_cast<int>(digit);
    }
    return value;
  }
  // A string with any escapes, decoded.
  bool Text(std::string* out) {
    out->clear();
    if (!Take('"')) return false;
    while (true) {
      const std::size_t begin = at_;
      Run();
      out->append(line_.substr(begin, at_ - begin));
      if (Take('"')) return true;
      if (!Take('\\')) return false;
      const unsigned c = At(at_++);
      constexpr std::string_view kNames = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
      if (const std::size_t i = c == 0 ? std::string_view::npos : kNames.find(static_cast<char>(c)); i != std::string_view::npos) {
        *out += kMeant[i];
        continue;
      }
      if (c != 'u') return false;
      int code = Unit();
      if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF)) return false;
      if (code >= 0xD800 && code <= 0xDBFF) {
        if (!Take('\\') || !Take('u')) return false;
        const int low = Unit();
        if (low < 0xDC00 || low > 0xDFFF) return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      }
      text::Append(static_cast<char32_t>(code), out);
    }
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

}  // namespace

void ReadJsonLine(const std::string& text, Input* input) {
  if (PlainLine(text).Read(input)) return;
  input->text.clear();
  if (IsTooDeep(text)) {
    input->id = "null";
    input->error = Both("the JSON is nested more than {1} levels deep", kDeepest);
    return;
  }
  Json j;
  try {
    j = Json::parse(text);
  } catch (const Json::exception& e) {
    input->id = IdOfBadLine(text);
    input->error = Both("not JSON: {1}", e.what());
    return;
  }
  if (!j.is_object()) {
    input->id = "null";
    input->error = Both("a line must be a JSON object such as {\"id\": 1, \"text\": \"…\"}");
    return;
  }
  input->id = j.contains("id") ? Dump(j["id"]) : "null";
  if (!j.contains("text") || !j["text"].is_string()) {
    input->error = Both("the object has no string member \"text\"");
    return;
  }
  input->text = j["text"].get<std::string>();
  // Fields of the answer's own names would clash with it: they are the input's gold, and are left out.
  for (const auto& [key, value] : j.items()) {
    if (key == "id" || key == "text" || PlainLine::IsOurs(key)) continue;
    input->rest += (input->rest.empty() ? "" : ",") + Dump(Json(key)) + ":" + Dump(value);
  }
}

std::string JsonString(std::string_view s) { return Dump(Json(s)); }

void AppendJsonLine(const Input& input, const std::function<bool(text::Buffer*)>& append, text::Buffer* out) {
  const std::size_t size = out->size();
  out->Append("{\"id\":");
  out->Append(input.id);
  if (!input.rest.empty()) out->Append(','), out->Append(input.rest);
  // The document's own brace gives way to the comma behind that.
  const std::size_t brace = out->size();
  if (!append(out)) return out->Shrink(size);
  out->Put(brace, ',');
  out->Append('\n');
}

std::string JsonError(const Input& input) {
  const std::string where = input.line > 0 ? input.file + ":" + std::to_string(input.line) + ": " : "";
  return "{\"id\":" + (input.id.empty() ? "null" : input.id) + ",\"error\":" + Dump(Json(where + input.error.english)) + "}";
}

}  // namespace atau::cli
