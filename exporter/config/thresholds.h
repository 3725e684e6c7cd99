#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/metric_family.h"

namespace hakem::exporter {

/// A number that the shipped rules compare with: one series of `hakem_threshold`.
struct ThresholdSpec {
  std::string_view name;      ///< The label `name`, and the key in hakem.yml.
  std::string_view variable;  ///< The environment variable.
  double variable_scale;      ///< What one of the variable's unit is in the name's unit.
  double default_value;
};

inline constexpr std::array<ThresholdSpec, 5> kThresholds{{
    {"max_active_games", "MAX_ACTIVE_GAMES", 1, 200},
    {"max_concurrent_players", "MAX_CONCURRENT_PLAYERS", 1, 1000},
    {"max_game_duration_seconds", "MAX_GAME_DURATION_HOURS", 3600, 7200},
    {"min_moves_per_minute", "MIN_MOVES_PER_MINUTE", 1, 10},
    {"max_moves_per_minute", "MAX_MOVES_PER_MINUTE", 1, 500},
}};

/// Values in the order of kThresholds.
using Thresholds = std::array<double, kThresholds.size()>;

constexpr Thresholds DefaultThresholds() {
  Thresholds values{};
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    values[i] = kThresholds[i].default_value;
  }
  return values;
}

/// The threshold's value. Requires: a name of kThresholds.
double Threshold(const Thresholds& thresholds, std::string_view name);

/// `hakem_threshold{name}`, with these labels besides.
MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels);

}  // namespace hakem::exporter
