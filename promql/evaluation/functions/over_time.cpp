#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <span>
#include <string_view>

#include "format/number.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/functions/windows.h"
#include "promql/evaluation/operators/accumulators.h"
#include "promql/evaluation/operators/quantile.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

template <typename Accumulator>
double Fold(const Window& window) {
  Accumulator accumulator;
  for (const tsdb::Point& point : window.points()) {
    accumulator.Add(point.value);
  }
  return accumulator.Result();
}

/// Finds the largest value (the smallest when `kSign` is -1) of sliding windows; NaN only when
/// there is no other value. Takes linear time for all windows together.
template <int kSign>
class MovingExtreme {
 public:
  double operator()(const Window& window) {
    for (; next_ < window.end; ++next_) {
      Add(window.all, next_);
    }
    while (!candidates_.empty() && candidates_.front() < window.begin) {
      candidates_.pop_front();
    }
    return candidates_.empty() ? window.last().value : window.all[candidates_.front()].value;
  }

 private:
  void Add(std::span<const tsdb::Point> points, std::size_t index) {
    const double value = points[index].value;
    if (std::isnan(value)) {
      return;
    }
    while (!candidates_.empty() && points[candidates_.back()].value * kSign < value * kSign) {
      candidates_.pop_back();
    }
    candidates_.push_back(index);
  }

  std::size_t next_ = 0;
  std::deque<std::size_t> candidates_;  ///< Indices of points that no later point exceeds.
};

template <int kSign>
StepValue ExtremeOverTime(FunctionCall& call) {
  StepVector vector =
      OverWindows(call, call.Range(0), [](const RangeSeries&) { return MovingExtreme<kSign>(); });
  DropNames(vector, call.options());
  return vector;
}

double Count(const Window& window) {
  return static_cast<double>(window.size());
}

double Presence(const Window& /*window*/) {
  return 1;
}

double First(const Window& window) {
  return window.first().value;
}

double Last(const Window& window) {
  return window.last().value;
}

enum class Names { kKept, kDropped };

template <double (*F)(const Window&), Names kNames = Names::kDropped>
StepValue Map(FunctionCall& call) {
  StepVector vector = OverWindows(call, call.Range(0), [](const RangeSeries&) { return F; });
  if (kNames == Names::kDropped) {
    DropNames(vector, call.options());
  }
  return vector;
}

StepValue QuantileOverTime(FunctionCall& call) {
  const StepScalar q = call.Scalar(0);
  std::vector<double> values;
  const auto quantile = [&](const Window& window) {
    WarnOfInvalidQuantile(q[window.step], call.ArgumentPosition(0), call.annotations());
    values.clear();
    for (const tsdb::Point& point : window.points()) {
      values.push_back(point.value);
    }
    return Quantile(q[window.step], values);
  };
  StepVector vector =
      OverWindows(call, call.Range(1), [&](const RangeSeries&) { return quantile; });
  DropNames(vector, call.options());
  return vector;
}

/// The median absolute deviation; NaN when any value is NaN.
StepValue MedianDeviation(FunctionCall& call) {
  std::vector<double> values;
  const auto deviation = [&](const Window& window) {
    values.clear();
    for (const tsdb::Point& point : window.points()) {
      if (std::isnan(point.value)) {
        return point.value;
      }
      values.push_back(point.value);
    }
    const double median = Quantile(0.5, values);
    std::transform(values.begin(), values.end(), values.begin(),
                   [&](double value) { return std::abs(value - median); });
    return Quantile(0.5, values);
  };
  StepVector vector =
      OverWindows(call, call.Range(0), [&](const RangeSeries&) { return deviation; });
  DropNames(vector, call.options());
  return vector;
}

/// Throws QueryError when a factor is not strictly between 0 and 1.
void CheckFactor(double factor, std::string_view name, std::string_view symbol) {
  if (factor <= 0 || factor >= 1) {
    ThrowQueryError(ErrorCode::kInvalidInput,
                    fmt::format("invalid {} factor. Expected: 0 < {} < 1, got: {}", name, symbol,
                                FormatNumber(factor, NumberForm::kSixDecimals)));
  }
}

