#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Stops asking what keeps failing: a question that times out costs the database its whole timeout,
/// and one that is refused fills its log. Opens at the third failure in a row; then one try is
/// allowed after two intervals, and after twice as long each time that fails too, at most twelve
/// intervals or five minutes. A decision on values; used by one thread at a time.
class CircuitBreaker {
 public:
  /// `interval`: how often the question would be asked.
  explicit CircuitBreaker(Duration interval) : interval_(interval) {}

  /// Whether to ask now.
  bool Allows(SteadyTime now) const { return !open() || now >= next_try_; }

  void Succeeded() { failures_ = 0; }

  void Failed(SteadyTime now);

  bool open() const { return failures_ >= kFailuresToOpen; }

  int failures() const { return failures_; }  ///< In a row.

 private:
  static constexpr int kFailuresToOpen = 3;

  Duration interval_;
  int failures_ = 0;
  SteadyTime next_try_{};
};

}  // namespace hakem::exporter
