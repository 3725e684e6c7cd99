#include "model/metric_family.h"

#include <utility>

namespace hakem {
namespace {

std::string PageText(const Labels& labels) {
  std::string text(labels.metric_name());
  char separator = '{';
  for (const Label& label : labels) {
    if (label.name == kMetricNameLabel) {
      continue;
    }
    text.append(1, separator).append(label.name).append("=\"");
    text.append(EscapeLabelValue(label.value)).append("\"");
    separator = ',';
  }
  if (separator == ',') {
    text += '}';
  }
  return text;
}

}  // namespace

std::string_view ToString(MetricType type) {
  switch (type) {
    case MetricType::kCounter:
      return "counter";
    case MetricType::kGauge:
      return "gauge";
    case MetricType::kHistogram:
      return "histogram";
    case MetricType::kSummary:
      return "summary";
    case MetricType::kUntyped:
      return "untyped";
  }
  return "untyped";
}

Series::Series(Labels series_labels) : labels(std::move(series_labels)), text(PageText(labels)) {}

}  // namespace hakem
