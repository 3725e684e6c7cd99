#pragma once

#include <memory>

#include "exporter/config/config.h"
#include "exporter/scrape/target_state.h"
#include "model/log.h"
#include "model/result.h"
#include "model/snapshot.h"

namespace hakem::exporter {

/// Everything that one collection finds, thresholds and Hakem's own metrics included: what a
/// command without a running Hakem works with. Errors: those of connecting, when the database is
/// not reached.
Result<std::shared_ptr<const Snapshot>> CollectNow(const Config& config, const Log& log);

/// The same collection, for what it says of the collectors. Errors: as CollectNow.
Result<TargetStatus> InspectNow(const Config& config, const Log& log);

}  // namespace hakem::exporter
