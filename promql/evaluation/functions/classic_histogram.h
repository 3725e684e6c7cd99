#pragma once

#include <vector>

namespace hakem::promql {

/// A bucket of a classic histogram: how many observations were at most `upper_bound`.
struct Bucket {
  double upper_bound;
  double count;
};

struct HistogramQuantile {
  double value;
  bool repaired = false;  ///< Counts had to be raised so that they never fall: see the data.
};

/// The q-quantile, interpolated linearly within its bucket; the highest finite bound when it lies
/// above. NaN without observations, without a +Inf bucket and for NaN. Requires: not empty.
/// https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
HistogramQuantile QuantileOf(double q, std::vector<Bucket> buckets);

/// The share of observations between two values, interpolated likewise. Requires: not empty.
double FractionOf(double lower, double upper, std::vector<Bucket> buckets);

}  // namespace hakem::promql
