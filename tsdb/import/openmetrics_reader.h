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

/// What a text says of the metrics under one name.
struct MetricDescription {
  std::string name;  ///< Of the family: a counter's without `_total`.
  std::string type = "unknown";
  std::string help = {};
  std::string unit = {};

  bool operator==(const MetricDescription&) const = default;
};

/// Told of each sample in the order of the text. The same series is the same object each time. An
/// error ends the reading; its message is put behind the place.
using OnSample = std::function<Result<void>(const SeriesRef& series, Timestamp time, double value)>;

/// Reads an OpenMetrics 1.0 text in which every sample has a timestamp, line by line: what
/// `promtool tsdb create-blocks-from openmetrics` reads, also quoted UTF-8 names. Exemplars are
/// passed over. Of histograms and summaries `le` and `quantile` get their canonical form (`1` is
/// `1.0`), as Prometheus 3 stores them; fractions of milliseconds are cut off, as it does.
///
/// Returns the families in the order of their first mention. Errors: kInvalidInput, `name:line: …`:
/// the first line that cannot be read, or no `# EOF` at the end.
Result<std::vector<MetricDescription>> ReadOpenMetrics(std::istream& text, std::string_view name,
                                                       const OnSample& on_sample);

}  // namespace hakem::tsdb
