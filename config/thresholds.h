#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
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
struct Thresholds {
  using Values = std::array<double, kThresholds.size()>;

  Values values{};
  /// Where several games are watched: those of each, by its name. Then no others are told.
  std::map<std::string, Values, std::less<>> by_game = {};

  double& operator[](std::size_t i) { return values[i]; }

  double operator[](std::size_t i) const { return values[i]; }

  /// Those that count for a game.
  const Values& Of(std::string_view game) const;
};

Thresholds DefaultThresholds();

/// The threshold's value; for the game, where it has its own. Requires: a name of kThresholds.
double Threshold(const Thresholds& thresholds, std::string_view name, std::string_view game = "");

/// `hakem_threshold{name}`, and `game` where several are watched, with these labels besides.
MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels);

}  // namespace hakem::exporter
