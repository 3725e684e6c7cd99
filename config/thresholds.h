#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/metric_family.h"

namespace hakem::config {

/// What a threshold applies to.
enum class ThresholdScope {
  kGame,    ///< Each game of a target has its own.
  kServer,  ///< The whole target: PostgreSQL, replication, Hakem itself.
};

/// A number with which the shipped rules compare: one series of `hakem_threshold`.
struct ThresholdSpec {
  std::string_view name;      ///< The label `name`, and the key in hakem.yml.
  std::string_view variable;  ///< The environment variable.
  double variable_scale;      ///< Converts the variable's unit to the name's: 3600 for hours.
  double default_value;
  ThresholdScope scope = ThresholdScope::kGame;
};

inline constexpr std::array kThresholds = std::to_array<ThresholdSpec>({
    {"max_active_games", "MAX_ACTIVE_GAMES", 1, 200},
    {"max_concurrent_players", "MAX_CONCURRENT_PLAYERS", 1, 1000},
    {"max_game_duration_seconds", "MAX_GAME_DURATION_HOURS", 3600, 7200},
    {"min_moves_per_minute", "MIN_MOVES_PER_MINUTE", 1, 10},
    {"max_moves_per_minute", "MAX_MOVES_PER_MINUTE", 1, 500},
    {"max_matchmaking_wait_seconds", "MAX_MATCHMAKING_WAIT_MINUTES", 60, 600},
    {"max_abandoned_percent", "MAX_ABANDONED_PERCENT", 1, 30},
    {"min_finished_games", "MIN_FINISHED_GAMES", 1, 10},
    {"max_disconnection_percent", "MAX_DISCONNECTION_PERCENT", 1, 50},
    {"min_disconnections", "MIN_DISCONNECTIONS", 1, 20},
    {"max_move_response_seconds", "MAX_MOVE_RESPONSE_SECONDS", 1, 30},
    {"min_created_games", "MIN_CREATED_GAMES", 1, 5},
    {"max_players_without_games", "MAX_PLAYERS_WITHOUT_GAMES", 1, 20},
    {"min_average_duration_seconds", "MIN_AVERAGE_DURATION_MINUTES", 60, 300},
    {"max_average_duration_seconds", "MAX_AVERAGE_DURATION_MINUTES", 60, 7200},
    {"connection_warning_percent", "CONNECTION_WARNING_THRESHOLD", 1, 80, ThresholdScope::kServer},
    {"connection_critical_percent", "CONNECTION_CRITICAL_THRESHOLD", 1, 95,
     ThresholdScope::kServer},
    {"min_cache_hit_percent", "MIN_CACHE_HIT_PERCENT", 1, 90, ThresholdScope::kServer},
    {"min_blocks_read_per_second", "MIN_BLOCKS_READ_PER_SECOND", 1, 100, ThresholdScope::kServer},
    {"max_statement_seconds", "MAX_STATEMENT_SECONDS", 1, 1, ThresholdScope::kServer},
    {"max_lock_waits", "MAX_LOCK_WAITS", 1, 5, ThresholdScope::kServer},
    {"max_transaction_seconds", "MAX_TRANSACTION_MINUTES", 60, 600, ThresholdScope::kServer},
    {"max_idle_in_transaction_seconds", "MAX_IDLE_IN_TRANSACTION_MINUTES", 60, 300,
     ThresholdScope::kServer},
    {"max_deadlocks", "MAX_DEADLOCKS", 1, 0, ThresholdScope::kServer},
    {"max_rollback_percent", "MAX_ROLLBACK_PERCENT", 1, 10, ThresholdScope::kServer},
    {"min_transactions_per_second", "MIN_TRANSACTIONS_PER_SECOND", 1, 1, ThresholdScope::kServer},
    {"max_dead_rows_percent", "MAX_DEAD_ROWS_PERCENT", 1, 30, ThresholdScope::kServer},
    {"min_dead_rows", "MIN_DEAD_ROWS", 1, 100'000, ThresholdScope::kServer},
    {"max_bloat_percent", "MAX_BLOAT_PERCENT", 1, 50, ThresholdScope::kServer},
    {"min_bloat_bytes", "MIN_BLOAT_MEGABYTES", 1'048'576, 104'857'600, ThresholdScope::kServer},
    {"transaction_id_age_warning", "TRANSACTION_ID_AGE_WARNING", 1, 1e9, ThresholdScope::kServer},
    {"transaction_id_age_critical", "TRANSACTION_ID_AGE_CRITICAL", 1, 1.5e9,
     ThresholdScope::kServer},
    {"disk_warning_percent", "DISK_WARNING_THRESHOLD", 1, 80, ThresholdScope::kServer},
    {"disk_critical_percent", "DISK_CRITICAL_THRESHOLD", 1, 90, ThresholdScope::kServer},
    {"max_wal_percent", "MAX_WAL_PERCENT", 1, 200, ThresholdScope::kServer},
    {"max_requested_checkpoints", "MAX_REQUESTED_CHECKPOINTS", 1, 6, ThresholdScope::kServer},
    {"max_sequence_percent", "MAX_SEQUENCE_PERCENT", 1, 80, ThresholdScope::kServer},
    {"replication_lag_warning_seconds", "REPLICATION_LAG_WARNING", 1, 10, ThresholdScope::kServer},
    {"replication_lag_critical_seconds", "REPLICATION_LAG_CRITICAL", 1, 30,
     ThresholdScope::kServer},
    {"max_replication_lag_bytes", "MAX_REPLICATION_LAG_MEGABYTES", 1'048'576, 268'435'456,
     ThresholdScope::kServer},
    {"max_slot_retained_bytes", "MAX_SLOT_RETAINED_MEGABYTES", 1'048'576, 10'737'418'240,
     ThresholdScope::kServer},
    {"max_data_age_seconds", "MAX_DATA_AGE_SECONDS", 1, 120, ThresholdScope::kServer},
    {"max_failed_notifications", "MAX_FAILED_NOTIFICATIONS", 1, 3, ThresholdScope::kServer},
});

/// The thresholds of a target. Values are in the order of kThresholds.
struct Thresholds {
  using Values = std::array<double, kThresholds.size()>;

  Values values{};
  /// The thresholds of each game by its name, if several games are watched; else empty. If there
  /// are any, only those of kServer in `values` have series.
  std::map<std::string, Values, std::less<>> by_game = {};

  double& operator[](std::size_t i) { return values[i]; }

  double operator[](std::size_t i) const { return values[i]; }

  /// Returns the thresholds of a game: its own if it has some, else `values`.
  const Values& Of(std::string_view game) const;
};

Thresholds DefaultThresholds();

/// Returns one threshold of a game; see Thresholds::Of. Requires: `name` is one of kThresholds.
double Threshold(const Thresholds& thresholds, std::string_view name, std::string_view game = "");

/// Returns `hakem_threshold{name}` with these labels. If several games are watched, thresholds of
/// games have the label `game`.
MetricFamily ThresholdFamily(const Thresholds& thresholds, const Labels& labels);

}  // namespace hakem::config
