#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace hakem {

/// What a caller should do about a failure. The message says what went wrong.
enum class ErrorCode {
  kInvalidInput,  ///< Reject it (HTTP 400, exit 2); the same call fails again.
  kNotFound,      ///< The named thing does not exist (HTTP 404).
  kUnavailable,   ///< The other side cannot be reached: retry later.
  kTimeout,       ///< It took too long: retry later (HTTP 503).
  kRefused,       ///< The other side refused: do not retry.
  kInternal,      ///< A bug in Hakem (HTTP 500).
};

/// Returns the name used in logs and in `reason` and `code` labels: "timeout".
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

/// A failure as a value. The message is one line in lower case without a final stop: what was
/// tried, the value, the cause. It never contains a secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  bool operator==(const Error&) const = default;
};

/// Returned by every function that can fail and is called from another folder. Use only names that
/// std::expected has too (transform and or_else, not map and map_error), so that this alias can
/// change to it. `E` differs from Error only where callers need more than a code to decide.
template <typename T, typename E = Error>
using Result = tl::expected<T, E>;

/// `return Fail(ErrorCode::kTimeout, fmt::format(…));`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

/// Passes a failure on to the caller: `if (!rows) return Fail(rows.error());`
inline tl::unexpected<Error> Fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

template <typename E>
tl::unexpected<E> Fail(E error) {
  return tl::unexpected<E>(std::move(error));
}

}  // namespace hakem
