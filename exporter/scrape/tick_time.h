#pragma once

#include <optional>

#include "model/time.h"

namespace hakem::exporter {

/// The timestamp of the samples of a tick that began at `now`; `last` is that of the tick before.
/// If `now` is a multiple of `interval` after `last`, within a fiftieth of the interval, it is
/// rounded to that multiple: equal steps compress best, and rates see no jitter. Otherwise it is
/// `now`.
Timestamp TickTime(std::optional<Timestamp> last, Timestamp now, Duration interval);

}  // namespace hakem::exporter
