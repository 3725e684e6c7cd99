#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>

#include "alertmanager/notify/notification.h"
#include "model/alert.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// One time that one alert fired: the same alert firing again later is another incident.
struct IncidentId {
  std::uint64_t fingerprint = 0;  ///< The hash of the alert's labels.
  Timestamp starts_at;

  static IncidentId Of(const Alert& alert) { return {alert.labels.hash(), alert.starts_at}; }

  auto operator<=>(const IncidentId&) const = default;
};

/// A group as it is now.
struct GroupState {
  std::set<IncidentId> firing;
  std::set<IncidentId> resolved;  ///< Over, and the receiver has not been told so.
};

/// Whether a group's receiver must be told something, and why; nothing when it knows all of it.
/// `told`: the incidents it knows as firing. Alertmanager's decision with one difference: an
/// incident that ended before its firing could be told is told as resolved, not passed over in
/// silence.
std::optional<NotifyReason> NeedsUpdate(const std::set<IncidentId>& told, const GroupState& now);

}  // namespace hakem::alertmanager
