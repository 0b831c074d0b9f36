#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "cli/messages.h"
#include "cli/terminal.h"

namespace atau::cli {
namespace {

std::string Decimal(double x, int digits) {
  std::array<char, 64> text;
  std::snprintf(text.data(), text.size(), "%.*f", digits, x);
  return text.data();
}

// "0:07", "12:30", "3:05:00".
std::string Clock(double seconds) {
  const auto s = static_cast<long>(std::min(seconds, 3.6e8) + 0.5);
  std::array<char, 64> text;
  if (s >= 3600) {
    std::snprintf(text.data(), text.size(), "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%ld:%02ld", s / 60, s % 60);
  }
  return text.data();
}

}  // namespace

double Seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Progress::Progress(std::string what, bool wanted)
    : what_(std::move(what)), shown_(wanted && isatty(STDERR_FILENO) != 0), start_(Seconds()) {}

Progress::~Progress() { Wipe(); }

void Progress::Wipe() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
  last_ = 0;
}

void Progress::Skip(std::size_t bytes, std::size_t documents) {
  skipped_bytes_ = bytes;
  skipped_documents_ = documents;
  start_ = Seconds();
}

bool Progress::Due() {
  if (!shown_) return false;
  const double now = Seconds();
  if (now - last_ < 0.2) return false;
  last_ = now;
  return true;
}

void Progress::Draw(double share, const std::string& facts) {
  std::string line = what_ + " ";
  if (share >= 0) {
    const std::size_t used = Columns(line) + Columns(facts) + 9, wide = TerminalWidth(STDERR_FILENO);
    const std::size_t width = used + 5 < wide ? std::min<std::size_t>(30, wide - used) : 0;
    if (width > 0) {
      const auto full = static_cast<std::size_t>(std::lround(std::min(1.0, share) * static_cast<double>(width)));
      line += "[" + std::string(full, '#') + std::string(width - full, '.') + "] ";
    }
    line += Decimal(std::floor(std::min(1.0, share) * 100), 0) + "% ";
  }
  std::fprintf(stderr, "\r%s\x1b[K", FirstColumns(line + facts, TerminalWidth(STDERR_FILENO) - 1).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::ShowBytes(std::size_t done, std::size_t total, std::size_t documents) {
  if (!Due()) return;
  const double seconds = Seconds() - start_ + 1e-9;
  const double fresh = static_cast<double>(done > skipped_bytes_ ? done - skipped_bytes_ : 0);
  const double docs_per_s = static_cast<double>(documents - std::min(documents, skipped_documents_)) / seconds;
  std::string facts =
      Say("{1} docs, {2} docs/s, {3} MB/s", documents, Decimal(docs_per_s, docs_per_s < 10 ? 1 : 0), Decimal(fresh / 1e6 / seconds, 1));
  if (total == 0) return Draw(-1, facts);
  if (fresh > 0 && done < total) facts += Say(", {1} left", Clock(static_cast<double>(total - done) * seconds / fresh));
  Draw(static_cast<double>(done) / static_cast<double>(total), facts);
}

void Progress::ShowCount(std::size_t done, std::size_t total, bool documents) {
  if (!Due()) return;
  const double seconds = Seconds() - start_ + 1e-9,
               share = static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(1, total));
  std::string facts;
  if (documents) facts = Say("{1} of {2} docs", done, total);
  if (done > 0 && done < total) facts += Say(", {1} left", Clock(seconds / share - seconds));
  Draw(share, facts);
}

}  // namespace atau::cli
