// What compilers of sources report: every mistake, with its place and a hint.
#ifndef ATAU_BUNDLE_DIAGNOSTICS_H_
#define ATAU_BUNDLE_DIAGNOSTICS_H_

#include <atau/compiler.h>

#include <string>
#include <string_view>
#include <vector>

namespace atau::bundle {

// Collects diagnostics of one compile run. Not thread-safe.
class Diagnostics {
 public:
  void Error(std::string_view file, std::uint32_t line, std::uint32_t column, std::string message, std::string hint = {});
  void Warning(std::string_view file, std::uint32_t line, std::uint32_t column, std::string message, std::string hint = {});
  bool HasErrors() const { return errors_ != 0; }
  std::size_t errors() const { return errors_; }
  const std::vector<Diagnostic>& all() const { return all_; }
  // Sorted by file, line and column, duplicates removed.
  std::vector<Diagnostic> Take();

 private:
  std::vector<Diagnostic> all_;
  std::size_t errors_ = 0;
};

}  // namespace atau::bundle

#endif  // ATAU_BUNDLE_DIAGNOSTICS_H_
