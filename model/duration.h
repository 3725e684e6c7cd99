#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"

namespace hakem {

/// Parses a duration in Prometheus' notation: `5s`, `1h30m`, `250ms`, `0`. Units: y w d h m s ms,
/// each at most once, largest first. A year has 365 days. Errors: kInvalidInput.
Result<Duration> ParseDuration(std::string_view text);

/// Returns the shortest text that ParseDuration reads back: `5m`, `1h30m`, `0s`.
std::string FormatDuration(Duration duration);

}  // namespace hakem
