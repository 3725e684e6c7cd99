#include <fmt/format.h>

#include <array>

#include "format/quote.h"
#include "model/regex.h"
#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

void CheckLabelName(const std::string& name, std::string_view role, const FunctionCall& call) {
  if (name.empty() || !IsValidUtf8(name)) {
    ThrowQueryError(ErrorCode::kInvalidInput, fmt::format("invalid {} label name in {}(): {}", role,
                                                          call.function().name, name));
  }
}

void SetLabel(StepSeries& series, const std::string& name, std::string_view value) {
  series.labels = series.labels.With(name, value);
  series.drop_name = series.drop_name && name != kMetricNameLabel;
}

/// label_replace(v, destination, replacement, source, regex)
StepValue LabelReplace(FunctionCall& call) {
  const std::string destination = call.Text(1);
  const std::string replacement = call.Text(2);
  const std::string source = call.Text(3);
  const std::string pattern = call.Text(4);
  const Result<Regex> regex = Regex::Compile(pattern);
  if (!regex) {
    ThrowQueryError(ErrorCode::kInvalidInput,
                    fmt::format("invalid regular expression in label_replace(): {}", pattern));
  }
  CheckLabelName(destination, "destination", call);
  StepVector vector = call.Vector(0);
  for (StepSeries& series : vector) {
    if (const auto value = regex->Expand(series.labels.Get(source), replacement)) {
      SetLabel(series, destination, *value);
    }
  }
  MergeSameLabels(vector);
  return vector;
}

/// label_join(v, destination, separator, source…)
StepValue LabelJoin(FunctionCall& call) {
  const std::string destination = call.Text(1);
  const std::string separator = call.Text(2);
  std::vector<std::string> sources;
  for (std::size_t i = 3; i < call.size(); ++i) {
    sources.push_back(call.Text(i));
    CheckLabelName(sources.back(), "source", call);
  }
  CheckLabelName(destination, "destination", call);
  StepVector vector = call.Vector(0);
  for (StepSeries& series : vector) {
    std::string joined;
    for (std::size_t i = 0; i < sources.size(); ++i) {
      joined.append(i == 0 ? "" : separator).append(series.labels.Get(sources[i]));
    }
    SetLabel(series, destination, joined);
  }
  MergeSameLabels(vector);
  return vector;
}

using enum ValueType;

constexpr std::array kFunctions{
    FunctionSpec{.name = "label_join",
                 .arguments = {kVector, kString, kString, kString},
                 .optional = FunctionSpec::kAnyNumber,
                 .result = kVector,
                 .evaluate = LabelJoin,
                 .works_on_labels = true},
    FunctionSpec{.name = "label_replace",
                 .arguments = {kVector, kString, kString, kString, kString},
                 .result = kVector,
                 .evaluate = LabelReplace,
                 .works_on_labels = true},
};

}  // namespace

const FunctionFamily kLabelFunctions{kFunctions};

}  // namespace hakem::promql
