#pragma once

#include <optional>
#include <span>
#include <vector>

#include "promql/syntax/ast.h"
#include "tsdb/chunk/point.h"

namespace hakem::promql {

/// The kind of a metric. A counter only grows, except for resets to zero.
enum class Kind { kGauge, kCounter };

/// A series' values at the bounds of a range, and its points strictly inside.
struct BoundedPoints {
  double left;
  std::span<const tsdb::Point> inner;
  double right;
};

/// Computes a series' values at the bounds of a range. `points`: those in the range, and those
/// around it that the modifier uses. Anchored, a bound has the value of the last point at or before
/// it, or else of the first point. Smoothed, it is interpolated between the points on both sides.
/// Returns nothing when no point is in the range (nor, smoothed, on both of its sides).
std::optional<BoundedPoints> BoundPoints(std::span<const tsdb::Point> points, Timestamp start,
                                         Timestamp end, RangeModifier modifier, Kind kind);

/// Returns the points with the values at the bounds as points of their own.
std::vector<tsdb::Point> ToPoints(const BoundedPoints& bounded, Timestamp start, Timestamp end);

/// Interpolates linearly between two points. A counter that fell is taken to start from zero.
double Interpolate(const tsdb::Point& before, const tsdb::Point& after, Timestamp time, Kind kind);

}  // namespace hakem::promql
