#include "rules/orphaned_alerts.h"

#include <optional>
#include <string>

#include "rules/evaluation/receiver_alerts.h"

namespace hakem::rules {

void PassOnOrphans(const std::vector<StoredAlert>& orphans, Timestamp now,
                   std::vector<Alert>& alerts) {
  for (const StoredAlert& each : orphans) {
    const ActiveAlert& alert = each.alert;
    if (alert.state == AlertState::kPending || !alert.fired_at) {
      continue;
    }
    const SentAlert sent = alert.sent.value_or(SentAlert{alert.labels, ""});
    if (alert.state == AlertState::kFiring) {
      alerts.push_back(ForReceivers(alert, sent, std::nullopt));
    }
    alerts.push_back(ForReceivers(alert, sent, alert.resolved_at.value_or(now)));
  }
}

Result<void> DeleteOrphans(AlertStore& store, const StoredAlerts& orphans, Timestamp now) {
  std::vector<AlertChange> changes;
  for (const StoredAlert& each : orphans.alerts) {
    changes.push_back(
        {.rule = each.rule, .labels = each.alert.labels, .alert = nullptr, .is_transition = true});
  }
  std::vector<std::string> groups;
  for (const auto& [group, evaluated_at] : orphans.groups) {
    groups.push_back(group);
  }
  if (changes.empty() && groups.empty()) {
    return {};
  }
  return store.DeleteGroups(groups, now, changes);
}

}  // namespace hakem::rules
