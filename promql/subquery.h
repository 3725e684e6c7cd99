#pragma once

#include "promql/ast.h"
#include "promql/query_context.h"
#include "promql/step_value.h"

namespace hakem::promql {

/// `expr[range:step]`: the expression's values at all multiples of the step that any window
/// covers, evaluated once.
RangeVector EvaluateSubquery(const Subquery& subquery, const Steps& steps, QueryContext& context);

}  // namespace hakem::promql
