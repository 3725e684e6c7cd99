#pragma once

#include "model/labels.h"

namespace hakem::tsdb {

/// Returns a sample's labels plus those of its target (`job`, `instance`), as Prometheus attaches
/// them. A sample's own label of the same name is kept as `exported_<name>`, as with honor_labels
/// off.
Labels WithTargetLabels(const Labels& labels, const Labels& target_labels);

/// Whether `labels` has all target labels with their values.
bool HasTargetLabels(const Labels& labels, const Labels& target_labels);

}  // namespace hakem::tsdb
