#pragma once

#include <thread>

#include "model/clock.h"
#include "tsdb/history/history_saver.h"

namespace hakem::tsdb {

/// How much a process that is killed may lose.
inline constexpr Duration kSaveInterval = std::chrono::seconds(30);

/// The thread that saves the history every half minute, and once more at the end.
class SaveLoop {
 public:
  SaveLoop(HistorySaver& saver, const Clock& clock);
  SaveLoop(const SaveLoop&) = delete;
  SaveLoop& operator=(const SaveLoop&) = delete;
  ~SaveLoop() = default;

 private:
  std::jthread thread_;
};

}  // namespace hakem::tsdb
