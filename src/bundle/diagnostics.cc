#include "bundle/diagnostics.h"

#include <algorithm>
#include <tuple>

namespace atau {

std::string Diagnostic::ToString() const {
  std::string out = file;
  if (line != 0) out.append(":").append(std::to_string(line));
  if (line != 0 && column != 0) out.append(":").append(std::to_string(column));
  if (!out.empty()) out += ": ";
  out += severity == Severity::kError ? "error: " : "warning: ";
  out += message;
  if (!hint.empty()) out.append("; ").append(hint);
  return out;
}

namespace bundle {
namespace {

auto KeyOf(const Diagnostic& d) { return std::tie(d.file, d.line, d.column, d.severity, d.message, d.hint); }

}  // namespace

void Diagnostics::Error(std::string_view file, std::uint32_t line, std::uint32_t column, std::string message, std::string hint) {
  all_.push_back({Diagnostic::Severity::kError, std::string(file), line, column, std::move(message), std::move(hint)});
  ++errors_;
}

void Diagnostics::Warning(std::string_view file, std::uint32_t line, std::uint32_t column, std::string message, std::string hint) {
  all_.push_back({Diagnostic::Severity::kWarning, std::string(file), line, column, std::move(message), std::move(hint)});
}

std::vector<Diagnostic> Diagnostics::Take() {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) { return KeyOf(a) < KeyOf(b); });
  all_.erase(std::unique(all_.begin(), all_.end(), [](const Diagnostic& a, const Diagnostic& b) { return KeyOf(a) == KeyOf(b); }),
             all_.end());
  errors_ = 0;
  return std::move(all_);
}

}  // namespace bundle
}  // namespace atau
