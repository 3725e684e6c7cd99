#pragma once

#include <string>

#include "model/result.h"
#include "ruletools/check/catalogue.h"

namespace hakem::cli {

/// Adds the metrics that a running Hakem or Prometheus has, with their types, and its label names,
/// which any series may then have. Errors: those of Fetch; kUnavailable: it answers otherwise than
/// Prometheus' API.
Result<void> AddServerMetrics(const std::string& server, ruletools::Catalogue& catalogue);

}  // namespace hakem::cli
