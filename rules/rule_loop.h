#pragma once

#include <functional>
#include <list>
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

/// The threads that evaluate rules: groups without an interval each time new samples are in the
/// history, as of their time, and groups with an interval on their schedule. A group that takes
/// long occupies one thread, and only its own next evaluations are missed. The destructor makes
/// running evaluations end early, and waits for them.
class RuleLoop {
 public:
  struct Deps {
    RuleSet& rules;  ///< Evaluated only by these threads.
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// `samples` outlives the loop.
  RuleLoop(const tsdb::Queryable& samples, Deps deps);
  RuleLoop(const RuleLoop&) = delete;
  RuleLoop& operator=(const RuleLoop&) = delete;

  ~RuleLoop();

  /// Requests an evaluation as of `time`; does not wait. Thread-safe.
  void Submit(Timestamp time);

  /// Adjusts the rules to a system clock that was set: see RuleSet::StepClock. Thread-safe.
  void StepClock(Duration step, const std::function<void()>& move_samples);

  /// When the oldest running evaluation began; nothing while none runs. Thread-safe.
  std::optional<SteadyTime> BusySince() const { return deps_.rules.BusySince(); }

 private:
  void Run();
  bool EvaluateNext();
  void Wake(bool stop);

  const tsdb::Queryable& samples_;
  const Deps deps_;
  Mutex mutex_;
  std::stop_source wake_ GUARDED_BY(mutex_);  ///< Stopped, then replaced, to wake all threads.
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::list<DeepThread> threads_;  // Last: they use all the others.
};

}  // namespace hakem::rules
