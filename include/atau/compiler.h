// From dictionary, rule and weight sources to a bundle.
#ifndef ATAU_COMPILER_H_
#define ATAU_COMPILER_H_

#include <atau/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace atau {

struct Diagnostic {
  enum class Severity : std::uint8_t { kError, kWarning };
  Severity severity = Severity::kError;
  std::string file;
  std::uint32_t line = 0;    // from 1; 0 = the whole file
  std::uint32_t column = 0;  // code points from 1; 0 = the whole line
  std::string message;
  std::string hint;

  // "file:line:column: error: message" and, where there is one, "; hint".
  std::string ToString() const;
};

// One source: a file's name (for messages) and its content. The kind is told by the content's directive (`#! entities`, `#! words`, `#!
// names`, …), by the extension for rules (`.rules`), and by the folder for weights (`weights/`).
struct Source {
  std::string name;
  std::string content;
};

struct CompileOptions {
  // A bundle that the sources extend (a user's own names need its morphology). Empty: the sources stand alone.
  std::string base_bundle;
  bool run_examples = true;  // run the examples of every rule against the compiled result
  bool lint = true;          // report warnings beside errors
  // Called now and then with what is being done and how far it is (0..1); may be empty.
  std::function<void(std::string_view what, double share)> progress;
};

struct CompileResult {
  std::string bundle;                   // the bundle's bytes; empty when there was an error
  std::vector<Diagnostic> diagnostics;  // every error and warning, in the order of files and lines
  bool ok = false;
};

// Reads every source below `folder` (…/*.tsv, …/*.rules; LICENSE and ATTRIBUTION files go into the provenance; `import/` is left out).
// Errors: kNotFound, kIo. Files of other kinds are left out.
Result<std::vector<Source>> ReadSources(const std::string& folder);

// Compiles sources. Mistakes in the sources are no failure of the call: they stand in `diagnostics`, all of them. The same sources give the
// same bytes. Error: the base bundle cannot be opened.
Result<CompileResult> Compile(std::vector<Source> sources, const CompileOptions& options = {});

}  // namespace atau

#endif  // ATAU_COMPILER_H_
