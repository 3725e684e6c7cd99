#include "alertmanager/dedup.h"

#include <algorithm>

namespace hakem::alertmanager {

std::optional<NotifyReason> NeedsUpdate(const std::set<IncidentId>& notified,
                                        const GroupState& now) {
  if (!std::includes(notified.begin(), notified.end(), now.firing.begin(), now.firing.end())) {
    return notified.empty() ? NotifyReason::kFirstNotification : NotifyReason::kNewAlertsAdded;
  }
  if (now.resolved.empty()) {
    return std::nullopt;
  }
  return now.firing.empty() ? NotifyReason::kAllAlertsResolved : NotifyReason::kSomeAlertsResolved;
}

}  // namespace hakem::alertmanager
