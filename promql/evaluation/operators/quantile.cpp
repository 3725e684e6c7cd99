#include "promql/evaluation/operators/quantile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "format/number.h"

namespace hakem::promql {

double Quantile(double q, std::vector<double>& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (values.empty() || std::isnan(q)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (q < 0 || q > 1) {
    return q < 0 ? -kInfinity : kInfinity;
  }
  const double last = static_cast<double>(values.size() - 1);
  const double rank = q * last;
  const double lower = std::floor(rank);
  const double upper = std::min(last, lower + 1);
  const double weight = rank - lower;
  // Only the values at the two ranks are needed, so do not sort all of them.
  const auto less = [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; };
  const auto at_lower = values.begin() + static_cast<std::ptrdiff_t>(lower);
  std::nth_element(values.begin(), at_lower, values.end(), less);
  const double value = *at_lower;
  const double next = upper > lower ? *std::min_element(at_lower + 1, values.end(), less) : value;
  return value * (1 - weight) + next * weight;
}

void WarnOfInvalidQuantile(double q, const Position& position, Annotations& annotations) {
  if (!(q >= 0 && q <= 1)) {
    annotations.Warn(fmt::format("quantile value should be between 0 and 1, got {}",
                                 FormatNumber(q, NumberForm::kGeneral)),
                     position);
  }
}

}  // namespace hakem::promql
