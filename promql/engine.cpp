#include "promql/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "promql/evaluation/evaluator.h"
#include "promql/evaluation/operators/count_values.h"
#include "promql/evaluation/range_modifier.h"
#include "promql/evaluation/step_invariance.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

/// Drops the names that were marked for it during the evaluation.
void DropMarkedNames(StepVector& vector) {
  bool dropped = false;
  for (StepSeries& series : vector) {
    if (series.drop_name) {
      series.labels = DropMetricName(series.labels);
      dropped = true;
    }
  }
  if (dropped) {
    MergeSameLabels(vector);
  }
}

Vector ToVector(StepVector steps, Timestamp time) {
  Vector vector;
  for (StepSeries& series : steps) {
    if (const double value = series.values.front(); !IsGap(value)) {
      vector.push_back({std::move(series.labels), time, value});
    }
  }
  return vector;
}

void SortByLabels(Matrix& matrix) {
  std::sort(matrix.begin(), matrix.end(),
            [](const MatrixRow& a, const MatrixRow& b) { return a.labels < b.labels; });
}

Matrix ToMatrix(StepVector vector, const Steps& steps) {
  Matrix matrix;
  for (StepSeries& series : vector) {
    MatrixRow row{std::move(series.labels), {}};
    row.points.reserve(steps.count);
    for (std::size_t step = 0; step < steps.count; ++step) {
      if (!IsGap(series.values[step])) {
        row.points.push_back({steps.At(step), series.values[step]});
      }
    }
    if (!row.points.empty()) {
      matrix.push_back(std::move(row));
    }
  }
  SortByLabels(matrix);
  return matrix;
}

/// Returns the points of the only window, with points at its bounds when it has a modifier.
Matrix ToMatrix(const RangeVector& range, QueryContext& context) {
  const Timestamp end = range.ends.front();
  const Timestamp start = end - range.range;
  Matrix matrix;
  range.for_each([&](const RangeSeries& series) {
    context.Hold(series.points.size());
    if (range.modifier == RangeModifier::kNone) {
      matrix.push_back({series.labels, series.points});
    } else if (const auto bounded =
                   BoundPoints(series.points, start, end, range.modifier, Kind::kGauge)) {
      matrix.push_back({series.labels, ToPoints(*bounded, start, end)});
    }
  });
  SortByLabels(matrix);
  return matrix;
}

Matrix ToMatrix(std::vector<RangeSeries> rows) {
  Matrix matrix;
  matrix.reserve(rows.size());
  for (RangeSeries& series : rows) {
    matrix.push_back({std::move(series.labels), std::move(series.points)});
  }
  SortByLabels(matrix);
  return matrix;
}

struct InstantValue {
  Timestamp time;
  Evaluator& evaluator;

  Value operator()(const StepScalar& scalar) const { return Scalar{time, scalar.front()}; }

  Value operator()(StepVector& vector) const {
    DropMarkedNames(vector);
    return ToVector(std::move(vector), time);
  }

  Value operator()(const RangeVector& range) const {
    QueryContext& context = evaluator.context();
    context.ReleaseTo(0);
    Matrix matrix = ToMatrix(range, context);
    if (range.is_selector) {
      evaluator.samples().AddAtStep(0, context.held());
    }
    return matrix;
  }

  Value operator()(std::string& text) const { return Text{time, std::move(text)}; }
};

/// Evaluates a query that is a count_values as a whole, without expanding its series to all steps.
const Aggregate* CountValuesAtRoot(const Expr& expr, const EngineOptions& options) {
  const auto* aggregate = std::get_if<Aggregate>(&Unwrap(expr).node);
  const bool is_sparse = aggregate != nullptr && aggregate->op == AggregateOp::kCountValues &&
                         !IsStepInvariant(expr) &&
                         !options.features.Has(Feature::kDelayedNameRemoval);
  return is_sparse ? aggregate : nullptr;
}

Value RangeValue(StepValue value, const Steps& steps) {
  if (auto* scalar = std::get_if<StepScalar>(&value)) {
    return ToMatrix(StepVector{{Labels{}, false, StepRow(*scalar)}}, steps);
  }
  auto& vector = std::get<StepVector>(value);
  DropMarkedNames(vector);
  return ToMatrix(std::move(vector), steps);
}

Evaluation Finish(Value value, Evaluator& evaluator) {
  SampleCounts samples{.per_step = {}, .peak = evaluator.context().peak()};
  for (const std::uint64_t at_step : evaluator.samples().per_step()) {
    samples.per_step.push_back({evaluator.steps().At(samples.per_step.size()), at_step});
  }
  return {std::move(value), std::move(evaluator.context().annotations()), std::move(samples)};
}

}  // namespace

std::uint64_t SampleCounts::Total() const {
  return std::accumulate(per_step.begin(), per_step.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const AtStep& at) { return sum + at.samples; });
}

Result<Evaluation> EvaluateInstant(const Expr& expr, const tsdb::Queryable& data, Timestamp time,
                                   const EngineOptions& options) {
  return CatchQueryError([&] {
    QueryContext context(data, options, {.start = time, .end = time});
    Evaluator evaluator(context, Steps{time});
    StepValue value = evaluator.Evaluate(expr);
    return Finish(std::visit(InstantValue{time, evaluator}, value), evaluator);
  });
}

Result<Evaluation> EvaluateRange(const Expr& expr, const tsdb::Queryable& data,
                                 const StepRange& range, const EngineOptions& options) {
  if (const ValueType type = expr.type();
      type != ValueType::kScalar && type != ValueType::kVector) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("invalid expression type \"{}\" for range query, must be Scalar or "
                            "instant Vector",
                            ToString(type)));
  }
  return CatchQueryError([&] {
    const auto count = static_cast<std::size_t>((range.end - range.start) / range.step) + 1;
    const Steps steps{range.start, range.step, count, (range.end - range.start) % range.step};
    QueryContext context(data, options,
                         {.start = range.start, .end = range.end, .step = range.step});
    Evaluator evaluator(context, steps);
    if (const Aggregate* const counted = CountValuesAtRoot(expr, options)) {
      return Finish(ToMatrix(CountValues(*counted, evaluator)), evaluator);
    }
    StepValue value = evaluator.Evaluate(expr);
    return Finish(RangeValue(std::move(value), steps), evaluator);
  });
}

}  // namespace hakem::promql
