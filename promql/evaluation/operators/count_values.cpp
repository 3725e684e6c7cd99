#include "promql/evaluation/operators/count_values.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <string>
#include <utility>

#include "format/number.h"
#include "format/quote.h"
#include "promql/evaluation/label_groups.h"
#include "promql/evaluation/operators/aggregation.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

/// Collects the result's series, step by step.
class ValueRows {
 public:
  ValueRows(const Aggregate& aggregate, std::string label)
      : label_(std::move(label)), grouping_(GroupingOf(aggregate)) {
    // With `by`, the value's label is kept as if it were listed; `without` may list it.
    const Labels any{{label_, "any"}};
    keeps_value_ = !aggregate.without || grouping_.Of(any) == any;
  }

  /// Returns the number of the row that counts a series' value.
  std::size_t Find(const StepSeries& series, double value) {
    Labels labels = grouping_.Of(series.labels);
    if (keeps_value_) {
      labels = labels.With(label_, FormatNumber(value, NumberForm::kDecimal));
    }
    const std::size_t number = numbers_.Add(labels);
    if (number == rows_.size()) {
      rows_.push_back({std::move(labels), false, {}});
    }
    rows_[number].drop_name = rows_[number].drop_name || series.drop_name;
    return number;
  }

  /// Counts a value. Returns whether a point was added to the row. Requires: times ascend.
  bool Count(std::size_t number, Timestamp time) {
    std::vector<tsdb::Point>& points = rows_[number].points;
    if (!points.empty() && points.back().time == time) {
      points.back().value += 1;
      return false;
    }
    points.push_back({time, 1});
    return true;
  }

  std::vector<RangeSeries> Take() { return std::move(rows_); }

 private:
  const std::string label_;
  const LabelSelection grouping_;
  bool keeps_value_;
  LabelGroups numbers_{LabelSelection::All()};
  std::vector<RangeSeries> rows_;
};

/// The last value of a series and its row. Values mostly stay the same between steps.
struct LastValue {
  double value = kGap;
  std::size_t row = 0;

  bool Is(double other) const {
    return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(other);
  }
};

}  // namespace

std::vector<RangeSeries> CountValues(const Aggregate& aggregate, Evaluator& evaluator) {
  const StepVector vector = evaluator.EvaluateVector(*aggregate.expr);
  const std::string label = evaluator.EvaluateText(*aggregate.parameter);
  if (label.empty() || !IsValidUtf8(label)) {
    ThrowQueryError(ErrorCode::kInvalidInput, fmt::format("invalid label name {}", Quote(label)));
  }
  const Steps& steps = evaluator.steps();
  evaluator.context().Hold(vector.size());  // The values of one step.
  ValueRows rows(aggregate, label);
  std::vector<LastValue> last(vector.size());
  for (std::size_t step = 0; step < steps.count; ++step) {
    evaluator.context().CheckRunning();
    for (std::size_t i = 0; i < vector.size(); ++i) {
      const double value = vector[i].values[step];
      if (IsGap(value)) {
        continue;
      }
      if (!last[i].Is(value)) {
        last[i] = {value, rows.Find(vector[i], value)};
      }
      if (rows.Count(last[i].row, steps.At(step))) {
        evaluator.context().Hold(1);
      }
    }
  }
  return rows.Take();
}

StepVector AtAllSteps(std::vector<RangeSeries> rows, Evaluator& evaluator) {
  const Steps& steps = evaluator.steps();
  evaluator.context().CheckRoom(rows.size(), steps.count);
  StepVector vector;
  vector.reserve(rows.size());
  for (RangeSeries& row : rows) {
    StepRow values(steps.count, kGap);
    for (const tsdb::Point& point : row.points) {
      values[static_cast<std::size_t>((point.time - steps.start) / steps.interval)] = point.value;
    }
    vector.push_back({std::move(row.labels), row.drop_name, std::move(values)});
  }
  return vector;
}

}  // namespace hakem::promql
