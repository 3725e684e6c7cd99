#include "promql/evaluation/functions/function_call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "promql/evaluation/step_invariance.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

std::vector<std::string_view> FunctionsAccepting(RangeModifier modifier) {
  std::vector<std::string_view> names;
  for (const FunctionFamily& family : FunctionFamilies()) {
    for (const FunctionSpec& function : family) {
      if (function.Accepts(modifier)) {
        names.push_back(function.name);
      }
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

const Position& FunctionCall::ArgumentPosition(std::size_t index) const {
  // An argument that Prometheus evaluates once for all steps keeps its parentheses, unless the
  // whole call is evaluated once.
  const auto varies = [](const ExprPtr& argument) { return DependsOnStep(*argument); };
  const bool call_varies =
      function().reads_time || std::any_of(call_.arguments.begin(), call_.arguments.end(), varies);
  const bool keeps_parentheses = call_varies && !DependsOnStep(Argument(index));
  return keeps_parentheses ? Argument(index).position : Unwrap(Argument(index)).position;
}

RangeVector FunctionCall::Range(std::size_t index) {
  // A separate evaluator, because samples that a subquery has read do not count here.
  Evaluator apart(evaluator_.context(), evaluator_.steps());
  RangeVector range = apart.EvaluateRange(Argument(index));
  if (!function().Accepts(range.modifier)) {
    ThrowQueryError(
        ErrorCode::kInvalidInput,
        fmt::format("{} modifier can only be used with: {} - not with {}", ToString(range.modifier),
                    fmt::join(FunctionsAccepting(range.modifier), ", "), function().name));
  }
  return range;
}

}  // namespace hakem::promql
