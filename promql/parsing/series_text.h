#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"

namespace hakem::promql {

/// One value of a series in the notation of Prometheus' test language.
struct SeriesItem {
  std::optional<double> value;  ///< Nothing: a gap, or a native histogram.
  bool is_histogram = false;    ///< `{{…}}`: known, not represented.
};

/// A series in the notation of Prometheus' test language: `up{job="a"} 0+1x3 _ stale`.
struct SeriesText {
  Labels labels;
  std::vector<SeriesItem> items;
};

/// The most values that a series in this notation may have: two years at one a minute.
inline constexpr std::size_t kMostSeriesItems = 1'100'000;

/// Parses a series with its values. Errors: kInvalidInput; also for more than kMostSeriesItems.
Result<SeriesText> ParseSeries(std::string_view line);

/// Parses the name and labels of one series: `up{job="a"}`, `{}`. Errors: kInvalidInput.
Result<Labels> ParseSeriesLabels(std::string_view text);

/// Parses a number of the test language: decimal, `Inf`, `NaN`, with a sign; nothing if invalid.
std::optional<double> ParseValue(std::string_view text);

}  // namespace hakem::promql
