#pragma once

#include <thread>

#include "model/clock.h"
#include "model/log.h"
#include "tsdb/persistence/history_saver.h"

namespace hakem::tsdb {

/// With a tick that was just before it and a disk that takes its time, a process that is killed
/// loses half a minute at most.
inline constexpr Duration kSaveInterval = std::chrono::seconds(20);

/// The thread that saves the history again and again, and once more at the end. A save that fails,
/// be it for want of memory, is made up for by the next.
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
