#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/time.h"

namespace hakem::rules {

/// The times at which a group with an interval is evaluated: `offset`, `offset` + `interval`, …
/// since 1970. The offset is constant for a group and spreads the groups over the interval.
struct Slots {
  Duration interval;   ///< More than 0.
  Duration offset{0};  ///< From 0 to below the interval.

  /// Returns the last slot at or before `now`.
  Timestamp Latest(Timestamp now) const;
};

/// Returns the slots of a group: their offset is a hash of its file and name.
Slots SlotsOf(std::string_view file, std::string_view group, Duration interval);

/// Decides as of which times one group is evaluated. With slots, as Prometheus does: the first
/// evaluation is at the first slot that begins after the first call; a slot that has begun is left
/// out, and counted, if the next one begins before it can be evaluated. Without slots, the group is
/// evaluated as of each collection; a newer one replaces one that waits. Time is passed in: no
/// clock is read here.
class Schedule {
 public:
  explicit Schedule(std::optional<Slots> slots) : slots_(slots) {}

  /// The samples of `time` are in the history.
  void OnCollection(Timestamp time);

  /// It is `now`.
  void OnTime(Timestamp now);

  /// Makes an evaluation as of `time` due, whatever the slots are.
  void Force(Timestamp time);

  bool is_due() const { return due_.has_value(); }

  /// Returns the time as of which the group is to be evaluated now; never earlier than the time
  /// before. Requires: is_due().
  Timestamp Take();

  /// Returns how many evaluations were left out since the last call.
  std::int64_t TakeMissed();

  /// Returns the slot that begins next; nothing without slots, or before the first call.
  std::optional<Timestamp> NextSlot() const;

  /// Adjusts to a system clock that was set by `step`.
  void MoveTimes(Duration step);

  /// Goes on where the schedule of the group's earlier version was.
  void Continue(const Schedule& before);

  bool has_slots() const { return slots_.has_value(); }

 private:
  std::optional<Slots> slots_;
  std::optional<Timestamp> due_;        ///< The evaluation that waits.
  std::optional<Timestamp> evaluated_;  ///< The last time that Take has returned.
  std::optional<Timestamp> last_slot_;  ///< The last slot that has begun.
  std::int64_t missed_ = 0;
};

}  // namespace hakem::rules
