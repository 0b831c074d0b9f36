// The program's options and help, and what is wrong with a command line.
#include <algorithm>

#include "cli/option_shape.h"
#include "cli/terminal.h"

namespace atau::cli {
namespace {

// Steps (a letter more, less or another one) from one word to another.
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
      corner = above;
    }
  }
  return row.back();
}

// " Did you mean …?" for the known word that is nearest, where one is near.
std::string Nearest(const std::string& word, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = word.size() < 5 ? 2 : 3;
  for (const std::string& k : known) {
    if (const std::size_t d = Distance(word, k); d < least) least = d, best = &k;
  }
  return best == nullptr ? "" : " " + Say("Did you mean {1}?", *best);
}

// The command that was named, or the program itself.
const CLI::App& Named(const CLI::App& app) {
  const auto parsed = app.get_subcommands();
  return parsed.empty() ? app : *parsed.back();
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::string After(const std::string& text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  return at == std::string::npos ? text : text.substr(at + mark.size());
}
std::string Before(const std::string& text, std::string_view mark) { return text.substr(0, text.find(mark)); }

std::string Problem(const CLI::ParseError& e, const CLI::App& app, int argc, const char* const* argv) {
  const std::string what = e.what();
  const CLI::App& command = Named(app);
  if (what.starts_with("The following argument")) {
    // CLI11 names them all; the first one is what went wrong.
    const std::string word = Before(After(what, "expected: "), " ");
    if (&command == &app && !word.starts_with("-")) {
      std::vector<std::string> names;
      for (const CLI::App* c : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
        names.push_back(c->get_name());
      return Say("there is no command \"{1}\".", word) + Nearest(word, names);
    }
    if (word.starts_with("-")) return Say("there is no option {1}.", word) + Nearest(Before(word, "="), OptionNames(command));
    return Say("\"{1}\" is one argument too many.", word);
  }
  if (e.get_name() == "RequiredError") {
    // A word that is no command is reported as a command that is missing.
    if (&command == &app) {
      for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (!word.starts_with("-") && (i == 1 || std::string_view(argv[i - 1]) != "--lang")) {
          std::vector<std::string> names;
          for (const CLI::App* c : app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); }))
            names.push_back(c->get_name());
          return Say("there is no command \"{1}\".", word) + Nearest(word, names);
        }
      }
      return T("name a command, such as `atau extract article.txt`.");
    }
    return Say("{1} must be given.", Before(what, " is required"));
  }
  if (e.get_name() == "ArgumentMismatch") return Say("{1} lacks its value.", Before(what, ":"));
  if (e.get_name() == "ExcludesError") return Say("{1} and {2} cannot go together.", Before(what, " excludes "), After(what, " excludes "));
  if (e.get_name() == "RequiresError") return Say("{1} needs {2} too.", Before(what, " requires "), After(what, " requires "));
  if (e.get_name() == "ConversionError" && what.starts_with("Could not convert: ")) {
    const std::string rest = After(what, "convert: ");
    return Say("{1}: \"{2}\" is no whole number.", Before(rest, " = "), After(rest, " = "));
  }
  return what;  // the messages of our own checks
}

// Help whose lines are wrapped at blanks, with what may be chosen and the default behind the description.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("Usage", T("Usage"));
    label("OPTIONS", T("OPTIONS"));
    label("SUBCOMMAND", T("COMMAND"));
    label("Positionals", T("Arguments"));
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const OptionShape shape = ShapeOf(*option);
    std::string head, about = shape.description;
    if (is_positional) {
      head = shape.names[0] + (shape.repeated ? "..." : "");
    } else {
      // "-j, --jobs N": the short name first, as everywhere.
      for (auto name = shape.names.rbegin(); name != shape.names.rend(); ++name) head += (head.empty() ? "" : ", ") + *name;
      if (shape.takes_value()) head += " " + shape.type;
    }
    if (!shape.choices.empty()) about += ": " + Listed(shape.choices);
    if (!shape.default_value.empty()) about += " [" + shape.default_value + "]";
    if (shape.required && !is_positional) about += " " + T("(must be given)");
    return Item(head, about);
  }

  std::string make_subcommand(const CLI::App* command) const override { return Item(command->get_name(), command->get_description()); }

 private:
  static std::string Item(const std::string& head, const std::string& about) {
    constexpr std::size_t kColumn = 26, kWidth = 110;
    std::string out = "  " + head;
    if (Columns(out) + 2 > kColumn) {
      out += "\n" + std::string(kColumn, ' ');
    } else {
      out = PadRight(out, kColumn);
    }
    std::size_t column = kColumn;
    for (std::size_t at = 0; at < about.size();) {
      const std::size_t blank = std::min(about.find(' ', at), about.size());
      const std::string word = about.substr(at, blank - at);
      if (column > kColumn && column + 1 + Columns(word) > kWidth) {
        out += "\n" + std::string(kColumn, ' ');
        column = kColumn;
      }
      if (column > kColumn) out += ' ', ++column;
      out += word;
      column += Columns(word);
      at = blank + 1;
    }
    return out + "\n";
  }
};

}  // namespace

