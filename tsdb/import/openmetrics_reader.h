#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "model/metric_family.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::tsdb {

/// A metric family's metadata in the text.
struct MetricDescription {
  std::string name;  ///< The family's name; for a counter without `_total`.
  std::string type = "unknown";
  std::string help = {};
  std::string unit = {};

  bool operator==(const MetricDescription&) const = default;
};

/// Called for each sample, in the order of the text. Equal series are the same object. An error
/// ends the reading; the reader puts the line before its message.
using OnSample = std::function<Result<void>(const SeriesRef& series, Timestamp time, double value)>;

/// Reads an OpenMetrics 1.0 text line by line, as `promtool tsdb create-blocks-from openmetrics`
/// does. Every sample must have a timestamp; names may be quoted UTF-8; exemplars are skipped. The
/// labels `le` and `quantile` are stored in the canonical form of Prometheus 3 (`1` becomes `1.0`).
/// Fractions of milliseconds are cut off.
///
/// Returns the families in the order in which they first occur. Errors: kInvalidInput,
/// `name:line: …`: the first invalid line, or a missing `# EOF`.
Result<std::vector<MetricDescription>> ReadOpenMetrics(std::istream& text, std::string_view name,
                                                       const OnSample& on_sample);

}  // namespace hakem::tsdb
