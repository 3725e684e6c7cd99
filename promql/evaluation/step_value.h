#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "model/labels.h"
#include "model/time.h"
#include "promql/evaluation/step_row.h"
#include "promql/syntax/ast.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {

/// The instants at which a query is evaluated; an instant query has one.
struct Steps {
  Timestamp start;
  Duration interval{1};
  std::size_t count = 1;
  Duration rest{0};  ///< How far the evaluated range goes on behind the last instant.

  Timestamp At(std::size_t step) const {
    return start + interval * static_cast<Duration::rep>(step);
  }

  Timestamp end() const { return At(count - 1); }

  /// Whether a range is evaluated, even when only one instant lies in it.
  bool is_range() const { return count > 1 || rest > Duration{0}; }
};

/// Stands in a row of values where the series has none at that step. The stale marker does,
/// because no evaluation yields it.
inline constexpr double kGap = tsdb::kStaleMarker;

inline bool IsGap(double value) {
  return tsdb::IsStaleMarker(value);
}

/// A scalar's value at each step.
using StepScalar = std::vector<double>;

/// A series of an instant vector with its value, or kGap, at each step.
struct StepSeries {
  Labels labels;
  bool drop_name = false;  ///< The name has lost its meaning; it goes when the query ends.
  StepRow values;
};

/// Whether the series has a value at any step.
bool HasValue(const StepSeries& series);

using StepVector = std::vector<StepSeries>;

struct RangeSeries {
  Labels labels;
  bool drop_name = false;
  std::vector<tsdb::Point> points;  ///< Oldest first, without stale markers, of all windows.
};

/// A range vector: series with their points, and the window of them that each step sees.
struct RangeVector {
  using Visit = std::function<void(const RangeSeries&)>;

  /// Calls `visit` with one series after the other, sorted by labels: a selector's are read from
  /// the store as they are asked for, so it is to be called once. Throws QueryError.
  std::function<void(const Visit& visit)> for_each = [](const Visit&) {};
  bool is_selector = false;     ///< And of no subquery.
  Duration range{0};            ///< A window is (end - range, end].
  std::vector<Timestamp> ends;  ///< One for each step, ascending.
  RangeModifier reach =
      RangeModifier::kNone;  ///< Windows also hold what is so near beyond their bounds:
  Duration before{0};
  Duration after{0};
};

/// What an expression evaluates to at all steps.
using StepValue = std::variant<StepScalar, StepVector, RangeVector, std::string>;

/// The labels of a metric's name and of what belongs to it (type and unit).
const std::vector<std::string>& MetricNameLabels();

/// `labels` without those.
Labels DropMetricName(const Labels& labels);

/// Whether label sets that are unique stay so without the name, because all have the same.
bool HaveSameName(const StepVector& vector);

/// Makes one of the series that have the same labels; whether its name is dropped is decided by the
/// series with the earliest value. Throws QueryError when two of them have a value at the same
/// step.
void MergeSameLabels(StepVector& vector);

}  // namespace hakem::promql
