/// @file
/// From dictionary, rule and weight sources to a bundle. The formats are described in dictionaries/README.md.
#ifndef ATAU_COMPILER_H_
#define ATAU_COMPILER_H_

#include <atau/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace atau {

/// A mistake in a source, or something in it that is worth a look.
struct Diagnostic {
  /// How bad it is.
  enum class Severity : std::uint8_t {
    kError,    ///< there is no bundle until it is mended
    kWarning,  ///< the bundle is made all the same
  };
  Severity severity = Severity::kError;  ///< how bad it is
  std::string file;                      ///< Source::name
  std::uint32_t line = 0;                ///< from 1; 0 = the whole file
  std::uint32_t column = 0;              ///< code points from 1; 0 = the whole line
  std::string message;                   ///< what is wrong, one sentence
  std::string hint;                      ///< how to mend it; may be empty

  /// "file:line:column: error: message" and, where there is one, "; hint".
  std::string ToString() const;
};

/// One source: a file's name (for messages) and its content. The kind is told by the content's directive (`#! entities`, `#! words`,
/// `#! names`, …), by the extension for rules (`.rules`), and by the folder for weights (`weights/`).
struct Source {
  std::string name;     ///< "own.tsv", "own.rules"; any name, relative or not
  std::string content;  ///< the whole file, UTF-8
};

/// How to compile.
struct CompileOptions {
  /// Path of a bundle that the sources extend (a user's own names need its morphology). Empty: the sources stand alone.
  std::string base_bundle;
  bool run_examples = true;  ///< run the examples of every rule against the compiled result
  bool lint = true;          ///< report warnings beside errors
  /// Called now and then, in the thread of the caller, with what is being done and how far it is (0..1); may be empty. Must not throw.
  std::function<void(std::string_view what, double share)> progress;
};

/// What came of it.
struct CompileResult {
  std::string bundle;  ///< the bundle's bytes, for LoadOptions::extra_bundle_bytes or a file; empty when there was an error
  std::vector<Diagnostic> diagnostics;  ///< every error and warning, in the order of files and lines
  bool ok = false;                      ///< there was no error
};

/// Reads every source below `folder` (…/\*.tsv, …/\*.rules; LICENSE and ATTRIBUTION files go into the provenance; folders named "import"
/// are left out), sorted by name. `folder` may be a single file too. Files of other kinds are left out.
///
/// Errors: Code::kNotFound where there is no such folder, Code::kIo where something in it cannot be read. Any thread.
Result<std::vector<Source>> ReadSources(const std::string& folder);

/// Compiles sources. Mistakes in the sources are no failure of the call: they stand in CompileResult::diagnostics, all of them. The same
/// sources give the same bytes. Any thread; nothing is kept after the call.
///
/// Errors: the base bundle cannot be opened (as Extractor::Load).
Result<CompileResult> Compile(std::vector<Source> sources, const CompileOptions& options = {});

}  // namespace atau

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_COMPILER_H_
