#pragma once

#include "promql/evaluation/evaluator.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// `expr[range:step]`: the expression's values at all multiples of the step that any window
/// of the outer evaluation covers, evaluated once.
RangeVector EvaluateSubquery(const Subquery& subquery, Evaluator& outer);

}  // namespace hakem::promql
