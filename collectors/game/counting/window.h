#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "model/time.h"

namespace hakem::collectors {

/// What happened in [from, to): how many events, and the sum of a length each of them has (zero
/// where only their number matters).
struct Interval {
  PgTimestamp from;
  PgTimestamp to;
  std::int64_t count = 0;
  std::chrono::microseconds total{0};

  bool operator==(const Interval&) const = default;
};

/// How long a windowed gauge looks back, and in what slices its window is filled at the start.
struct WindowShape {
  Duration length;
  Duration slice;  ///< Divides the length.

  int slices() const { return static_cast<int>(length / slice); }
};

/// The latest past, as adjoining intervals: answers with the shortest run of whole intervals, up to
/// the newest, that is at least `length` long. So no event is ever split or guessed.
/// Invariant: without its oldest interval the run would be shorter than `length`.
class IntervalWindow {
 public:
  /// Neighbours that together are no longer than `grain` are kept as one: a long window then needs
  /// little memory and is at most `grain` longer than it must be.
  explicit IntervalWindow(Duration length, Duration grain = Duration::zero())
      : length_(length), grain_(grain) {}

  /// Takes the next interval. One that does not begin where the last ended starts the window anew.
  /// An empty one (from == to) is ignored.
  void Add(const Interval& interval);

  /// Forgets everything.
  void Clear();

  /// The run as one interval; nothing while less than `length` is covered.
  std::optional<Interval> Covered() const;

 private:
  const Duration length_;
  const Duration grain_;
  std::deque<Interval> intervals_;
  std::int64_t count_ = 0;              ///< Of all intervals.
  std::chrono::microseconds total_{0};  ///< Of all intervals.
};

/// Events in a span of `per`, if they went on as in `interval`. Requires: the interval is not
/// empty.
double Rate(const Interval& interval, Duration per);

}  // namespace hakem::collectors
