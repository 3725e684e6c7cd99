#pragma once

#include "model/result.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Checks all computed durations of a query, so that an invalid one is refused before evaluation.
/// Errors: kInvalidInput, with the message of Evaluate(DurationOrExpr).
Result<void> CheckDurations(const Expr& expr, const QueryTimes& times);

}  // namespace hakem::promql
