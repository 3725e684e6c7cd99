#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "config/config.h"
#include "exporter/app/alerting_part.h"
#include "exporter/app/history_part.h"
#include "exporter/app/part_deps.h"
#include "exporter/clock/timeline.h"
#include "exporter/scrape/target_runner.h"
#include "exporter/scrape/target_uptime.h"
#include "model/published.h"
#include "model/snapshot.h"
#include "tsdb/snapshot_recorder.h"
#include "web/context/program_facts.h"

namespace hakem::exporter {

/// The part that collects from the target. Each snapshot is published here, for all readers, then
/// recorded in the history, and then the rules are evaluated.
class CollectionPart {
 public:
  /// `history` and `alerting` outlive this.
  CollectionPart(const config::Config& config, const Labels& target_labels, HistoryPart& history,
                 AlertingPart& alerting, const PartDeps& deps);

  /// Starts to collect, if there is a target; does not wait for the database.
  /// Requires: `history` and `alerting` were started.
  void Start();

  /// Restarts collection if a setting that affects it changed; returns whether one did. Called by
  /// one thread at a time, after Start and before Stop.
  bool Apply(const config::Config& config) {
    return config.collects && runner_.Reconfigure(config);
  }

  /// Stops to collect, and releases those who wait in CollectNow.
  void Stop() { runner_.Stop(); }

  /// Collects and returns once the result is published, at `deadline`, or after Stop. Thread-safe.
  void CollectNow(SteadyTime deadline) { runner_.CollectNow(deadline); }

  /// False when only an imported file is served.
  bool collects() const { return collects_; }

  /// The last snapshot; null before the first.
  const Published<Snapshot>& snapshot() const { return snapshot_; }

  /// What is known about the target, as of the last snapshot; null before the first.
  const Published<TargetStatus>& status() const { return status_; }

  /// The same, as the pages show it.
  const Published<std::vector<web::TargetStatus>>& targets() const { return targets_; }

  /// When the last snapshot was published; before the first: when this was made. Thread-safe.
  SteadyTime last_tick() const { return last_tick_; }

 private:
  void Publish(const std::shared_ptr<const Snapshot>& snapshot, const TargetStatus& status);

  const PartDeps deps_;
  const bool collects_;
  HistoryPart& history_;
  AlertingPart& alerting_;
  tsdb::SnapshotRecorder recorder_;
  Timeline timeline_;
  TargetUptime target_uptime_;
  Published<Snapshot> snapshot_;
  Published<TargetStatus> status_;
  Published<std::vector<web::TargetStatus>> targets_;
  std::atomic<SteadyTime> last_tick_;
  TargetRunner runner_;  // Last: its thread uses the others.
};

}  // namespace hakem::exporter
