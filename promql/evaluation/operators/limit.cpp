#include "promql/evaluation/operators/limit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "format/number.h"
#include "model/prometheus_hash.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

/// Adds a member, with its values at the steps at which `keep(step)` is true, if there are any.
template <typename Keep>
void AddKept(const StepSeries& member, Keep keep, StepVector& result) {
  StepRow values(member.values.size(), kGap);
  bool any = false;
  for (std::size_t step = 0; step < values.size(); ++step) {
    if (!IsGap(member.values[step]) && keep(step)) {
      values[step] = member.values[step];
      any = true;
    }
  }
  if (any) {
    result.push_back({member.labels, member.drop_name, std::move(values)});
  }
}

/// Maps a series' hash to [0, 1].
double ShareBelow(const Labels& labels) {
  constexpr double kAll = static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  return static_cast<double>(PrometheusHash(labels)) / kAll;
}

}  // namespace

StepVector KeepFirst(std::span<const StepSeries* const> members,
                     const std::vector<std::size_t>& limits) {
  std::vector<std::size_t> kept(limits.size(), 0);
  StepVector result;
  for (const StepSeries* member : members) {
    AddKept(
        *member, [&](std::size_t step) { return kept[step]++ < limits[step]; }, result);
  }
  return result;
}

StepVector KeepShare(std::span<const StepSeries* const> members, const StepScalar& ratios) {
  StepVector result;
  for (const StepSeries* member : members) {
    const double share = ShareBelow(member->labels);
    const auto keep = [&](std::size_t step) {
      const double ratio = std::clamp(ratios[step], -1.0, 1.0);
      return ratio >= 0 ? share < ratio : share >= 1 + ratio;
    };
    AddKept(*member, keep, result);
  }
  return result;
}

void CheckRatios(const StepScalar& ratios, const Position& position, Annotations& annotations) {
  if (std::any_of(ratios.begin(), ratios.end(), [](double ratio) { return std::isnan(ratio); })) {
    ThrowQueryError(ErrorCode::kInvalidInput, "Ratio value is NaN");
  }
  const auto warn = [&](double ratio, int bound) {
    annotations.Warn(fmt::format("ratio value should be between -1 and 1, got {}, capping to {}",
                                 FormatNumber(ratio, NumberForm::kGeneral), bound),
                     position);
  };
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  if (*most > 1) {
    warn(*most, 1);
  }
  if (*least < -1) {
    warn(*least, -1);
  }
}

}  // namespace hakem::promql
