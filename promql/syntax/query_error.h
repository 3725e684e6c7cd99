#pragma once

#include <type_traits>
#include <utility>

#include "model/result.h"

namespace hakem::promql {

/// Thrown by parser and evaluator to leave a deep recursion at the first error. It never leaves
/// promql/: CatchQueryError turns it into a value.
struct QueryError {
  Error error;
};

/// Throws a QueryError.
[[noreturn]] inline void ThrowQueryError(ErrorCode code, std::string message) {
  throw QueryError{Error{code, std::move(message)}};
}

/// Returns the result of `work`, or the error of the QueryError that it threw. Nothing else catches
/// QueryError.
template <typename Work>
Result<std::invoke_result_t<Work>> CatchQueryError(Work&& work) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      std::forward<Work>(work)();
      return {};
    } else {
      return std::forward<Work>(work)();
    }
  } catch (QueryError& thrown) {
    return Fail(std::move(thrown.error));
  }
}

}  // namespace hakem::promql
