#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "model/time.h"

namespace hakem::collectors {

/// The events in the half-open time range [from, to).
struct Interval {
  PgTimestamp from;
  PgTimestamp to;
  std::int64_t count = 0;              ///< How many events.
  std::chrono::microseconds total{0};  ///< Sum of their durations; 0 if they have none.

  bool operator==(const Interval&) const = default;
};

/// How far a windowed gauge looks back, and in which slices its window is filled at startup.
struct WindowShape {
  Duration length;
  Duration slice;  ///< The length is a multiple of it.

  int slices() const { return static_cast<int>(length / slice); }
};

/// A sliding window over adjoining intervals. It covers the shortest run of whole intervals, up to
/// the newest one, that is at least `length` long, so no interval is ever split or extrapolated.
/// Invariant: without its oldest interval the run would be shorter than `length`. Used by one
/// thread.
class IntervalWindow {
 public:
  /// Adjacent intervals that together are no longer than `grain` are merged. A long window then
  /// needs little memory, and its run is at most `grain` longer than necessary.
  explicit IntervalWindow(Duration length, Duration grain = Duration::zero())
      : length_(length), grain_(grain) {}

  /// Appends an interval. If it does not begin where the newest one ends, the window is cleared
  /// first. Empty intervals are ignored.
  void Add(const Interval& interval);

  /// Removes all intervals.
  void Clear();

  /// Returns the run as one interval; nothing while it is shorter than `length`.
  std::optional<Interval> Covered() const;

 private:
  const Duration length_;
  const Duration grain_;
  std::deque<Interval> intervals_;
  std::int64_t count_ = 0;              ///< Sum over all intervals.
  std::chrono::microseconds total_{0};  ///< Sum over all intervals.
};

/// Returns the average number of events per `per` in an interval. Requires: the interval is not
/// empty (from < to).
double Rate(const Interval& interval, Duration per);

}  // namespace hakem::collectors
