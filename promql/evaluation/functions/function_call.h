#pragma once

#include <string>

#include "promql/evaluation/evaluator.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {

/// A call, as passed to a function's implementation. Arguments are evaluated when they are read.
class FunctionCall {
 public:
  FunctionCall(Evaluator& evaluator, const Call& call, const Position& position)
      : evaluator_(evaluator), call_(call), position_(position) {}

  std::size_t size() const { return call_.arguments.size(); }

  const Expr& Argument(std::size_t index) const { return *call_.arguments[index]; }

  /// The position for annotations, usually without parentheses around the argument.
  const Position& ArgumentPosition(std::size_t index) const;

  /// These evaluate an argument. Requires: the argument has that type.
  StepScalar Scalar(std::size_t index) { return evaluator_.EvaluateScalar(Argument(index)); }

  StepVector Vector(std::size_t index) { return evaluator_.EvaluateVector(Argument(index)); }

  /// Throws QueryError when the function does not accept the range's modifier.
  RangeVector Range(std::size_t index);

  std::string Text(std::size_t index) { return evaluator_.EvaluateText(Argument(index)); }

  const FunctionSpec& function() const { return *call_.function; }

  const Position& position() const { return position_; }

  const Steps& steps() const { return evaluator_.steps(); }

  const EngineOptions& options() const { return evaluator_.context().options(); }

  Annotations& annotations() { return evaluator_.context().annotations(); }

  Evaluator& evaluator() { return evaluator_; }

 private:
  Evaluator& evaluator_;
  const Call& call_;
  const Position& position_;
};

}  // namespace hakem::promql
