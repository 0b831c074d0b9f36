// Completion for shells, and the manual page. Both are made of the options that the program itself parses, so that they cannot lag behind.
#include <algorithm>
#include <functional>
#include <iostream>

#include "cli/option_shape.h"

namespace atau::cli {
namespace {

std::vector<OptionShape> OptionsOf(const CLI::App& app) {
  std::vector<OptionShape> out;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) out.push_back(ShapeOf(*option));
  }
  return out;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App* a) { return !a->get_group().empty(); });
}

std::string Joined(const std::vector<std::string>& words, const std::string& between) {
  std::string out;
  for (const std::string& w : words) out += (out.empty() ? "" : between) + w;
  return out;
}

std::string Replaced(std::string s, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = s.find(what, at)) != std::string::npos; at += by.size()) s.replace(at, what.size(), by);
  return s;
}

// Inside '…' of a shell.
std::string Quoted(const std::string& s) { return "'" + Replaced(s, "'", "'\\''") + "'"; }

std::string Bash(const CLI::App& app) {
  std::string names, cases;
  for (const CLI::App* c : CommandsOf(app)) {
    names += (names.empty() ? "" : " ") + c->get_name();
    std::string options, values;
    std::vector<std::string> positional_choices;
    for (const auto* of : {c, &app}) {
      for (const OptionShape& o : OptionsOf(*of)) {
        if (of == &app && o.names[0] != "--lang") continue;
        if (o.positional) {
          positional_choices = o.choices;
          continue;
        }
        for (const std::string& n : o.names) options += (options.empty() ? "" : " ") + n;
        if (!o.takes_value()) continue;
        values += "        " + Joined(o.names, "|") + ") " +
                  (!o.choices.empty() ? "_atau_words " + Quoted(Joined(o.choices, " "))
                   : o.takes_file()   ? "_atau_files"
                                      : "COMPREPLY=()") +
                  "; return ;;\n";
      }
    }
    cases += "    " + c->get_name() + ")\n      case $previous in\n" + values +
             "      esac\n      if [[ $current == -* ]]; then _atau_words " + Quoted(options) + "; else " +
             (positional_choices.empty() ? "_atau_files" : "_atau_words " + Quoted(Joined(positional_choices, " "))) + "; fi ;;\n";
  }
  return "# bash completion for atau; made by `atau completion bash`.\n"
         "_atau_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$part\"); }\n"
         "_atau_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$part\"); }\n"
         "_atau() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} part command=\n"
         "  # bash parts --name=value at the sign.\n"
         "  if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  part=$current\n"
         "  COMPREPLY=()\n"
         "  local i\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "      --lang) ((++i)) ;;\n"
         "      -*|=) ;;\n"
         "      *) command=${COMP_WORDS[i]}; break ;;\n"
         "    esac\n"
         "  done\n"
         "  case $command in\n" +
         cases +
         "    *)\n"
         "      if [[ $previous == --lang ]]; then _atau_words 'en ru'\n"
         "      elif [[ $current == -* ]]; then _atau_words '--help --version --lang'\n"
         "      else _atau_words " +
         Quoted(names) +
         "; fi ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _atau atau\n";
}

std::string Zsh(const CLI::App& app) {
  const auto described = [](const std::string& s) {
    return Replaced(Replaced(Replaced(Replaced(s, "\\", "\\\\"), "[", "\\["), "]", "\\]"), ":", "\\:");
  };
  const auto action = [](const OptionShape& o) {
    if (!o.choices.empty()) return "(" + Joined(o.choices, " ") + ")";
    return std::string(o.takes_file() ? "_files" : " ");
  };
  std::string commands, cases;
  for (const CLI::App* c : CommandsOf(app)) {
    commands += "    " + Quoted(c->get_name() + ":" + described(c->get_description())) + "\n";
    cases += "    " + c->get_name() + ")\n      _arguments -s \\\n";
    for (const auto* of : {c, &app}) {
      for (const OptionShape& o : OptionsOf(*of)) {
        if (of == &app && o.names[0] != "--lang") continue;
        if (o.positional) {
          cases += "        " + Quoted((o.repeated ? "*:" : ":") + described(o.names[0]) + ":" + action(o)) + " \\\n";
          continue;
        }
        for (const std::string& name : o.names) {
          const std::string apart = o.repeated ? "*" : "(" + Joined(o.names, " ") + ")";
          const std::string value = !o.takes_value() ? "" : ":" + described(o.type) + ":" + action(o);
          const std::string sign = !o.takes_value() ? "" : name.starts_with("--") ? "=" : "+";
          cases += "        " + Quoted(apart + name + sign + "[" + described(o.description) + "]" + value) + " \\\n";
        }
      }
    }
    cases += "        && return ;;\n";
  }
  return "#compdef atau\n# zsh completion for atau; made by `atau completion zsh`.\n"
         "_atau() {\n"
         "  local -a commands=(\n" +
         commands +
         "  )\n"
         "  local context state state_descr line\n"
         "  typeset -A opt_args\n"
         "  _arguments -C '(- *)'{-h,--help}'[help]' '(- *)--version[version]' '--lang=[language]:LANG:(en ru)' '1:command:->command' "
         "'*::argument:->argument' && return\n"
         "  if [[ $state == command ]]; then _describe command commands; return; fi\n"
         "  case $line[1] in\n" +
         cases +
         "  esac\n"
         "}\n"
         "if [[ $funcstack[1] == _atau ]]; then _atau \"$@\"; else compdef _atau atau; fi\n";
}

