#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "cli/cli.h"

namespace atau::cli {
namespace {

double Now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

// An installation may have been moved, or made under another prefix than was configured: look beside the program before giving up.
std::string BundlePath() {
  std::string path = DefaultBundlePath();
  if (!path.empty()) return path;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* place : {"atau.bundle", "../share/atau/atau.bundle"}) {
    const std::filesystem::path beside = program.parent_path() / place;
    if (std::filesystem::is_regular_file(beside, error)) return beside.lexically_normal().string();
  }
  return {};
}

bool EndsWith(const std::string& s, const char* end) { return s.ends_with(end); }

}  // namespace

int Finish(int status) {
  std::cout.flush();
  if (std::cout) return status;
  Complain("cannot write to standard output");
  return kFailed;
}

bool ReadFile(const std::string& name, std::string* content) {
  std::error_code error;
  if (std::filesystem::is_directory(name, error)) return Complain(name + " is a directory"), false;
  std::ifstream in(name, std::ios::binary);
  if (!in) return Complain("cannot read " + name + ": " + std::strerror(errno)), false;
  std::ostringstream all;
  all << in.rdbuf();
  *content = std::move(all).str();
  if (in.bad()) return Complain("cannot read " + name), false;
  return true;
}

void Complain(const std::string& message) { std::cerr << "atau: " << message << '\n'; }
void Complain(const Error& error) { Complain(error.ToString()); }

void ExtractorOptions::AddTo(CLI::App* app) {
  app->add_option("--bundle", bundle, "The bundle to use (default: $ATAU_BUNDLE, else the one beside the program)")->type_name("FILE");
  app->add_option("--extra", extra, "Own dictionaries (.tsv), rules (.rules) or bundles (.atau), on top of the bundle")->type_name("FILE");
  app->add_option("--date", date, "The date of the texts, for «вчера» and the like")->type_name("YYYY-MM-DD");
  app->add_option("--types", types, "Only these types (PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE, MONEY, ROLE)")
      ->type_name("TYPE")
      ->delimiter(',');
  app->add_option("--keep", keep, "Repairs to switch off (soft_hyphen, look_alike, …)")->type_name("REPAIR")->delimiter(',');
}

bool ExtractorOptions::Load(std::vector<Extractor>* out) const {
  for (const std::string& t : types) {
    if (TypeByName(t) == Type::kNone) {
      Complain("there is no type \"" + t + "\" (types are PERSON, ORGANIZATION, LOCATION, PROGRAM, DATE, MONEY, ROLE)");
      return false;
    }
  }
  LoadOptions options;
  for (const std::string& file : extra) {
    if (!EndsWith(file, ".tsv") && !EndsWith(file, ".rules")) {
      options.extra_bundles.push_back(file);
      continue;
    }
    std::string content;
    if (!ReadFile(file, &content)) return false;
    options.extra_sources.push_back({file, std::move(content)});
  }
  auto extractor = Extractor::Load(bundle.empty() ? BundlePath() : bundle, options);
  if (!extractor.ok()) {
    Complain(extractor.error());
    return false;
  }
  out->push_back(std::move(extractor.value()));
  return true;
}

ExtractOptions ExtractorOptions::ToExtractOptions(bool html) const {
  ExtractOptions o;
  o.html = html;
  o.date = date;
  o.keep = keep;
  for (const std::string& t : types) o.types.push_back(TypeByName(t));
  return o;
}

Progress::Progress(std::string what, bool wanted) : what_(std::move(what)), shown_(wanted && isatty(STDERR_FILENO) != 0), start_(Now()) {}

Progress::~Progress() {
  if (shown_ && last_ > 0) std::fprintf(stderr, "\n");
}

void Progress::Show(std::size_t done, std::size_t total, std::size_t documents) {
  if (!shown_) return;
  const double now = Now();
  if (now - last_ < 0.2) return;
  last_ = now;
  const double mb = static_cast<double>(done) / 1e6, seconds = now - start_ + 1e-9;
  if (total > 0) {
    constexpr int kWidth = 30;
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const int full = static_cast<int>(std::lround(share * kWidth));
    std::fprintf(stderr, "\r%s [%s%s] %3.0f%% %zu docs %.1f MB/s, %.0f s left ", what_.c_str(),
                 std::string(static_cast<std::size_t>(full), '#').c_str(),
                 std::string(static_cast<std::size_t>(kWidth - full), '.').c_str(), share * 100, documents, mb / seconds,
                 share > 0 ? seconds / share - seconds : 0.0);
  } else {
    std::fprintf(stderr, "\r%s %zu docs %.1f MB %.1f MB/s ", what_.c_str(), documents, mb, mb / seconds);
  }
  std::fflush(stderr);
}

}  // namespace atau::cli
