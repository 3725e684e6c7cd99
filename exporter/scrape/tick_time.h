#pragma once

#include <optional>

#include "model/time.h"

namespace hakem::exporter {

/// The timestamp of the samples of a tick that began at `now`. Ticks that are as regular as a busy
/// machine lets them be get timestamps that are exactly `interval` apart: those compress to
/// nothing, and rates see no jitter. One that is further off than a fiftieth of the interval tells
/// the true time. `last` is the timestamp of the tick before.
Timestamp TickTime(std::optional<Timestamp> last, Timestamp now, Duration interval);

}  // namespace hakem::exporter
