#pragma once

#include "exporter/own_metrics/own_metrics.h"
#include "model/clock.h"
#include "model/log.h"

namespace hakem::exporter {

/// What every part of the program uses. Outlives the parts.
struct PartDeps {
  const Clock& clock;
  OwnMetrics& own_metrics;
  const Log& log;
};

}  // namespace hakem::exporter
