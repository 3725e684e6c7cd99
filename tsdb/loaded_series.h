#pragma once

#include <istream>
#include <optional>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "tsdb/openmetrics_reader.h"
#include "tsdb/queryable.h"

namespace hakem::tsdb {

/// The series of one OpenMetrics text, whole and in plain form. Immutable, thread-safe.
class LoadedSeries final : public Queryable {
 public:
  LoadedSeries() = default;

  /// Reads a text; `name` begins its errors. Errors: those of ReadOpenMetrics; kInvalidInput also
  /// for a sample that is not newer than the one before it in its series.
  static Result<LoadedSeries> Read(std::istream& text, std::string_view name);

  std::vector<SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                     Timestamp until) const override;

  /// The time of the newest sample; nothing when there is none.
  std::optional<Timestamp> newest() const;

  const std::vector<MetricDescription>& descriptions() const { return descriptions_; }

 private:
  std::vector<SelectedSeries> series_;  ///< Sorted by labels.
  std::vector<MetricDescription> descriptions_;
};

}  // namespace hakem::tsdb
