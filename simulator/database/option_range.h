#pragma once

#include <fmt/format.h>

#include <string_view>

#include "model/result.h"

namespace hakem::simulator {

/// Checks that the value of a command line option is in a range, both ends included. Errors:
/// kInvalidInput.
template <typename Number>
Result<void> InRange(std::string_view option, Number value, Number lowest, Number highest) {
  if (value >= lowest && value <= highest) {
    return {};
  }
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("{} {} is out of range: {} to {}", option, value, lowest, highest));
}

}  // namespace hakem::simulator
