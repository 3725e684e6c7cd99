#pragma once

#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// `expr[range:step]`: the expression's values at all multiples of the step that any window
/// covers, evaluated once.
RangeVector EvaluateSubquery(const Subquery& subquery, const Steps& steps, QueryContext& context);

}  // namespace hakem::promql
