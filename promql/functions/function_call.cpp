#include "promql/functions/function_call.h"

#include <algorithm>

#include "promql/evaluation/step_invariance.h"

namespace hakem::promql {

const Position& FunctionCall::ArgumentPosition(std::size_t index) const {
  // What Prometheus evaluates once for all steps keeps its parentheses, unless the whole call is
  // evaluated once.
  const auto varies = [](const ExprPtr& argument) { return DependsOnStep(*argument); };
  const bool call_varies =
      function().reads_time || std::any_of(call_.arguments.begin(), call_.arguments.end(), varies);
  const bool keeps_parentheses = call_varies && !DependsOnStep(Argument(index));
  return keeps_parentheses ? Argument(index).position : Unwrap(Argument(index)).position;
}

}  // namespace hakem::promql
