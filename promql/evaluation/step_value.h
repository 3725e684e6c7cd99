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
  Duration rest{0};  ///< Length of the evaluated range behind the last instant.

  Timestamp At(std::size_t step) const {
    return start + interval * static_cast<Duration::rep>(step);
  }

  Timestamp end() const { return At(count - 1); }

  /// Whether a range query is evaluated, even if it contains only one instant.
  bool is_range() const { return count > 1 || rest > Duration{0}; }
};

/// Marks a step at which a series has no value. The stale marker serves, because no evaluation
/// yields it.
inline constexpr double kGap = tsdb::kStaleMarker;

inline bool IsGap(double value) {
  return tsdb::IsStaleMarker(value);
}

/// The values of a scalar, one for each step.
using StepScalar = std::vector<double>;

/// A series of an instant vector with its value, or kGap, at each step.
struct StepSeries {
  Labels labels;
  bool drop_name = false;  ///< The name is to be dropped when the query ends.
  StepRow values;
};

/// Whether the series has a value at any step.
bool HasValue(const StepSeries& series);

using StepVector = std::vector<StepSeries>;

/// A series of a range vector.
struct RangeSeries {
  Labels labels;
  bool drop_name = false;
  std::vector<tsdb::Point> points;  ///< All windows' points, oldest first, without stale markers.
};

/// A range vector: series with their points, and the window that each step reads.
struct RangeVector {
  using Visit = std::function<void(const RangeSeries&)>;

  /// Calls `visit` with one series after the other, sorted by labels. To be called once: a selector
  /// reads its series from the store meanwhile. Throws QueryError.
  std::function<void(const Visit& visit)> for_each = [](const Visit&) {};
  bool is_selector = false;     ///< Whether it is a selector, not a subquery.
  Duration range{0};            ///< A window is (end - range, end].
  std::vector<Timestamp> ends;  ///< One for each step, ascending.
  RangeModifier modifier = RangeModifier::kNone;
  Duration before{0};  ///< How far windows extend before the range, for the modifier.
  Duration after{0};   ///< How far they extend behind it.
};

/// The value of an expression at all steps.
using StepValue = std::variant<StepScalar, StepVector, RangeVector, std::string>;

/// Returns the labels of a metric's name, type and unit.
const std::vector<std::string>& MetricNameLabels();

/// Returns the labels without MetricNameLabels().
Labels DropMetricName(const Labels& labels);

/// Whether all series have the same name, so that label sets stay unique without it.
bool HaveSameName(const StepVector& vector);

/// Merges series that have the same labels. The series with the earliest value decides whether the
/// name is dropped. Throws QueryError when two of them have a value at the same step.
void MergeSameLabels(StepVector& vector);

}  // namespace hakem::promql
