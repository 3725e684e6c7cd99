#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "model/mutex.h"

namespace hakem::exporter {

/// Collects from the configured target, and restarts collection when the configuration changes.
/// CollectNow is thread-safe; the other functions are called by one thread at a time.
class TargetRunner {
 public:
  struct Deps {
    const Clock& clock;
    const Log& log;
    collectors::GameStore* game_store;  ///< Keeps the counters of games. May be null.
    Labels target_labels;               ///< `job` and `instance`.
    /// Returns the one object for each series. Called from the threads of the lanes.
    collectors::SeriesMaker make_series;
    /// Returns families that do not come from collectors. Called once per snapshot.
    std::function<std::vector<MetricFamily>()> own_families;
    /// Receives each snapshot, in order, and the status of the target at the same time.
    std::function<void(std::shared_ptr<const Snapshot>, const TargetStatus&)> on_snapshot;
  };

  TargetRunner(const config::Config& config, Deps deps);

  /// Starts to collect.
  void Start() { Current()->loop.Start(); }

  /// Applies a configuration. Restarts collection, with new connections, only if a setting that
  /// affects it changed; returns whether one did. Requires: Start was called.
  bool Reconfigure(const config::Config& config);

  /// Requests a collection, and returns when it is published, at `deadline`, or after Stop.
  void CollectNow(SteadyTime deadline) { Current()->loop.CollectNow(deadline); }

  /// Stops to collect. When it returns, no callback runs any more.
  void Stop() { Current()->loop.Stop(); }

 private:
  /// The connections and the loop for one configuration.
  struct Running {
    Running(const TargetRunner& runner, const config::Config& config);

    PostgresSessionFactory sessions;
    ScrapeLoop loop;
  };

  std::shared_ptr<Running> Current() const;
  void Set(std::shared_ptr<Running> running);

  const Deps deps_;
  std::string settings_;       ///< CollectionSettings of the configuration in force.
  config::Conninfo conninfo_;  ///< From the configuration in force, with the password.
  mutable Mutex mutex_;
  std::shared_ptr<Running> running_ GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter
