#include "cli/files.h"

#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "cli/bytes_in.h"
#include "cli/cli.h"
#include "cli/messages.h"

namespace atau::cli {
namespace {

namespace fs = std::filesystem;

bool Matches(const std::string& relative, const std::vector<std::string>& globs) {
  if (globs.empty()) return true;
  const std::string last = fs::path(relative).filename().string();
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return fnmatch(glob.c_str(), glob.find('/') == std::string::npos ? last.c_str() : relative.c_str(), FNM_PERIOD) == 0;
  });
}

void ExpandFolder(const std::string& folder, const std::vector<std::string>& globs, std::vector<InputFile>* out) {
  std::vector<InputFile> inside;
  bool unreadable = false;
  // By hand and not by a recursive iterator, which ends at the first folder that may not be read.
  std::vector<fs::path> waiting = {folder};
  while (!waiting.empty()) {
    const fs::path at = waiting.back();
    waiting.pop_back();
    std::error_code error;
    fs::directory_iterator it(at, error);
    if (error) {
      inside.push_back({at.string(), at.lexically_relative(folder).string(), Both("cannot read {1}: {2}", at.string(), error.message())});
      unreadable = true;
      continue;
    }
    for (; it != fs::directory_iterator(); it.increment(error)) {
      if (error) break;
      const std::string name = it->path().filename().string();
      if (name.starts_with(".")) continue;
      std::error_code ignored;
      if (it->is_directory(ignored) && !it->is_symlink(ignored)) {
        waiting.push_back(it->path());
      } else if (it->is_regular_file(ignored)) {
        const std::string relative = it->path().lexically_relative(folder).string();
        if (Matches(relative, globs)) inside.push_back({it->path().string(), relative, {}});
      }
    }
  }
  std::sort(inside.begin(), inside.end(), [](const InputFile& x, const InputFile& y) { return x.name < y.name; });
  if (inside.empty() && !unreadable) {
    inside.push_back({folder, {}, globs.empty() ? Both("there is no file in {1}", folder) : Both("no file in {1} matches --glob", folder)});
  }
  out->insert(out->end(), inside.begin(), inside.end());
}

}  // namespace

std::string BesideProgram(const std::vector<std::string>& folders, const std::string& file) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const std::string& folder : folders) {
    const fs::path place = (program.parent_path() / folder).lexically_normal();
    if (fs::is_regular_file(place / file, error)) return place.string();
  }
  return {};
}

std::vector<InputFile> Expand(const std::vector<std::string>& names, const std::vector<std::string>& globs) {
  std::vector<InputFile> out;
  for (const std::string& name : names) {
    std::error_code error;
    if (name != "-" && fs::is_directory(name, error)) {
      ExpandFolder(name, globs, &out);
    } else {
      out.push_back({name, name == "-" ? "stdin" : fs::path(name).filename().string(), {}});
    }
  }
  if (names.empty()) out.push_back({"-", "stdin", {}});
  return out;
}

bool ReadFile(const std::string& name, std::string* content) {
  Message error;
  content->clear();
  const auto source = ByteSource::Open(name, &error);
  if (source == nullptr || !source->ReadAll(content, &error)) return Complain(error.said), false;
  return true;
}

bool WriteFile(const std::string& name, const std::string& content) {
  std::error_code error;
  // What is no regular file (a device, a pipe) can only be written in place.
  const bool in_place = fs::exists(name, error) && !fs::is_regular_file(name, error);
  const std::string beside = in_place ? name : name + ".new";
  errno = 0;
  std::ofstream out(beside, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) {
    Complain(Say("cannot write {1}: {2}", name, errno != 0 ? std::strerror(errno) : "?"));
    if (!in_place) fs::remove(beside, error);
    return false;
  }
  if (in_place) return true;
  fs::rename(beside, name, error);
  if (error) return Complain(Say("cannot write {1}: {2}", name, error.message())), false;
  return true;
}

}  // namespace atau::cli
