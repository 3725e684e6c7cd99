#pragma once

#include "promql/evaluation/label_selection.h"
#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Returns the labels by which elements are matched, as `on` or `ignoring` says.
LabelSelection MatchSelection(const VectorMatching& matching);

/// Combines the elements of two vectors whose labels match, by an arithmetic operator or a
/// comparison. Throws QueryError when a match is not unique.
StepVector CombineVectors(const Binary& binary, const StepVector& lhs, const StepVector& rhs,
                          const Steps& steps, QueryContext& context);

}  // namespace hakem::promql
