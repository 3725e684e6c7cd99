#pragma once

#include <map>
#include <set>
#include <vector>

#include "tests/promqltest/script.h"
#include "tsdb/series/queryable.h"

namespace hakem::promqltest {

/// The series that a script has loaded.
class MemoryStore final : public tsdb::Queryable {
 public:
  void Clear();

  void Add(const Load& load);

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override;

  /// Whether a native histogram, which the store cannot represent, would be selected at any time.
  bool HasNativeHistogram(std::span<const Matcher> matchers) const;

 private:
  struct Stored {
    SeriesRef series;
    std::map<Timestamp, double> points;
  };

  std::map<Labels, Stored> series_;
  std::set<Labels> histograms_;  ///< Series with `{{…}}`, or built of classic buckets.
};

}  // namespace hakem::promqltest
