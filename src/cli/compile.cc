#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "cli/cli.h"

namespace atau::cli {
namespace {

struct Options {
  std::string folder, output, base;
  bool quiet = false, no_examples = false;
};

int Run(const Options& o, bool write) {
  auto sources = ReadSources(o.folder);
  if (!sources.ok()) return Complain(sources.error()), kFailed;
  CompileOptions options;
  options.base_bundle = o.base;
  options.run_examples = !o.no_examples;
  Progress progress(write ? "compiling" : "checking", !o.quiet);
  options.progress = [&progress](std::string_view, double share) { progress.Show(static_cast<std::size_t>(share * 1000), 1000, 0); };
  auto result = Compile(std::move(sources.value()), options);
  if (!result.ok()) return Complain(result.error()), kFailed;
  std::size_t errors = 0, warnings = 0;
  for (const Diagnostic& d : result->diagnostics) {
    (d.severity == Diagnostic::Severity::kError ? errors : warnings) += 1;
    if (d.severity == Diagnostic::Severity::kError || !o.quiet) std::cerr << d.ToString() << '\n';
  }
  if (errors > 0 || (warnings > 0 && !o.quiet) || !write) std::cerr << errors << " errors, " << warnings << " warnings\n";
  if (!result->ok) return kFailed;
  if (!write) return kOk;
  // Written beside and renamed, so that a process that has the old bundle mapped keeps it whole.
  const std::string beside = o.output + ".new";
  {
    std::ofstream out(beside, std::ios::binary);
    out.write(result->bundle.data(), static_cast<std::streamsize>(result->bundle.size()));
    if (!out) return Complain("cannot write " + beside), kFailed;
  }
  std::error_code error;
  std::filesystem::rename(beside, o.output, error);
  if (error) return Complain("cannot write " + o.output + ": " + error.message()), kFailed;
  if (!o.quiet) std::cerr << o.output << ": " << result->bundle.size() / 1000000.0 << " MB\n";
  return kOk;
}

}  // namespace

Command AddCompile(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("compile", "Turn a folder of dictionaries, rules and weights into a bundle");
  app->footer(
      "Examples:\n"
      "  atau compile dictionaries -o atau.bundle\n"
      "  atau compile my_names --base atau.bundle -o my.atau\n\n"
      "Every mistake is reported as file:line:column: message. Nothing is written when there is an error.");
  app->add_option("FOLDER", o->folder, "The folder with the sources")->required();
  app->add_option("-o,--output", o->output, "The bundle to write")->required();
  app->add_option("--base", o->base, "A bundle that the sources extend");
  app->add_flag("--no-examples", o->no_examples, "Do not run the examples of the rules");
  app->add_flag("--quiet", o->quiet, "No progress bar, and errors only");
  return {app, [o] { return Run(*o, true); }};
}

Command AddCheck(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = parent->add_subcommand("check", "Report every mistake in a folder of dictionaries, rules and weights");
  app->footer("Examples:\n  atau check dictionaries\n  atau check my_names --base atau.bundle");
  app->add_option("FOLDER", o->folder, "The folder with the sources")->required();
  app->add_option("--base", o->base, "A bundle that the sources extend");
  app->add_flag("--no-examples", o->no_examples, "Do not run the examples of the rules");
  app->add_flag("--quiet", o->quiet, "No progress bar, and errors only");
  return {app, [o] { return Run(*o, false); }};
}

}  // namespace atau::cli
