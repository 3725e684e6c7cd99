#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
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

  /// What is to be saved: incidents that are new or whose outcome has changed, and those that the
  /// receiver will not be notified of again.
  struct Change {
    std::vector<NotifiedIncident> firing = {};
    std::vector<IncidentId> ended = {};
  };

  /// `max_resolved`: how many resolved alerts may wait for delivery. `before`: what the receiver
  /// was notified of before a restart, or was to be.
  explicit DeliveryQueue(std::size_t max_resolved = 10'000,
                         const std::vector<NotifiedIncident>& before = {});

  /// Adds the alerts of an evaluation. If more than `max_resolved` resolved alerts wait, drops the
  /// oldest ones of the group with the most. Returns how many it dropped.
  std::size_t Add(std::span<const Alert> alerts, SteadyTime now);

  /// Ends, at `time`, the incidents of before the restart that Add has not got: nobody passes on
  /// their end any more. Returns how many resolved alerts it dropped, as Add.
  std::size_t EndOthers(Timestamp time, SteadyTime now);

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

  /// Returns what has changed since it was last called and was not in the result of Delivered or
  /// GivenUp: what waits, and what was dropped.
  Change TakeUnsaved();

  /// How many notifications wait.
  std::size_t pending() const { return waiting_.size(); }

 private:
  struct Attempt {
    SteadyTime due;
    int failures = 0;
  };

  using Groups = std::map<Labels, AlertGroup>;

  void Update(AlertGroup& group, const Alert& alert);
  std::size_t DropOldestResolved(SteadyTime now);
  void RemoveHandled(const Notification& message);
  Change ApplyToNotified(const Notification& message, Outcome outcome);
  void Schedule(const Labels& key, SteadyTime now);

  std::size_t max_resolved_;
  /// The incidents that the receiver was notified of as firing, or is to be, and not yet as
  /// resolved.
  std::map<IncidentId, Outcome> notified_;
  std::map<IncidentId, Alert> before_;  ///< Those of before the restart that Add has not got.
  std::set<IncidentId> unsaved_;        ///< New ones that wait: TakeUnsaved has to return them.
  std::vector<IncidentId> dropped_;     ///< The same for those that were dropped.
  Groups groups_;
  std::map<Labels, Attempt> waiting_;  ///< By group: the next attempt, if a notification waits.
  SteadyTime held_until_{};
};

}  // namespace hakem::alertmanager
