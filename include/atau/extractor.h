/// @file
/// The extractor: a bundle (or several) made ready for use.
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

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace atau {

/// What an extractor has beside its main bundle.
struct LoadOptions {
  /// Paths of bundles of the user's own names and rules, loaded after the main one.
  std::vector<std::string> extra_bundles;
  /// The same as bytes (CompileResult::bundle), loaded after them.
  std::vector<std::string> extra_bundle_bytes;
  /// Sources compiled in memory on top of the main bundle (see compiler.h); any mistake fails the load with the first one, and lists all in
  /// the message.
  std::vector<Source> extra_sources;
  /// Recompute every section's checksum before use (touches every page of the file).
  bool verify = false;
};

/// What is wanted of one text.
struct ExtractOptions {
  bool html = false;  ///< the text is HTML; spans still point into it
  /// Kinds of repair (Repair::kind) that are switched off: "normalized", "soft_hyphen", "invisible", "space", "look_alike", "joined_line".
  /// Bytes that are no UTF-8, and tags of HTML, are repaired in any case. Unknown names are an error.
  std::vector<std::string> keep;
  /// The date of the text as YYYY-MM-DD; relative dates («вчера») get a value only where it is given.
  std::string date;
  /// Types to return; empty: all.
  std::vector<Type> types;
  /// Where the annotation that you compare with or have models for parts bodies from their places: the place that a body's name ends with
  /// is a mention of its own («Министерство обороны» and «РФ», where else «Министерство обороны РФ» is one), and a body without another
  /// name («правительство Грузии») is none.
  bool places_apart = false;
  /// Kinds (Entity::kind) that are left out, as "street" and "building" where buildings are no places; an unknown one is an error.
  std::vector<std::string> without;
};

/// A line of a reason: a piece of evidence, where it stands and what it weighs.
struct Reason {
  std::string evidence;  ///< "rule=program.head_quoted", "lemma=город", …
  std::string place;     ///< where it was seen, seen from the span: "span", "begin-1", "in+0", …
  double weight = 0;     ///< what it adds to the score; below 0 it speaks against
  std::string source;    ///< file and line of the rule, or the gazetteer's id, where there is one
  /// The type that the evidence names: what its rule proposes, what its class word heads, what its dictionary entry is; kNone where it
  /// names none. It may be another than the reading's: that a word is a club's may speak for a city.
  Type type = Type::kNone;
};

/// Why a span is, or is not, a mention of a type.
struct Reading {
  Span span;                    ///< bytes of the text
  Type type = Type::kNone;      ///< as what it is read
  double score = 0;             ///< the sum of all weights
  bool chosen = false;          ///< stands in the flat view
  std::vector<Reason> reasons;  ///< the heaviest first
};

/// The answer of Extractor::Explain. A plain value.
struct Explanation {
  Span span;                       ///< what was asked for, bytes
  std::vector<Reading> readings;   ///< of exactly this span, one a type, the best first; empty when it was never a candidate
  std::vector<Reading> rivals;     ///< chosen mentions that overlap the span
  std::vector<std::string> notes;  ///< what the stages saw: repairs, tokens with their morphology, entries and rules that fired
  /// The same as lines for a terminal.
  std::string ToText() const;
};

/// The memory that a call needs; keeping it makes repeated calls fast. One thread at a time uses it. Made by Extractor::NewScratch; it
/// must not outlive its extractor (the last of its copies), nor be used with another one.
class Scratch {
 public:
  virtual ~Scratch() = default;
};

/// Finds things in text. Immutable and thread-safe: share one between all threads. Cheap to copy (a shared pointer inside): copies are the
/// same extractor, and the bundle stays open until the last is gone.
class Extractor {
 public:
  /// Maps the bundle `path`, which must not be changed in place while it is in use (replacing it by renaming is safe).
  ///
  /// Errors: Code::kNotFound for a missing file or an empty path, Code::kIo for one that cannot be read, Code::kCorrupt, Code::kVersion for
  /// files that are no (whole) bundle of this version; Code::kSyntax from extra sources.
  static Result<Extractor> Load(const std::string& path, const LoadOptions& options = {});
  /// The same over a bundle's bytes in memory, which the extractor takes over. Same errors, but for those of files.
  static Result<Extractor> FromBytes(std::string bytes, const LoadOptions& options = {});

  /// Memory for calls of one thread; belongs to the caller.
  std::unique_ptr<Scratch> NewScratch() const;

  /// Finds everything in `text` (UTF-8; bytes that are not valid are repaired and listed). The document keeps a copy of the text. `scratch`
  /// may be null (then a fresh one is made for the call). Any number of threads at once, each with a scratch of its own.
  ///
  /// Errors: Code::kInvalidArgument for a bad option, Code::kTooLarge for a text of more than 1 GiB.
  Result<Document> Extract(std::string_view text, const ExtractOptions& options = {}, Scratch* scratch = nullptr) const;

  /// Why the span, in bytes of `text`, is, or is not, found. Costs as much as Extract.
  ///
  /// Errors: as Extract; also Code::kInvalidArgument for a span that is empty or not inside the text.
  Result<Explanation> Explain(std::string_view text, Span bytes, const ExtractOptions& options = {}, Scratch* scratch = nullptr) const;

  /// A number that is equal for equal bundles (for caches and pickles).
  std::uint64_t fingerprint() const;

 private:
  class Impl;
  explicit Extractor(std::shared_ptr<const Impl> impl);
  std::shared_ptr<const Impl> impl_;
};

/// Bytes to UTF-8, from a charset by name ("windows-1251", "koi8-r", "utf-16", …) or "auto", which looks at the bytes. Bytes that are not
/// valid in the charset become U+FFFD. Any thread.
///
/// Errors: Code::kInvalidArgument for an unknown name.
Result<std::string> DecodeBytes(std::string_view bytes, std::string_view charset = "auto");

/// The bundle that was installed with the library or built beside it: $ATAU_BUNDLE, the build's or the installation's share folder. Empty
/// when there is none. Reads the environment: not while another thread changes that.
std::string DefaultBundlePath();

/// The version of the library, "0.1.0". Lives as long as the program.
std::string_view Version();

}  // namespace atau

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_EXTRACTOR_H_
