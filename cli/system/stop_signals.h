#pragma once

#include <csignal>
#include <functional>
#include <stop_token>
#include <thread>

#include "model/time.h"

namespace hakem::exporter {

/// SIGTERM and SIGINT as a stop token, SIGHUP as a call. Made before any other thread is started,
/// so that all inherit the blocked signals; SIGPIPE and SIGXFSZ are ignored, since a lost
/// connection and a file that may not grow are errors of the call.
class StopSignals {
 public:
  /// `hangup` is called at each SIGHUP, by a thread of its own; without it the signal is as ever.
  explicit StopSignals(std::function<void()> hangup = {});

  /// Stops when the process is asked to.
  std::stop_token token() const { return stop_.get_token(); }

 private:
  const std::stop_source stop_;
  const std::jthread listener_;
};

/// The last resort: ends the process with status 0 when it still runs after `grace`, although a
/// thread may be stuck in a library.
void ExitAfter(Duration grace);

}  // namespace hakem::exporter
