#pragma once

#include <optional>
#include <string>

#include "promql/evaluation/query_context.h"
#include "promql/evaluation/sample_counter.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Evaluates expressions at all steps at once: each node computes its rows of values from those of
/// its operands, so that labels are processed once for each series, not for each step. Throws
/// QueryError.
class Evaluator {
 public:
  /// Both must outlive the evaluator.
  Evaluator(QueryContext& context, const Steps& steps)
      : context_(context), steps_(steps), samples_(context.options().counts_samples, steps.count) {}

  StepValue Evaluate(const Expr& expr);

  /// Requires: the expression's type is the one in the name.
  StepScalar EvaluateScalar(const Expr& expr);
  StepVector EvaluateVector(const Expr& expr);
  RangeVector EvaluateRange(const Expr& expr);
  std::string EvaluateText(const Expr& expr);

  /// Returns a vector whose values are the times (in seconds) of the samples that the selector
  /// returns; nothing when the expression is not a selector.
  std::optional<StepVector> EvaluateSampleTimes(const Expr& expr);

  const Steps& steps() const { return steps_; }

  QueryContext& context() { return context_; }

  /// Counts the samples that have been read so far.
  SampleCounter& samples() { return samples_; }

 private:
  struct Visitor;

  StepValue EvaluateOnce(const Expr& expr);
  StepValue EvaluateShared(const Expr& expr, SharedValues& shared);

  QueryContext& context_;
  const Steps steps_;
  SampleCounter samples_;
};

/// Drops the names of all series: at once, or at the end when kDelayedNameRemoval is on.
void DropNames(StepVector& vector, const EngineOptions& options);

}  // namespace hakem::promql
