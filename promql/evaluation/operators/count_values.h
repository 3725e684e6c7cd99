#pragma once

#include <vector>

#include "promql/evaluation/evaluator.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Evaluates `count_values("label", …)`: counts how often each value occurs in a group; the value
/// becomes the label. The series have points only at the steps at which their value occurs, because
/// changing values make very many series. Throws QueryError when the label name is invalid.
std::vector<RangeSeries> CountValues(const Aggregate& aggregate, Evaluator& evaluator);

/// Expands such series to rows with all steps. Throws QueryError when there would be too many
/// samples.
StepVector AtAllSteps(std::vector<RangeSeries> rows, Evaluator& evaluator);

}  // namespace hakem::promql
