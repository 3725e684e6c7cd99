#pragma once

#include <type_traits>
#include <utility>

#include "model/result.h"

namespace hakem::promql {

/// Thrown by parser and evaluator to leave a deep recursion at the first error. Never leaves this
/// folder: Attempt turns it into a value.
struct Abandoned {
  Error error;
};

/// Gives up what is being done.
[[noreturn]] inline void Abandon(ErrorCode code, std::string message) {
  throw Abandoned{Error{code, std::move(message)}};
}

/// What `work` returns, or the error with which it was abandoned: the one place where it is caught.
template <typename Work>
Result<std::invoke_result_t<Work>> Attempt(Work&& work) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      std::forward<Work>(work)();
      return {};
    } else {
      return std::forward<Work>(work)();
    }
  } catch (Abandoned& abandoned) {
    return Fail(std::move(abandoned.error));
  }
}

}  // namespace hakem::promql
