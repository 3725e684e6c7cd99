#pragma once

#include "promql/evaluation/label_selection.h"
#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// What an arithmetic operator yields for two numbers; a comparison yields 1 or 0.
double Calculate(BinaryOp op, double lhs, double rhs);

/// Scalar with scalar.
StepScalar CombineScalars(const Binary& binary, const StepScalar& lhs, const StepScalar& rhs);

/// Vector with scalar, on whatever side the scalar stands. A comparison without `bool` keeps the
/// vector's elements for which it holds.
enum class ScalarSide { kLeft, kRight };
StepVector CombineWithScalar(const Binary& binary, StepVector vector, const StepScalar& scalar,
                             ScalarSide side, const EngineOptions& options);

/// Vector with vector, arithmetic and comparison: elements whose labels match. Throws QueryError
/// when a match is not unique.
StepVector CombineVectors(const Binary& binary, const StepVector& lhs, const StepVector& rhs,
                          const Steps& steps, QueryContext& context);

/// `fill (0)` and its like: adds to each side, where its match groups lack an element that the
/// other side has, one with the group's labels and the value that stands for it. Throws QueryError
/// when there is not room for them.
void FillSides(const VectorMatching& matching, StepVector& lhs, StepVector& rhs, const Steps& steps,
               QueryContext& context);

/// `and`, `or` and `unless`.
StepVector CombineSets(const Binary& binary, StepVector lhs, StepVector rhs, const Steps& steps,
                       QueryContext& context);

/// The labels by which an element finds its match.
LabelSelection MatchSelection(const VectorMatching& matching);

}  // namespace hakem::promql
