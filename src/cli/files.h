// Names of files: beside the program, and the inputs that arguments stand for.
#ifndef ATAU_CLI_FILES_H_
#define ATAU_CLI_FILES_H_

#include <string>
#include <vector>

#include "cli/messages.h"

namespace atau::cli {

// The first of `folders`, which are relative to the program's own folder, that holds `file`; empty where none does. An installation may be
// moved as a whole.
std::string BesideProgram(const std::vector<std::string>& folders, const std::string& file);

// One input file.
struct InputFile {
  std::string name;      // to open; "-" is standard input
  std::string relative;  // below the folder that was named; the last part of the name for a file that was named itself
  Message error;         // not empty: it cannot be read
};

// What the arguments stand for: files as they are, and for each folder the regular files below it, sorted by name byte by byte. Names that
// begin with a full stop are left out of folders, as shells do. With `globs` only those files of folders are taken whose name (or path
// below the folder, where the pattern holds a slash) matches one of them. A folder that cannot be read, or without any such file, comes as
// an InputFile with an error. No argument stands for standard input.
std::vector<InputFile> Expand(const std::vector<std::string>& names, const std::vector<std::string>& globs = {});

// The whole content of a file, inflated where it is compressed by gzip; false (with a complaint) when it cannot be read.
bool ReadFile(const std::string& name, std::string* content);

// Writes a file whole: beside it first and then renamed, so that nobody sees half of it. False, with a complaint, when it cannot be
// written.
bool WriteFile(const std::string& name, const std::string& content);

}  // namespace atau::cli

#endif  // ATAU_CLI_FILES_H_
