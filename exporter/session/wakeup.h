#pragma once

#include <stop_token>

#include "model/clock.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Lets one thread sleep on a Clock until another one wakes it. Wake is thread-safe.
class Wakeup {
 public:
  /// Returns at `deadline`, when woken (also if that was before this call), or when `stop` is
  /// requested. May return early: the caller checks its state and sleeps again.
  void SleepUntil(const Clock& clock, SteadyTime deadline, const std::stop_token& stop);

  /// Ends the present or the next SleepUntil.
  void Wake();

 private:
  Mutex mutex_;
  bool woken_ GUARDED_BY(mutex_) = false;
  std::stop_source sleep_ GUARDED_BY(mutex_){std::nostopstate};
};

}  // namespace hakem::exporter
