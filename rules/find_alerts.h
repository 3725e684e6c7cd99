#pragma once

#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "promql/evaluation/shared_values.h"
#include "rules/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// Evaluates a rule's expression and applies the rule's labels and annotations. Each element of the
/// result becomes one AlertSample. Its labels are those of the element without the metric name,
/// then those of the rule, then `alertname`; labels that expand to "" are left out. A scalar
/// becomes one sample without labels of its own. Errors: those of the engine; kInvalidInput: the
/// result is neither a vector nor a scalar. `shared`: values that other rules need too, or null.
Result<std::vector<AlertSample>> FindAlerts(const AlertRule& rule, const tsdb::Queryable& samples,
                                            Timestamp now, promql::SharedValues* shared = nullptr);

}  // namespace hakem::rules
