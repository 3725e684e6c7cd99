#include "exporter/session/backoff.h"

#include <algorithm>

namespace hakem::exporter {

Duration ReconnectDelay(int failures, double jitter) {
  constexpr Duration kFirst = std::chrono::milliseconds(500);
  constexpr int kDoublings = 3;
  const Duration whole = kFirst * (1 << std::min(failures - 1, kDoublings));
  return std::chrono::duration_cast<Duration>(whole * (0.5 + jitter / 2));
}

}  // namespace hakem::exporter
