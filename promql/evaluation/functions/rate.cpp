#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "format/quote.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/functions/windows.h"
#include "promql/evaluation/operators/accumulators.h"
#include "promql/evaluation/range_modifier.h"

namespace hakem::promql {
namespace {

using tsdb::Point;

/// Corrects counters for resets. Resets are found once for each series, not for each window.
class CounterResets {
 public:
  explicit CounterResets(const RangeSeries& series) {
    for (std::size_t i = 1; i < series.points.size(); ++i) {
      if (series.points[i].value < series.points[i - 1].value) {
        resets_.push_back(i);
      }
    }
  }

  /// Returns `increase` plus the values lost at resets within the window.
  double AddTo(double increase, const Window& window) const {
    auto reset = std::upper_bound(resets_.begin(), resets_.end(), window.begin);
    for (; reset != resets_.end() && *reset < window.end; ++reset) {
      increase += window.all[*reset - 1].value;
    }
    return increase;
  }

 private:
  std::vector<std::size_t> resets_;  ///< Indices of the first points after resets.
};

/// Extrapolates a change beyond the samples: to the window's edge if that gap is not much longer
/// than those between samples, else by half such a gap. Returns the change divided by `divisor`.
/// https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
double Extrapolate(double change, const Window& window, bool is_counter, double divisor = 1) {
  const double sampled = ToSeconds(window.last().time - window.first().time);
  const double average_gap = sampled / static_cast<double>(window.size() - 1);
  const double threshold = average_gap * 1.1;
  double to_start = ToSeconds(window.first().time - window.range_start);
  double to_end = ToSeconds(window.range_end - window.last().time);
  if (to_start >= threshold) {
    to_start = average_gap / 2;
  }
  if (is_counter && change > 0 && window.first().value >= 0) {
    // A counter was never below zero.
    to_start = std::min(to_start, sampled * (window.first().value / change));
  }
  if (to_end >= threshold) {
    to_end = average_gap / 2;
  }
  return change * ((sampled + to_start + to_end) / sampled / divisor);
}

double Difference(const Window& window) {
  return window.last().value - window.first().value;
}

StepVector Increases(FunctionCall& call, const RangeVector& range, double divisor) {
  return OverWindows(call, range, [&](const RangeSeries& series) {
    return [resets = CounterResets(series), divisor](const Window& window) {
      if (window.size() < 2) {
        return kGap;
      }
      return Extrapolate(resets.AddTo(Difference(window), window), window, true, divisor);
    };
  });
}

/// Informs that the metric may not be a counter, judging by its name, if the result is not empty.
void InformOfDoubtfulCounters(FunctionCall& call, const StepVector& increases) {
  constexpr std::string_view kEndings[] = {"_total", "_sum", "_count", "_bucket"};
  // Prometheus reports the beginning of the query as the position of a subquery's samples.
  const bool computed = std::holds_alternative<Subquery>(Unwrap(call.Argument(0)).node);
  const Position position = computed ? Position{} : call.ArgumentPosition(0);
  std::string_view informed;
  for (const StepSeries& series : increases) {
    const std::string_view name = series.labels.metric_name();
    const bool doubtful = !name.empty() && name != informed &&
                          std::none_of(std::begin(kEndings), std::end(kEndings),
                                       [&](std::string_view end) { return name.ends_with(end); });
    if (doubtful && !std::all_of(series.values.begin(), series.values.end(), IsGap)) {
      call.annotations().Inform(fmt::format("metric might not be a counter, name does not end in "
                                            "_total/_sum/_count/_bucket: {}",
                                            Quote(name)),
                                position);
      informed = name;
    }
  }
}

StepValue WithoutNames(FunctionCall& call, StepVector vector) {
  DropNames(vector, call.options());
  return vector;
}

/// Returns what a counter lost at resets between its values at the bounds.
double LostBetweenBounds(const BoundedPoints& bounded) {
  double lost = 0;
  double before = bounded.left;
  for (const Point& point : bounded.inner) {
    lost += point.value < before ? before : 0;
    before = point.value;
  }
  return bounded.right < before ? lost + before : lost;
}

/// Computes the difference between the values at each window's bounds, divided by `divisor`,
/// without extrapolation.
StepVector ChangesBetweenBounds(FunctionCall& call, const RangeVector& range, Kind kind,
                                double divisor) {
  const auto change = [&](const Window& window) {
    const std::optional<BoundedPoints> bounded =
        BoundPoints(window.points(), window.range_start, window.range_end, range.modifier, kind);
    if (!bounded) {
      return kGap;
    }
    const double difference = bounded->right - bounded->left;
    return (kind == Kind::kCounter ? difference + LostBetweenBounds(*bounded) : difference) /
           divisor;
  };
  return OverWindows(call, range, [&](const RangeSeries&) { return change; });
}

enum class Per { kWindow, kSecond };

template <Per kPer>
StepValue CounterChange(FunctionCall& call) {
  const RangeVector range = call.Range(0);
  const double divisor = kPer == Per::kSecond ? ToSeconds(range.range) : 1;
  if (range.modifier != RangeModifier::kNone) {
    return WithoutNames(call, ChangesBetweenBounds(call, range, Kind::kCounter, divisor));
  }
  StepVector increases = Increases(call, range, divisor);
  InformOfDoubtfulCounters(call, increases);
  return WithoutNames(call, std::move(increases));
}

/// Computes a function that depends on one window only.
template <double (*F)(const Window&)>
StepValue Map(FunctionCall& call) {
  return WithoutNames(call, OverWindows(call, call.Range(0), [](const RangeSeries&) { return F; }));
}

StepValue GaugeChange(FunctionCall& call) {
  const RangeVector range = call.Range(0);
  if (range.modifier != RangeModifier::kNone) {
    return WithoutNames(call, ChangesBetweenBounds(call, range, Kind::kGauge, 1));
  }
  const auto change = [](const Window& window) {
    return window.size() < 2 ? kGap : Extrapolate(Difference(window), window, false);
  };
  return WithoutNames(call, OverWindows(call, range, [&](const RangeSeries&) { return change; }));
}

/// idelta: the difference of the last two samples.
double Idelta(const Window& window) {
  return window.size() < 2 ? kGap : window.last().value - window.all[window.end - 2].value;
}

/// irate: idelta per second. After a reset the counter is taken to start from zero.
double Irate(const Window& window) {
  if (window.size() < 2) {
    return kGap;
  }
  const Point& before = window.all[window.end - 2];
  const Point& last = window.last();
  const double change = last.value < before.value ? last.value : last.value - before.value;
  return change / ToSeconds(last.time - before.time);
}

bool IsChange(double before, double value) {
  return value != before && !(std::isnan(value) && std::isnan(before));
}

bool IsReset(double before, double value) {
  return value < before;
}

/// Returns the last point before the range, or else the first in it; nothing when none is in it.
std::optional<std::size_t> AnchorOf(const Window& window) {
  const std::span<const Point> points = window.points();
  const auto within = std::partition_point(
      points.begin(), points.end(), [&](const Point& p) { return p.time <= window.range_start; });
  if (within == points.end()) {
    return std::nullopt;
  }
  const auto index = window.begin + static_cast<std::size_t>(within - points.begin());
  return within == points.begin() ? index : index - 1;
}

/// Counts in each window how often `Happens` is true for neighbouring points. Takes linear time.
template <bool (*Happens)(double before, double value)>
StepValue CountBetween(FunctionCall& call) {
  const RangeVector range = call.Range(0);
  const auto count = [&](const RangeSeries& series) {
    std::vector<std::size_t> so_far(series.points.size(), 0);
    for (std::size_t i = 1; i < so_far.size(); ++i) {
      const bool happens = Happens(series.points[i - 1].value, series.points[i].value);
      so_far[i] = so_far[i - 1] + (happens ? 1 : 0);
    }
    return [so_far = std::move(so_far), &range](const Window& window) {
      const std::size_t first = range.modifier == RangeModifier::kNone
                                    ? window.begin
                                    : AnchorOf(window).value_or(window.end);
      return first == window.end ? kGap
                                 : static_cast<double>(so_far[window.end - 1] - so_far[first]);
    };
  };
  return WithoutNames(call, OverWindows(call, range, count));
}

struct Line {
  double slope;
  double intercept;
};

/// Fits a line by least squares; the intercept is its value at `origin`.
Line Regress(std::span<const Point> points, Timestamp origin) {
  CompensatedSum x_sum;
  CompensatedSum y_sum;
  CompensatedSum xy_sum;
  CompensatedSum xx_sum;
  bool constant = true;
  for (const Point& point : points) {
    const double x = ToSeconds(point.time - origin);
    constant = constant && point.value == points.front().value;
    x_sum.Add(x);
    y_sum.Add(point.value);
    xy_sum.Add(x * point.value);
    xx_sum.Add(x * x);
  }
  if (constant) {
    const double y = points.front().value;
    return std::isinf(y) ? Line{std::nan(""), std::nan("")} : Line{0, y};
  }
  const double count = static_cast<double>(points.size());
  const double covariance = xy_sum.total() - x_sum.total() * y_sum.total() / count;
  const double variance = xx_sum.total() - x_sum.total() * x_sum.total() / count;
  const double slope = covariance / variance;
  return {slope, y_sum.total() / count - slope * x_sum.total() / count};
}

double Deriv(const Window& window) {
  return window.size() < 2 ? kGap : Regress(window.points(), window.first().time).slope;
}

StepValue PredictLinear(FunctionCall& call) {
  const StepScalar ahead = call.Scalar(1);
  const auto predict = [&](const Window& window) {
    if (window.size() < 2) {
      return kGap;
    }
    const Line line = Regress(window.points(), call.steps().At(window.step));
    return line.slope * ahead[window.step] + line.intercept;
  };
  return WithoutNames(
      call, OverWindows(call, call.Range(0), [&](const RangeSeries&) { return predict; }));
}

using enum ValueType;

constexpr FunctionSpec Row(std::string_view name, StepValue (*evaluate)(FunctionCall&),
                           RangeModifier accepted_modifier = RangeModifier::kNone) {
  return {.name = name,
          .arguments = {kMatrix},
          .result = kVector,
          .evaluate = evaluate,
          .accepted_modifier = accepted_modifier};
}

constexpr std::array kFunctions{
    Row("changes", CountBetween<IsChange>, RangeModifier::kAnchored),
    Row("delta", GaugeChange, RangeModifier::kSmoothed),
    Row("deriv", Map<Deriv>),
    Row("idelta", Map<Idelta>),
    Row("increase", CounterChange<Per::kWindow>, RangeModifier::kSmoothed),
    Row("irate", Map<Irate>),
    FunctionSpec{.name = "predict_linear",
                 .arguments = {kMatrix, kScalar},
                 .result = kVector,
                 .evaluate = PredictLinear,
                 .reads_time = true},
    Row("rate", CounterChange<Per::kSecond>, RangeModifier::kSmoothed),
    Row("resets", CountBetween<IsReset>, RangeModifier::kAnchored),
};

}  // namespace

const FunctionFamily kRateFunctions{kFunctions};

}  // namespace hakem::promql