std::string Fish(const CLI::App& app) {
  const auto quoted = [](const std::string& s) { return "'" + Replaced(Replaced(s, "\\", "\\\\"), "'", "\\'") + "'"; };
  std::string out = "# fish completion for atau; made by `atau completion fish`.\n";
  out += "complete -c atau -n __fish_use_subcommand -f\n";
  for (const CLI::App* c : CommandsOf(app)) {
    out += "complete -c atau -n __fish_use_subcommand -f -a " + c->get_name() + " -d " + quoted(c->get_description()) + "\n";
  }
  const auto one = [&](const OptionShape& o, const std::string& condition) {
    std::string line = "complete -c atau" + (condition.empty() ? "" : " -n " + quoted(condition));
    if (!o.positional) {
      for (const std::string& name : o.names) line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      line += " -d " + quoted(o.description);
      if (o.takes_value()) line += o.takes_file() ? " -rF" : " -x";
    } else if (o.choices.empty()) {
      return std::string();
    } else {
      line += " -f";
    }
    if (!o.choices.empty()) line += " -a " + quoted(Joined(o.choices, " "));
    return line + "\n";
  };
  for (const OptionShape& o : OptionsOf(app))
    out += one(o, o.names[0] == "--lang" || o.names[0] == "--help" ? "" : "__fish_use_subcommand");
  for (const CLI::App* c : CommandsOf(app)) {
    for (const OptionShape& o : OptionsOf(*c)) {
      if (o.names[0] != "--help") out += one(o, "__fish_seen_subcommand_from " + c->get_name());
    }
  }
  return out;
}

