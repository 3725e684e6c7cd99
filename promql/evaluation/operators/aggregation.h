#pragma once

#include "promql/evaluation/evaluator.h"
#include "promql/evaluation/label_selection.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// `sum by (…) (…)` and its like, at all steps. After topk and bottomk an instant query's elements
/// stand in the order of their values, group by group.
StepVector EvaluateAggregate(const Aggregate& aggregate, Evaluator& evaluator);

/// The labels by which it groups.
LabelSelection GroupingOf(const Aggregate& aggregate);

}  // namespace hakem::promql
