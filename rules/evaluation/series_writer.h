#pragma once

#include <unordered_set>
#include <vector>

#include "model/labels.h"
#include "model/time.h"
#include "tsdb/store/store.h"

namespace hakem::rules {

/// A sample that a rule writes to the history: its labels include the metric name.
struct RuleSample {
  Labels labels;
  double value = 0;
};

using LabelsSet = std::unordered_set<Labels, LabelsHash>;

/// Writes stale markers, so that queries no longer see these series. A series that has a sample at
/// `time` or later is left alone. Throws std::bad_alloc; what was written is undone then.
void EndSeries(tsdb::Store& store, Timestamp time, const LabelsSet& series);

/// Writes the samples of one rule to the history. Used by one thread at a time.
class SeriesWriter {
 public:
  SeriesWriter() = default;

  /// Goes on after a restart, before which `written` were the last samples.
  explicit SeriesWriter(const std::vector<RuleSample>& written);

  /// Appends the samples of one evaluation together, and a stale marker for each series of the
  /// evaluation before that is not among them. Queries that run meanwhile may see a part of them:
  /// see Store. Throws std::bad_alloc; what was written is undone then.
  void Write(tsdb::Store& store, Timestamp time, const std::vector<RuleSample>& samples);

  /// The series of the last evaluation.
  const LabelsSet& series() const { return series_; }

 private:
  LabelsSet series_;
};

}  // namespace hakem::rules
