#pragma once

#include <vector>

#include "model/metric_family.h"

namespace hakem::exporter {

/// The `process_*` families that Prometheus' client libraries have, of this process. What /proc
/// does not tell is left out.
std::vector<MetricFamily> ProcessMetrics();

}  // namespace hakem::exporter
