#pragma once

#include <condition_variable>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "model/clock.h"
#include "model/instruments.h"
#include "model/labels.h"
#include "model/log.h"
#include "model/mutex.h"
#include "model/snapshot.h"
#include "rules/rule_set.h"

namespace hakem::rules {

/// The thread that evaluates the rules on each snapshot, as of the snapshot's time. Its mailbox
/// holds one: a snapshot that comes while the one before still waits takes its place, and the rules
/// count one missed. The destructor stops it after the evaluation that runs.
class RuleLoop {
 public:
  struct Deps {
    RuleSet& rules;  ///< Evaluated by this thread alone.
    const Clock& clock;
    Instruments& instruments;
    Logger log;
  };

  /// `target_labels` (`job`, `instance`) are put on every series, as a Prometheus that scrapes
  /// would.
  RuleLoop(Labels target_labels, Deps deps);
  RuleLoop(const RuleLoop&) = delete;
  RuleLoop& operator=(const RuleLoop&) = delete;
  ~RuleLoop() = default;

  /// Hands over a snapshot; does not wait. Thread-safe.
  void Submit(std::shared_ptr<const Snapshot> snapshot);

  /// When the evaluation that runs began; nothing while none runs. Thread-safe.
  std::optional<SteadyTime> BusySince() const;

 private:
  void Run(const std::stop_token& stop);
  std::shared_ptr<const Snapshot> Next(const std::stop_token& stop);

  const Labels target_labels_;
  const Deps deps_;
  mutable Mutex mutex_;
  std::condition_variable_any arrived_;
  std::shared_ptr<const Snapshot> waiting_ GUARDED_BY(mutex_);
  std::optional<SteadyTime> busy_since_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses all the others.
};

}  // namespace hakem::rules
