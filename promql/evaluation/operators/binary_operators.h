#pragma once

#include "promql/evaluation/label_selection.h"
#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Applies an arithmetic operator to two numbers. A comparison returns 1 or 0.
double Calculate(BinaryOp op, double lhs, double rhs);

/// Combines a scalar with a scalar.
StepScalar CombineScalars(const Binary& binary, const StepScalar& lhs, const StepScalar& rhs);

/// The side of the operator on which a scalar stands.
enum class ScalarSide { kLeft, kRight };

/// Combines a vector with a scalar. A comparison without `bool` keeps the elements for which it
/// holds.
StepVector CombineWithScalar(const Binary& binary, StepVector vector, const StepScalar& scalar,
                             ScalarSide side, const EngineOptions& options);

/// Applies `fill (0)` and its variants: where a side has no element in a match group of the other
/// side, adds one with the group's labels and the fill value. Throws QueryError when there would be
/// too many samples.
void FillSides(const VectorMatching& matching, StepVector& lhs, StepVector& rhs, const Steps& steps,
               QueryContext& context);

/// Evaluates `and`, `or` and `unless`.
StepVector CombineSets(const Binary& binary, StepVector lhs, StepVector rhs, const Steps& steps,
                       QueryContext& context);

}  // namespace hakem::promql
