#pragma once

#include "model/labels.h"

namespace hakem::tsdb {

/// A sample's labels with those of the target it came from (`job`, `instance`), as a Prometheus
/// attaches them: where the sample has such a label already, its own keeps the value under
/// `exported_<name>`, as with honor_labels off.
Labels WithTargetLabels(const Labels& labels, const Labels& target_labels);

/// Whether all of them are there, with their values.
bool HasTargetLabels(const Labels& labels, const Labels& target_labels);

}  // namespace hakem::tsdb
