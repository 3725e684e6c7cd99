#pragma once

#include <vector>

#include "model/metric_family.h"

namespace hakem::exporter {

/// The families `process_*` of Prometheus' client libraries, for this process. Those that /proc
/// does not have are left out.
std::vector<MetricFamily> ProcessMetrics();

}  // namespace hakem::exporter
