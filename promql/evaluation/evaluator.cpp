#include "promql/evaluation/evaluator.h"

#include <algorithm>
#include <functional>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/operators/aggregation.h"
#include "promql/evaluation/operators/binary_operators.h"
#include "promql/evaluation/operators/vector_matching.h"
#include "promql/evaluation/selectors.h"
#include "promql/evaluation/shared_values.h"
#include "promql/evaluation/step_invariance.h"
#include "promql/evaluation/subquery.h"

namespace hakem::promql {
namespace {

/// Returns how many samples a value holds. A selector's samples are counted where they are read.
std::size_t CountSamples(const StepValue& value) {
  if (const auto* vector = std::get_if<StepVector>(&value)) {
    std::size_t samples = 0;
    for (const StepSeries& series : *vector) {
      samples += static_cast<std::size_t>(std::count_if(series.values.begin(), series.values.end(),
                                                        [](double v) { return !IsGap(v); }));
    }
    return samples;
  }
  if (const auto* range = std::get_if<RangeVector>(&value)) {
    std::size_t points = 0;
    if (!range->is_selector) {
      range->for_each([&](const RangeSeries& series) { points += series.points.size(); });
    }
    return points;
  }
  const auto* scalar = std::get_if<StepScalar>(&value);
  return scalar == nullptr ? 0 : scalar->size();
}

/// What a node holds in memory while it works on its operands.
enum class Operands {
  kTurned,    ///< The operands become the result.
  kKept,      ///< All operands, beside the result.
  kGathered,  ///< Like kKept, plus the values of one step.
};

Operands OperandsOf(const Expr& expr) {
  if (const auto* call = std::get_if<Call>(&expr.node)) {
    return call->function->takes_range()     ? Operands::kKept
           : call->function->works_on_labels ? Operands::kTurned
                                             : Operands::kGathered;
  }
  return std::holds_alternative<Binary>(expr.node) ? Operands::kGathered : Operands::kTurned;
}

/// Repeats a value for all steps.
StepValue Broadcast(StepValue value, std::size_t steps) {
  if (auto* scalar = std::get_if<StepScalar>(&value)) {
    scalar->assign(steps, scalar->front());
  } else if (auto* vector = std::get_if<StepVector>(&value)) {
    for (StepSeries& series : *vector) {
      series.values = StepRow(steps, series.values.front());
    }
  }
  return value;
}

}  // namespace

struct Evaluator::Visitor {
  Evaluator& self;
  const Expr& expr;

  StepValue operator()(const NumberLiteral& number) const {
    return StepScalar(self.steps_.count, number.value);
  }

  StepValue operator()(const StringLiteral& literal) const { return literal.value; }

  StepValue operator()(const VectorSelector& selector) const {
    StepVector found = SelectInstant(selector, self.steps_, SampleField::kValue, self.context_);
    self.samples_.AddFound(found);
    return found;
  }

  StepValue operator()(const MatrixSelector& matrix) const {
    return SelectRange(matrix, self.steps_, self.context_);
  }

  StepValue operator()(const Subquery& subquery) const { return EvaluateSubquery(subquery, self); }

  StepValue operator()(const Paren& paren) const { return self.Evaluate(*paren.expr); }

  StepValue operator()(const Unary& unary) const {
    StepValue value = self.Evaluate(*unary.expr);
    if (!unary.negative) {
      return value;
    }
    if (auto* scalar = std::get_if<StepScalar>(&value)) {
      std::transform(scalar->begin(), scalar->end(), scalar->begin(), std::negate<>());
      return value;
    }
    auto& vector = std::get<StepVector>(value);
    for (StepSeries& series : vector) {
      for (double& sample : series.values) {
        sample = IsGap(sample) ? sample : -sample;
      }
    }
    DropNames(vector, self.context_.options());
    return value;
  }

