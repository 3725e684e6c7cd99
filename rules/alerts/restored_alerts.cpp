#include "rules/alerts/restored_alerts.h"

#include <algorithm>
#include <optional>

#include "rules/alerts/alert_journal.h"
#include "rules/alerts/alert_times.h"

namespace hakem::rules {

ActiveAlerts AfterOutage(ActiveAlerts alerts, Timestamp last, Timestamp now, Duration interval,
                         const InputWindows& windows) {
  const Duration outage = std::max(now - last - interval, Duration::zero());
  const Duration set_back = std::max(last - now, Duration::zero());
  std::erase_if(alerts, [&](const auto& entry) {
    return entry.second.state == AlertState::kPending && outage > kLongestOutage;
  });
  MoveTimes(alerts, -set_back);
  const auto limit = [](std::optional<Timestamp>& time, Timestamp latest) {
    if (time) {
      time = std::min(*time, latest);
    }
  };
  const Duration longest = windows.empty() ? Duration::zero() : windows.back();
  for (auto& [labels, alert] : alerts) {
    if (alert.state == AlertState::kPending) {
      alert.active_at += outage;
    }
    alert.active_at = std::min(alert.active_at, now);
    limit(alert.keep_firing_since, now);
    limit(alert.resolved_at, now);
    limit(alert.kept_until, now + longest);
  }
  // `last` may be so much earlier than the last evaluation, since not each one is saved.
  const Duration known_outage = outage > kLongestUnsaved ? outage : Duration::zero();
  KeepWhileSamplesLack(alerts, windows, std::max(known_outage, set_back), now);
  return alerts;
}

}  // namespace hakem::rules
