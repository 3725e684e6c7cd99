#include "rules/alerts/restored_alerts.h"

#include <algorithm>
#include <optional>

#include "rules/alerts/alert_journal.h"

namespace hakem::rules {

ActiveAlerts AfterOutage(ActiveAlerts alerts, Timestamp last, Timestamp now, Duration interval,
                         const std::optional<InputWindow>& window) {
  const Duration outage = std::max(now - last - interval, Duration::zero());
  const Duration set_back = std::min(now - last, Duration::zero());
  const auto clamp = [now](std::optional<Timestamp>& time) {
    if (time) {
      time = std::min(*time, now);
    }
  };
  std::erase_if(alerts, [&](const auto& entry) {
    return entry.second.state == AlertState::kPending && outage > kLongestOutage;
  });
  const bool lacks_samples = window && outage > std::max(window->shortest / 2, kLongestUnsaved);
  for (auto& [labels, alert] : alerts) {
    if (alert.state == AlertState::kFiring && lacks_samples) {
      alert.kept_until = now + window->longest;
    }
    if (alert.state == AlertState::kPending) {
      alert.active_at += outage + set_back;
    }
    alert.active_at = std::min(alert.active_at, now);
    clamp(alert.keep_firing_since);
    clamp(alert.resolved_at);
    if (alert.kept_until && window) {
      alert.kept_until = std::min(*alert.kept_until, now + window->longest);
    }
  }
  return alerts;
}

}  // namespace hakem::rules
