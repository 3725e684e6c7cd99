#pragma once

#include "model/time.h"

namespace hakem::alertmanager {

/// The time to wait before the next attempt, after `failures` (1 or more) in a row: 0.5 s, half as
/// much again after each further failure, randomized by ±50 %, at most 60 s. `random` is in [0, 1).
Duration RetryDelay(int failures, double random);

}  // namespace hakem::alertmanager
