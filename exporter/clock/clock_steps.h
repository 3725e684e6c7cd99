#pragma once

#include <optional>

#include "model/clock.h"

namespace hakem::exporter {

/// A smaller change of the system clock is ignored: it cannot change the order of samples, which
/// are at least a second apart.
inline constexpr Duration kLeastStep = std::chrono::seconds(1);

/// Detects that the system clock was set, by comparing it with the monotonic clock. While the
/// machine sleeps, the monotonic clock stops, so waking up is a step ahead. Used by one thread.
class ClockSteps {
 public:
  explicit ClockSteps(const Clock& clock) : clock_(clock) {}

  /// How far the clock was set since the last call; negative: back. Returns nothing at the first
  /// call, if the clock was not set, or if the two clocks could not be read at the same moment.
  std::optional<Duration> Check();

 private:
  /// How far the system clock is ahead of the monotonic clock.
  std::optional<Duration> ReadOffset() const;

  const Clock& clock_;
  std::optional<Duration> offset_;
};

}  // namespace hakem::exporter
