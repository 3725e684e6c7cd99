#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "model/mutex.h"
#include "model/published.h"

namespace hakem::exporter {

/// Collects from the configured target, and from another, or in another way, when it is told so.
/// Start and Reconfigure are called by one thread at a time; the rest is thread-safe.
class TargetRunner {
 public:
  struct Deps {
    const Clock& clock;
    const Log& log;
    collectors::GameStore* game_store;                        ///< As ScrapeOptions has it.
    Labels target_labels;                                     ///< As ScrapeOptions has them.
    collectors::SeriesMaker make_series;                      ///< As ScrapeDeps has it.
    std::function<std::vector<MetricFamily>()> own_families;  ///< The same.
    /// Told of each snapshot, in order; status() is as of then.
    std::function<void(std::shared_ptr<const Snapshot>)> on_snapshot;
  };

  TargetRunner(const Config& config, Deps deps);

  /// Begins to collect.
  void Start() { Now()->loop.Start(); }

  /// Goes on as this configuration says. Where that is what the one before said, nothing is
  /// touched: connections and counters stay. Else what was collected is collected anew. Returns
  /// whether it is. Requires: it was started.
  bool Reconfigure(const Config& config);

  /// As ScrapeLoop has it.
  void CollectNow(SteadyTime deadline) { Now()->loop.CollectNow(deadline); }

  /// As ScrapeLoop has it.
  void ReleaseWaiting() { Now()->loop.ReleaseWaiting(); }

  /// As of the last snapshot; null before the first.
  const Published<TargetStatus>& status() const { return status_; }

 private:
  struct Collecting {
    Collecting(TargetRunner& runner, const Config& config);

    PostgresSessionFactory sessions;
    ScrapeLoop loop;
  };

  std::shared_ptr<Collecting> Now() const;
  void Set(std::shared_ptr<Collecting> collecting);
  void Take(std::shared_ptr<const Snapshot> snapshot);

  const Deps deps_;
  Published<TargetStatus> status_;
  std::string told_;   ///< WhatIsCollected of the configuration in force.
  Conninfo conninfo_;  ///< Of the same, the password included.
  mutable Mutex mutex_;
  std::shared_ptr<Collecting> collecting_ GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter
