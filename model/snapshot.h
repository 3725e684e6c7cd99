#pragma once

#include <vector>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem {

/// All samples of one instant: printed on `/metrics` and evaluated by rules. Families are sorted by
/// name; each series occurs once.
struct Snapshot {
  Timestamp time;
  std::vector<MetricFamily> families;
  /// Labels of the target (`job`, `instance`) that collected series carry, so that the store can
  /// share their identities. A metrics page leaves these labels out. Series that were not collected
  /// may lack them.
  Labels target_labels = {};
};

}  // namespace hakem
