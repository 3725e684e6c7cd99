#pragma once

#include <unordered_map>
#include <vector>

#include "model/labels.h"
#include "model/snapshot.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

/// Puts whole snapshots into a store, as a Prometheus that scrapes them would: the target's labels
/// on every series, `up`, and a stale marker where a series is in a snapshot no more. Used by one
/// thread.
class SnapshotRecorder {
 public:
  /// `target_labels`: such as `job` and `instance`.
  SnapshotRecorder(Store& store, Labels target_labels);

  void Record(const Snapshot& snapshot);

 private:
  /// A series of the last snapshot and where it is stored.
  struct Slot {
    SeriesRef source;                      ///< Held, so that no other series gets its address.
    std::shared_ptr<StoredSeries> stored;  ///< Null once it was found in the next snapshot.
  };

  static bool IsUsable(const Slot& slot);

  /// Taken out of last_ when it is there.
  Slot Find(Store::Round& round, const SeriesRef& source);

  Store& store_;
  const Labels target_labels_;
  const SeriesRef up_;
  std::vector<Slot> last_;  ///< In the snapshot's order, which seldom changes.
  // Of the round that runs.
  std::size_t cursor_ = 0;  ///< The slot in last_ that is expected next.
  std::unordered_map<const Series*, std::size_t> place_;  ///< In last_; made when one is not there.
};

}  // namespace hakem::tsdb
