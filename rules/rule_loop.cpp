#include "rules/rule_loop.h"

#include <exception>
#include <utility>

#include "rules/rule_metrics.h"
#include "tsdb/snapshot_queryable.h"

namespace hakem::rules {

RuleLoop::RuleLoop(Labels target_labels, Deps deps)
    : target_labels_(std::move(target_labels)), deps_(std::move(deps)) {
  deps_.instruments.Add(kLoopFailures, {}, 0);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void RuleLoop::Submit(std::shared_ptr<const Snapshot> snapshot) {
  bool missed = false;
  {
    const MutexLock lock(mutex_);
    waiting_.swap(snapshot);
    missed = snapshot != nullptr;
  }
  arrived_.notify_one();
  if (missed) {
    deps_.rules.CountMissed();
  }
}

std::shared_ptr<const Snapshot> RuleLoop::Next(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  busy_since_.reset();
  arrived_.wait(lock, stop, [this] { return waiting_ != nullptr; });
  busy_since_ = deps_.clock.SteadyNow();
  return stop.stop_requested() ? nullptr : std::exchange(waiting_, nullptr);
}

std::optional<SteadyTime> RuleLoop::BusySince() const {
  const MutexLock lock(mutex_);
  return busy_since_;
}

void RuleLoop::Run(const std::stop_token& stop) {
  while (const std::shared_ptr<const Snapshot> snapshot = Next(stop)) {
    try {
      deps_.rules.Evaluate(tsdb::SnapshotQueryable(snapshot, target_labels_), snapshot->time);
    } catch (const std::exception& exception) {
      deps_.instruments.Add(kLoopFailures, {});
      deps_.log.Error("rule evaluation ended by an exception", {{"error", exception.what()}});
    }
  }
}

}  // namespace hakem::rules
