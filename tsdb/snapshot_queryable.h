#pragma once

#include <memory>
#include <vector>

#include "model/labels.h"
#include "model/snapshot.h"
#include "tsdb/series/queryable.h"

namespace hakem::tsdb {

/// One snapshot as something that can be queried: every sample is a point at the snapshot's time,
/// and its series carries the target's labels too, as a Prometheus that scrapes it would attach
/// them. Immutable, thread-safe.
class SnapshotQueryable final : public Queryable {
 public:
  /// `target_labels`: such as job and instance. Where a sample has one of them already, the
  /// sample's keeps its value under `exported_<name>`, as with honor_labels off.
  SnapshotQueryable(std::shared_ptr<const Snapshot> snapshot, Labels target_labels);

  std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                     Timestamp until) const override;

 private:
  struct Entry {
    SeriesRef series;
    double value;
  };

  Timestamp time_;
  std::vector<Entry> entries_;  ///< Sorted by labels.
};

}  // namespace hakem::tsdb
