#pragma once

#include "promql/evaluation/evaluator.h"
#include "promql/evaluation/label_selection.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Evaluates an aggregation such as `sum by (a) (x)` at all steps. In an instant query, topk and
/// bottomk order the elements by their values within each group.
StepVector EvaluateAggregate(const Aggregate& aggregate, Evaluator& evaluator);

/// Returns the labels by which the aggregation groups.
LabelSelection GroupingOf(const Aggregate& aggregate);

}  // namespace hakem::promql
