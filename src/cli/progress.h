// How far long work is.
#ifndef ATAU_CLI_PROGRESS_H_
#define ATAU_CLI_PROGRESS_H_

#include <cstddef>
#include <string>

namespace atau::cli {

// Seconds of a clock that never goes back.
double Seconds();

// A line on standard error, shown when that is a terminal: how much is done, how fast, and the time that is left. It is renewed five times
// a second, is no longer than the terminal is wide, and is wiped when the work is over.
class Progress {
 public:
  Progress(std::string what, bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Work that an earlier run has done: it counts as done, but not for the speed.
  void Skip(std::size_t bytes, std::size_t documents);
  // `done` and `total` (0 where unknown) in bytes.
  void ShowBytes(std::size_t done, std::size_t total, std::size_t documents);
  // The same for work that is counted in documents, or in shares of a whole (`documents` false).
  void ShowCount(std::size_t done, std::size_t total, bool documents = true);
  // Wipes the line, so that a message can stand there; the next Show draws it anew.
  void Wipe();

 private:
  bool Due();
  void Draw(double share, const std::string& facts);

  std::string what_;
  bool shown_, drawn_ = false;
  double last_ = 0, start_;
  std::size_t skipped_bytes_ = 0, skipped_documents_ = 0;
};

}  // namespace atau::cli

#endif  // ATAU_CLI_PROGRESS_H_
