// Going on where an earlier run was stopped.
//
// What counts is the output itself: one line a document. A resumed run keeps its whole lines, cuts off a torn last one, passes over as many
// documents of the input, and appends the rest; the file is then the same, byte for byte, as that of a run that was never stopped. Nothing
// has to be written at the right moment for this, so a run may be killed at any time.
//
// Two things guard against mixing: the ids of the lines that are kept must be those of the documents that are passed over, and while a run
// is under way its settings stand in FILE.resume, so that a run with other settings is refused. That file goes when the run is complete.
#ifndef ATAU_CLI_RESUME_H_
#define ATAU_CLI_RESUME_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/bytes_in.h"
#include "cli/messages.h"

namespace atau::cli {

// The lines that are kept of an output.
class Kept {
 public:
  // Cuts off what is torn: of plain output all behind the last whole line, of compressed output all behind the last full member (see
  // ByteSink). A file that is not there keeps nothing. False, with `error`, when it cannot be read or cut.
  bool Cut(const std::string& file, bool gzip, Message* error);
  std::size_t documents() const { return documents_; }
  // Whether an error line is among them.
  bool has_errors() const { return has_errors_; }
  bool AllCompared() const { return compared_ == documents_; }
  // Compares the next kept line with the document that it should be of. False, with `error`, when it is of another one.
  bool IsNext(const std::string& id, Message* error);

 private:
  std::string file_;
  std::size_t documents_ = 0, compared_ = 0;
  bool has_errors_ = false;
  std::unique_ptr<ByteSource> source_;
  std::string line_;
};

// The settings of a run that may be resumed: lines of "name value".
class RunNote {
 public:
  RunNote(std::string file, std::string settings) : file_(std::move(file)), settings_(std::move(settings)) {}
  // Compares with what an unfinished run left there, and leaves the same for the next one. False, with `error`, for other settings.
  bool Begin(Message* error) const;
  // The run is complete.
  void End() const;

 private:
  std::string file_, settings_;
};

}  // namespace atau::cli

#endif  // ATAU_CLI_RESUME_H_
