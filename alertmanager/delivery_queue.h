#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "alertmanager/alert_group.h"
#include "alertmanager/notification_log.h"
#include "model/alert.h"
#include "model/labels.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// The notifications that one receiver still has to get, and when the next attempt is due. Alerts
/// with the same name are a group and share a notification. A group has at most one waiting, which
/// always has the present state. Used by one thread.
class DeliveryQueue {
 public:
  /// A notification that is due, and its failed attempts so far.
  struct Due {
    Notification message;
    int failures = 0;
  };

  /// What the receiver was notified of by a message, and was not before.
  struct Change {
    NotifiedIncidents firing = {};
    std::vector<IncidentId> ended = {};
  };

  /// `max_resolved`: how many resolved alerts may wait for delivery. `notified`: what the receiver
  /// was notified of before a restart.
  explicit DeliveryQueue(std::size_t max_resolved = 10'000, NotifiedIncidents notified = {})
      : max_resolved_(max_resolved), notified_(std::move(notified)) {}

  /// Adds the alerts of an evaluation. If more than `max_resolved` resolved alerts wait, drops the
  /// oldest ones of the group with the most. Returns how many it dropped.
  std::size_t Add(std::span<const Alert> alerts, SteadyTime now);

  /// The notification that has been due for the longest time; nothing if none is due.
  std::optional<Due> Next(SteadyTime now) const;

  /// When the next waiting notification is due; nothing if none waits.
  std::optional<SteadyTime> NextAttempt() const;

  /// Reports how the attempt to deliver the result of Next ended. Requires: Add was not called
  /// since.
  Change Delivered(const Notification& message);
  Change GivenUp(const Notification& message);
  void Failed(const Notification& message, SteadyTime retry_at);

  /// Holds back all notifications until `time`, because the receiver asked for it (Retry-After).
  void HoldUntil(SteadyTime time) { held_until_ = time; }

  /// How many notifications wait.
  std::size_t pending() const { return waiting_.size(); }

 private:
  struct Attempt {
    SteadyTime due;
    int failures = 0;
  };

  using Groups = std::map<Labels, AlertGroup>;

  std::size_t DropOldestResolved(SteadyTime now);
  void RemoveHandled(const Notification& message);
  Change ApplyToNotified(const Notification& message, Notified outcome);
  void Schedule(const Labels& key, SteadyTime now);

  std::size_t max_resolved_;
  NotifiedIncidents notified_;
  Groups groups_;
  std::map<Labels, Attempt> waiting_;  ///< By group: the next attempt, if a notification waits.
  SteadyTime held_until_{};
};

}  // namespace hakem::alertmanager
