#pragma once

#include <functional>
#include <thread>

#include "exporter/scrape/lane.h"
#include "exporter/session/wakeup.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Runs a lane's rounds, each with the visits that follow it, on a thread of its own, one at a time
/// and only when asked: however slow the server is, nothing piles up. What goes wrong in a round,
/// `done` included, costs that round. Ask and busy may be called by any thread. The destructor ends
/// a round that is running.
class LaneWorker {
 public:
  /// Takes what a round gave; called by the worker's thread.
  using Done = std::function<void(collectors::Lane lane, LaneRound round)>;

  LaneWorker(Lane lane, const Clock& clock, Logger log, Done done);

  /// Asks for a round. False, and nothing happens, while one runs.
  bool Ask();

  bool busy() const;

  void RequestStop() { thread_.request_stop(); }

 private:
  void Run(const std::stop_token& stop);
  void RunRound(const std::stop_token& stop);

  Lane lane_;
  const Clock& clock_;
  const Logger log_;
  const Done done_;
  Wakeup wakeup_;
  mutable Mutex mutex_;
  bool busy_ GUARDED_BY(mutex_) = false;  ///< From Ask until the round is done.
  std::jthread thread_;                   // Last: it uses the others.
};

}  // namespace hakem::exporter
