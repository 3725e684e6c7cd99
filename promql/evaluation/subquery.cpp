#include "promql/evaluation/subquery.h"

#include <algorithm>

#include "promql/evaluation/selectors.h"

namespace hakem::promql {
namespace {

/// Returns the smallest multiple of `step` after `time`.
Timestamp NextMultiple(Timestamp time, Duration step) {
  const auto since_epoch = time.time_since_epoch();
  auto multiple = since_epoch / step * step;
  if (multiple <= since_epoch) {
    multiple += step;
  }
  return Timestamp{multiple};
}

}  // namespace

RangeVector EvaluateSubquery(const Subquery& subquery, Evaluator& outer) {
  RangeVector result;
  QueryContext& context = outer.context();
  const QueryTimes& times = context.times();
  result.range = Evaluate(subquery.range, times, Sign::kPositive);
  result.ends = ShiftedTimes(outer.steps(), subquery.shift, context);
  const Duration wanted =
      subquery.step ? Evaluate(*subquery.step, times, Sign::kPositive) : Duration{0};
  const Duration interval = wanted > Duration{0} ? wanted : context.options().default_step;
  const Timestamp start = NextMultiple(result.ends.front() - result.range, interval);
  if (start > result.ends.back()) {
    return result;
  }
  const auto count = static_cast<std::size_t>((result.ends.back() - start) / interval) + 1;
  context.CheckRoom(1, count);
  const Steps inner{start, interval, count, (result.ends.back() - start) % interval};
  std::vector<RangeSeries> rows;
  Evaluator evaluator(context, inner);
  for (StepSeries& series : evaluator.EvaluateVector(*subquery.expr)) {
    RangeSeries points{std::move(series.labels), series.drop_name, {}};
    for (std::size_t step = 0; step < count; ++step) {
      if (!IsGap(series.values[step])) {
        points.points.push_back({inner.At(step), series.values[step]});
      }
    }
    if (!points.points.empty()) {
      rows.push_back(std::move(points));
    }
  }
  result.for_each = [rows = std::move(rows)](const RangeVector::Visit& visit) {
    std::for_each(rows.begin(), rows.end(), visit);
  };
  outer.samples().AddAtLastStep(evaluator.samples());
  return result;
}

}  // namespace hakem::promql
