#include "cli/bytes_in.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/signals.h"

namespace atau::cli {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;
constexpr int kGzipOnly = 15 + 16;  // zlib's way to say: the longest window, and gzip's frame

}  // namespace

std::unique_ptr<ByteSource> ByteSource::Open(const std::string& name, Message* error) {
  std::unique_ptr<ByteSource> source(new ByteSource(name == "-" ? "standard input" : name));
  if (name == "-") {
    source->file_ = STDIN_FILENO;
  } else {
    source->file_ = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat about {};
    if (source->file_ >= 0 && ::fstat(source->file_, &about) == 0 && S_ISDIR(about.st_mode)) {
      *error = Both("cannot read {1}: it is a folder", name);
      return nullptr;
    }
  }
  if (source->file_ < 0) {
    *error = Both("cannot read {1}: {2}", name, std::strerror(errno));
    return nullptr;
  }
  source->raw_.resize(kBuffer);
  return source;
}

ByteSource::~ByteSource() {
  if (packed_) inflateEnd(&stream_);
  if (file_ > STDIN_FILENO) ::close(file_);
}

bool ByteSource::FetchRaw(Message* error) {
  if (raw_at_ < raw_end_) return true;
  raw_at_ = raw_end_ = 0;
  while (true) {
    const ssize_t n = ::read(file_, raw_.data(), raw_.size());
    if (n > 0) {
      raw_end_ = static_cast<std::size_t>(n);
      taken_ += raw_end_;
      return true;
    }
    if (n == 0 || (errno == EINTR && Interrupted() != 0)) return false;
    if (errno == EINTR) continue;
    *error = Both("cannot read {1}: {2}", name_, std::strerror(errno));
    return false;
  }
}

bool ByteSource::Fetch(Message* error) {
  if (over_) return false;
  if (!begun_) {
    begun_ = true;
    if (!FetchRaw(error)) return over_ = true, false;
    // A pipe may hand over a single byte first.
    while (raw_end_ < 2 && raw_[0] == '\x1f') {
      const ssize_t n = ::read(file_, raw_.data() + raw_end_, raw_.size() - raw_end_);
      if (n <= 0) break;
      raw_end_ += static_cast<std::size_t>(n);
      taken_ += static_cast<std::size_t>(n);
    }
    packed_ = raw_end_ >= 2 && raw_[0] == '\x1f' && raw_[1] == '\x8b';
    if (packed_) {
      if (inflateInit2(&stream_, kGzipOnly) != Z_OK) {
        packed_ = false;
        over_ = true;
        *error = Both("cannot inflate {1}: {2}", name_, "zlib");
        return false;
      }
      plain_.resize(kBuffer);
      inside_ = true;
    }
  }
  if (!packed_) {
    if (!FetchRaw(error)) return over_ = true, false;
    plain_.swap(raw_);
    if (raw_.size() < kBuffer) raw_.resize(kBuffer);
    at_ = raw_at_;
    end_ = raw_end_;
    raw_at_ = raw_end_ = 0;
    return true;
  }
  at_ = end_ = 0;
  while (end_ == 0) {
    if (!FetchRaw(error)) {
      over_ = true;
      if (error->empty() && inside_ && Interrupted() == 0) *error = Both("cannot inflate {1}: it ends in the middle", name_);
      return false;
    }
    if (!inside_) {
      // A file may hold several compressed pieces one after another; zero bytes after the last one are padding.
      while (raw_at_ < raw_end_ && raw_[raw_at_] == 0) ++raw_at_;
      if (raw_at_ == raw_end_) continue;
      inflateReset(&stream_);
      inside_ = true;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(raw_.data() + raw_at_);
    stream_.avail_in = static_cast<uInt>(raw_end_ - raw_at_);
    stream_.next_out = reinterpret_cast<Bytef*>(plain_.data());
    stream_.avail_out = static_cast<uInt>(plain_.size());
    const int status = inflate(&stream_, Z_NO_FLUSH);
    raw_at_ = raw_end_ - stream_.avail_in;
    end_ = plain_.size() - stream_.avail_out;
    if (status == Z_STREAM_END) {
      inside_ = false;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      over_ = true;
      *error = Both("cannot inflate {1}: {2}", name_, stream_.msg == nullptr ? "damaged data" : stream_.msg);
      return false;
    }
  }
  return true;
}

bool ByteSource::ReadAll(std::string* out, Message* error) {
  while (at_ < end_ || Fetch(error)) {
    if (out->size() + (end_ - at_) >= kMost) {
      *error = Both("{1} has 2 GiB or more: split it into documents", name_);
      return false;
    }
    out->append(plain_.data() + at_, end_ - at_);
    at_ = end_;
  }
  return error->empty();
}

bool ByteSource::ReadLine(std::string* line, Message* error, bool* whole) {
  line->clear();
  if (whole != nullptr) *whole = false;
  bool any = false;
  while (at_ < end_ || Fetch(error)) {
    any = true;
    const char* begin = plain_.data() + at_;
    const auto* feed = static_cast<const char*>(std::memchr(begin, '\n', end_ - at_));
    const std::size_t size = feed != nullptr ? static_cast<std::size_t>(feed - begin) : end_ - at_;
    if (line->size() + size >= kMost) {
      *error = Both("{1} has a line of 2 GiB or more: split it into documents", name_);
      over_ = true;
      at_ = end_ = 0;
      return false;
    }
    line->append(begin, size);
    at_ += size + (feed != nullptr);
    if (feed != nullptr) {
      if (whole != nullptr) *whole = true;
      return true;
    }
  }
  // A line that an interruption or a torn file cut is none.
  return any && error->empty() && Interrupted() == 0;
}

}  // namespace atau::cli
