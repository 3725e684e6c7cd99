#pragma once

#include <thread>

#include "model/clock.h"
#include "model/log.h"
#include "tsdb/persistence/history_saver.h"

namespace hakem::tsdb {

/// How often the history is saved. A process that is killed loses at most half a minute of samples:
/// this interval, one tick of collection and the time of the write.
inline constexpr Duration kSaveInterval = std::chrono::seconds(20);

/// Saves the history at each kSaveInterval, on a thread of its own, and once more in the
/// destructor. The next save makes up for one that failed, for lack of memory too.
class SaveLoop {
 public:
  SaveLoop(HistorySaver& saver, const Clock& clock, Logger log);
  SaveLoop(const SaveLoop&) = delete;
  SaveLoop& operator=(const SaveLoop&) = delete;
  ~SaveLoop() = default;

 private:
  std::jthread thread_;
};

}  // namespace hakem::tsdb
