#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/alert.h"
#include "model/labels.h"

namespace hakem::alertmanager {

/// Why a message is sent; the words are Alertmanager's `notification_reason`.
enum class NotifyReason {
  kFirstNotification,
  kNewAlertsAdded,
  kSomeAlertsResolved,
  kAllAlertsResolved,
};

/// "first notification", "new alerts added", "some alerts resolved", "all alerts resolved".
std::string_view ToString(NotifyReason reason);

/// One message to one receiver: the state of a group of alerts.
struct Notification {
  std::string receiver = {};
  NotifyReason reason = NotifyReason::kFirstNotification;
  Labels group_labels = {};          ///< What the alerts were grouped by.
  std::vector<Alert> firing = {};    ///< Every alert of the group that fires now; sorted by labels.
  std::vector<Alert> resolved = {};  ///< Those resolved and not told so yet; sorted by labels.
  /// Whether one of `resolved` comes without a firing message before it: none could be delivered.
  bool firing_was_not_told = false;
  std::string external_url = {};  ///< Where people reach this Hakem; may be empty.
};

/// `[FIRING:2] ManyActiveGames (:9187 hakem warning)`: Alertmanager's default subject: the values
/// of the group's labels, then those of the other labels that all alerts share. `[RESOLVED] …` when
/// none fires.
std::string Subject(const Notification& notification);

/// The annotation `summary`, or the alert's name where there is none.
std::string Headline(const Alert& alert);

/// The annotation's text, or "".
std::string_view Annotation(const Alert& alert, std::string_view name);

/// Whether it is an absolute http or https address, which may become a link.
bool IsWebAddress(std::string_view text);

}  // namespace hakem::alertmanager
