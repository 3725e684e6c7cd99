#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "exporter/scrape/target_state.h"
#include "model/log.h"
#include "model/result.h"
#include "model/snapshot.h"

namespace hakem::exporter {

/// The result of one collection.
struct OneCollection {
  std::shared_ptr<const Snapshot> snapshot;  ///< With thresholds and Hakem's own metrics.
  /// What is missing from it, one sentence each: a collector that failed, a game that was not
  /// found.
  std::vector<std::string> problems;
};

/// Collects once, for commands that work without a running Hakem. If the database has no game,
/// searches the other databases of the server for it, for at most 10 s. Errors: those of
/// connecting.
Result<OneCollection> CollectNow(const config::Config& config, const Log& log);

/// Collects once and returns the status of the target. Errors: those of connecting.
Result<TargetStatus> InspectNow(const config::Config& config, const Log& log);

}  // namespace hakem::exporter
