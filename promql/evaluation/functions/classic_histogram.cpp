#include "promql/evaluation/functions/classic_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hakem::promql {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// Sorts buckets by bound and merges those with equal bounds. Returns false without a +Inf bucket.
bool Normalize(std::vector<Bucket>& buckets) {
  const auto by_bound = [](const Bucket& a, const Bucket& b) {
    return a.upper_bound < b.upper_bound;
  };
  if (!std::is_sorted(buckets.begin(), buckets.end(), by_bound)) {
    std::stable_sort(buckets.begin(), buckets.end(), by_bound);
  }
  std::size_t kept = 0;
  for (const Bucket& bucket : buckets) {
    if (kept > 0 && buckets[kept - 1].upper_bound == bucket.upper_bound) {
      buckets[kept - 1].count += bucket.count;
    } else {
      buckets[kept++] = bucket;
    }
  }
  buckets.resize(kept);
  return buckets.back().upper_bound == kInfinity;
}

/// Raises counts that fall from one bucket to the next, which happens because scrapes and rates are
/// not atomic. Returns whether there were falls that rounding does not explain.
bool MakeMonotonic(std::vector<Bucket>& buckets) {
  constexpr double kTolerance = 1e-12;
  bool repaired = false;
  double highest = buckets.front().count;
  for (Bucket& bucket : buckets) {
    const double difference = std::abs(bucket.count - highest);
    const bool rounding = difference / (std::abs(bucket.count) + std::abs(highest)) < kTolerance;
    if (rounding || bucket.count < highest) {
      repaired = repaired || !rounding;
      bucket.count = highest;
    } else {
      highest = std::max(highest, bucket.count);
    }
  }
  return repaired;
}

/// Estimates how many observations are below a value. Requires: Normalize has sorted the buckets.
/// The first bucket begins at 0 when its bound is positive; infinite buckets are not interpolated.
double RankOf(double value, const std::vector<Bucket>& buckets) {
  double start = buckets.front().upper_bound > 0 ? 0 : -kInfinity;
  double below = 0;
  for (const Bucket& bucket : buckets) {
    if (value <= start) {
      return below;
    }
    if (value < bucket.upper_bound) {
      return std::isinf(start)
                 ? bucket.count
                 : below + (bucket.count - below) * (value - start) / (bucket.upper_bound - start);
    }
    below = bucket.count;
    start = bucket.upper_bound;
  }
  return below;
}

}  // namespace

HistogramQuantile QuantileOf(double q, std::vector<Bucket> buckets) {
  if (std::isnan(q)) {
    return {kNan};
  }
  if (q < 0 || q > 1) {
    return {q < 0 ? -kInfinity : kInfinity};
  }
  if (!Normalize(buckets)) {
    return {kNan};
  }
  const bool repaired = MakeMonotonic(buckets);
  const double observations = buckets.back().count;
  if (buckets.size() < 2 || observations == 0 || std::isnan(observations)) {
    return {kNan, repaired};
  }
  const double rank = q * observations;
  const auto last = buckets.end() - 1;
  const auto bucket =
      std::find_if(buckets.begin(), last, [&](const Bucket& b) { return b.count >= rank; });
  if (bucket == last) {
    return {(last - 1)->upper_bound, repaired};
  }
  if (bucket == buckets.begin()) {
    const double bound = bucket->upper_bound;
    return {bound <= 0 ? bound : bound * (rank / bucket->count), repaired};
  }
  const Bucket& before = *(bucket - 1);
  const double share = (rank - before.count) / (bucket->count - before.count);
  return {before.upper_bound + (bucket->upper_bound - before.upper_bound) * share, repaired};
}

double FractionOf(double lower, double upper, std::vector<Bucket> buckets) {
  if (!Normalize(buckets)) {
    return kNan;
  }
  const double observations = buckets.back().count;
  if (observations == 0 || std::isnan(lower) || std::isnan(upper)) {
    return kNan;
  }
  if (lower >= upper) {
    return 0;
  }
  const double below_lower = std::min(RankOf(lower, buckets), observations);
  const double below_upper = std::min(RankOf(upper, buckets), observations);
  return (below_upper - below_lower) / observations;
}

}  // namespace hakem::promql
