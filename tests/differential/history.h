#pragma once

#include <string>
#include <vector>

#include "model/time.h"
#include "tests/differential/random.h"
#include "tsdb/series/queryable.h"

namespace hakem::differential {

/// Generated series: counters with resets, gauges with NaN and infinities, classic histograms,
/// series that begin late, end early and have gaps. Immutable.
class History final : public tsdb::Queryable {
 public:
  /// Generates samples every 15 s from kBegin to kEnd. `shift`: how much later than a multiple of
  /// 15 s they are; with 0, samples lie on the bounds of windows.
  History(Random& random, Duration shift);

  static constexpr Timestamp kBegin{std::chrono::seconds(1'700'000'100)};
  static constexpr Timestamp kEnd = kBegin + std::chrono::minutes(50);

  /// Returns all samples with their times, for `promtool tsdb create-blocks-from openmetrics`.
  std::string OpenMetrics() const;

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override;

 private:
  std::vector<tsdb::SelectedSeries> series_;  ///< Sorted by labels.
};

}  // namespace hakem::differential
