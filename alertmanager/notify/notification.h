#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/alert.h"
#include "model/labels.h"

namespace hakem::alertmanager {

/// Why a notification is sent, in the words of Alertmanager's `notification_reason`.
enum class NotifyReason {
  kFirstNotification,
  kNewAlertsAdded,
  kSomeAlertsResolved,
  kAllAlertsResolved,
};

/// "first notification", "new alerts added", "some alerts resolved", "all alerts resolved".
std::string_view ToString(NotifyReason reason);

/// A notification for one receiver: the state of a group of alerts.
struct Notification {
  std::string receiver = {};
  NotifyReason reason = NotifyReason::kFirstNotification;
  Labels group_labels = {};        ///< The labels that the alerts of the group share by definition.
  std::vector<Alert> firing = {};  ///< All firing alerts of the group; sorted by labels.
  std::vector<Alert> resolved = {};  ///< Resolved ones not sent as such yet; sorted by labels.
  /// Whether one of `resolved` could never be delivered while it was firing.
  bool firing_was_not_sent = false;
  std::string external_url = {};  ///< URL of this Hakem for people; may be empty.
};

/// Alertmanager's default subject, `[FIRING:2] ManyActiveGames (:9187 hakem warning)`: the values
/// of the group's labels, then those of the other labels that all alerts share. `[RESOLVED] …` if
/// none fires.
std::string Subject(const Notification& notification);

/// The annotation `summary`, or the name of the alert if it has none.
std::string Headline(const Alert& alert);

/// The text of an annotation, or "".
std::string_view Annotation(const Alert& alert, std::string_view name);

/// Whether it is an absolute http or https URL, which may become a link.
bool IsWebAddress(std::string_view text);

}  // namespace hakem::alertmanager
