#pragma once

#include "model/clock.h"

namespace hakem {

/// The time since `start`, rounded up to milliseconds.
inline Duration Since(SteadyTime start) {
  return std::chrono::ceil<Duration>(SystemClock().SteadyNow() - start);
}

}  // namespace hakem
