// The command line program: what its commands share.
#ifndef ATAU_CLI_CLI_H_
#define ATAU_CLI_CLI_H_

#include <atau/atau.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/messages.h"

namespace atau::cli {

// Exit statuses: 0 all went well; 1 something failed (a bad line, a mistake in a source, an unreadable file), and the rest was done; 2 the
// command line itself is wrong, and nothing was done; 128 and the number of the signal (130 for Ctrl-C) when the program was interrupted.
inline constexpr int kOk = 0, kFailed = 1, kUsage = 2, kSignalled = 128;

// Registers a command; `run` returns the exit status.
struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};
Command AddExtract(CLI::App* parent);
Command AddExplain(CLI::App* parent);
Command AddRender(CLI::App* parent);
Command AddEval(CLI::App* parent);
Command AddCompile(CLI::App* parent);
Command AddCheck(CLI::App* parent);
Command AddBench(CLI::App* parent);
Command AddCompletion(CLI::App* parent);
Command AddManual(CLI::App* parent);

// The whole program: its options and commands, in the language that was chosen.
struct Program {
  std::unique_ptr<CLI::App> app;
  std::vector<Command> commands;
  std::unique_ptr<std::string> language;  // as it was named; UseLanguage has done it
};
Program MakeProgram();

// A command with its help: `examples` are lines of shell, `prose` (may be empty) is translated already.
CLI::App* AddCommand(CLI::App* parent, const std::string& name, const std::string& description, const std::string& examples,
                     const std::string& prose);

// Checks of values that say what is allowed. The list also stands in the help and in the shells' completion.
CLI::Validator OneOf(const std::vector<std::string>& names);
CLI::Validator WholeNumber(long least, long most);
// What is wrong with a command line, in the chosen language.
std::string Worded(const CLI::ParseError& error, const CLI::App& app, int argc, const char* const* argv);

// Options that all commands with an extractor have.
struct ExtractorOptions {
  std::string bundle;              // empty: the default one
  std::vector<std::string> extra;  // TSV and rule files, or bundles (.atau)
  std::string date;
  std::vector<std::string> types, without, keep;
  bool places_apart = false;
  void AddTo(CLI::App* app);
  // Loads, or prints what is wrong and returns the exit status: kUsage for an option that the bundle does not know, else kFailed.
  int Load(std::vector<Extractor>* out) const;
  ExtractOptions ToExtractOptions(bool html) const;
};

// Options of the commands that read documents.
struct InputOptions {
  std::string from = "auto", charset = "auto";
  std::vector<std::string> files, globs;
  bool lines = false;
  void AddTo(CLI::App* app);
};

// Writes to standard output at once; kFailed with a complaint when something of it could not be written, else `status`.
int Print(const std::string& text, int status);

// "atau: message" on standard error.
void Complain(const std::string& message);
void Complain(const Error& error);

}  // namespace atau::cli

#endif  // ATAU_CLI_CLI_H_
