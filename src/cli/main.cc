// atau: people, organizations, places and programmes in Russian text.
#include <iostream>

#include "cli/cli.h"

int main(int argc, char** argv) {
  using namespace atau::cli;
  std::ios::sync_with_stdio(false);
  UseLanguage(LanguageOf(argc, argv));  // English where there is no catalogue, as in any gettext program
  Program program = MakeProgram();
  try {
    program.app->parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // The help of the command that was named.
    const CLI::App* app = program.app.get();
    for (const Command& c : program.commands) {
      if (c.app->parsed()) app = c.app;
    }
    return Print(app->help(app == program.app.get() ? "" : "atau"), kOk);
  } catch (const CLI::CallForVersion&) {
    return Print("atau " + std::string(atau::Version()) + "\n", kOk);
  } catch (const CLI::ParseError& e) {
    Complain(Worded(e, *program.app, argc, argv));
    return kUsage;
  }
  for (const Command& c : program.commands) {
    if (c.app->parsed()) return c.run();
  }
  return kUsage;
}
