#pragma once

#include <functional>
#include <span>
#include <vector>

#include "model/matcher.h"
#include "model/metric_family.h"
#include "model/time.h"
#include "tsdb/chunk/point.h"

namespace hakem::tsdb {

/// A series with the points that were asked for, oldest first, stale markers among them. Its labels
/// include the metric name.
struct SelectedSeries {
  SeriesRef series;
  std::vector<Point> points;
};

/// A series with one point of it.
struct NewestPoint {
  SeriesRef series;
  Point point;
};

/// Something PromQL can read: the history, or a single snapshot. Thread-safe; a Select sees one
/// consistent state and never blocks an appender.
class Queryable {
 public:
  virtual ~Queryable() = default;

  /// The series that satisfy all matchers and have a point in (after, until], sorted by labels.
  virtual std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                             Timestamp until) const = 0;

  /// What a series and its points are handed to.
  using Visit = std::function<void(const SeriesRef& series, std::vector<Point>& points)>;

  /// As Select, one series after the other, so that the points of all are never held at once. The
  /// visitor may change the points; they are gone when it returns.
  virtual void ForEach(std::span<const Matcher> matchers, Timestamp after, Timestamp until,
                       const Visit& visit) const;

  /// As Select, with the newest of each series' points alone, which may be a stale marker: what an
  /// instant needs. A store that has it at hand need not decode the others.
  virtual std::vector<NewestPoint> SelectNewest(std::span<const Matcher> matchers, Timestamp after,
                                                Timestamp until) const;
};

}  // namespace hakem::tsdb
