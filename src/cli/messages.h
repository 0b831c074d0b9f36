// What the program says to a person, in the person's language. Catalogues are gettext's (translations/*.po); the English text is the key.
#ifndef ATAU_CLI_MESSAGES_H_
#define ATAU_CLI_MESSAGES_H_

#include <string>
#include <vector>

namespace atau::cli {

// The languages that there are catalogues for, and English.
const std::vector<std::string>& Languages();

// The language that --lang names in the arguments, or else the environment (LC_ALL, LC_MESSAGES, LANG, and LANGUAGE where one of them is
// set to a locale): one of Languages().
std::string LanguageOf(int argc, const char* const* argv);

// Chooses the language of T, TN and Say. Call it once, before any thread is started. False where the catalogue cannot be found: then it
// stays English. English costs nothing: no catalogue is read.
bool UseLanguage(const std::string& language);

// The language that was chosen, "en" or "ru".
const std::string& Language();

// The message in the chosen language; the message itself where it has no translation.
std::string T(const char* message);
// The same for a number of things.
std::string TN(const char* one, const char* many, std::size_t n);

// Puts the arguments in place of {1}, {2}, … of a message that is translated already.
std::string Fill(const std::string& message, const std::vector<std::string>& arguments);

// A translated message with arguments: Say("cannot read {1}: {2}", name, why).
inline std::string AsText(const std::string& s) { return s; }
inline std::string AsText(const char* s) { return s; }
inline std::string AsText(std::size_t n) { return std::to_string(n); }
inline std::string AsText(int n) { return std::to_string(n); }
template <class... Arguments>
std::string Say(const char* message, const Arguments&... arguments) {
  return Fill(T(message), {AsText(arguments)...});
}

// A message that may end up in results too: those never depend on the language, so that they are the same bytes everywhere.
struct Message {
  std::string english, said;
  bool empty() const { return english.empty(); }
  void clear() { english.clear(), said.clear(); }
};
template <class... Arguments>
Message Both(const char* message, const Arguments&... arguments) {
  return {Fill(message, {AsText(arguments)...}), Say(message, arguments...)};
}
// What is worded elsewhere, by the library or the system.
inline Message AsIs(const std::string& message) { return {message, message}; }

}  // namespace atau::cli

#endif  // ATAU_CLI_MESSAGES_H_
