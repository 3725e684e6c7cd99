#pragma once

#include <string>

#include "exporter/scrape/target_state.h"
#include "model/time.h"

namespace hakem::exporter {

/// The body of `/api/v1/collectors`: whether and why each collector runs, its last run, its cost
/// and its series; and the databases that are visited.
std::string CollectorsJson(const TargetStatus& status, Timestamp now);

}  // namespace hakem::exporter
