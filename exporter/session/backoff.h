#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// The time to wait before the next attempt, after `failures` (≥ 1) in a row: 500 ms, doubled with
/// each failure up to 4 s, then reduced by up to a half, by `jitter` in [0, 1). So a server that
/// returns is found within two collections, and its clients do not connect all at once.
Duration ReconnectDelay(int failures, double jitter);

}  // namespace hakem::exporter
