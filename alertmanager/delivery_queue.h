#pragma once

#include <map>
#include <optional>
#include <span>

#include "alertmanager/alert_group.h"
#include "model/alert.h"
#include "model/labels.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// What one receiver still has to be told, and when the next attempt is due. Alerts of one name are
/// a group and share a message; a group has at most one message waiting, which always tells the
/// present state. Used by one thread; has no clock: `now` is given.
class DeliveryQueue {
 public:
  /// A message that is due, and how often its delivery failed since there was last none waiting.
  struct Due {
    Notification message;
    int failures = 0;
  };

  /// `max_resolved`: how many ends may wait for a receiver that takes none.
  explicit DeliveryQueue(std::size_t max_resolved = 10'000) : max_resolved_(max_resolved) {}

  /// Takes an evaluation's alerts. Returns how many ends were dropped because more than
  /// `max_resolved` waited: of the group that has most, the oldest.
  std::size_t Take(std::span<const Alert> alerts, SteadyTime now);

  /// The message that has been due for longest; nothing when none is.
  std::optional<Due> Next(SteadyTime now) const;

  /// When Next will have something if nothing is taken until then; nothing when no message waits.
  std::optional<SteadyTime> NextAttempt() const;

  /// How the attempt at what Next returned went. Requires: nothing was taken since.
  void Delivered(const Notification& message);
  void GivenUp(const Notification& message);
  void Failed(const Notification& message, SteadyTime retry_at);

  /// Holds all messages back until then: the receiver asked to be left alone.
  void HoldUntil(SteadyTime time) { held_until_ = time; }

  /// How many messages wait.
  std::size_t pending() const { return waiting_.size(); }

 private:
  struct Attempt {
    SteadyTime due;
    int failures = 0;
  };

  using Groups = std::map<Labels, AlertGroup>;

  std::size_t DropOldestEnds(SteadyTime now);
  void Settled(const Notification& message);
  void Schedule(const Labels& key, SteadyTime now);

  std::size_t max_resolved_;
  Groups groups_;
  std::map<Labels, Attempt> waiting_;  ///< Those of `groups_` that have something to tell.
  SteadyTime held_until_{};
};

}  // namespace hakem::alertmanager
