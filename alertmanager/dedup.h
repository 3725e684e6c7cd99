#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

#include "alertmanager/notify/notification.h"
#include "model/alert.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// Identifies one period in which an alert fires. If it fires again later, that is another
/// incident.
struct IncidentId {
  std::uint64_t fingerprint = 0;  ///< The hash of the alert's labels.
  Timestamp starts_at;

  static IncidentId Of(const Alert& alert) { return {alert.labels.hash(), alert.starts_at}; }

  auto operator<=>(const IncidentId&) const = default;
};

/// The present state of a group.
struct GroupState {
  std::set<IncidentId> firing;
  std::set<IncidentId> resolved;  ///< The receiver has not been notified of it.
};

/// Decides whether a group's receiver must be notified, and why. `notified`: the incidents that it
/// was notified of as firing. Like Alertmanager, but for one difference: an incident that ended
/// before it could be sent as firing is sent as resolved. Pure.
std::optional<NotifyReason> NeedsUpdate(const std::set<IncidentId>& notified,
                                        const GroupState& now);

}  // namespace hakem::alertmanager
