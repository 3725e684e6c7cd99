#include <array>
#include <cmath>
#include <deque>

#include "promql/functions/functions.h"
#include "promql/functions/windows.h"
#include "promql/operators/accumulators.h"
#include "promql/operators/quantile.h"

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

/// The largest value (the smallest when `kSign` is -1) of windows that move forwards; NaN only when
/// there is nothing else. Each point comes and goes once.
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
  std::deque<std::size_t> candidates_;  ///< Those that no later one surpasses.
};

template <int kSign>
StepValue ExtremeOverTime(FunctionCall& call) {
  StepVector vector =
      OverWindows(call.Range(0), [](const RangeSeries&) { return MovingExtreme<kSign>(); });
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
  StepVector vector = OverWindows(call.Range(0), [](const RangeSeries&) { return F; });
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
  StepVector vector = OverWindows(call.Range(1), [&](const RangeSeries&) { return quantile; });
  DropNames(vector, call.options());
  return vector;
}

using enum ValueType;

constexpr FunctionSpec Row(std::string_view name, StepValue (*evaluate)(FunctionCall&)) {
  return {.name = name, .arguments = {kMatrix}, .result = kVector, .evaluate = evaluate};
}

constexpr std::array kFunctions{
    Row("avg_over_time", Map<Fold<MeanAccumulator>>),
    Row("count_over_time", Map<Count>),
    Row("first_over_time", Map<First, Names::kKept>),
    Row("last_over_time", Map<Last, Names::kKept>),
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
};

}  // namespace

const FunctionFamily kOverTimeFunctions{kFunctions};

}  // namespace hakem::promql
