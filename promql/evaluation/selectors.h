#pragma once

#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// The instant that `@ …` fixes.
Timestamp Resolve(const std::variant<Timestamp, QueryBound>& at, const QueryContext& context);

/// The instants a selector looks at, one for each step: `@` and `offset` applied.
std::vector<Timestamp> ShiftedTimes(const Steps& steps, const TimeShift& shift,
                                    const QueryContext& context);

/// What stands for a sample in an instant vector.
enum class SampleField { kValue, kTime };

/// The newest sample of each series within the lookback at each step; a stale marker ends a series.
StepVector SelectInstant(const VectorSelector& selector, const Steps& steps, SampleField field,
                         QueryContext& context);

/// The samples of each series within the range before each step.
RangeVector SelectRange(const MatrixSelector& matrix, const Steps& steps, QueryContext& context);

}  // namespace hakem::promql
