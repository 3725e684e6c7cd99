#pragma once

#include <unordered_map>
#include <vector>

#include "model/labels.h"
#include "model/snapshot.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

/// Appends snapshots to a store as a Prometheus that scrapes the target would: it adds the target's
/// labels to every series, `up`, and a stale marker for each series that has disappeared. Used by
/// one thread.
class SnapshotRecorder {
 public:
  /// `target_labels`: `job`, `instance` and the like. The store must outlive the recorder.
  SnapshotRecorder(Store& store, Labels target_labels);

  /// Throws std::bad_alloc; nothing of the snapshot is recorded then.
  void Record(const Snapshot& snapshot);

 private:
  /// A series of the last snapshot and where it is stored.
  struct Slot {
    SeriesRef source;                      ///< Kept alive, so that its address stays unique.
    std::shared_ptr<StoredSeries> stored;  ///< Null once the next snapshot has taken it over.
  };

  static bool IsUsable(const Slot& slot);

  /// Returns the slot of a series: that of the last collection, if the series was in it.
  Slot FindSlot(Store::AppendBatch& batch, const SeriesRef& source);

  Store& store_;
  const Labels target_labels_;
  const SeriesRef up_;
  std::vector<Slot> last_;  ///< In the snapshot's order, which seldom changes.
  // Used while one snapshot is recorded.
  std::size_t cursor_ = 0;  ///< The slot in last_ that is expected next.
  std::unordered_map<const Series*, std::size_t> place_;  ///< Index into last_; filled when needed.
};

}  // namespace hakem::tsdb
