#include "cli/messages.h"

#include <algorithm>
#include <boost/locale/gnu_gettext.hpp>
#include <boost/locale/message.hpp>
#include <cstdlib>
#include <filesystem>
#include <locale>
#include <string_view>

#include "cli/files.h"

namespace atau::cli {
namespace {

// Set once by UseLanguage, before there are threads.
std::locale& Chosen() {
  static std::locale locale = std::locale::classic();
  return locale;
}
std::string& ChosenName() {
  static std::string name = "en";
  return name;
}
bool chosen_has_messages = false;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// "ru" of "ru_RU.UTF-8"; empty where there is no catalogue of the language.
std::string KnownLanguage(std::string_view name) {
  const std::string language(name.substr(0, name.find_first_of("_.@-")));
  const auto& known = Languages();
  return std::find(known.begin(), known.end(), language) == known.end() ? "" : language;
}

}  // namespace

const std::vector<std::string>& Languages() {
  static const std::vector<std::string> languages = {"en", "ru"};
  return languages;
}

std::string LanguageOf(int argc, const char* const* argv) {
  constexpr std::string_view kOption = "--lang";
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view argument = argv[i];
    std::string named;
    if (argument == kOption && i + 1 < argc) named = KnownLanguage(argv[i + 1]);
    if (argument.starts_with(kOption) && argument.size() > kOption.size() && argument[kOption.size()] == '=') {
      named = KnownLanguage(argument.substr(kOption.size() + 1));
    }
    if (!named.empty()) return named;
  }
  std::string locale = Environment("LC_ALL");
  if (locale.empty()) locale = Environment("LC_MESSAGES");
  if (locale.empty()) locale = Environment("LANG");
  if (locale.empty() || locale == "C" || locale == "POSIX" || locale.starts_with("C.")) return "en";
  const std::string list = Environment("LANGUAGE");
  for (std::string_view rest = list; !rest.empty();) {
    const std::size_t colon = rest.find(':');
    if (const std::string language = KnownLanguage(rest.substr(0, colon)); !language.empty()) return language;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  const std::string language = KnownLanguage(locale);
  return language.empty() ? "en" : language;
}

bool UseLanguage(const std::string& language) {
  chosen_has_messages = false;
  if (language == "en") return true;
  namespace gettext = boost::locale::gnu_gettext;
  const std::string folder = BesideProgram({"locale", "../share/locale"}, language + "/LC_MESSAGES/atau.mo");
  if (folder.empty()) return false;
  gettext::messages_info info;
  info.language = language;
  info.encoding = "UTF-8";
  info.domains = {gettext::messages_info::domain("atau")};
  info.paths = {folder};
  // Only the facet of messages is made: a whole locale of ICU's would cost every start some milliseconds.
  Chosen() = std::locale(std::locale::classic(), gettext::create_messages_facet<char>(info));
  chosen_has_messages = true;
  ChosenName() = language;
  return true;
}

const std::string& Language() { return ChosenName(); }

std::string T(const char* message) { return chosen_has_messages ? boost::locale::gettext(message, Chosen()) : message; }

std::string TN(const char* one, const char* many, std::size_t n) {
  if (!chosen_has_messages) return n == 1 ? one : many;
  return boost::locale::ngettext(one, many, static_cast<int>(n % 1000000), Chosen());
}

std::string Fill(const std::string& message, const std::vector<std::string>& arguments) {
  std::string out;
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (message[i] == '{' && i + 2 < message.size() && message[i + 2] == '}' && message[i + 1] >= '1' && message[i + 1] <= '9') {
      const auto k = static_cast<std::size_t>(message[i + 1] - '1');
      if (k < arguments.size()) {
        out += arguments[k];
        i += 2;
        continue;
      }
    }
    out += message[i];
  }
  return out;
}

}  // namespace atau::cli
