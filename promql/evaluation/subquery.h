#pragma once

#include "promql/evaluation/evaluator.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Evaluates `expr[range:step]` once, at all multiples of the step that any window of the outer
/// evaluation covers.
RangeVector EvaluateSubquery(const Subquery& subquery, Evaluator& outer);

}  // namespace hakem::promql
