#pragma once

#include "model/instruments.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

inline constexpr Instrument kSeries{"hakem_tsdb_series", MetricType::kGauge,
                                    "Series in the history."};
inline constexpr Instrument kSamples{"hakem_tsdb_samples_total", MetricType::kCounter,
                                     "Samples that were appended to the history."};
inline constexpr Instrument kBytes{"hakem_tsdb_bytes", MetricType::kGauge,
                                   "Memory that the history takes."};
inline constexpr Instrument kOutOfOrder{
    "hakem_tsdb_out_of_order_samples_total", MetricType::kCounter,
    "Samples that were refused because their series had a later one."};
inline constexpr Instrument kDuplicates{
    "hakem_tsdb_duplicate_samples_total", MetricType::kCounter,
    "Samples that were refused because their series had one of the same time."};

/// Publishes a store's figures as metrics of Hakem. Used by one thread.
class StoreMetrics {
 public:
  explicit StoreMetrics(Instruments& instruments) : instruments_(instruments) {}

  /// Sets the gauges, and adds what has come since the previous call to the counters.
  void Update(const StoreStats& stats);

 private:
  Instruments& instruments_;
  StoreStats published_;  ///< What the previous call published.
};

}  // namespace hakem::tsdb
