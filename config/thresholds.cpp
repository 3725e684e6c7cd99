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
  const auto add = [&](const Labels& named, const Thresholds::Values& values) {
    for (std::size_t i = 0; i < kThresholds.size(); ++i) {
      family.samples.push_back(
          {std::make_shared<const Series>(named.With("name", kThresholds[i].name)), values[i]});
    }
  };
  const Labels named = labels.With(kMetricNameLabel, family.name);
  for (const auto& [game, values] : thresholds.by_game) {
    add(named.With("game", game), values);
  }
  if (thresholds.by_game.empty()) {
    add(named, thresholds.values);
  }
  return family;
}

}  // namespace hakem::config
