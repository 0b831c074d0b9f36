#include "cli/input.h"

#include <atau/atau.h>

#include <filesystem>

#include "cli/bytes_out.h"
#include "cli/jsonl.h"
#include "cli/messages.h"
#include "cli/signals.h"

namespace atau::cli {
namespace {

// Decodes a whole text, or sets the error.
void Decode(std::string bytes, const std::string& charset, Input* input) {
  if (charset.empty() || charset == "utf-8" || charset == "UTF-8") {
    input->text = std::move(bytes);
    return;
  }
  auto text = DecodeBytes(bytes, charset);
  if (text.ok()) {
    input->text = std::move(text.value());
  } else {
    input->error = AsIs(text.error().ToString());
  }
}

}  // namespace

Format FormatOf(const std::string& name) {
  return name == "text" ? Format::kText : name == "jsonl" ? Format::kJsonl : name == "html" ? Format::kHtml : Format::kByName;
}

Format FormatByName(std::string_view file) {
  if (EndsInGz(file)) file.remove_suffix(3);
  for (const char* end : {".jsonl", ".ndjson"}) {
    if (file.ends_with(end)) return Format::kJsonl;
  }
  for (const char* end : {".html", ".htm", ".xhtml"}) {
    if (file.ends_with(end)) return Format::kHtml;
  }
  return Format::kText;
}

std::string Input::Place() const {
  const std::string name = file == "-" ? T("standard input") : file;
  return line > 0 ? name + ":" + std::to_string(line) : name;
}

Reader::Reader(std::vector<InputFile> files, Format format, std::string charset, bool lines)
    : files_(std::move(files)), format_(format), charset_(std::move(charset)), lines_(lines) {
  for (const InputFile& file : files_) {
    std::error_code error;
    if (!file.error.empty()) continue;
    const auto size = std::filesystem::is_regular_file(file.name, error) ? std::filesystem::file_size(file.name, error) : 0;
    if (error || size == 0) continue;
    total_ += static_cast<std::size_t>(size);
  }
  // What comes from a pipe has no size: then nothing is known of the whole.
  for (const InputFile& file : files_) {
    std::error_code error;
    if (file.error.empty() && (file.name == "-" || std::filesystem::is_fifo(file.name, error))) total_ = 0;
  }
}

std::size_t Reader::done() const { return before_ + (source_ == nullptr ? 0 : source_->taken()); }

bool Reader::Next(Input* input) {
  while (true) {
    input->id.clear();
    input->text.clear();
    input->rest.clear();
    input->error.clear();
    input->line = 0;
    if (at_ >= files_.size() || Interrupted() != 0) return false;
    const InputFile& file = files_[at_];
    input->file = file.name;
    input->number = at_;
    input->format = format_ == Format::kByName ? FormatByName(file.name) : format_;
    const auto end_file = [this] {
      before_ = done();
      source_.reset();
      ++at_;
    };
    if (source_ == nullptr) {
      line_ = 0;
      input->error = file.error;
      if (input->error.empty()) source_ = ByteSource::Open(file.name, &input->error);
      if (source_ == nullptr) {
        input->id = JsonString(file.name);
        ++at_;
        return true;
      }
    }
    if (input->format != Format::kJsonl && !(lines_ && input->format == Format::kText)) {
      std::string bytes;
      const bool good = source_->ReadAll(&bytes, &input->error);
      end_file();
      if (Interrupted() != 0) return false;  // the text may be cut
      input->id = JsonString(file.name == "-" ? "stdin" : file.name);
      if (good) Decode(std::move(bytes), charset_, input);
      return true;
    }
    std::string& line = current_;
    Message error;
    if (!source_->ReadLine(&line, &error)) {
      end_file();
      if (error.empty()) continue;
      input->id = JsonString(file.name);
      input->error = error;
      return true;
    }
    input->line = ++line_;
    if (line_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (input->format == Format::kJsonl) {
      ReadJsonLine(line, input);
    } else {
      input->id = std::to_string(line_);
      Decode(line, charset_, input);
    }
    return true;
  }
}

}  // namespace atau::cli
