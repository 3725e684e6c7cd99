#pragma once

#include <optional>
#include <vector>

#include "model/time.h"
#include "promql/syntax/ast.h"

namespace hakem::rules {

/// The ranges from which an expression reads samples, ascending.
using InputWindows = std::vector<Duration>;

/// Returns the ranges of an expression's selectors and of the subqueries around them; a selector
/// without a range has the lookback. Offsets have no influence: they move a range, but do not make
/// it longer. Computed durations count as the lookback. Empty if it reads no samples.
InputWindows WindowsOf(const promql::Expr& expr);

/// Returns the longest window of which a gap of this length in the samples leaves less than half;
/// nothing if at least half of each is left.
std::optional<Duration> EmptiedWindow(const InputWindows& windows, Duration gap);

}  // namespace hakem::rules
