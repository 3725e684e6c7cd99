#pragma once

#include <vector>

#include "promql/evaluation/evaluator.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// `count_values("label", …)`: how often each value occurs in a group; the value becomes the label.
/// A row has points only at the steps at which its value occurs: of values that change there are so
/// many rows that with all their steps they might find no room. Throws QueryError when the label's
/// name is none.
std::vector<RangeSeries> CountValues(const Aggregate& aggregate, Evaluator& evaluator);

/// Such rows as any operator takes them. Throws QueryError when they find no room.
StepVector AtAllSteps(std::vector<RangeSeries> rows, Evaluator& evaluator);

}  // namespace hakem::promql
