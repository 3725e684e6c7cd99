#pragma once

#include "promql/evaluation/query_context.h"
#include "promql/evaluation/step_value.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Returns the instant of an `@` modifier.
Timestamp Resolve(const std::variant<Timestamp, QueryBound>& at, const QueryContext& context);

/// Returns the instants that a selector reads, one for each step, with `@` and `offset` applied.
std::vector<Timestamp> ShiftedTimes(const Steps& steps, const TimeShift& shift,
                                    const QueryContext& context);

/// Which part of a sample becomes the value in an instant vector.
enum class SampleField { kValue, kTime };

/// Selects the newest sample of each series within the lookback at each step. A stale marker ends a
/// series.
StepVector SelectInstant(const VectorSelector& selector, const Steps& steps, SampleField field,
                         QueryContext& context);

/// Selects the samples of each series within the range before each step.
RangeVector SelectRange(const MatrixSelector& matrix, const Steps& steps, QueryContext& context);

}  // namespace hakem::promql
