#pragma once

#include "model/time.h"

namespace hakem::alertmanager {

/// How long to wait after this many failures in a row (1 or more) before the next attempt: 0.5 s
/// growing by half each time, spread by ±50 %, at most 60 s. `random` is in [0, 1).
Duration RetryDelay(int failures, double random);

}  // namespace hakem::alertmanager
