#pragma once

#include <csignal>
#include <functional>
#include <stop_token>
#include <thread>

#include "model/time.h"

namespace hakem::cli {

/// Turns SIGTERM and SIGINT into a stop token and SIGHUP into a call. Construct it before any other
/// thread starts, so that all threads inherit the blocked signals. SIGPIPE and SIGXFSZ are ignored:
/// the call that writes reports the error.
class StopSignals {
 public:
  /// A thread of its own calls `hangup` at each SIGHUP. Without `hangup` the signal keeps its
  /// default.
  explicit StopSignals(std::function<void()> hangup = {});

  /// Requests a stop at SIGTERM or SIGINT.
  std::stop_token token() const { return stop_.get_token(); }

 private:
  const std::stop_source stop_;
  const std::jthread listener_;
};

/// Ends the process with status 0 if it still runs after `grace`, even if a thread is stuck in a
/// library.
void ExitAfter(Duration grace);

}  // namespace hakem::cli
