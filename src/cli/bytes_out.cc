#include "cli/bytes_out.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/messages.h"
#include "cli/progress.h"

namespace atau::cli {
namespace {

constexpr std::size_t kPending = std::size_t{1} << 16;
constexpr double kLongest = 0.2;  // seconds that a finished document may wait for being written
constexpr int kGzip = 15 + 16;    // the longest window, and gzip's frame, in which zlib puts neither time nor name

}  // namespace

std::unique_ptr<ByteSink> ByteSink::Open(const std::string& name, Start start, bool gzip, std::string* error) {
  std::unique_ptr<ByteSink> sink(new ByteSink(name == "-" ? T("standard output") : name));
  if (name == "-") {
    sink->file_ = STDOUT_FILENO;
    sink->prompt_ = isatty(STDOUT_FILENO) != 0;
  } else {
    sink->file_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (start == Start::kAppend ? O_APPEND : O_TRUNC), 0666);
    if (sink->file_ < 0) {
      *error = Say("cannot write {1}: {2}", name, std::strerror(errno));
      return nullptr;
    }
  }
  if (gzip && deflateInit2(&sink->stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    *error = Say("cannot write {1}: {2}", name, "zlib");
    return nullptr;
  }
  sink->gzip_ = gzip;
  sink->flushed_ = Seconds();
  return sink;
}

ByteSink::~ByteSink() {
  if (gzip_) deflateEnd(&stream_);
  if (file_ > STDERR_FILENO) ::close(file_);
}

bool ByteSink::Flush() {
  std::size_t at = 0;
  while (at < pending_.size()) {
    const ssize_t n = ::write(file_, pending_.data() + at, pending_.size() - at);
    if (n >= 0) {
      at += static_cast<std::size_t>(n);
    } else if (errno != EINTR) {
      error_ = Say("cannot write {1}: {2}", name_, std::strerror(errno));
      break;
    }
  }
  pending_.clear();
  flushed_ = Seconds();
  return error_.empty();
}

bool ByteSink::Deflate(std::string_view bytes, int flush) {
  stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  // One document is less than 2 GiB of text, but what is said of it may be more.
  std::size_t left = bytes.size();
  do {
    const std::size_t part = left < (std::size_t{1} << 30) ? left : std::size_t{1} << 30;
    stream_.avail_in = static_cast<uInt>(part);
    left -= part;
    do {
      const std::size_t size = pending_.size();
      pending_.resize(size + kPending);
      stream_.next_out = reinterpret_cast<Bytef*>(pending_.data() + size);
      stream_.avail_out = static_cast<uInt>(kPending);
      deflate(&stream_, left == 0 ? flush : Z_NO_FLUSH);
      pending_.resize(size + kPending - stream_.avail_out);
    } while (stream_.avail_out == 0);
  } while (left > 0);
  return true;
}

bool ByteSink::Write(std::string_view document) {
  if (!error_.empty()) return false;
  if (gzip_) {
    in_member_ += document.size();
    const bool full = in_member_ >= kMember;
    Deflate(document, full ? Z_FINISH : Z_NO_FLUSH);
    if (full) {
      deflateReset(&stream_);
      in_member_ = 0;
    }
  } else {
    pending_ += document;
  }
  return pending_.size() < kPending && !prompt_ && Seconds() - flushed_ < kLongest ? true : Flush();
}

bool ByteSink::Close() {
  // An empty file is compressed too: readers expect a frame.
  if (gzip_ && error_.empty() && file_ >= 0) {
    const bool is_new = file_ == STDOUT_FILENO || ::lseek(file_, 0, SEEK_END) == 0;
    if (in_member_ > 0 || (is_new && pending_.empty())) {
      Deflate({}, Z_FINISH);
      deflateReset(&stream_);
      in_member_ = 0;
    }
  }
  Flush();
  if (file_ > STDERR_FILENO) {
    if (::close(file_) != 0 && error_.empty()) error_ = Say("cannot write {1}: {2}", name_, std::strerror(errno));
    file_ = -1;
  }
  return error_.empty();
}

}  // namespace atau::cli
