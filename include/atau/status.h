/// @file
/// Errors as values: atau never throws across its API, never prints and never ends the process.
///
/// What can fail returns a Result (a value, or an Error) or a Status (nothing, or an Error); both are `[[nodiscard]]`. Memory that has run
/// out is the exception to the rule: `std::bad_alloc` passes through the C++ API (the C API turns it into ATAU_OUT_OF_MEMORY).
#ifndef ATAU_STATUS_H_
#define ATAU_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

namespace atau {

/// What sort of thing went wrong; a program decides by it, a person reads the message.
enum class Code : std::uint8_t {
  kInvalidArgument,  ///< an option or parameter that makes no sense
  kNotFound,         ///< a file, section or id that does not exist
  kIo,               ///< the operating system refused to read or write
  kCorrupt,          ///< a bundle (or other binary) that is damaged or truncated
  kVersion,          ///< a bundle of another format version, or of another program
  kSyntax,           ///< a source file (dictionary, rule, weights, JSON) that does not follow its format
  kEncoding,         ///< bytes that are not valid in the named charset
  kTooLarge,         ///< input beyond a documented limit
};

/// What went wrong, where, and how to mend it. A plain value.
struct Error {
  Code code = Code::kInvalidArgument;  ///< the sort of error
  std::string message;                 ///< what went wrong, in English, one sentence; further lines where there were further errors
  std::string file;                    ///< the source in which it went wrong; empty where there is none
  std::uint32_t line = 0;              ///< in `file`, from 1; 0 = unknown
  std::uint32_t column = 0;            ///< in `line`, code points from 1; 0 = unknown
  std::string hint;                    ///< how to mend it; may be empty

  /// "file:line:column: message (hint)", leaving out what is unknown.
  std::string ToString() const;
};

/// Either a T or an Error. Ask ok() first: the value of a failed result, and the error of a good one, must not be read (undefined
/// behaviour, as with an empty `std::optional`). As safe between threads as the T inside.
template <class T>
class [[nodiscard]] Result {
 public:
  /// A success.
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  /// A failure.
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}

  /// Is there a value?
  bool ok() const { return v_.index() == 0; }
  /// The same, for `if (result)`.
  explicit operator bool() const { return ok(); }
  /// The value, which belongs to the result. Requires ok().
  const T& value() const& { return *std::get_if<0>(&v_); }
  /// The value, which belongs to the result and may be changed or moved from. Requires ok().
  T& value() & { return *std::get_if<0>(&v_); }
  /// The value of a result that is thrown away. Requires ok().
  T&& value() && { return std::move(*std::get_if<0>(&v_)); }
  /// As value().
  const T& operator*() const& { return value(); }
  /// As value().
  T& operator*() & { return value(); }
  /// A member of the value. Requires ok().
  const T* operator->() const { return std::get_if<0>(&v_); }
  /// A member of the value. Requires ok().
  T* operator->() { return std::get_if<0>(&v_); }
  /// What went wrong; belongs to the result. Requires !ok().
  const Error& error() const { return *std::get_if<1>(&v_); }

 private:
  std::variant<T, Error> v_;
};

/// Success, or an Error.
class [[nodiscard]] Status {
 public:
  /// Success.
  Status() = default;
  /// A failure.
  Status(Error error) : error_(std::move(error)) {}
  /// Did it go well?
  bool ok() const { return !error_.has_value(); }
  /// What went wrong; belongs to the status. Requires !ok().
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace atau

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif  // ATAU_STATUS_H_
