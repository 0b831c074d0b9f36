// Prints the readings of words: `morph_dump [--section FILE | SOURCE.tsv…] [--save FILE] [--no-guess] [--cap] < words`.
//
// Each output line is word, lemma, tag, origin, list bits and weight, separated by tabs. The tests in tests/python compare them with
// pymorphy3.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "bundle/diagnostics.h"
#include "morph/builder.h"
#include "morph/morph.h"

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace atau;
  std::string section_file, save;
  bool guess = true, capital = false, time = false;
  bundle::Diagnostics diagnostics;
  morph::Builder builder(&diagnostics);
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    if (arg == "--section" && i + 1 < argc) {
      section_file = argv[++i];
    } else if (arg == "--save" && i + 1 < argc) {
      save = argv[++i];
    } else if (arg == "--no-guess") {
      guess = false;
    } else if (arg == "--cap") {
      capital = true;
    } else if (arg == "--time") {
      time = true;
    } else {
      builder.Add(arg, ReadFile(arg));
    }
  }
  std::string section;
  if (!section_file.empty()) {
    section = ReadFile(section_file);
  } else {
    const auto start = std::chrono::steady_clock::now();
    auto built = builder.Build();
    for (const Diagnostic& d : diagnostics.Take()) {
      if (d.severity == Diagnostic::Severity::kError) std::cerr << d.ToString() << "\n";
    }
    if (!built.ok()) {
      std::cerr << built.error().ToString() << "\n";
      return 1;
    }
    section = std::move(built).value();
    if (time) std::fprintf(stderr, "built %zu bytes in %.2f s\n", section.size(), Seconds(start));
  }
  if (!save.empty()) std::ofstream(save, std::ios::binary) << section;
  const std::string_view sections[] = {section};
  const auto open_start = std::chrono::steady_clock::now();
  auto opened = morph::OpenMorph(sections);
  if (!opened.ok()) {
    std::cerr << opened.error().ToString() << "\n";
    return 1;
  }
  if (time) std::fprintf(stderr, "opened in %.2f ms\n", Seconds(open_start) * 1e3);
  const morph::Morph& morph = **opened;
  std::vector<std::string> words;
  for (std::string line; std::getline(std::cin, line);) words.push_back(line);
  const token::Shape shape = capital ? token::Shape::kCap : token::Shape::kLower;
  std::vector<morph::Reading> readings;
  if (time) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t total = 0;
    for (const std::string& word : words) {
      readings.clear();
      morph.Analyze(word, shape, guess, &readings);
      total += readings.size();
    }
    const double all = Seconds(start);
    std::fprintf(stderr, "%zu words, %zu readings, %.0f ns a word\n", words.size(), total, all / static_cast<double>(words.size()) * 1e9);
    return 0;
  }
  std::ios::sync_with_stdio(false);
  std::string folded;
  for (const std::string& word : words) {
    readings.clear();
    morph.Analyze(word, shape, guess, &readings);
    morph::Fold(word, &folded);
    for (const morph::Reading& reading : readings) {
      std::cout << word << '\t' << morph.Lemma(reading, folded) << '\t' << morph.TagString(reading) << '\t'
                << static_cast<int>(reading.origin) << '\t' << static_cast<int>(reading.list) << '\t' << static_cast<int>(reading.weight)
                << '\n';
    }
  }
  return 0;
}
