#include "alertmanager/backoff.h"

#include <algorithm>
#include <cmath>

namespace hakem::alertmanager {

Duration RetryDelay(int failures, double random) {
  constexpr double kFirstSeconds = 0.5;
  constexpr double kGrowth = 1.5;
  constexpr double kLongestSeconds = 60;
  const double seconds =
      std::min(kFirstSeconds * std::pow(kGrowth, failures - 1), kLongestSeconds) * (0.5 + random);
  return std::chrono::round<Duration>(
      std::chrono::duration<double>(std::min(seconds, kLongestSeconds)));
}

}  // namespace hakem::alertmanager
