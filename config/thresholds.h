#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/metric_family.h"

namespace hakem::config {

/// A number with which the shipped rules compare: one series of `hakem_threshold`.
struct ThresholdSpec {
  std::string_view name;      ///< The label `name`, and the key in hakem.yml.
  std::string_view variable;  ///< The environment variable.
  double variable_scale;      ///< Converts the variable's unit to the name's: 3600 for hours.
  double default_value;
};

inline constexpr std::array<ThresholdSpec, 5> kThresholds{{
    {"max_active_games", "MAX_ACTIVE_GAMES", 1, 200},
    {"max_concurrent_players", "MAX_CONCURRENT_PLAYERS", 1, 1000},
    {"max_game_duration_seconds", "MAX_GAME_DURATION_HOURS", 3600, 7200},
    {"min_moves_per_minute", "MIN_MOVES_PER_MINUTE", 1, 10},
    {"max_moves_per_minute", "MAX_MOVES_PER_MINUTE", 1, 500},
}};

/// The thresholds of a target. Values are in the order of kThresholds.
struct Thresholds {
  using Values = std::array<double, kThresholds.size()>;

  Values values{};
  /// The thresholds of each game by its name, if several games are watched; else empty. If there
  /// are any, `values` has no series.
  std::map<std::string, Values, std::less<>> by_game = {};

  double& operator[](std::size_t i) { return values[i]; }

  double operator[](std::size_t i) const { return values[i]; }

  /// Returns the thresholds of a game: its own if it has some, else `values`.
  const Values& Of(std::string_view game) const;
};

Thresholds DefaultThresholds();

/// Returns one threshold of a game; see Thresholds::Of. Requires: `name` is one of kThresholds.
double Threshold(const Thresholds& thresholds, std::string_view name, std::string_view game = "");

/// Returns `hakem_threshold{name}` with these labels, and with `game` if several are watched.
MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels);

}  // namespace hakem::config
