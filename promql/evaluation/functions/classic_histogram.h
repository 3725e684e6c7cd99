#pragma once

#include <vector>

namespace hakem::promql {

/// A bucket of a classic histogram: the number of observations that were at most `upper_bound`.
struct Bucket {
  double upper_bound;
  double count;
};

struct HistogramQuantile {
  double value = 0;
  bool repaired = false;  ///< Counts fell from one bucket to the next and were raised.
};

/// Returns the q-quantile, interpolated linearly within its bucket, but at most the highest finite
/// bound. NaN for q = NaN, without observations and without a +Inf bucket. Requires: not empty.
/// https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
HistogramQuantile QuantileOf(double q, std::vector<Bucket> buckets);

/// Returns the share of observations between two values, interpolated likewise. Requires: not
/// empty.
double FractionOf(double lower, double upper, std::vector<Bucket> buckets);

}  // namespace hakem::promql
