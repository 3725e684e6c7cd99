#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace hakem {

/// What a caller should do about a failure, not what went wrong; the message says that.
enum class ErrorCode {
  kInvalidInput,  ///< Reject it (HTTP 400, exit 2); the same call fails again.
  kNotFound,      ///< There is no such thing (HTTP 404).
  kUnavailable,   ///< The other side cannot be reached: retry later.
  kTimeout,       ///< It took too long: retry later (HTTP 503).
  kRefused,       ///< The other side said no: do not retry.
  kInternal,      ///< A bug of ours (HTTP 500).
};

/// The name as it stands in logs and in `reason` and `code` labels: "timeout".
constexpr std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return "invalid_input";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

/// A failure as a value. The message is one line: lower case, what was tried, the value, the cause,
/// no final stop. It never holds a secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  bool operator==(const Error&) const = default;
};

/// What every function that can fail returns across a folder boundary. Only the names that
/// std::expected has too are used on it, so that the alias can change one day. `E` is another type
/// than Error only where a caller needs more than a code to decide.
template <typename T, typename E = Error>
using Result = tl::expected<T, E>;

/// `return Fail(ErrorCode::kTimeout, fmt::format(…));`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes a failure on: `if (!rows) return Fail(rows.error());`
inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

template <typename E>
tl::unexpected<E> Fail(E error) {
  return tl::unexpected<E>(std::move(error));
}

}  // namespace hakem
