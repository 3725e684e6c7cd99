#include "tsdb/persistence/save_loop.h"

#include <utility>

#include "model/contained.h"

namespace hakem::tsdb {

SaveLoop::SaveLoop(HistorySaver& saver, const Clock& clock, Logger log)
    : thread_([&saver, &clock, log = std::move(log)](const std::stop_token& stop) {
        const auto save = [&] { RunContained(log, "history not saved", [&] { saver.Save(); }); };
        SteadyTime next = clock.SteadyNow() + kSaveInterval;
        while (clock.SleepUntil(next, stop)) {
          save();
          next += kSaveInterval;
        }
        save();
      }) {}

}  // namespace hakem::tsdb
