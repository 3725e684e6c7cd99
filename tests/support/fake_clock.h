#pragma once

#include <condition_variable>

#include "model/clock.h"
#include "model/mutex.h"

namespace hakem {

/// A clock for tests: starts at 2026-01-01T00:00:00Z and moves only by Advance. SleepUntil returns
/// when the time has been advanced that far, or when stopped.
class FakeClock final : public Clock {
 public:
  Timestamp Now() const override;
  SteadyTime SteadyNow() const override;
  bool SleepUntil(SteadyTime deadline, const std::stop_token& stop) const override;

  void Advance(Duration by);

  /// Sets the system's time, as an administrator or NTP does; the monotonic time is not affected.
  void Step(Duration by);

  /// Waits until that many threads wait in SleepUntil.
  void AwaitSleepers(int count) const;

 private:
  mutable Mutex mutex_;
  mutable std::condition_variable_any moved_;
  Duration elapsed_ GUARDED_BY(mutex_){0};
  Duration stepped_ GUARDED_BY(mutex_){0};
  mutable int sleepers_ GUARDED_BY(mutex_) = 0;
};

}  // namespace hakem
