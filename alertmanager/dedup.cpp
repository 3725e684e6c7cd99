#include "alertmanager/dedup.h"

#include <algorithm>

namespace hakem::alertmanager {

std::optional<NotifyReason> NeedsUpdate(const std::set<IncidentId>& told, const GroupState& now) {
  if (!std::includes(told.begin(), told.end(), now.firing.begin(), now.firing.end())) {
    return told.empty() ? NotifyReason::kFirstNotification : NotifyReason::kNewAlertsAdded;
  }
  if (now.resolved.empty()) {
    return std::nullopt;
  }
  return now.firing.empty() ? NotifyReason::kAllAlertsResolved : NotifyReason::kSomeAlertsResolved;
}

}  // namespace hakem::alertmanager
