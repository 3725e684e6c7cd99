#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// How long to wait before the next attempt after `failures` (≥ 1) in a row: 500 ms, doubling up to
/// 4 s, of which `jitter` in [0, 1) chooses between the half and the whole. So a server that
/// returns is found within two collections, and not by all of its clients at once.
Duration ReconnectDelay(int failures, double jitter);

}  // namespace hakem::exporter
