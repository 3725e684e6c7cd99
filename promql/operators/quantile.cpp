#include "promql/operators/quantile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/syntax/format_float.h"

namespace hakem::promql {

double Quantile(double q, std::vector<double>& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (values.empty() || std::isnan(q)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (q < 0 || q > 1) {
    return q < 0 ? -kInfinity : kInfinity;
  }
  std::sort(values.begin(), values.end(),
            [](double a, double b) { return std::isnan(a) ? !std::isnan(b) : a < b; });
  const double last = static_cast<double>(values.size() - 1);
  const double rank = q * last;
  const double lower = std::floor(rank);
  const double upper = std::min(last, lower + 1);
  const double weight = rank - lower;
  return values[static_cast<std::size_t>(lower)] * (1 - weight) +
         values[static_cast<std::size_t>(upper)] * weight;
}

void WarnOfInvalidQuantile(double q, const Position& position, Annotations& annotations) {
  if (!(q >= 0 && q <= 1)) {
    annotations.Warn(
        fmt::format("quantile value should be between 0 and 1, got {}", FormatFloatShort(q)),
        position);
  }
}

}  // namespace hakem::promql
