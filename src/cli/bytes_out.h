// Where results are written: standard output or a file, compressed by gzip on request.
#ifndef ATAU_CLI_BYTES_OUT_H_
#define ATAU_CLI_BYTES_OUT_H_

#include <zlib.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace atau::cli {

// Compressed output is a row of gzip members, each of which is closed at the first end of a document after kMember bytes. So the bytes
// depend on the documents only, and a file that was cut off can be continued from the end of its last full member (resume.h).
// One thread at a time.
class ByteSink {
 public:
  enum class Start { kEmpty, kAppend };
  // "-" is standard output. Null, with `error`, when the file cannot be opened.
  static std::unique_ptr<ByteSink> Open(const std::string& name, Start start, bool gzip, std::string* error);
  // Closes without a word about what failed: call Close first.
  ~ByteSink();
  ByteSink(const ByteSink&) = delete;
  ByteSink& operator=(const ByteSink&) = delete;

  // All that one document gives. False once something could not be written; `error()` says why.
  bool Write(std::string_view document);
  // Hands everything to the system. A compressed file is well-formed afterwards, but its last member may be short.
  bool Close();
  const std::string& error() const { return error_; }

  static constexpr std::size_t kMember = std::size_t{1} << 20;

 private:
  explicit ByteSink(std::string name) : name_(std::move(name)) {}
  bool Flush();
  bool Deflate(std::string_view bytes, int flush);

  std::string name_, pending_, error_;
  int file_ = -1;
  bool gzip_ = false, prompt_ = false;
  std::size_t in_member_ = 0;
  double flushed_ = 0;
  z_stream stream_{};
};

// Whether a name asks for compression.
inline bool EndsInGz(std::string_view name) { return name.ends_with(".gz"); }

}  // namespace atau::cli

#endif  // ATAU_CLI_BYTES_OUT_H_
