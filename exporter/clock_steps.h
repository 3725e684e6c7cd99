#pragma once

#include <optional>

#include "model/clock.h"

namespace hakem::exporter {

/// A smaller change of the system's time is no step: samples a collection interval apart, a second
/// at least, stay in their order.
inline constexpr Duration kLeastStep = std::chrono::seconds(1);

/// Notices that the system's clock was set: its time and monotonic time went different ways. While
/// the machine sleeps, monotonic time stands still, so waking up is a step ahead. Used by one
/// thread.
class ClockSteps {
 public:
  explicit ClockSteps(const Clock& clock) : clock_(clock) {}

  /// By how much the clock was set since the last call, negative: back. Nothing at the first call,
  /// where it was not set, and where the two times could not be read at one moment.
  std::optional<Duration> Look();

 private:
  /// What the system's time is ahead of monotonic time.
  std::optional<Duration> ReadOffset() const;

  const Clock& clock_;
  std::optional<Duration> offset_;
};

}  // namespace hakem::exporter
