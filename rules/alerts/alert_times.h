#pragma once

#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/alerts/input_window.h"

namespace hakem::rules {

/// Moves all times from which durations are measured by a step of the clock, so that they measure
/// real time. Times that receivers were notified of stay: they identify the incident.
void MoveTimes(ActiveAlerts& alerts, Duration step) noexcept;

/// Keeps firing alerts for a while although they have no result, because it may be missing only for
/// lack of samples: before `now`, the history has a gap. They are kept until the longest of the
/// expression's windows that the gap empties is full again. A gap that leaves half of each window
/// does nothing.
void KeepWhileSamplesLack(ActiveAlerts& alerts, const InputWindows& windows, Duration gap,
                          Timestamp now) noexcept;

}  // namespace hakem::rules
