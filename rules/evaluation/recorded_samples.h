#pragma once

#include <cstddef>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "promql/evaluation/shared_values.h"
#include "rules/evaluation/series_writer.h"
#include "rules/files/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// Evaluates the expression of a recording rule. Each element of the result becomes a sample with
/// its labels, overridden by those of the rule, and with the rule's name as metric name. A scalar
/// becomes one sample. Errors: those of the engine; kInvalidInput: the result is neither a vector
/// nor a scalar, two samples have the same labels, or there are more than the limit. `shared`:
/// values that other rules need too, or null. `series_read` gets the number of series that the
/// expression has read, also if it fails; or null.
Result<std::vector<RuleSample>> RecordedSamples(const RecordingRule& rule,
                                                const tsdb::Queryable& samples, Timestamp now,
                                                promql::SharedValues* shared = nullptr,
                                                std::size_t* series_read = nullptr);

}  // namespace hakem::rules
