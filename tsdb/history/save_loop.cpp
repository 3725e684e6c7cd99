#include "tsdb/history/save_loop.h"

namespace hakem::tsdb {

SaveLoop::SaveLoop(HistorySaver& saver, const Clock& clock)
    : thread_([&saver, &clock](const std::stop_token& stop) {
        SteadyTime next = clock.SteadyNow() + kSaveInterval;
        while (clock.SleepUntil(next, stop)) {
          saver.Save();
          next += kSaveInterval;
        }
        saver.Save();
      }) {}

}  // namespace hakem::tsdb
