#pragma once

#include <optional>
#include <string>

#include "promql/evaluation/query_context.h"
#include "promql/evaluation/sample_counter.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Evaluates expressions at all steps at once: each node turns its operands' rows of values into
/// its own, so that labels are looked at once a series and not once a step. Throws QueryError.
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

  /// As EvaluateVector, but the values are the times (in seconds) of the samples that the selector
  /// found; nothing when the expression is no selector.
  std::optional<StepVector> EvaluateSampleTimes(const Expr& expr);

  const Steps& steps() const { return steps_; }

  QueryContext& context() { return context_; }

  /// What has been looked at so far.
  SampleCounter& samples() { return samples_; }

 private:
  struct Visitor;

  StepValue EvaluateOnce(const Expr& expr);

  QueryContext& context_;
  const Steps steps_;
  SampleCounter samples_;
};

/// Marks the names of all series as dropped, or drops them at once, as the options say.
void DropNames(StepVector& vector, const EngineOptions& options);

}  // namespace hakem::promql
