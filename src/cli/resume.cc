#include "cli/resume.h"

#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "cli/bytes_out.h"

namespace atau::cli {
namespace {

namespace fs = std::filesystem;

// An error line, as JsonError writes it. Entities come with every other line, and a quote inside a message is escaped.
bool IsErrorLine(std::string_view line) {
  return line.find(",\"error\":\"") != std::string_view::npos && line.find("\"entities\":[") == std::string_view::npos;
}

// A line may be whole by its length and still hold zeros, where the machine stopped before the file system had written the data.
bool IsWholeLine(std::string_view line) {
  return line.size() > 2 && line.starts_with("{\"id\":") && line.back() == '}' && line.find('\0') == std::string_view::npos;
}

// Where the last full member of a gzip file ends: members shorter than ByteSink's are the last ones of an interrupted run.
bool EndOfFullMembers(const std::string& file, std::uintmax_t* end, std::size_t* plain, Message* error) {
  constexpr std::size_t kBuffer = std::size_t{1} << 16;
  std::ifstream in(file, std::ios::binary);
  std::vector<char> packed(kBuffer), bytes(kBuffer);
  z_stream stream{};
  if (!in || inflateInit2(&stream, 15 + 16) != Z_OK) {
    *error = Both("cannot read {1}", file);
    return false;
  }
  std::uintmax_t taken = 0;
  std::size_t in_member = 0, all = 0;
  *end = 0;
  *plain = 0;
  bool good = true;
  while (good && (in.read(packed.data(), static_cast<std::streamsize>(packed.size())), in.gcount() > 0)) {
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(in.gcount());
    while (good && stream.avail_in > 0) {
      const uInt before = stream.avail_in;
      stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
      stream.avail_out = static_cast<uInt>(bytes.size());
      const int status = inflate(&stream, Z_NO_FLUSH);
      taken += before - stream.avail_in;
      in_member += bytes.size() - stream.avail_out;
      if (status == Z_STREAM_END) {
        all += in_member;
        if (in_member < ByteSink::kMember) {
          good = false;
        } else {
          *end = taken;
          *plain = all;
        }
        in_member = 0;
        inflateReset(&stream);
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        good = false;
      }
    }
  }
  inflateEnd(&stream);
  return true;
}

}  // namespace

bool Kept::Cut(const std::string& file, bool gzip, Message* error) {
  file_ = file;
  std::error_code status;
  if (!fs::exists(file, status)) return true;
  if (!fs::is_regular_file(file, status)) {
    *error = Both("{1} cannot be resumed: it is no regular file", file);
    return false;
  }
  std::uintmax_t end = fs::file_size(file, status);
  if (gzip) {
    std::size_t plain = 0;
    if (!EndOfFullMembers(file, &end, &plain, error)) return false;
    fs::resize_file(file, end, status);
    if (status) {
      *error = Both("cannot write {1}: {2}", file, status.message());
      return false;
    }
  }
  std::uintmax_t kept = 0;
  if (end > 0) {
    const auto source = ByteSource::Open(file, error);
    if (source == nullptr) return false;
    std::string line;
    bool whole = false;
    while (source->ReadLine(&line, error, &whole) && whole && IsWholeLine(line)) {
      ++documents_;
      has_errors_ = has_errors_ || IsErrorLine(line);
      kept += line.size() + 1;
    }
    if (!error->empty()) return false;
    // What is torn is a line without an end, or zeros. Anything else is no result of ours, and must not be thrown away.
    const bool torn = line.empty() || line.find('\0') != std::string::npos ||
                      (!whole && std::string_view("{\"id\":").starts_with(std::string_view(line).substr(0, 6)));
    if (kept < end && !torn && !gzip) {
      *error = Both("{1}:{2}: this is no result of `atau extract --to jsonl`, so the file cannot be resumed", file, documents_ + 1);
      return false;
    }
  }
  if (!gzip && kept < end) {
    fs::resize_file(file, kept, status);
    if (status) {
      *error = Both("cannot write {1}: {2}", file, status.message());
      return false;
    }
  }
  if (documents_ > 0) {
    source_ = ByteSource::Open(file, error);
    if (source_ == nullptr) return false;
  }
  return true;
}

bool Kept::IsNext(const std::string& id, Message* error) {
  ++compared_;
  const std::string begin = "{\"id\":" + (id.empty() ? "null" : id) + ",";
  if (source_ != nullptr && source_->ReadLine(&line_, error) && line_.starts_with(begin)) return true;
  if (error->empty()) {
    *error = Both("{1}:{2}: this is the result of another document than {3}: the inputs have changed since; begin anew without --resume",
                  file_, compared_, id);
  }
  return false;
}

bool RunNote::Begin(Message* error) const {
  if (std::ifstream in(file_, std::ios::binary); in) {
    std::ostringstream all;
    all << in.rdbuf();
    const std::string before = all.str();
    // A note that was torn itself says nothing wrong, as far as it goes.
    if (!settings_.starts_with(before)) {
      std::istringstream was(before), is(settings_);
      std::string old_line, new_line;
      while (std::getline(was, old_line) && std::getline(is, new_line) && old_line == new_line) old_line.clear(), new_line.clear();
      *error =
          Both("the run to be resumed had other settings: \"{1}\", now \"{2}\"; use the same ones, or begin anew without --resume ({3})",
               old_line, new_line, file_);
      return false;
    }
  }
  std::ofstream out(file_, std::ios::binary);
  out << settings_;
  out.close();
  if (!out) {
    *error = Both("cannot write {1}", file_);
    return false;
  }
  return true;
}

void RunNote::End() const {
  std::error_code ignored;
  fs::remove(file_, ignored);
}

}  // namespace atau::cli
