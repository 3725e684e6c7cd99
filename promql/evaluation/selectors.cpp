#include "promql/evaluation/selectors.h"

#include <algorithm>

#include "promql/evaluation/range_modifier.h"

namespace hakem::promql {
namespace {

using tsdb::Point;

double FieldOf(const Point& point, SampleField field) {
  return field == SampleField::kValue ? point.value : ToUnixSeconds(point.time);
}

/// Returns the newest value at each time that is less than `lookback` old. Requires: times ascend.
StepRow NewestAt(const std::vector<Point>& points, const std::vector<Timestamp>& times,
                 Duration lookback, SampleField field) {
  StepRow values(times.size(), kGap);
  std::size_t next = 0;  // The first point that is too new.
  for (std::size_t step = 0; step < times.size(); ++step) {
    while (next < points.size() && points[next].time <= times[step]) {
      ++next;
    }
    if (next == 0) {
      continue;
    }
    const Point& newest = points[next - 1];
    if (newest.time > times[step] - lookback && !tsdb::IsStaleMarker(newest.value)) {
      values[step] = FieldOf(newest, field);
    }
  }
  return values;
}

void DropStaleMarkers(std::vector<Point>& points) {
  std::erase_if(points, [](const Point& p) { return tsdb::IsStaleMarker(p.value); });
}

/// Interpolates the value at each time between the points on both sides, each at most `lookback`
/// away; uses the last point's value behind it. Requires: times ascend; there are no stale markers.
StepRow SmoothedAt(const std::vector<Point>& points, const std::vector<Timestamp>& times,
                   Duration lookback) {
  StepRow values(times.size(), kGap);
  std::size_t next = 0;  // The first point that is not before the time.
  for (std::size_t step = 0; step < times.size(); ++step) {
    const Timestamp time = times[step];
    while (next < points.size() && points[next].time < time) {
      ++next;
    }
    const bool has_next = next < points.size() && points[next].time <= time + lookback;
    if (has_next && points[next].time == time) {
      values[step] = points[next].value;
    } else if (next > 0 && points[next - 1].time > time - lookback) {
      const Point& before = points[next - 1];
      values[step] =
          has_next ? Interpolate(before, points[next], time, Kind::kGauge) : before.value;
    }
  }
  return values;
}

/// Adds a series to a vector if it has any value.
void AddRow(StepVector& vector, const SeriesRef& series, StepRow values, QueryContext& context) {
  context.CheckRunning();
  if (!std::all_of(values.begin(), values.end(), IsGap)) {
    context.CheckRoom(vector.size() + 1, values.size());
    vector.push_back({series->labels, false, std::move(values)});
    context.CountSeries(1);
  }
}

StepVector SelectSmoothed(const VectorSelector& selector, const Steps& steps,
                          QueryContext& context) {
  const std::vector<Timestamp> times = ShiftedTimes(steps, selector.shift, context);
  const Duration lookback = context.options().lookback;
  StepVector vector;
  context.data().ForEach(selector.matchers, times.front() - lookback, times.back() + lookback,
                         [&](const SeriesRef& series, std::vector<Point>& points) {
                           DropStaleMarkers(points);
                           AddRow(vector, series, SmoothedAt(points, times, lookback), context);
                         });
  return vector;
}

/// Selects for a single instant, which needs only the newest points.
StepVector SelectAt(const VectorSelector& selector, Timestamp time, SampleField field,
                    QueryContext& context) {
  std::vector<tsdb::NewestPoint> selected =
      context.data().SelectNewest(selector.matchers, time - context.options().lookback, time);
  StepVector vector;
  vector.reserve(selected.size());
  for (const auto& [series, point] : selected) {
    context.CheckRunning();
    if (!tsdb::IsStaleMarker(point.value)) {
      vector.push_back({series->labels, false, StepRow(1, FieldOf(point, field))});
    }
  }
  context.CountSeries(vector.size());
  return vector;
}

}  // namespace

Timestamp Resolve(const std::variant<Timestamp, QueryBound>& at, const QueryContext& context) {
  if (const auto* time = std::get_if<Timestamp>(&at)) {
    return *time;
  }
  return std::get<QueryBound>(at) == QueryBound::kStart ? context.times().start
                                                        : context.times().end;
}

std::vector<Timestamp> ShiftedTimes(const Steps& steps, const TimeShift& shift,
                                    const QueryContext& context) {
  const Duration offset =
      shift.offset ? Evaluate(*shift.offset, context.times(), Sign::kAny) : Duration{0};
  std::vector<Timestamp> times(steps.count);
  for (std::size_t step = 0; step < steps.count; ++step) {
    times[step] = (shift.at ? Resolve(*shift.at, context) : steps.At(step)) - offset;
  }
  return times;
}

StepVector SelectInstant(const VectorSelector& selector, const Steps& steps, SampleField field,
                         QueryContext& context) {
  if (selector.modifier == RangeModifier::kSmoothed && field == SampleField::kValue) {
    return SelectSmoothed(selector, steps, context);
  }
  const std::vector<Timestamp> times = ShiftedTimes(steps, selector.shift, context);
  if (times.size() == 1) {
    return SelectAt(selector, times.front(), field, context);
  }
  const Duration lookback = context.options().lookback;
  StepVector vector;
  context.data().ForEach(selector.matchers, times.front() - lookback, times.back(),
                         [&](const SeriesRef& series, const std::vector<Point>& points) {
                           AddRow(vector, series, NewestAt(points, times, lookback, field),
                                  context);
                         });
  return vector;
}

RangeVector SelectRange(const MatrixSelector& matrix, const Steps& steps, QueryContext& context) {
  RangeVector result;
  result.is_selector = true;
  const Duration lookback = context.options().lookback;
  result.range = Evaluate(matrix.range, context.times(), Sign::kPositive);
  result.ends = ShiftedTimes(steps, matrix.shift, context);
  result.modifier = matrix.modifier;
  result.before = matrix.modifier == RangeModifier::kNone ? Duration{0} : lookback;
  result.after = matrix.modifier == RangeModifier::kSmoothed ? lookback : Duration{0};
  const Timestamp after = result.ends.front() - result.range - result.before;
  const Timestamp until = result.ends.back() + result.after;
  result.for_each = [&matrix, &context, after, until](const RangeVector::Visit& visit) {
    RangeSeries row;
    context.data().ForEach(matrix.selector.matchers, after, until,
                           [&](const SeriesRef& series, std::vector<Point>& points) {
                             context.CheckRunning();
                             DropStaleMarkers(points);
                             if (!points.empty()) {
                               context.CountSeries(1);
                               row.labels = series->labels;
                               row.points.swap(points);
                               visit(row);
                               row.points.swap(points);
                             }
                           });
  };
  return result;
}

}  // namespace hakem::promql
