#include "rules/rule_loop.h"

#include <utility>

#include "model/contained.h"
#include "rules/evaluation/rule_metrics.h"

namespace hakem::rules {
namespace {

/// Enough that a group which takes long does not hold up the others. Queries of clients and the
/// collection need processors too.
constexpr int kThreads = 2;

constexpr Duration kLongestSleep = std::chrono::hours(1);

}  // namespace

RuleLoop::RuleLoop(const tsdb::Queryable& samples, Deps deps)
    : samples_(samples), deps_(std::move(deps)) {
  deps_.instruments.Add(kLoopFailures, {}, 0);
  try {
    for (int i = 0; i < kThreads; ++i) {
      threads_.emplace_back([this] { Run(); });
    }
  } catch (...) {  // No thread: those that were started end, as this destructor will not run.
    Wake(true);
    throw;
  }
}

RuleLoop::~RuleLoop() {
  deps_.rules.Stop();
  Wake(true);
}

void RuleLoop::Submit(Timestamp time) {
  deps_.rules.Submit(time);
  Wake(false);
}

void RuleLoop::StepClock(Duration step, const std::function<void()>& move_samples) {
  deps_.rules.StepClock(step, move_samples);
  Wake(false);
}

void RuleLoop::Wake(bool stop) {
  const MutexLock lock(mutex_);
  stopping_ = stopping_ || stop;
  wake_.request_stop();
  if (!stopping_) {
    wake_ = std::stop_source();
  }
}

/// Takes the token before it looks for work, so that it is woken for work that comes meanwhile.
void RuleLoop::Run() {
  while (true) {
    std::stop_token wake;
    {
      const MutexLock lock(mutex_);
      if (stopping_) {
        return;
      }
      wake = wake_.get_token();
    }
    if (!EvaluateNext()) {
      const SteadyTime now = deps_.clock.SteadyNow();
      deps_.clock.SleepUntil(deps_.rules.NextDue().value_or(now + kLongestSleep), wake);
    }
  }
}

/// Returns whether to look for more work at once. Also after an exception, because that group is no
/// longer due, but others may be.
bool RuleLoop::EvaluateNext() {
  bool evaluated = true;
  if (!RunContained(deps_.log, "rule evaluation ended by an exception",
                    [&] { evaluated = deps_.rules.EvaluateNext(samples_); })) {
    RunContained(deps_.log, "failure not counted",
                 [&] { deps_.instruments.Add(kLoopFailures, {}); });
  }
  return evaluated;
}

}  // namespace hakem::rules
