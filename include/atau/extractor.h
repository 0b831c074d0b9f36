// The extractor: a bundle (or several) made ready for use.
#ifndef ATAU_EXTRACTOR_H_
#define ATAU_EXTRACTOR_H_

#include <atau/compiler.h>
#include <atau/document.h>
#include <atau/status.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace atau {

struct LoadOptions {
  // Bundles of the user's own names and rules, loaded after the main one; paths.
  std::vector<std::string> extra_bundles;
  // The same as bytes (CompileResult::bundle), loaded after them.
  std::vector<std::string> extra_bundle_bytes;
  // Sources compiled in memory on top of the main bundle (see compiler.h); any mistake fails the load with the first one, and lists all in
  // the message.
  std::vector<Source> extra_sources;
  // Recompute every section's checksum before use (touches every page of the file).
  bool verify = false;
};

struct ExtractOptions {
  bool html = false;  // the text is HTML; spans still point into it
  // Kinds of repair (Repair::kind, for instance "look_alike") that are switched off. Unknown names are an error.
  std::vector<std::string> keep;
  // The date of the text as YYYY-MM-DD; relative dates («вчера») get a value only where it is given.
  std::string date;
  // Types to return; empty: all.
  std::vector<Type> types;
};

// A line of a reason: a piece of evidence, where it stands and what it weighs.
struct Reason {
  std::string evidence;  // "rule=program.head_quoted", "lemma=город", …
  std::string place;     // "span", "begin-1", "in+0", …
  double weight = 0;
  std::string source;  // file and line of the rule, or the gazetteer's id, where there is one
};

// Why a span is, or is not, a mention of a type.
struct Reading {
  Span span;  // bytes of the text
  Type type = Type::kNone;
  double score = 0;             // the sum of all weights
  bool chosen = false;          // stands in the flat view
  std::vector<Reason> reasons;  // the heaviest first
};

struct Explanation {
  Span span;                       // what was asked for, bytes
  std::vector<Reading> readings;   // of exactly this span, one a type, the best first; empty when it was never a candidate
  std::vector<Reading> rivals;     // chosen mentions that overlap the span
  std::vector<std::string> notes;  // what the rooms saw: repairs, tokens with their morphology, entries and rules that fired
  // The same for a terminal.
  std::string ToText() const;
};

// Per-call memory; makes repeated calls fast. One a thread at a time. Obtain from Extractor::NewScratch; it must not outlive its extractor.
class Scratch {
 public:
  virtual ~Scratch() = default;
};

// Immutable and thread-safe: share one between all threads. Cheap to copy (a shared pointer inside).
class Extractor {
 public:
  // Maps the bundle `path`. Errors: kNotFound, kIo, kCorrupt, kVersion from the files; kSyntax from extra sources.
  static Result<Extractor> Load(const std::string& path, const LoadOptions& options = {});
  // The same over a bundle's bytes in memory.
  static Result<Extractor> FromBytes(std::string bytes, const LoadOptions& options = {});

  std::unique_ptr<Scratch> NewScratch() const;

  // Finds everything in `text` (UTF-8; bytes that are not valid are repaired and listed). Errors: kInvalidArgument for a bad option,
  // kTooLarge for 2 GiB and more. `scratch` may be null (then a fresh one is made for the call).
  Result<Document> Extract(std::string_view text, const ExtractOptions& options = {}, Scratch* scratch = nullptr) const;

  // Why the span is, or is not, found. Same errors; also kInvalidArgument for a span outside the text.
  Result<Explanation> Explain(std::string_view text, Span bytes, const ExtractOptions& options = {}, Scratch* scratch = nullptr) const;

  // A number that is equal for equal bundles (for caches and pickles).
  std::uint64_t fingerprint() const;

 private:
  class Impl;
  explicit Extractor(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

// Charsets: bytes to UTF-8 by name ("windows-1251", "koi8-r", "utf-16", …) or "auto". Error: kInvalidArgument for an unknown name.
Result<std::string> DecodeBytes(std::string_view bytes, std::string_view charset = "auto");

// The bundle that was installed with the library or built beside it: $ATAU_BUNDLE, the build's or the installation's share folder. Empty
// when there is none.
std::string DefaultBundlePath();

// "0.1.0".
std::string_view Version();

}  // namespace atau

#endif  // ATAU_EXTRACTOR_H_
