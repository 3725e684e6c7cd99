#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "model/mutex.h"
#include "model/time.h"

namespace hakem::rules {

using Seconds = std::chrono::duration<double>;

/// One evaluation of a rule.
struct RuleEvaluation {
  Timestamp time;                   ///< The time as of which it was evaluated.
  Seconds duration{0};              ///< How long it took.
  std::size_t series_read = 0;      ///< How many series the selectors of its expression found.
  std::size_t series_returned = 0;  ///< How many elements the result of its expression had.
  std::string error = {};           ///< Why it failed; "" if it succeeded.
};

/// The last evaluations of one rule. Its size is limited, whatever the errors are. Thread-safe.
class EvaluationLog {
 public:
  static constexpr std::size_t kKept = 20;
  static constexpr std::size_t kLongestError = 256;  ///< In bytes; longer errors are cut.

  /// Adds the newest evaluation. The oldest one is dropped if there are kKept already.
  void Add(RuleEvaluation evaluation);

  /// Moves all times by a step of the clock.
  void MoveTimes(Duration step);

  /// The evaluations, newest first.
  std::vector<RuleEvaluation> List() const;

 private:
  mutable Mutex mutex_;
  std::vector<RuleEvaluation> ring_ GUARDED_BY(mutex_);
  std::size_t next_ GUARDED_BY(mutex_) = 0;  ///< Where the next one is written once all are used.
};

}  // namespace hakem::rules
