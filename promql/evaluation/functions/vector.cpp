#include <algorithm>
#include <array>
#include <map>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/functions/windows.h"

namespace hakem::promql {
namespace {

const std::vector<Matcher>* MatchersOf(const Expr& expr) {
  const Expr& inner = Unwrap(expr);
  if (const auto* vector = std::get_if<VectorSelector>(&inner.node)) {
    return &vector->matchers;
  }
  const auto* matrix = std::get_if<MatrixSelector>(&inner.node);
  return matrix == nullptr ? nullptr : &matrix->selector.matchers;
}

/// Whether Prometheus' storage evaluates the matcher by subtracting the series that it excludes.
bool IsSubtracting(const Matcher& matcher) {
  return (matcher.op() == MatchOp::kNotEqual || matcher.op() == MatchOp::kNotRegex) &&
         matcher.Matches(std::string_view());
}

/// Returns the labels of the series that absent() returns. The first equality matcher of a label
/// sets it; any further matcher of that label removes it. As in Prometheus, subtracting matchers
/// come after all others, so they always remove.
Labels AbsentLabels(const Expr& expr) {
  const std::vector<Matcher>* matchers = MatchersOf(expr);
  if (matchers == nullptr) {
    return {};
  }
  std::map<std::string_view, std::string_view> values;  // "" for a removed label.
  std::vector<const Matcher*> ordered;
  for (const Matcher& matcher : *matchers) {
    ordered.push_back(&matcher);
  }
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const Matcher* matcher) { return !IsSubtracting(*matcher); });
  for (const Matcher* const each : ordered) {
    const Matcher& matcher = *each;
    const auto known = values.find(matcher.name());
    if (known != values.end()) {
      known->second = "";
    } else if (matcher.op() == MatchOp::kEqual && matcher.name() != kMetricNameLabel) {
      values.emplace(matcher.name(), matcher.value());
    }
  }
  std::vector<Label> labels;
  for (const auto& [name, value] : values) {
    if (!value.empty()) {
      labels.push_back({std::string(name), std::string(value)});
    }
  }
  return Labels(labels);
}

/// Returns 1 at the steps that are not marked.
StepVector AbsentWhereUnmarked(const std::vector<bool>& present, const Expr& expr) {
  StepSeries absent{AbsentLabels(expr), false, StepRow(present.size(), kGap)};
  for (std::size_t step = 0; step < present.size(); ++step) {
    if (!present[step]) {
      absent.values[step] = 1;
    }
  }
  return {std::move(absent)};
}

StepValue Absent(FunctionCall& call) {
  std::vector<bool> present(call.steps().count, false);
  for (const StepSeries& series : call.Vector(0)) {
    for (std::size_t step = 0; step < present.size(); ++step) {
      present[step] = present[step] || !IsGap(series.values[step]);
    }
  }
  return AbsentWhereUnmarked(present, call.Argument(0));
}

StepValue AbsentOverTime(FunctionCall& call) {
  std::vector<bool> present(call.steps().count, false);
  const auto mark = [&](const RangeSeries&) {
    return [&](const Window& window) {
      present[window.step] = true;
      return kGap;
    };
  };
  OverWindows(call, call.Range(0), mark);
  return AbsentWhereUnmarked(present, call.Argument(0));
}

using enum ValueType;

constexpr FunctionSpec Row(std::string_view name, ValueType argument,
                           StepValue (*evaluate)(FunctionCall&)) {
  return {.name = name, .arguments = {argument}, .result = kVector, .evaluate = evaluate};
}

constexpr std::array kFunctions{
    Row("absent", kVector, Absent),
    Row("absent_over_time", kMatrix, AbsentOverTime),
};

}  // namespace

const FunctionFamily kVectorFunctions{kFunctions};

}  // namespace hakem::promql
