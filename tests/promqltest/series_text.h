#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"

namespace hakem::promqltest {

/// One value of a series description.
struct SeriesItem {
  std::optional<double> value;  ///< Nothing: a gap, or a native histogram.
  bool is_histogram = false;    ///< `{{…}}`: known, not represented.
};

/// A line such as `up{job="a"} 0+1x3 _ stale`.
struct SeriesText {
  Labels labels;
  std::vector<SeriesItem> items;
};

/// Errors: kInvalidInput.
Result<SeriesText> ParseSeries(std::string_view line);

/// Parses a number of the test language: decimal, `Inf`, `NaN`, with a sign; nothing if invalid.
std::optional<double> ParseValue(std::string_view text);

}  // namespace hakem::promqltest
