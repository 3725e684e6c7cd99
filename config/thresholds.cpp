#include "config/thresholds.h"

#include <algorithm>

#include "model/check.h"

namespace hakem::config {

const Thresholds::Values& Thresholds::Of(std::string_view game) const {
  const auto found = by_game.find(game);
  return found == by_game.end() ? values : found->second;
}

Thresholds DefaultThresholds() {
  Thresholds thresholds;
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    thresholds[i] = kThresholds[i].default_value;
  }
  return thresholds;
}

double Threshold(const Thresholds& thresholds, std::string_view name, std::string_view game) {
  const auto found = std::find_if(kThresholds.begin(), kThresholds.end(),
                                  [&](const ThresholdSpec& spec) { return spec.name == name; });
  HAKEM_CHECK(found != kThresholds.end());
  return thresholds.Of(game)[static_cast<std::size_t>(found - kThresholds.begin())];
}

MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels) {
  MetricFamily family{"hakem_threshold",
                      MetricType::kGauge,
                      "What the shipped alert rules compare with, as configured.",
                      {}};
  const Labels named = labels.With(kMetricNameLabel, family.name);
  const auto add = [&](const Labels& common, const ThresholdSpec& spec, double value) {
    family.samples.push_back(
        {std::make_shared<const Series>(common.With("name", spec.name)), value});
  };
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    if (thresholds.by_game.empty() || kThresholds[i].scope == ThresholdScope::kServer) {
      add(named, kThresholds[i], thresholds.values[i]);
      continue;
    }
    for (const auto& [game, values] : thresholds.by_game) {
      add(named.With("game", game), kThresholds[i], values[i]);
    }
  }
  return family;
}

}  // namespace hakem::config
