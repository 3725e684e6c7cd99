#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "model/instruments.h"
#include "model/time.h"

namespace hakem::exporter {

/// Estimates quantiles of a stream of values. Keeps so few of them that the rank of each estimate
/// is off by at most the error of its quantile, as a share of all values: "Effective computation
/// of biased quantiles over data streams", Cormode and others, 2005.
class StreamQuantiles {
 public:
  explicit StreamQuantiles(std::vector<SummaryQuantile> quantiles)
      : quantiles_(std::move(quantiles)) {}

  /// Adds values. Takes linear time in their number and that of the kept ones. Requires: sorted.
  void Add(std::span<const double> sorted);

  /// Returns an estimate of one of the quantiles; NaN without values.
  double Estimate(double quantile) const;

  /// How many values are kept.
  std::size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    double value;
    std::uint64_t gap;     ///< Its lowest possible rank less that of the kept value before.
    std::uint64_t spread;  ///< Its highest possible rank less its lowest one.
  };

  void Merge(std::span<const double> sorted);
  void Compress();
  double AllowedError(double rank) const;

  std::vector<SummaryQuantile> quantiles_;
  std::vector<Kept> kept_;  ///< Ascending by value.
  std::uint64_t count_ = 0;
};

/// A summary: sum and count of all values, and quantiles of those of the last ten minutes. Not
/// thread-safe.
class WindowedSummary {
 public:
  explicit WindowedSummary(std::span<const SummaryQuantile> quantiles)
      : quantiles_(quantiles.begin(), quantiles.end()) {}

  /// Adds values at the time `now`, which never decreases.
  void Observe(std::span<const double> values, SteadyTime now);

  /// Returns an estimate of one of the quantiles; NaN without values in the window.
  double Estimate(double quantile, SteadyTime now) const;

  double sum() const { return sum_; }

  std::uint64_t count() const { return count_; }

  const std::vector<SummaryQuantile>& quantiles() const { return quantiles_; }

 private:
  /// What has come since a time.
  struct Span {
    SteadyTime begin;
    StreamQuantiles values;
  };

  std::vector<SummaryQuantile> quantiles_;
  std::deque<Span> spans_;  ///< Oldest first. Each value is in all spans that have begun.
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace hakem::exporter
