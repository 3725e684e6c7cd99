#pragma once

#include <span>
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

struct PendingSamples;

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
  friend void WriteTogether(tsdb::Store& store, Timestamp time,
                            std::span<const PendingSamples> pending);

  LabelsSet Append(tsdb::Store::AppendBatch& batch, Timestamp time,
                   const std::vector<RuleSample>& samples) const;

  LabelsSet series_;
};

/// Samples of an evaluation that a rule has yet to write.
struct PendingSamples {
  SeriesWriter* writer;
  std::vector<RuleSample> samples;
};

/// Writes the samples of several rules like SeriesWriter::Write, all together: series that are new
/// cost time in proportion to all series of the store once, and not for each rule. Throws
/// std::bad_alloc; what was written is undone then.
void WriteTogether(tsdb::Store& store, Timestamp time, std::span<const PendingSamples> pending);

}  // namespace hakem::rules
