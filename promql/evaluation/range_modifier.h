#pragma once

#include <optional>
#include <span>
#include <vector>

#include "promql/syntax/ast.h"
#include "tsdb/chunk/point.h"

namespace hakem::promql {

/// Whether values only grow, but for resets to zero.
enum class Kind { kGauge, kCounter };

/// What a series was at the bounds of a range, and its points strictly within.
struct BoundedPoints {
  double left;
  std::span<const tsdb::Point> inner;
  double right;
};

/// `points`: those in the range and those around it that its reach takes. Anchored, a bound has the
/// value of the last point at or before it, or else the first point's; smoothed, it lies on the
/// line between the points on both sides. Nothing when no point is in the range (nor, smoothed, on
/// both of its sides).
std::optional<BoundedPoints> BoundPoints(std::span<const tsdb::Point> points, Timestamp start,
                                         Timestamp end, RangeModifier reach, Kind kind);

/// As points again, those of the bounds among them.
std::vector<tsdb::Point> ToPoints(const BoundedPoints& bounded, Timestamp start, Timestamp end);

/// The value at `time` on the line between two points; a counter that fell has counted from zero.
double Interpolate(const tsdb::Point& before, const tsdb::Point& after, Timestamp time, Kind kind);

}  // namespace hakem::promql
