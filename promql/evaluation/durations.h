#pragma once

#include "model/result.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Whether all lengths that the query computes are such as it can have, so that a query is refused
/// before it is evaluated. Errors: kInvalidInput, as Evaluate of a DurationOrExpr has it.
Result<void> CheckDurations(const Expr& expr, const QueryTimes& times);

}  // namespace hakem::promql
