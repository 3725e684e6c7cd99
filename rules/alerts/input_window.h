#pragma once

#include <optional>

#include "model/time.h"
#include "promql/syntax/ast.h"

namespace hakem::rules {

/// From how long before an evaluation an expression reads samples.
struct InputWindow {
  Duration shortest;  ///< The time that the selector with the shortest range reads.
  Duration longest;   ///< What lies further back has no influence.
};

/// Returns the window of an expression: the ranges of its selectors, or the lookback of those
/// without one. Offsets and the ranges of subqueries around a selector make only the longest time
/// longer. Computed durations count as the lookback. Nothing if it reads no samples.
std::optional<InputWindow> WindowOf(const promql::Expr& expr);

}  // namespace hakem::rules
