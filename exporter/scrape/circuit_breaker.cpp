#include "exporter/scrape/circuit_breaker.h"

#include <algorithm>

namespace hakem::exporter {

void CircuitBreaker::Failed(SteadyTime now) {
  constexpr int kDoublings = 3;
  constexpr Duration kLongest = std::chrono::minutes(5);
  ++failures_;
  if (!open()) {
    return;
  }
  const int doublings = std::min(failures_ - kFailuresToOpen, kDoublings);
  const Duration wait = std::min(2 * interval_ * (1 << doublings), 12 * interval_);
  // Half an interval early, so that no round of the lane just misses it.
  next_try_ = now + std::max(std::min(wait, kLongest), interval_) - interval_ / 2;
}

}  // namespace hakem::exporter
