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
  /// What collected series have as the history knows them (`job`, `instance`), so that both are the
  /// same series; a metrics page leaves it out. Others may lack it.
  Labels target_labels = {};
};

}  // namespace hakem
