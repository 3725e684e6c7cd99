#pragma once

#include <vector>

#include "model/log.h"
#include "model/time.h"
#include "tsdb/persistence/history_store.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

/// What is on the disk. The series there have their saved_id in the store.
struct SavedHistory {
  std::vector<Timestamp> until;  ///< How far, by id; the beginning of time: no sample.
  std::vector<SavedId> unused;   ///< Of no series.
  bool has_future = false;  ///< Whether samples were left out since they lie ahead of the clock.

  /// From here on no series has an id.
  SavedId next_id() const { return static_cast<SavedId>(until.size()); }
};

/// Reads everything up to `now` from the disk into the store. What is later was stamped by a clock
/// that was ahead, and would keep out all that comes. It and what is damaged are left out, which
/// the log tells.
SavedHistory LoadHistory(HistoryStore& disk, Store& store, const Logger& log,
                         Timestamp now = Timestamp::max());

}  // namespace hakem::tsdb
