// atau: people, organizations, places and programmes in Russian text.
#include <iostream>
#include <vector>

#include "cli/cli.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app("atau finds people, organizations, places and programmes in Russian text, and says why.", "atau");
  app.set_version_flag("--version", std::string(atau::Version()));
  app.require_subcommand(1);
  app.footer("`atau COMMAND --help` shows a command's options with examples.");
  using namespace atau::cli;
  const std::vector<Command> commands = {AddExtract(&app), AddExplain(&app), AddCompile(&app), AddCheck(&app),
                                         AddEval(&app),    AddRender(&app),  AddBench(&app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const int status = app.exit(e);
    return status == 0 ? kOk : kUsage;
  }
  for (const Command& c : commands) {
    if (c.app->parsed()) return c.run();
  }
  return kUsage;
}
