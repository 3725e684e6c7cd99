#include "exporter/clock/clock_steps.h"

namespace hakem::exporter {
namespace {

/// The longest time between the readings of the two clocks.
constexpr Duration kSameMoment = std::chrono::milliseconds(50);
constexpr int kTries = 3;

}  // namespace

std::optional<Duration> ClockSteps::ReadOffset() const {
  for (int i = 0; i < kTries; ++i) {
    const SteadyTime before = clock_.SteadyNow();
    const Timestamp now = clock_.Now();
    const SteadyTime after = clock_.SteadyNow();
    if (after - before <= kSameMoment) {
      return now.time_since_epoch() - std::chrono::floor<Duration>(after.time_since_epoch());
    }
  }
  return std::nullopt;
}

std::optional<Duration> ClockSteps::Check() {
  const std::optional<Duration> offset = ReadOffset();
  if (!offset) {
    return std::nullopt;
  }
  const Duration step = offset_ ? *offset - *offset_ : Duration(0);
  offset_ = offset;
  return std::chrono::abs(step) >= kLeastStep ? std::optional(step) : std::nullopt;
}

}  // namespace hakem::exporter
