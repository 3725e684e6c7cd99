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

/// The thread that evaluates the rules over the history, as of each time at which there are new
/// samples. Its mailbox holds one: a time that comes while the one before still waits takes its
/// place, and the rules count one missed. The destructor stops it after the evaluation that runs.
class RuleLoop {
 public:
  struct Deps {
    RuleSet& rules;  ///< Evaluated by this thread alone.
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// `samples` outlives the loop.
  RuleLoop(const tsdb::Queryable& samples, Deps deps);
  RuleLoop(const RuleLoop&) = delete;
  RuleLoop& operator=(const RuleLoop&) = delete;

  ~RuleLoop() { stop_.request_stop(); }

  /// Says that the samples of this time are there, and by how much the clock that stamps them was
  /// set since the last ones; does not wait. Thread-safe.
  void Submit(Timestamp time, Duration clock_step = Duration(0));

  /// When the evaluation that runs began; nothing while none runs. Thread-safe.
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
