#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Decides how often to retry what keeps failing: a query that times out costs the database its
/// whole timeout, and one that is refused fills its log. The breaker opens at the third failure in
/// a row. Then one try is allowed after two intervals. Each further failure doubles the wait, up to
/// twelve intervals or five minutes. Used by one thread at a time.
class CircuitBreaker {
 public:
  /// `interval`: time between two tries while they succeed.
  explicit CircuitBreaker(Duration interval) : interval_(interval) {}

  /// Whether to try now.
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
