#pragma once

#include <vector>

#include "model/log.h"
#include "model/time.h"
#include "tsdb/persistence/history_store.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

/// What LoadHistory found on the disk. The series' saved_id in the store has been set.
struct SavedHistory {
  std::vector<Timestamp>
      until;                    ///< By id: time of the last saved sample; Timestamp::min() without.
  std::vector<SavedId> unused;  ///< Ids of no series of the store.
  bool has_future = false;      ///< Whether samples later than `now` were skipped.

  /// The lowest id that has never been used.
  SavedId next_id() const { return static_cast<SavedId>(until.size()); }
};

/// Reads the saved history up to `now` into the store. Later samples were stamped by a clock that
/// was ahead, and would make the store refuse new ones. They and damaged blocks are skipped and
/// logged.
SavedHistory LoadHistory(HistoryStore& disk, Store& store, const Logger& log,
                         Timestamp now = Timestamp::max());

}  // namespace hakem::tsdb
