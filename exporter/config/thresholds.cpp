#include "exporter/config/thresholds.h"

#include <algorithm>

#include "model/check.h"

namespace hakem::exporter {

double Threshold(const Thresholds& thresholds, std::string_view name) {
  const auto found = std::find_if(kThresholds.begin(), kThresholds.end(),
                                  [&](const ThresholdSpec& spec) { return spec.name == name; });
  HAKEM_CHECK(found != kThresholds.end());
  return thresholds[static_cast<std::size_t>(found - kThresholds.begin())];
}

MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels) {
  MetricFamily family{"hakem_threshold",
                      MetricType::kGauge,
                      "What the shipped alert rules compare with, as configured.",
                      {}};
  const Labels named = labels.With(kMetricNameLabel, family.name);
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    family.samples.push_back(
        {std::make_shared<const Series>(named.With("name", kThresholds[i].name)), thresholds[i]});
  }
  return family;
}

}  // namespace hakem::exporter
