#include <algorithm>
#include <array>
#include <limits>
#include <numbers>

#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {
namespace {

StepValue Time(FunctionCall& call) {
  StepScalar seconds(call.steps().count);
  for (std::size_t step = 0; step < seconds.size(); ++step) {
    seconds[step] = ToUnixSeconds(call.steps().At(step));
  }
  return seconds;
}

StepValue Pi(FunctionCall& call) {
  return StepScalar(call.steps().count, std::numbers::pi);
}

StepValue MakeVector(FunctionCall& call) {
  return StepVector{{Labels{}, false, StepRow(call.Scalar(0))}};
}

/// scalar(v): the value of the only element; NaN when there are none or several.
StepValue MakeScalar(FunctionCall& call) {
  StepScalar scalar(call.steps().count, std::numeric_limits<double>::quiet_NaN());
  std::vector<int> elements(scalar.size(), 0);
  for (const StepSeries& series : call.Vector(0)) {
    for (std::size_t step = 0; step < scalar.size(); ++step) {
      if (const double value = series.values[step]; !IsGap(value)) {
        scalar[step] = ++elements[step] == 1 ? value : std::numeric_limits<double>::quiet_NaN();
      }
    }
  }
  return scalar;
}

/// timestamp(v): the times of the samples when v is a selector, else the evaluation time.
StepValue Timestamps(FunctionCall& call) {
  std::optional<StepVector> times = call.evaluator().EvaluateSampleTimes(call.Argument(0));
  if (!times) {
    times = call.Vector(0);
    for (StepSeries& series : *times) {
      for (std::size_t step = 0; step < series.values.size(); ++step) {
        if (!IsGap(series.values[step])) {
          series.values[step] = ToUnixSeconds(call.steps().At(step));
        }
      }
    }
  }
  DropNames(*times, call.options());
  return *std::move(times);
}

/// Returns one of the query's own times in seconds.
template <double (*Of)(const QueryTimes&)>
StepValue QueryTime(FunctionCall& call) {
  return StepScalar(call.steps().count, Of(call.evaluator().context().times()));
}

double Start(const QueryTimes& times) {
  return ToUnixSeconds(times.start);
}

double End(const QueryTimes& times) {
  return ToUnixSeconds(times.end);
}

double Step(const QueryTimes& times) {
  return ToSeconds(times.step);
}

double Span(const QueryTimes& times) {
  return ToSeconds(times.end - times.start);
}

/// Hakem stores no start timestamps, so the result is always empty.
StepValue NoStartTimestamps(FunctionCall& call) {
  call.Vector(0);
  return StepVector{};
}

using enum ValueType;

template <double (*Of)(const QueryTimes&)>
constexpr FunctionSpec QueryTimeRow(std::string_view name) {
  return {.name = name,
          .arguments = {},
          .result = kScalar,
          .evaluate = QueryTime<Of>,
          .reads_time = true,
          .availability = Availability::kExperimental};
}

constexpr std::array kFunctions{
    QueryTimeRow<End>("end"),
    FunctionSpec{.name = "pi", .arguments = {}, .result = kScalar, .evaluate = Pi},
    QueryTimeRow<Span>("range"),
    FunctionSpec{
        .name = "scalar", .arguments = {kVector}, .result = kScalar, .evaluate = MakeScalar},
    QueryTimeRow<Start>("start"),
    FunctionSpec{.name = "start_timestamp",
                 .arguments = {kVector},
                 .result = kVector,
                 .evaluate = NoStartTimestamps,
                 .availability = Availability::kExperimental},
    QueryTimeRow<Step>("step"),
    FunctionSpec{
        .name = "time", .arguments = {}, .result = kScalar, .evaluate = Time, .reads_time = true},
    FunctionSpec{.name = "timestamp",
                 .arguments = {kVector},
                 .result = kVector,
                 .evaluate = Timestamps,
                 .reads_time = true},
    FunctionSpec{
        .name = "vector", .arguments = {kScalar}, .result = kVector, .evaluate = MakeVector},
};

}  // namespace

const FunctionFamily kScalarFunctions{kFunctions};

}  // namespace hakem::promql
