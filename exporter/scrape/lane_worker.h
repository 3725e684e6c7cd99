#pragma once

#include <functional>
#include <thread>

#include "exporter/scrape/lane.h"
#include "exporter/session/wakeup.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Runs the rounds of a lane on its own thread, each with the visits that follow it. It runs one
/// round at a time and only on request, so that nothing queues up while the server is slow. An
/// exception in a round, or in `done`, costs that round only. RequestRound and busy are
/// thread-safe. The destructor aborts a running round.
class LaneWorker {
 public:
  /// Receives the result of a round or a visit; called from the worker's thread.
  using Done = std::function<void(collectors::Lane lane, LaneRound round)>;

  LaneWorker(Lane lane, const Clock& clock, Logger log, Done done);

  /// Starts a round. Returns false, and does nothing, while one is running.
  bool RequestRound();

  /// Whether a round, or a visit that follows it, is requested or running.
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
  bool busy_ GUARDED_BY(mutex_) = false;  ///< From the request until the round ends.
  std::jthread thread_;                   // Last: it uses the others.
};

}  // namespace hakem::exporter
