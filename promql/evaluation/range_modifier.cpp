#include "promql/evaluation/range_modifier.h"

#include <algorithm>

namespace hakem::promql {
namespace {

using tsdb::Point;

bool IsBefore(const Point& point, Timestamp time) {
  return point.time < time;
}

bool IsAtOrBefore(const Point& point, Timestamp time) {
  return point.time <= time;
}

}  // namespace

double Interpolate(const Point& before, const Point& after, Timestamp time, Kind kind) {
  const bool reset = kind == Kind::kCounter && after.value < before.value;
  const double from = reset ? 0 : before.value;
  return from +
         (after.value - from) * ToSeconds(time - before.time) / ToSeconds(after.time - before.time);
}

std::optional<BoundedPoints> BoundPoints(std::span<const Point> points, Timestamp start,
                                         Timestamp end, RangeModifier modifier, Kind kind) {
  if (points.empty()) {
    return std::nullopt;
  }
  const bool smoothed = modifier == RangeModifier::kSmoothed;
  const auto newest = points.end() - 1;
  auto last = smoothed ? std::partition_point(points.begin(), newest,
                                              [&](const Point& p) { return IsBefore(p, end); })
                       : newest;
  const auto within = std::partition_point(points.begin(), newest,
                                           [&](const Point& p) { return IsAtOrBefore(p, start); });
  auto first = within == points.begin() ? within : within - 1;
  if (last->time <= start || (smoothed && first->time > end)) {
    return std::nullopt;
  }
  BoundedPoints bounded{first->value, {}, last->value};
  if (smoothed && first->time < start) {
    bounded.left = Interpolate(*first, *(first + 1), start, kind);
  }
  if (smoothed && last != points.begin() && last->time > end) {
    bounded.right = Interpolate(*(last - 1), *last, end, kind);
  }
  first += first->time <= start ? 1 : 0;
  auto stop = last->time >= end ? last : last + 1;
  bounded.inner = first < stop ? std::span<const Point>(first, stop) : std::span<const Point>{};
  return bounded;
}

std::vector<Point> ToPoints(const BoundedPoints& bounded, Timestamp start, Timestamp end) {
  std::vector<Point> points{{start, bounded.left}};
  points.insert(points.end(), bounded.inner.begin(), bounded.inner.end());
  points.push_back({end, bounded.right});
  return points;
}

}  // namespace hakem::promql
