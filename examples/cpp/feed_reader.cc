// Reads a feed of articles, one JSON object {"id": …, "text": …} a line, and writes one line of JSON for each, in the same order. All
// threads share one extractor; each has a scratch of its own.
//
//     feed_reader [--threads N] [FILE]          standard input when no file is named
//
// A line that cannot be read gives {"id":null,"error":"line 3: …"}; the run goes on, and the exit status is 1 at its end.
#include <atau/atau.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Line {
  std::size_t number = 0;  // from 1
  std::string json;        // as read
  std::string result;      // as written
  std::string error;       // not empty: it could not be read
};

// What one line says, or why it says nothing.
void Process(const atau::Extractor& extractor, atau::Scratch* scratch, Line* line) {
  const auto article = nlohmann::json::parse(line->json, nullptr, /*allow_exceptions=*/false);
  if (!article.is_object()) {
    line->error = "this is no JSON object";
  } else if (const auto text = article.find("text"); text == article.end() || !text->is_string()) {
    line->error = "there is no \"text\"";
  } else {
    const auto document = extractor.Extract(text->get_ref<const std::string&>(), {}, scratch);
    if (document.ok()) {
      std::string id;
      if (const auto it = article.find("id"); it != article.end()) id = it->is_string() ? it->get<std::string>() : it->dump();
      line->result = atau::ToJson(*document, id);
    } else {
      line->error = document.error().ToString();
    }
  }
  if (!line->error.empty()) {
    line->error = "line " + std::to_string(line->number) + ": " + line->error;
    line->result = nlohmann::json{{"id", nullptr}, {"error", line->error}}.dump();
  }
}

// Lines are taken by whichever thread is free; each thread is one scratch.
void ProcessAll(const atau::Extractor& extractor, const std::vector<std::unique_ptr<atau::Scratch>>& scratches, std::vector<Line>* lines) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (const auto& scratch : scratches) {
    threads.emplace_back([&extractor, &next, lines, memory = scratch.get()] {
      for (std::size_t i; (i = next.fetch_add(1)) < lines->size();) Process(extractor, memory, &(*lines)[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Says on a terminal how far the run is.
class Progress {
 public:
  void Show(std::size_t documents) const {
    if (!terminal_) return;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::cerr << '\r' << documents << " articles, " << static_cast<long>(static_cast<double>(documents) / std::max(seconds, 1e-3))
              << " a second " << std::flush;
  }
  ~Progress() {
    if (terminal_) std::cerr << '\n';
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

int main(int argc, char** argv) {
  unsigned thread_count = std::max(1u, std::thread::hardware_concurrency());
  std::string file_name;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--threads" && i + 1 < argc) {
      const std::string_view number = argv[++i];
      const auto [end, bad] = std::from_chars(number.data(), number.data() + number.size(), thread_count);
      if (bad != std::errc() || end != number.data() + number.size() || thread_count < 1 || thread_count > 256) {
        std::cerr << "--threads takes a number from 1 to 256\n";
        return 2;
      }
    } else if (argument.starts_with("--") || !file_name.empty()) {
      std::cerr << "usage: feed_reader [--threads N] [FILE]\n";
      return 2;
    } else {
      file_name = argument;
    }
  }
  std::ifstream file(file_name);
  if (!file_name.empty() && !file) {
    std::cerr << file_name << ": the file cannot be read\n";
    return 1;
  }
  std::istream& feed = file_name.empty() ? std::cin : file;

  const auto extractor = atau::Extractor::Load(atau::DefaultBundlePath());
  if (!extractor.ok()) {
    std::cerr << extractor.error().ToString() << '\n';
    return 1;
  }
  std::vector<std::unique_ptr<atau::Scratch>> scratches;
  for (unsigned i = 0; i < thread_count; ++i) scratches.push_back(extractor->NewScratch());

  // A block of lines at a time: memory stays small however long the feed is, and the order is kept by itself.
  const std::size_t block = std::size_t{64} * thread_count;
  const Progress progress;
  std::size_t read = 0, bad = 0;
  while (feed) {
    std::vector<Line> lines;
    for (std::string json; lines.size() < block && std::getline(feed, json);) lines.push_back({++read, std::move(json), {}, {}});
    ProcessAll(*extractor, scratches, &lines);
    for (const Line& line : lines) {
      std::cout << line.result << '\n';
      if (line.error.empty()) continue;
      ++bad;
      std::cerr << line.error << '\n';
    }
    std::cout.flush();
    progress.Show(read);
  }
  return bad == 0 ? 0 : 1;
}
