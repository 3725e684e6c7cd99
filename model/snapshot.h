#pragma once

#include <vector>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem {

/// Everything that is known at one instant: what `/metrics` prints and what rules are evaluated on.
/// Families are sorted by name; a series stands in it once.
struct Snapshot {
  Timestamp time;
  std::vector<MetricFamily> families;
};

}  // namespace hakem
