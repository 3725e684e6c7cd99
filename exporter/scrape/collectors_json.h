#pragma once

#include <string>

#include "exporter/scrape/target_state.h"
#include "model/time.h"

namespace hakem::exporter {

/// The answer of `/api/v1/collectors`: every collector there is, planned in or out and why, when
/// and how long it ran, what it costs and what it gave; and the databases that are visited.
std::string CollectorsJson(const TargetStatus& status, Timestamp now);

}  // namespace hakem::exporter
