#include <atau/compiler.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace atau {
namespace {

namespace fs = std::filesystem;

bool IsWanted(const fs::path& path) {
  const std::string name = path.filename().string(), extension = path.extension().string();
  return extension == ".tsv" || extension == ".rules" || name.starts_with("LICENSE") || name.starts_with("ATTRIBUTION");
}

}  // namespace

Result<std::vector<Source>> ReadSources(const std::string& folder) {
  const auto fail = [](Code code, const fs::path& path, std::string message, std::string hint) {
    return Error{.code = code, .message = std::move(message), .file = path.string(), .hint = std::move(hint)};
  };
  std::error_code error;
  const fs::path root(folder);
  const fs::file_status status = fs::status(root, error);
  if (!fs::exists(status)) return fail(Code::kNotFound, root, "there is no such folder", "name the folder that holds the dictionaries");
  std::vector<fs::path> paths;
  if (fs::is_regular_file(status)) {
    paths.push_back(root);  // a single file may be named too
  } else if (fs::is_directory(status)) {
    fs::recursive_directory_iterator it(root, error);
    for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (it->is_directory(error)) {
        // Scripts that derive dictionaries, and what tools hide.
        if (name == "import" || name.starts_with(".") || name == "__pycache__") it.disable_recursion_pending();
      } else if (!name.starts_with(".") && IsWanted(it->path())) {
        paths.push_back(it->path());
      }
      if (error) break;
    }
    if (error) return fail(Code::kIo, root, "the folder cannot be read: " + error.message(), "check its permissions");
  } else {
    return fail(Code::kIo, root, "this is neither a folder nor a file", "name the folder that holds the dictionaries");
  }
  std::vector<Source> sources;
  for (const fs::path& path : paths) {
    Source source;
    source.name = path == root ? path.filename().generic_string() : path.lexically_relative(root).generic_string();
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (file) {
      source.content.resize(static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0)));
      file.seekg(0);
      file.read(source.content.data(), static_cast<std::streamsize>(source.content.size()));
    }
    if (!file) return fail(Code::kIo, path, std::string("the file cannot be read: ") + std::strerror(errno), "check its permissions");
    sources.push_back(std::move(source));
  }
  std::sort(sources.begin(), sources.end(), [](const Source& a, const Source& b) { return a.name < b.name; });
  return sources;
}

}  // namespace atau
