#pragma once

#include <span>
#include <vector>

#include "collectors/core/sample_sink.h"

namespace hakem::collectors {

/// A classic Prometheus histogram: its buckets are cumulative, and a bucket counts the observations
/// that are less than or equal to its bound. Used by one thread.
class Histogram {
 public:
  /// Requires: the bounds are finite and strictly ascending.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);

  /// Adds observations that were counted elsewhere. `at_most` has the number of observations up to
  /// each bound; `count` and `sum` are those of all of them. Requires: one number for each bound.
  void Add(std::span<const double> at_most, double count, double sum);

  /// The current value. Its spans are valid until the histogram changes.
  HistogramValue value() const { return {bounds_, at_most_, count_, sum_}; }

 private:
  std::vector<double> bounds_;
  std::vector<double> at_most_;  ///< Cumulative counts; exact below 2^53.
  double count_ = 0;
  double sum_ = 0;
};

}  // namespace hakem::collectors
