#pragma once

#include <stop_token>

#include "model/time.h"

namespace hakem {

/// The only source of time and the only place that sleeps. Injected, so that tests control time.
/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  /// The system's time, for timestamps that people or other programs read.
  virtual Timestamp Now() const = 0;

  /// Monotonic time, for measuring and for deadlines.
  virtual SteadyTime SteadyNow() const = 0;

  /// Waits until `deadline`. Returns false when `stop` was requested earlier.
  virtual bool SleepUntil(SteadyTime deadline, const std::stop_token& stop) const = 0;
};

/// The machine's clock.
const Clock& SystemClock();

}  // namespace hakem
