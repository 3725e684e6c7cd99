#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"

namespace hakem {

enum class MetricType { kCounter, kGauge, kHistogram, kSummary, kUntyped };

/// "counter", "gauge", "histogram", "summary", "untyped": the word of a TYPE line (text 0.0.4).
std::string_view ToString(MetricType type);

/// A series' identity, made once and shared between rounds and threads: its labels with the metric
/// name among them, and the same as it stands on a metrics page before the value.
struct Series {
  Labels labels;
  std::string text;  ///< `pg_locks_count{datname="hokm",mode="exclusivelock"}`

  explicit Series(Labels series_labels);
};

using SeriesRef = std::shared_ptr<const Series>;

/// One value of a series; its time is the snapshot's.
struct Sample {
  SeriesRef series;
  double value = 0;
};

/// All samples under one name, with what a metrics page says of them. In a histogram family the
/// samples are the `_bucket`, `_sum` and `_count` series, in the order in which they are printed.
struct MetricFamily {
  std::string name;
  MetricType type = MetricType::kGauge;
  std::string help;
  std::vector<Sample> samples;
};

}  // namespace hakem
