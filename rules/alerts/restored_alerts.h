#pragma once

#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/alerts/input_window.h"

namespace hakem::rules {

/// A pending alert begins anew after a longer time without evaluations.
inline constexpr Duration kLongestOutage = std::chrono::hours(1);

/// Returns the alerts of a rule as they count in the first evaluation after a restart. The time in
/// which Hakem was down does not count for `for`: pending alerts are active later by that time.
/// What lies between `last`, the last evaluation before the restart, and `now` is that time, but
/// for one interval. If the clock was set back meanwhile, all times move back with it, except those
/// that receivers were notified of: alerts keep their age.
///
/// After an outage that is so long that the expression may lack a result only because samples are
/// missing, firing alerts are kept without one until its `windows` are full again: see
/// KeepWhileSamplesLack. A clock that was set back counts as an outage of that length, because
/// samples ahead of the clock are not loaded. Pure.
ActiveAlerts AfterOutage(ActiveAlerts alerts, Timestamp last, Timestamp now, Duration interval,
                         const InputWindows& windows);

}  // namespace hakem::rules