/// Double exponential smoothing by Holt's method, with one factor for the level and one for the
/// trend. Requires: at least two points.
double Smooth(std::span<const tsdb::Point> points, double level_factor, double trend_factor) {
  double level = points[0].value;
  double trend = points[1].value - points[0].value;
  double level_before = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (i > 1) {
      trend = trend_factor * (level - level_before) + (1 - trend_factor) * trend;
    }
    level_before = level;
    level = level_factor * points[i].value + (1 - level_factor) * (level + trend);
  }
  return level;
}

StepValue DoubleExponentialSmoothing(FunctionCall& call) {
  const StepScalar level_factor = call.Scalar(1);
  const StepScalar trend_factor = call.Scalar(2);
  const auto smooth = [&](const Window& window) {
    CheckFactor(level_factor[window.step], "smoothing", "sf");
    CheckFactor(trend_factor[window.step], "trend", "tf");
    return window.size() < 2
               ? kGap
               : Smooth(window.points(), level_factor[window.step], trend_factor[window.step]);
  };
  StepVector vector = OverWindows(call, call.Range(0), [&](const RangeSeries&) { return smooth; });
  DropNames(vector, call.options());
  return vector;
}

double TimeOfFirst(const Window& window) {
  return ToUnixSeconds(window.first().time);
}

double TimeOfLast(const Window& window) {
  return ToUnixSeconds(window.last().time);
}

/// Returns the time of the extreme value; of equal values the last one counts.
template <int kSign>
double TimeOfExtreme(const Window& window) {
  const tsdb::Point* extreme = &window.first();
  for (const tsdb::Point& point : window.points()) {
    if (point.value * kSign >= extreme->value * kSign || std::isnan(extreme->value)) {
      extreme = &point;
    }
  }
  return ToUnixSeconds(extreme->time);
}

using enum ValueType;

constexpr FunctionSpec Row(std::string_view name, StepValue (*evaluate)(FunctionCall&)) {
  return {.name = name, .arguments = {kMatrix}, .result = kVector, .evaluate = evaluate};
}

constexpr FunctionSpec Experimental(FunctionSpec row) {
  row.availability = Availability::kExperimental;
  return row;
}

constexpr std::array kFunctions{
    Row("avg_over_time", Map<Fold<MeanAccumulator>>),
    Row("count_over_time", Map<Count>),
    Experimental({.name = "double_exponential_smoothing",
                  .arguments = {kMatrix, kScalar, kScalar},
                  .result = kVector,
                  .evaluate = DoubleExponentialSmoothing}),
    Row("first_over_time", Map<First, Names::kKept>),
    Row("last_over_time", Map<Last, Names::kKept>),
    Experimental(Row("mad_over_time", MedianDeviation)),
    Row("max_over_time", ExtremeOverTime<1>),
    Row("min_over_time", ExtremeOverTime<-1>),
    Row("present_over_time", Map<Presence>),
    FunctionSpec{.name = "quantile_over_time",
                 .arguments = {kScalar, kMatrix},
                 .result = kVector,
                 .evaluate = QuantileOverTime},
    Row("stddev_over_time", Map<Fold<DeviationAccumulator>>),
    Row("stdvar_over_time", Map<Fold<VarianceAccumulator>>),
    Row("sum_over_time", Map<Fold<SumAccumulator>>),
    Experimental(Row("ts_of_first_over_time", Map<TimeOfFirst>)),
    Experimental(Row("ts_of_last_over_time", Map<TimeOfLast>)),
    Experimental(Row("ts_of_max_over_time", Map<TimeOfExtreme<1>>)),
    Experimental(Row("ts_of_min_over_time", Map<TimeOfExtreme<-1>>)),
};

}  // namespace

const FunctionFamily kOverTimeFunctions{kFunctions};

}  // namespace hakem::promql
