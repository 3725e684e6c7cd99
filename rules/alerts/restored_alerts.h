#pragma once

#include <optional>

#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/alerts/input_window.h"

namespace hakem::rules {

/// A pending alert begins anew after a longer time without evaluations.
inline constexpr Duration kLongestOutage = std::chrono::hours(1);

/// Returns the alerts of a rule as they count in the first evaluation after a restart. The time in
/// which Hakem was down does not count for `for`: pending alerts are active later by that time.
/// What lies between `last`, the last evaluation before the restart, and `now` is that time, but
/// for one interval. All other times stay, except that none is later than `now`, which happens when
/// the clock was set back meanwhile.
///
/// After an outage that is so long that the expression may lack a result only because samples are
/// missing, firing alerts are kept without one until there are samples for all of its `window`
/// (nothing: it reads none). Pure.
ActiveAlerts AfterOutage(ActiveAlerts alerts, Timestamp last, Timestamp now, Duration interval,
                         const std::optional<InputWindow>& window);

}  // namespace hakem::rules
