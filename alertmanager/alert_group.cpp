#include "alertmanager/alert_group.h"

#include <algorithm>

namespace hakem::alertmanager {

void AlertGroup::Update(const Alert& alert, std::optional<Outcome> before) {
  const IncidentId id = IncidentId::Of(alert);
  const auto known = incidents_.find(id);
  if (known != incidents_.end()) {
    known->second.alert = alert;
    return;
  }
  if (!alert.firing() && !before) {
    return;
  }
  // An earlier incident of the same alert whose end was not heard of is over by now.
  for (auto& [other, incident] : incidents_) {
    if (alert.firing() && other.fingerprint == id.fingerprint && incident.alert.firing()) {
      incident.alert.ends_at = std::max(alert.starts_at, incident.alert.starts_at);
    }
  }
  incidents_.emplace(id,
                     Incident{.alert = alert,
                              .handled = before.value_or(Outcome::kWaiting) != Outcome::kWaiting,
                              .delivered = before == Outcome::kDelivered});
}

std::optional<Notification> AlertGroup::Message() const {
  std::set<IncidentId> notified;
  GroupState now;
  for (const auto& [id, incident] : incidents_) {
    if (incident.handled) {
      notified.insert(id);
    }
    (incident.alert.firing() ? now.firing : now.resolved).insert(id);
  }
  const auto reason = NeedsUpdate(notified, now);
  if (!reason) {
    return std::nullopt;
  }
  Notification message{.reason = *reason, .group_labels = labels_};
  for (const auto& [id, incident] : incidents_) {
    const Alert& alert = incident.alert;
    (alert.firing() ? message.firing : message.resolved).push_back(alert);
    message.firing_was_not_sent |= !alert.firing() && !incident.delivered;
  }
  for (auto* alerts : {&message.firing, &message.resolved}) {
    std::sort(alerts->begin(), alerts->end(),
              [](const Alert& a, const Alert& b) { return a.labels < b.labels; });
  }
  return message;
}

void AlertGroup::MarkDelivered() {
  MarkHandled(true);
}

void AlertGroup::MarkGivenUp() {
  MarkHandled(false);
}

void AlertGroup::MarkHandled(bool delivered) {
  std::erase_if(incidents_, [](const auto& entry) { return !entry.second.alert.firing(); });
  for (auto& [id, incident] : incidents_) {
    incident.handled = true;
    incident.delivered |= delivered;
  }
}

std::optional<IncidentId> AlertGroup::DropOldestResolved() {
  auto oldest = incidents_.end();
  for (auto each = incidents_.begin(); each != incidents_.end(); ++each) {
    const Alert& alert = each->second.alert;
    if (!alert.firing() &&
        (oldest == incidents_.end() || alert.ends_at < oldest->second.alert.ends_at)) {
      oldest = each;
    }
  }
  if (oldest == incidents_.end()) {
    return std::nullopt;
  }
  const IncidentId dropped = oldest->first;
  incidents_.erase(oldest);
  return dropped;
}

std::size_t AlertGroup::resolved_count() const {
  return static_cast<std::size_t>(
      std::count_if(incidents_.begin(), incidents_.end(),
                    [](const auto& entry) { return !entry.second.alert.firing(); }));
}

}  // namespace hakem::alertmanager
