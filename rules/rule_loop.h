#pragma once

#include <condition_variable>
#include <optional>
#include <stop_token>

#include "model/clock.h"
#include "model/deep_thread.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/mutex.h"
#include "rules/rule_set.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// The thread that evaluates the rules each time new samples are in the history, as of their time.
/// Only one time can wait: a newer one replaces it, and counts as a missed evaluation. The
/// destructor waits for a running evaluation.
class RuleLoop {
 public:
  struct Deps {
    RuleSet& rules;  ///< Evaluated only by this thread.
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// `samples` outlives the loop.
  RuleLoop(const tsdb::Queryable& samples, Deps deps);
  RuleLoop(const RuleLoop&) = delete;
  RuleLoop& operator=(const RuleLoop&) = delete;

  ~RuleLoop() { stop_.request_stop(); }

  /// Requests an evaluation as of `time`; does not wait. `clock_step`: how far the system clock was
  /// set since the last samples. Thread-safe.
  void Submit(Timestamp time, Duration clock_step = Duration(0));

  /// When the running evaluation began; nothing while none runs. Thread-safe.
  std::optional<SteadyTime> BusySince() const;

 private:
  struct Submitted {
    Timestamp time;
    Duration clock_step;
  };

  void Run(const std::stop_token& stop);
  std::optional<Submitted> Next(const std::stop_token& stop);

  const tsdb::Queryable& samples_;
  const Deps deps_;
  mutable Mutex mutex_;
  std::condition_variable_any arrived_;
  std::optional<Submitted> waiting_ GUARDED_BY(mutex_);
  std::optional<SteadyTime> busy_since_ GUARDED_BY(mutex_);
  std::stop_source stop_;
  DeepThread thread_;  // Last: it uses all the others.
};

}  // namespace hakem::rules
