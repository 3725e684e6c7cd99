#include "model/metric_family.h"

namespace hakem {

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

Samples::Samples(std::vector<Sample> samples)
    : samples_(samples.empty() ? nullptr
                               : std::make_shared<std::vector<Sample>>(std::move(samples))) {}

void Samples::push_back(Sample sample) {
  if (samples_ == nullptr) {
    samples_ = std::make_shared<std::vector<Sample>>();
  } else if (samples_.use_count() > 1) {
    samples_ = std::make_shared<std::vector<Sample>>(*samples_);
  }
  samples_->push_back(std::move(sample));
}

}  // namespace hakem
