#pragma once

#include <span>
#include <vector>

#include "collectors/core/sample_sink.h"

namespace hakem::collectors {

/// Counts observations by upper bounds, as Prometheus' classic histograms do: a bucket holds what
/// is less than or equal to its bound.
class Histogram {
 public:
  /// Requires: `bounds` are finite, ascending, each once.
  explicit Histogram(std::vector<double> bounds);

  void Observe(double value);

  /// Adds observations that were counted elsewhere: `at_most` says how many of them are at most
  /// each bound, `count` how many there are, `sum` their sum. Requires: one number for each bound.
  void Add(std::span<const double> at_most, double count, double sum);

  /// Valid until the histogram changes.
  HistogramValue value() const { return {bounds_, at_most_, count_, sum_}; }

 private:
  std::vector<double> bounds_;
  std::vector<double> at_most_;  ///< Whole numbers, exact below 2^53.
  double count_ = 0;
  double sum_ = 0;
};

}  // namespace hakem::collectors
