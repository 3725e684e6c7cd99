#include "rules/rule_loop.h"

#include <utility>

#include "model/contained.h"
#include "rules/rule_metrics.h"

namespace hakem::rules {

RuleLoop::RuleLoop(const tsdb::Queryable& samples, Deps deps)
    : samples_(samples), deps_(std::move(deps)), thread_([this] { Run(stop_.get_token()); }) {
  deps_.instruments.Add(kLoopFailures, {}, 0);
}

void RuleLoop::Submit(Timestamp time, Duration clock_step) {
  bool missed = false;
  {
    const MutexLock lock(mutex_);
    missed = waiting_.has_value();
    waiting_ = Submitted{time, clock_step + (missed ? waiting_->clock_step : Duration(0))};
  }
  arrived_.notify_one();
  if (missed) {
    deps_.rules.CountMissed();
  }
}

std::optional<RuleLoop::Submitted> RuleLoop::Next(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  busy_since_.reset();
  arrived_.wait(lock, stop, [this] { return waiting_.has_value(); });
  busy_since_ = deps_.clock.SteadyNow();
  return stop.stop_requested() ? std::nullopt : std::exchange(waiting_, std::nullopt);
}

std::optional<SteadyTime> RuleLoop::BusySince() const {
  const MutexLock lock(mutex_);
  return busy_since_;
}

void RuleLoop::Run(const std::stop_token& stop) {
  while (const std::optional<Submitted> next = Next(stop)) {
    if (!RunContained(deps_.log, "rule evaluation ended by an exception",
                      [&] { deps_.rules.Evaluate(samples_, next->time, next->clock_step); })) {
      RunContained(deps_.log, "failure not counted",
                   [&] { deps_.instruments.Add(kLoopFailures, {}); });
    }
  }
}

}  // namespace hakem::rules
