// Errors as values: atau never throws across its API, never prints and never ends the process.
#ifndef ATAU_STATUS_H_
#define ATAU_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace atau {

enum class Code : std::uint8_t {
  kInvalidArgument,  // an option or parameter that makes no sense
  kNotFound,         // a file, section or id that does not exist
  kIo,               // the operating system refused to read or write
  kCorrupt,          // a bundle (or other binary) that is damaged or truncated
  kVersion,          // a bundle of another format version, or of another program
  kSyntax,           // a source file (dictionary, rule, weights, JSON) that does not follow its format
  kEncoding,         // bytes that are not valid in the named charset
  kTooLarge,         // input beyond a documented limit
};

// What went wrong, where, and how to mend it. `file`, `line` and `column` (both from 1; 0 = unknown) name a place in a source.
struct Error {
  Code code = Code::kInvalidArgument;
  std::string message;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string hint;

  // "file:line:column: message (hint)", leaving out what is unknown.
  std::string ToString() const;
};

// Either a T or an Error. Reading the value of a failed result ends in a call of std::abort only in debug builds; test ok() first.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }
  const T& value() const& { return *std::get_if<0>(&v_); }
  T& value() & { return *std::get_if<0>(&v_); }
  T&& value() && { return std::move(*std::get_if<0>(&v_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return std::get_if<0>(&v_); }
  T* operator->() { return std::get_if<0>(&v_); }
  const Error& error() const { return *std::get_if<1>(&v_); }

 private:
  std::variant<T, Error> v_;
};

// Success, or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace atau

#endif  // ATAU_STATUS_H_