OptionShape ShapeOf(const CLI::Option& option) {
  OptionShape shape;
  for (const std::string& name : option.get_lnames()) shape.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) shape.names.push_back("-" + name);
  shape.positional = option.get_positional();
  if (shape.positional) shape.names = {option.get_name(true, false)};
  shape.description = option.get_description();
  shape.default_value = option.get_default_str();
  shape.required = option.get_required();
  shape.repeated = option.get_items_expected_max() > 2 || option.get_expected_max() > 2;
  if (option.get_items_expected_max() == 0) return shape;
  // "TYPE:{PERSON,ORGANIZATION}": the checks describe themselves behind a colon.
  shape.type = option.get_type_name();
  const std::size_t open = shape.type.find('{');
  if (open != std::string::npos) {
    std::string name;
    for (const char c : shape.type.substr(open + 1)) {
      if (c != ',' && c != '}') {
        name += c;
        continue;
      }
      shape.choices.push_back(std::move(name));
      name.clear();
      if (c == '}') break;
    }
    shape.type.resize(open);
  }
  if (const std::size_t colon = shape.type.find(':'); colon != std::string::npos) shape.type.resize(colon);
  // CLI11 names the types of values as programmers do.
  if (shape.type == "INT" || shape.type == "UINT") shape.type = "N";
  if (shape.type.empty() || (shape.type == "TEXT" && !shape.choices.empty())) shape.type = "WORD";
  return shape;
}

std::string Listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string Worded(const CLI::ParseError& error, const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App& command = Named(app);
  const std::string help = &command == &app ? "atau --help" : "atau " + command.get_name() + " --help";
  return Problem(error, app, argc, argv) + "\n" + Say("`{1}` shows what can be given.", help);
}

CLI::App* AddCommand(CLI::App* parent, const std::string& name, const std::string& description, const std::string& examples,
                     const std::string& prose) {
  CLI::App* app = parent->add_subcommand(name, description);
  app->get_help_ptr()->group(T("Options"));
  app->group(T("Commands"));
  app->fallthrough();  // --lang may stand anywhere
  std::string footer;
  if (!examples.empty()) footer += T("Examples:") + "\n" + examples;
  if (!prose.empty()) footer += (footer.empty() ? "" : "\n") + prose;
  app->footer(footer);
  return app;
}

Program MakeProgram() {
  Program program;
  program.app =
      std::make_unique<CLI::App>(T("atau finds people, organizations, places and programmes in Russian text, and says why."), "atau");
  program.language = std::make_unique<std::string>();
  CLI::App* app = program.app.get();
  app->option_defaults()->group(T("Options"));
  app->formatter(std::make_shared<HelpFormatter>());
  app->set_help_flag("-h,--help", T("Show this help"));
  app->set_version_flag("--version", std::string(Version()), T("Show the version"));
  // Read before everything else (LanguageOf), since the help is worded while the options are made; here it is checked.
  app->add_option("--lang", *program.language, T("The language of messages and help (default: by $LC_ALL, $LC_MESSAGES, $LANG)"))
      ->type_name("LANG")
      ->check(OneOf(Languages()));
  app->require_subcommand(1);
  app->footer(
      T("`atau COMMAND --help` shows a command's options with examples. Exit status: 0 all went well; 1 something failed, the rest\n"
        "was done; 2 the command line is wrong; 130 interrupted."));
  program.commands = {AddExtract(app), AddExplain(app), AddRender(app), AddEval(app),      AddCompile(app),
                      AddCheck(app),   AddBench(app),   AddManual(app), AddCompletion(app)};
  return program;
}

}  // namespace atau::cli
