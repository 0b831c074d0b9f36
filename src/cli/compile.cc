#include <iostream>
#include <memory>

#include "cli/cli.h"
#include "cli/files.h"
#include "cli/progress.h"

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
  Progress progress(write ? T("compiling") : T("checking"), !o.quiet);
  options.progress = [&progress](std::string_view, double share) {
    progress.ShowCount(static_cast<std::size_t>(share * 1000), 1000, false);
  };
  auto result = Compile(std::move(sources.value()), options);
  progress.Wipe();
  if (!result.ok()) return Complain(result.error()), kFailed;
  std::size_t errors = 0, warnings = 0;
  for (const Diagnostic& d : result->diagnostics) {
    (d.severity == Diagnostic::Severity::kError ? errors : warnings) += 1;
    if (d.severity == Diagnostic::Severity::kError || !o.quiet) std::cerr << d.ToString() << '\n';
  }
  if (errors > 0 || (warnings > 0 && !o.quiet) || !write) {
    std::cerr << Fill(TN("{1} error", "{1} errors", errors), {std::to_string(errors)}) << ", "
              << Fill(TN("{1} warning", "{1} warnings", warnings), {std::to_string(warnings)}) << '\n';
  }
  if (!result->ok) return kFailed;
  if (!write) return kOk;
  // Renamed into its place, so that a process that has the old bundle mapped keeps it whole.
  if (!WriteFile(o.output, result->bundle)) return kFailed;
  if (!o.quiet) std::cerr << o.output << ": " << static_cast<double>(result->bundle.size()) / 1000000.0 << " MB\n";
  return kOk;
}

}  // namespace

Command AddCompile(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(parent, "compile", T("Turn a folder of dictionaries, rules and weights into a bundle"),
                             "  atau compile dictionaries -o atau.bundle\n"
                             "  atau compile my_names --base atau.bundle -o my.atau\n",
                             T("Every mistake is reported as file:line:column: message. Nothing is written when there is an error."));
  app->add_option("FOLDER", o->folder, T("The folder with the sources"))->required()->type_name("FOLDER");
  app->add_option("-o,--output", o->output, T("The bundle to write"))->required()->type_name("FILE");
  app->add_option("--base", o->base, T("A bundle that the sources extend"))->type_name("FILE");
  app->add_flag("--no-examples", o->no_examples, T("Do not run the examples of the rules"));
  app->add_flag("--quiet", o->quiet, T("No progress line, and errors only"));
  return {app, [o] { return Run(*o, true); }};
}

Command AddCheck(CLI::App* parent) {
  auto o = std::make_shared<Options>();
  CLI::App* app = AddCommand(parent, "check", T("Report every mistake in a folder of dictionaries, rules and weights"),
                             "  atau check dictionaries\n  atau check my_names --base atau.bundle\n", "");
  app->add_option("FOLDER", o->folder, T("The folder with the sources"))->required()->type_name("FOLDER");
  app->add_option("--base", o->base, T("A bundle that the sources extend"))->type_name("FILE");
  app->add_flag("--no-examples", o->no_examples, T("Do not run the examples of the rules"));
  app->add_flag("--quiet", o->quiet, T("No progress line, and errors only"));
  return {app, [o] { return Run(*o, false); }};
}

}  // namespace atau::cli
