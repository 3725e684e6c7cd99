#include "rules/alerts/alert_times.h"

#include <algorithm>
#include <optional>

namespace hakem::rules {

void MoveTimes(ActiveAlerts& alerts, Duration step) noexcept {
  for (auto& [labels, alert] : alerts) {
    alert.active_at += step;
    for (std::optional<Timestamp>* const time :
         {&alert.keep_firing_since, &alert.resolved_at, &alert.kept_until}) {
      if (*time) {
        **time += step;
      }
    }
  }
}

void KeepWhileSamplesLack(ActiveAlerts& alerts, const InputWindows& windows, Duration gap,
                          Timestamp now) noexcept {
  const std::optional<Duration> emptied = EmptiedWindow(windows, gap);
  if (!emptied) {
    return;
  }
  for (auto& [labels, alert] : alerts) {
    if (alert.state == AlertState::kFiring) {
      alert.kept_until = std::max(alert.kept_until.value_or(now), now + *emptied);
    }
  }
}

}  // namespace hakem::rules