// Text in a manual page: signs that would be requests or be typeset are escaped.
std::string Roff(const std::string& s) {
  std::string out;
  bool line_start = true;
  for (const char c : s) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if (c == '\'') {
      out += "\\(aq";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string RoffOptions(const std::vector<OptionShape>& options) {
  std::string out;
  for (const OptionShape& o : options) {
    std::string head;
    for (const std::string& name : o.names) head += (head.empty() ? "" : ", ") + ("\\fB" + Roff(name) + "\\fR");
    if (o.takes_value() && !o.positional) head += " \\fI" + Roff(o.type) + "\\fR";
    if (o.repeated && o.positional) head += " ...";
    out += ".TP\n" + head + "\n";
    std::string text = o.description;
    if (!o.choices.empty() && o.names[0] != "--lang") text += " (" + Joined(o.choices, ", ") + ")";
    if (!o.default_value.empty()) text += " [" + o.default_value + "]";
    if (o.positional && o.required) text += " " + T("(must be given)");
    out += Roff(text) + "\n";
  }
  return out;
}

// The help that stands under the options: examples as they are, then prose.
std::string RoffFooter(const std::string& footer) {
  std::string out;
  bool in_examples = false, after_blank = true;
  std::size_t at = 0;
  while (at < footer.size()) {
    const std::size_t end = std::min(footer.find('\n', at), footer.size());
    const std::string line = footer.substr(at, end - at);
    at = end + 1;
    const bool example = line.starts_with("  ");
    if (example && !in_examples) out += ".RS 2\n.nf\n";
    if (!example && in_examples) out += ".fi\n.RE\n";
    in_examples = example;
    if (line.empty()) {
      after_blank = true;
      continue;
    }
    if (after_blank && !example) out += ".PP\n";
    after_blank = false;
    out += (example ? "\\fB" + Roff(line.substr(2)) + "\\fR" : Roff(line)) + "\n";
  }
  if (in_examples) out += ".fi\n.RE\n";
  return out;
}

std::string Man(const CLI::App& app) {
  // The day of the version, since a build must give the same bytes on any day.
  std::string out =
      ".\\\" Made by `atau manual`.\n.TH ATAU 1 \"2026-11-25\" \"atau " + std::string(Version()) + "\" \"" + T("User commands") + "\"\n";
  const auto section = [&out](const std::string& name) { out += ".SH " + name + "\n"; };
  section(T("NAME"));
  out += "atau \\- " + Roff(T("find people, organizations, places and programmes in Russian text, and say why")) + "\n";
  section(T("SYNOPSIS"));
  for (const CLI::App* c : CommandsOf(app)) {
    if (c != CommandsOf(app).front()) out += ".br\n";
    out += "\\fBatau " + Roff(c->get_name()) + "\\fR [\\fI" + T("OPTIONS") + "\\fR]";
    for (const OptionShape& o : OptionsOf(*c)) {
      if (o.positional) {
        const std::string name = "\\fI" + o.names[0] + "\\fR";
        out += " " + (o.required ? name : "[" + name + "]") + (o.repeated ? " ..." : "");
      }
    }
    out += "\n";
  }
  section(T("DESCRIPTION"));
  out +=
      Roff(T("The program reads text, HTML or JSON lines and writes the mentions of people, organizations, places and programmes that it\n"
             "finds: where they stand, what they are called in the nominative, what kind they are of, which of them are one and the same,\n"
             "how they are related. It needs no network. Input that is compressed by gzip is inflated on the way.")) +
      "\n";
  section(T("COMMON OPTIONS"));
  out += RoffOptions(OptionsOf(app));
  for (const CLI::App* c : CommandsOf(app)) {
    section("\"ATAU " + Replaced(c->get_name(), "\"", "") + "\"");
    out += Roff(c->get_description()) + ".\n" + RoffOptions(OptionsOf(*c)) + RoffFooter(c->get_footer());
  }
  section(T("EXIT STATUS"));
  const auto item = [&out](const std::string& head, const std::string& text) {
    out += ".TP\n\\fB" + Roff(head) + "\\fR\n" + Roff(text) + "\n";
  };
  item("0", T("All went well."));
  item("1", T("Something failed (a bad line, an unreadable file, a mistake in a source); the rest was done."));
  item("2", T("The command line is wrong; nothing was done."));
  item("130", T("Interrupted by Ctrl-C (143: by SIGTERM); what was finished is written."));
  section(T("ENVIRONMENT"));
  item("ATAU_BUNDLE", T("The bundle to use where --bundle does not name one."));
  item("LC_ALL, LC_MESSAGES, LANG, LANGUAGE", T("The language of messages and help. Results do not depend on it."));
  item("NO_COLOR", T("Where it is set, nothing is coloured unless --color always says so."));
  item("COLUMNS", T("The width of the terminal, where it cannot be asked."));
  section(T("FILES"));
  item("atau.bundle", T("The compiled dictionaries, rules and weights: beside the program, or in ../share/atau."));
  item("FILE.resume, FOLDER/.resume", T("The settings of a run with --resume that is not complete."));
  return out;
}

}  // namespace

Command AddCompletion(CLI::App* parent) {
  auto shell = std::make_shared<std::string>();
  CLI::App* app = AddCommand(parent, "completion", T("Print the completion script of a shell"),
                             "  atau completion bash > ~/.local/share/bash-completion/completions/atau\n"
                             "  atau completion zsh > \"${fpath[1]}/_atau\"\n"
                             "  atau completion fish > ~/.config/fish/completions/atau.fish\n"
                             "  source <(atau completion bash)\n",
                             T("An installation by `cmake --install` has them in place."));
  app->add_option("SHELL", *shell, T("The shell"))->required()->check(OneOf({"bash", "zsh", "fish"}))->type_name("SHELL");
  return {app, [shell, parent] { return Print(*shell == "bash" ? Bash(*parent) : *shell == "zsh" ? Zsh(*parent) : Fish(*parent), kOk); }};
}

Command AddManual(CLI::App* parent) {
  CLI::App* app =
      AddCommand(parent, "manual", T("Print the manual page"), "  atau manual | man -l -\n  atau manual --lang ru > atau.ru.1\n", "");
  return {app, [parent] { return Print(Man(*parent), kOk); }};
}

}  // namespace atau::cli
