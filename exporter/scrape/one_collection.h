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

/// What one collection found, and what of it cannot be relied on.
struct OneCollection {
  /// Thresholds and Hakem's own metrics included.
  std::shared_ptr<const Snapshot> snapshot;
  /// Each a sentence: a collector that failed, a game that is not there. Empty: all is there.
  std::vector<std::string> problems;
};

/// Everything that one collection finds: what a command without a running Hakem works with. Where
/// the database has no game, the others of its server are searched for it, 10 s at most. Errors:
/// those of connecting, when the database is not reached.
Result<OneCollection> CollectNow(const Config& config, const Log& log);

/// The same collection, for what it says of the collectors. Errors: as CollectNow.
Result<TargetStatus> InspectNow(const Config& config, const Log& log);

}  // namespace hakem::exporter
