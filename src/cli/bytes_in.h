// Bytes of a file or of standard input, inflated on the way where they are compressed by gzip (told by content, not by name).
#ifndef ATAU_CLI_BYTES_IN_H_
#define ATAU_CLI_BYTES_IN_H_

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "cli/messages.h"

namespace atau::cli {

// One thread at a time. What fails says so in `error`, worded for a person and with the file's name.
class ByteSource {
 public:
  // "-" is standard input. Null, with `error`, when the file cannot be opened.
  static std::unique_ptr<ByteSource> Open(const std::string& name, Message* error);
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Appends everything that is left. False when it cannot be read, is torn, or has kMost bytes and more.
  bool ReadAll(std::string* out, Message* error);
  // The next line without its line feed; a last line without one counts. False at the end, and, with `error`, on failure. `whole` (may be
  // null) tells whether the line feed was there.
  bool ReadLine(std::string* line, Message* error, bool* whole = nullptr);
  // Bytes that were taken from the file so far (compressed ones where it is compressed).
  std::size_t taken() const { return taken_; }

  // The longest text or line, as in the library.
  static constexpr std::size_t kMost = std::size_t{1} << 31;

 private:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  // Fetches more of the plain bytes into the empty `plain_`. False at the end, and, with `error`, on failure.
  bool Fetch(Message* error);
  bool FetchRaw(Message* error);

  std::string name_;
  int file_ = -1;
  std::vector<char> raw_, plain_;
  std::size_t raw_at_ = 0, raw_end_ = 0, at_ = 0, end_ = 0;
  std::size_t taken_ = 0;
  bool begun_ = false, packed_ = false, over_ = false, inside_ = false;  // inside_: in the middle of a member of a gzip file
  z_stream stream_{};
};

}  // namespace atau::cli

#endif  // ATAU_CLI_BYTES_IN_H_
