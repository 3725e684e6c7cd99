#pragma once

#include <cmath>
#include <limits>

#include "promql/evaluation/step_value.h"

namespace hakem::promql {

/// Adds numbers of very different size without losing the small ones: Kahan summation in Neumaier's
/// form, as in Prometheus.
class CompensatedSum {
 public:
  CompensatedSum() = default;

  CompensatedSum(double sum, double compensation) : sum_(sum), compensation_(compensation) {}

  void Add(double value) {
    const double total = sum_ + value;
    if (std::isinf(total)) {
      compensation_ = 0;
    } else if (std::abs(sum_) >= std::abs(value)) {
      compensation_ += (sum_ - total) + value;
    } else {
      compensation_ += (value - total) + sum_;
    }
    sum_ = total;
  }

  double sum() const { return sum_; }

  double compensation() const { return compensation_; }

  double total() const { return sum_ + compensation_; }

 private:
  double sum_ = 0;
  double compensation_ = 0;
};

// The accumulators below take values one by one. Their Result is kGap until there was a value.

class SumAccumulator {
 public:
  void Add(double value) {
    any_ = true;
    sum_.Add(value);
  }

  double Result() const { return any_ ? sum_.total() : kGap; }

 private:
  bool any_ = false;
  CompensatedSum sum_;
};

/// The mean: the sum divided by the count, or computed incrementally once the sum would overflow.
class MeanAccumulator {
 public:
  void Add(double value) {
    count_ += 1;
    if (!incremental_) {
      CompensatedSum next = sum_;
      next.Add(value);
      if (count_ == 1 || !std::isinf(next.sum())) {
        sum_ = next;
        return;
      }
      incremental_ = true;
      mean_ = {sum_.sum() / (count_ - 1), sum_.compensation() / (count_ - 1)};
    }
    const double share = (count_ - 1) / count_;
    mean_ = {share * mean_.sum(), share * mean_.compensation()};
    mean_.Add(value / count_);
  }

  double Result() const {
    if (count_ == 0) {
      return kGap;
    }
    return incremental_ ? mean_.total() : sum_.sum() / count_ + sum_.compensation() / count_;
  }

 private:
  double count_ = 0;
  CompensatedSum sum_;
  CompensatedSum mean_;
  bool incremental_ = false;
};

/// The variance of the whole population, by Welford's method.
class VarianceAccumulator {
 public:
  void Add(double value) {
    count_ += 1;
    const double delta = value - mean_.total();
    mean_.Add(delta / count_);
    squares_.Add(delta * (value - mean_.total()));
  }

  double Result() const { return count_ == 0 ? kGap : squares_.total() / count_; }

 private:
  double count_ = 0;
  CompensatedSum mean_;
  CompensatedSum squares_;
};

class DeviationAccumulator {
 public:
  void Add(double value) { variance_.Add(value); }

  double Result() const {
    const double variance = variance_.Result();
    return IsGap(variance) ? kGap : std::sqrt(variance);
  }

 private:
  VarianceAccumulator variance_;
};

/// The largest value (the smallest when `kSign` is -1); NaN only when there is nothing else.
template <int kSign>
class ExtremeAccumulator {
 public:
  void Add(double value) {
    if (IsGap(extreme_) || std::isnan(extreme_) || value * kSign > extreme_ * kSign) {
      extreme_ = value;
    }
  }

  double Result() const { return extreme_; }

 private:
  double extreme_ = kGap;
};

class CountAccumulator {
 public:
  void Add(double /*value*/) { count_ += 1; }

  double Result() const { return count_ == 0 ? kGap : count_; }

 private:
  double count_ = 0;
};

/// 1 when there is any value.
class PresenceAccumulator {
 public:
  void Add(double /*value*/) { presence_ = 1; }

  double Result() const { return presence_; }

 private:
  double presence_ = kGap;
};

}  // namespace hakem::promql
