#pragma once

#include <fmt/format.h>

#include <string_view>

#include "model/result.h"

namespace hakem::simulator {

/// Whether a number that an option of the command line gave is allowed. Both ends are.
/// Errors: kInvalidInput.
template <typename Number>
Result<void> InRange(std::string_view option, Number value, Number lowest, Number highest) {
  if (value >= lowest && value <= highest) {
    return {};
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("{} {} is out of range: {} to {}", option, value, lowest, highest));
}

}  // namespace hakem::simulator
