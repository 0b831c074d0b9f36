#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/cli.h"

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

// All regular files of a directory, sorted, and other names as they are.
std::vector<std::string> Expand(const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const std::string& name : names) {
    std::error_code error;
    if (name != "-" && std::filesystem::is_directory(name, error)) {
      std::vector<std::string> inside;
      for (const auto& entry : std::filesystem::recursive_directory_iterator(name, error)) {
        if (entry.is_regular_file(error)) inside.push_back(entry.path().string());
      }
      std::sort(inside.begin(), inside.end());
      out.insert(out.end(), inside.begin(), inside.end());
    } else {
      out.push_back(name);
    }
  }
  return out;
}

}  // namespace

struct Reader::State {
  std::vector<std::string> files;
  Format format;
  std::string charset;
  bool lines;
  std::size_t at = 0;  // next file
  std::istream* in = nullptr;
  std::ifstream file;
  std::string name;
  std::size_t line = 0;
  std::size_t done = 0, total = 0;

  // Opens the next file; false at the end. On failure `error` is set.
  bool Open(std::string* error) {
    if (at >= files.size()) return false;
    name = files[at++];
    line = 0;
    if (name == "-") {
      in = &std::cin;
      return true;
    }
    file.close();
    file.clear();
    errno = 0;
    file.open(name, std::ios::binary);
    if (!file) {
      *error = "cannot read " + name + ": " + std::string(std::strerror(errno));
      in = nullptr;
    } else {
      in = &file;
    }
    return true;
  }

  void ParseLine(const std::string& text, Input* input) const {
    if (IsTooDeep(text)) {
      input->id = "null";
      input->error = "the JSON is nested more than " + std::to_string(kDeepest) + " levels deep";
      return;
    }
    Json j;
    try {
      j = Json::parse(text);
    } catch (const Json::exception& e) {
      input->id = IdOfBadLine(text);
      input->error = "not JSON: " + std::string(e.what());
      return;
    }
    if (!j.is_object()) {
      input->id = "null";
      input->error = "a line must be a JSON object such as {\"id\": 1, \"text\": \"…\"}";
      return;
    }
    input->id = j.contains("id") ? Dump(j["id"]) : "null";
    if (!j.contains("text") || !j["text"].is_string()) {
      input->error = "the object has no string member \"text\"";
      return;
    }
    input->text = j["text"].get<std::string>();
    // Fields of the answer's own names would clash with it: they are the input's gold, and are left out.
    for (const auto& [key, value] : j.items()) {
      if (key == "id" || key == "text" || key == "entities" || key == "nested" || key == "document_entities" || key == "relations" ||
          key == "error")
        continue;
      input->rest += (input->rest.empty() ? "" : ",") + Dump(Json(key)) + ":" + Dump(value);
    }
  }

  // Decodes a whole text, or sets the error.
  void Decode(std::string bytes, Input* input) const {
    if (charset.empty() || charset == "utf-8" || charset == "UTF-8") {
      input->text = std::move(bytes);
      return;
    }
    auto text = DecodeBytes(bytes, charset);
    if (text.ok()) {
      input->text = std::move(text.value());
    } else {
      input->error = text.error().ToString();
    }
  }
};

Reader::Reader(std::vector<std::string> files, Format format, std::string charset, bool lines) : state_(new State) {
  if (files.empty()) files.emplace_back("-");
  state_->files = Expand(files);
  state_->format = format;
  state_->charset = std::move(charset);
  state_->lines = lines;
  for (const std::string& name : state_->files) {
    std::error_code error;
    const auto size = name == "-" ? 0 : std::filesystem::file_size(name, error);
    if (!error) state_->total += static_cast<std::size_t>(size);
  }
}

Reader::~Reader() { delete state_; }

std::size_t Reader::done() const { return state_->done; }
std::size_t Reader::total() const { return state_->total; }

bool Reader::Next(Input* input) {
  State& s = *state_;
  while (true) {
    *input = Input{};
    if (s.in == nullptr) {
      std::string error;
      if (!s.Open(&error)) return false;
      if (!error.empty()) {
        input->file = s.name;
        input->id = Dump(Json(s.name));
        input->error = error;
        return true;
      }
    }
    input->file = s.name;
    if (s.format == Format::kJsonl || s.lines) {
      std::string line;
      if (!std::getline(*s.in, line)) {
        s.in = nullptr;
        continue;
      }
      s.done += line.size() + 1;
      input->line = ++s.line;
      if (s.line == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (line.find_first_not_of(" \t") == std::string::npos) continue;
      if (s.format == Format::kJsonl) {
        s.ParseLine(line, input);
      } else {
        input->id = std::to_string(s.line);
        s.Decode(std::move(line), input);
      }
      return true;
    }
    std::ostringstream all;
    all << s.in->rdbuf();
    s.in = nullptr;
    std::string bytes = std::move(all).str();
    s.done += bytes.size();
    input->id = Dump(Json(s.name == "-" ? "stdin" : s.name));
    s.Decode(std::move(bytes), input);
    return true;
  }
}

std::string JsonLine(const Input& input, const std::string& document_json) {
  std::string out = "{\"id\":" + input.id + ",";
  if (!input.rest.empty()) out += input.rest + ",";
  return out + document_json.substr(1);
}

std::string JsonError(const Input& input, const std::string& message) {
  const std::string where = input.line > 0 ? input.file + ":" + std::to_string(input.line) + ": " : "";
  return "{\"id\":" + (input.id.empty() ? "null" : input.id) + ",\"error\":" + Dump(Json(where + message)) + "}";
}

}  // namespace atau::cli