  StepValue operator()(const Binary& binary) const {
    StepValue lhs = self.Evaluate(*binary.lhs);
    StepValue rhs = self.Evaluate(*binary.rhs);
    const EngineOptions& options = self.context_.options();
    auto* left = std::get_if<StepVector>(&lhs);
    auto* right = std::get_if<StepVector>(&rhs);
    if (left == nullptr && right == nullptr) {
      return CombineScalars(binary, std::get<StepScalar>(lhs), std::get<StepScalar>(rhs));
    }
    if (left == nullptr) {
      return CombineWithScalar(binary, std::move(*right), std::get<StepScalar>(lhs),
                               ScalarSide::kLeft, options);
    }
    if (right == nullptr) {
      return CombineWithScalar(binary, std::move(*left), std::get<StepScalar>(rhs),
                               ScalarSide::kRight, options);
    }
    if (IsSetOperator(binary.op)) {
      return CombineSets(binary, std::move(*left), std::move(*right), self.steps_, self.context_);
    }
    if (binary.matching.fills()) {
      FillSides(binary.matching, *left, *right, self.steps_, self.context_);
    }
    return CombineVectors(binary, *left, *right, self.steps_, self.context_);
  }

  StepValue operator()(const Call& call) const {
    FunctionCall function_call(self, call, expr.position);
    return call.function->evaluate(function_call);
  }

  StepValue operator()(const Aggregate& aggregate) const {
    return EvaluateAggregate(aggregate, self);
  }
};

StepValue Evaluator::Evaluate(const Expr& expr) {
  context_.CheckRunning();
  if (steps_.is_range() && IsStepInvariant(expr)) {
    Evaluator once(context_, Steps{steps_.start, steps_.interval, 1});
    StepValue value = once.Evaluate(expr);
    samples_.AddAtEachStep(once.samples_);
    context_.Hold(CountSamples(value) * (steps_.count - 1));
    return Broadcast(std::move(value), steps_.count);
  }
  SharedValues* const shared = context_.options().shared;
  const bool is_at_shared_time = shared != nullptr && steps_.count == 1 &&
                                 steps_.start == shared->time() &&
                                 steps_.interval == Steps().interval;
  return is_at_shared_time ? EvaluateShared(expr, *shared) : EvaluateOnce(expr);
}

/// Warnings of a value that another query has computed are left out.
StepValue Evaluator::EvaluateShared(const Expr& expr, SharedValues& shared) {
  if (const auto found = shared.Find(expr)) {
    context_.Hold(found->vector.size());
    context_.CountSeries(found->series_read);
    return found->vector;
  }
  const std::size_t read_before = context_.series_read();
  StepValue value = EvaluateOnce(expr);
  if (const auto* vector = std::get_if<StepVector>(&value)) {
    shared.Keep(expr, *vector, context_.series_read() - read_before);
  }
  return value;
}

StepValue Evaluator::EvaluateOnce(const Expr& expr) {
  const std::size_t held = context_.held();
  StepValue value = std::visit(Visitor{*this, expr}, expr.node);
  const std::size_t samples = CountSamples(value);
  const Operands operands = OperandsOf(expr);
  if (operands != Operands::kTurned) {
    const std::size_t held_by_operands = context_.held() - held;
    const std::size_t at_one_step = (held_by_operands + steps_.count - 1) / steps_.count;
    context_.Hold(samples + (operands == Operands::kGathered ? at_one_step : 0));
  }
  context_.ReleaseTo(held);
  context_.Hold(samples);
  return value;
}

StepScalar Evaluator::EvaluateScalar(const Expr& expr) {
  return std::get<StepScalar>(Evaluate(expr));
}

StepVector Evaluator::EvaluateVector(const Expr& expr) {
  return std::get<StepVector>(Evaluate(expr));
}

RangeVector Evaluator::EvaluateRange(const Expr& expr) {
  return std::get<RangeVector>(Evaluate(expr));
}

std::string Evaluator::EvaluateText(const Expr& expr) {
  return std::get<std::string>(Evaluate(expr));
}

std::optional<StepVector> Evaluator::EvaluateSampleTimes(const Expr& expr) {
  const auto* selector = std::get_if<VectorSelector>(&Unwrap(expr).node);
  if (selector == nullptr) {
    return std::nullopt;
  }
  StepVector found = SelectInstant(*selector, steps_, SampleField::kTime, context_);
  samples_.AddFound(found);
  return found;
}

void DropNames(StepVector& vector, const EngineOptions& options) {
  const bool delayed = options.features.Has(Feature::kDelayedNameRemoval);
  const bool stay_unique = delayed || HaveSameName(vector);
  for (StepSeries& series : vector) {
    if (delayed) {
      series.drop_name = true;
    } else {
      series.labels = DropMetricName(series.labels);
    }
  }
  if (!stay_unique) {
    MergeSameLabels(vector);
  }
}

}  // namespace hakem::promql
