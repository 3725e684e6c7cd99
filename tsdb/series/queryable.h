#pragma once

#include <functional>
#include <span>
#include <vector>

#include "model/matcher.h"
#include "model/metric_family.h"
#include "model/time.h"
#include "tsdb/chunk/point.h"

namespace hakem::tsdb {

/// A series with the selected points, oldest first, including stale markers. Its labels include the
/// metric name.
struct SelectedSeries {
  SeriesRef series;
  std::vector<Point> points;
};

/// A series with its newest selected point.
struct NewestPoint {
  SeriesRef series;
  Point point;
};

/// A source of series for PromQL: the store, or a single snapshot. Thread-safe. Each call sees one
/// consistent state and never blocks an append.
class Queryable {
 public:
  virtual ~Queryable() = default;

  /// Returns the series that satisfy all matchers and have a point in (after, until], sorted by
  /// labels.
  virtual std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                             Timestamp until) const = 0;

  /// Receives one series and its points.
  using Visit = std::function<void(const SeriesRef& series, std::vector<Point>& points)>;

  /// Calls `visit` for each series that Select would return, one after the other, so that only one
  /// series' points are in memory at a time. The visitor may change the points; they are valid
  /// during the call.
  virtual void ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
                       const Visit& visit) const;

  /// Returns the series that Select would return, each with its newest point only, which may be a
  /// stale marker. Instant queries need no more, and a store need not decode the other points.
  virtual std::vector<NewestPoint> SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                                Timestamp until) const;
};

}  // namespace hakem::tsdb
