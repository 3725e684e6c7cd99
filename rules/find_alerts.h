#pragma once

#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "rules/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// Evaluates a rule's expression and applies the rule's labels and annotations: each element of the
/// result is one finding. Its labels are the element's without the metric name, then the rule's,
/// then `alertname`; a label that expands to nothing is left out. A scalar is one finding without
/// labels of its own.
/// Errors: the engine's; kInvalidInput when the result is neither a vector nor a scalar.
Result<std::vector<AlertSample>> FindAlerts(const AlertRule& rule, const tsdb::Queryable& samples,
                                            Timestamp now);

}  // namespace hakem::rules
