#pragma once

#include <string>
#include <vector>

#include "config/settings.h"

namespace hakem::config {

/// Returns the keys whose values differ between two configurations and take effect only at the next
/// start, as texts for the log: `web.listen`, `promql.features, for the HTTP API`.
std::vector<std::string> NeedRestart(const Config& before, const Config& after);

}  // namespace hakem::config
