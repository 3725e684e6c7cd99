#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

#include "tsdb/chunk/point.h"

namespace hakem::tsdb {

/// The newest sample of a series. One thread sets it while any number of threads read it without a
/// lock.
class NewestSample {
 public:
  /// Requires: `point` is later than the previous one.
  void Set(Point point) {
    // While the time is unset, no reader combines the old time with the new value.
    time_.store(kNone, std::memory_order_relaxed);
    value_.store(point.value, std::memory_order_release);
    time_.store(point.time.time_since_epoch().count(), std::memory_order_release);
  }

  /// Returns nothing before the first sample, or while a sample is being replaced.
  std::optional<Point> Get() const {
    const Duration::rep time = time_.load(std::memory_order_acquire);
    const double value = value_.load(std::memory_order_acquire);
    if (time == kNone || time != time_.load(std::memory_order_relaxed)) {
      return std::nullopt;
    }
    return Point{Timestamp(Duration(time)), value};
  }

  /// For the thread that sets it only. Timestamp::min() before the first sample.
  Timestamp time() const { return Timestamp(Duration(time_.load(std::memory_order_relaxed))); }

 private:
  static constexpr Duration::rep kNone = std::numeric_limits<Duration::rep>::min();

  std::atomic<Duration::rep> time_{kNone};
  std::atomic<double> value_{0};
};

}  // namespace hakem::tsdb
