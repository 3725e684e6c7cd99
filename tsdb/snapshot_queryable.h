#pragma once

#include <memory>
#include <vector>

#include "model/labels.h"
#include "model/snapshot.h"
#include "tsdb/series/queryable.h"

namespace hakem::tsdb {

/// Makes one snapshot queryable: every sample is a point at the snapshot's time. Its series get the
/// target's labels, as a Prometheus that scrapes the target would attach them. Immutable,
/// thread-safe.
class SnapshotQueryable final : public Queryable {
 public:
  /// `target_labels`: `job`, `instance` and the like. A sample's own label of the same name is kept
  /// as `exported_<name>`, as with honor_labels off.
  SnapshotQueryable(const std::shared_ptr<const Snapshot>& snapshot, const Labels& target_labels);

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
