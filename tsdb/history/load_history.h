#pragma once

#include <unordered_map>
#include <vector>

#include "model/log.h"
#include "model/metric_family.h"
#include "tsdb/history/history_store.h"
#include "tsdb/store.h"

namespace hakem::tsdb {

/// A series that the disk knows, and how far.
struct SavedSpan {
  SavedId id;
  Timestamp until;
};

/// What is on the disk.
struct SavedHistory {
  std::unordered_map<SeriesRef, SavedSpan> series;  ///< By the identity that the store gave them.
  std::vector<SavedId> unused;                      ///< Series without a sample.
  SavedId next_id = 0;                              ///< From here on no series has one.
};

/// Reads everything from the disk into the store. What is damaged is left out, which the log tells.
SavedHistory LoadHistory(HistoryStore& disk, Store& store, const Logger& log);

}  // namespace hakem::tsdb
