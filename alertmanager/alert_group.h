#pragma once

#include <map>
#include <optional>
#include <vector>

#include "alertmanager/dedup.h"
#include "alertmanager/notification_log.h"
#include "alertmanager/notify/notification.h"
#include "model/alert.h"

namespace hakem::alertmanager {

/// The alerts of one group, and which of them one receiver has been notified of. Used by one
/// thread.
///
/// Invariant: an incident is kept until the receiver has been notified that it is resolved.
class AlertGroup {
 public:
  explicit AlertGroup(Labels labels) : labels_(std::move(labels)) {}

  /// Updates the state of an alert. `before`: what became of the message that it fires before a
  /// restart. Ignores a resolved alert that was never received as firing, also not before.
  void Update(const Alert& alert, std::optional<Outcome> before = std::nullopt);

  /// The notification to send, if one is needed. Its receiver and external URL are empty.
  std::optional<Notification> Message() const;

  /// The notification was delivered. Forgets the resolved incidents.
  void MarkDelivered();

  /// The receiver rejected the notification for good. The next one is needed after a change.
  void MarkGivenUp();

  /// Forgets the resolved incident that ended first, and returns it, if there is one.
  std::optional<IncidentId> DropOldestResolved();

  std::size_t resolved_count() const;

  /// Whether there is nothing left to remember.
  bool empty() const { return incidents_.empty(); }

 private:
  struct Incident {
    Alert alert;
    bool handled = false;    ///< The message that it fires was delivered or given up.
    bool delivered = false;  ///< The message that it fires was delivered.
  };

  void MarkHandled(bool delivered);

  const Labels labels_;
  std::map<IncidentId, Incident> incidents_;
};

}  // namespace hakem::alertmanager
