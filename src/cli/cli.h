// The command line program: what its commands share.
#ifndef ATAU_CLI_CLI_H_
#define ATAU_CLI_CLI_H_

#include <atau/atau.h>

#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace atau::cli {

// Exit statuses: 0 all went well; 1 something failed (a bad line, a mistake in a source, an unreadable file), the rest was done; 2 the
// command line itself is wrong.
inline constexpr int kOk = 0, kFailed = 1, kUsage = 2;

// Registers a command; `run` returns the exit status.
struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};
Command AddExtract(CLI::App* parent);
Command AddExplain(CLI::App* parent);
Command AddCompile(CLI::App* parent);
Command AddCheck(CLI::App* parent);
Command AddEval(CLI::App* parent);
Command AddRender(CLI::App* parent);
Command AddBench(CLI::App* parent);

// Options that all commands with an extractor have.
struct ExtractorOptions {
  std::string bundle;              // empty: the default one
  std::vector<std::string> extra;  // TSV and rule files, or bundles (.atau)
  std::string date;
  std::vector<std::string> types, keep;
  void AddTo(CLI::App* app);
  // Loads, or prints what is wrong and returns false.
  bool Load(std::vector<Extractor>* out) const;
  ExtractOptions ToExtractOptions(bool html) const;
};

// Flushes standard output; kFailed with a complaint when something of it could not be written, else `status`.
int Finish(int status);

// The whole content of a file; false (with a complaint) when it cannot be read.
bool ReadFile(const std::string& name, std::string* content);

// "atau: message" on standard error.
void Complain(const std::string& message);
void Complain(const Error& error);

// One document of the input.
struct Input {
  std::string id;  // JSON of the id ("\"a\"", "7", "null")
  std::string text;
  std::string rest;   // JSON members that are carried through, without braces: "\"url\":…,\"date\":…"; empty when there are none
  std::string error;  // not empty: the line was bad
  std::string file;
  std::size_t line = 0;
};

enum class Format { kText, kJsonl, kHtml };

// Reads documents one at a time from files or standard input ("-"). Directories are read in the order of their names.
class Reader {
 public:
  Reader(std::vector<std::string> files, Format format, std::string charset, bool lines);
  ~Reader();
  // False at the end. A bad line or file comes as an Input with `error`.
  bool Next(Input* input);
  // Bytes read so far and in all (0 where unknown), for progress.
  std::size_t done() const;
  std::size_t total() const;

 private:
  struct State;
  State* state_;
};

// A progress bar on standard error, shown when that is a terminal.
class Progress {
 public:
  Progress(std::string what, bool wanted);
  ~Progress();
  void Show(std::size_t done, std::size_t total, std::size_t documents);

 private:
  std::string what_;
  bool shown_;
  double last_ = 0, start_;
};

// Adds a line of JSON: the document's, with the id and the carried members in front.
void AppendJsonLine(const Input& input, const Document& document, std::string* out);
std::string JsonError(const Input& input, const std::string& message);

}  // namespace atau::cli

#endif  // ATAU_CLI_CLI_H_
