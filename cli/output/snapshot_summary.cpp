#include "cli/output/snapshot_summary.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <span>

namespace hakem::cli {
namespace {

/// How a figure is computed from several samples.
enum class Reduction { kSum, kMax };

/// A figure and the family whose samples it is computed from.
struct FigureSpec {
  const char* name;
  std::string_view family;
  Reduction reduction = Reduction::kSum;
};

constexpr FigureSpec kGame[] = {
    {"active_games", "game_active_games"},
    {"sessions_playing", "game_sessions_playing"},
    {"online_players", "game_online_players"},
    {"room_occupancy_ratio", "game_room_occupancy_ratio"},
    {"moves_per_minute", "game_moves_per_minute"},
    {"games_per_hour", "game_games_per_hour"},
    {"average_duration_seconds", "game_average_duration_seconds"},
    {"long_running_games", "game_long_running_games"},
    {"oldest_active_game_age_seconds", "game_oldest_active_game_age_seconds"},
    {"stale_connections", "game_stale_connections"},
};

constexpr FigureSpec kDatabase[] = {
    {"up", "pg_up"},
    {"is_replica", "pg_replication_is_replica"},
    {"replication_lag_seconds", "pg_replication_lag_seconds"},
    {"size_bytes", "pg_database_size_bytes"},
    {"connections", "pg_stat_database_numbackends"},
    {"max_connections", "pg_settings_max_connections"},
    {"longest_transaction_seconds", "pg_stat_activity_max_tx_duration", Reduction::kMax},
    {"locks", "pg_locks_count"},
    {"deadlocks_total", "pg_stat_database_deadlocks"},
    {"commits_total", "pg_stat_database_xact_commit"},
    {"rollbacks_total", "pg_stat_database_xact_rollback"},
};

const MetricFamily* Find(const Snapshot& snapshot, std::string_view name) {
  const auto found = std::find_if(snapshot.families.begin(), snapshot.families.end(),
                                  [&](const MetricFamily& family) { return family.name == name; });
  return found != snapshot.families.end() ? &*found : nullptr;
}

/// Computes the figure from the family's samples, of one game unless `game` is empty. Nothing if
/// there are none.
std::optional<double> Figure(const Snapshot& snapshot, const FigureSpec& spec,
                             std::string_view game) {
  const MetricFamily* family = Find(snapshot, spec.family);
  std::optional<double> figure;
  if (family == nullptr) {
    return figure;
  }
  for (const Sample& sample : family->samples) {
    if (!std::isfinite(sample.value) ||
        (!game.empty() && sample.series->labels.Get("game") != game)) {
      continue;
    }
    figure = !figure                             ? sample.value
             : spec.reduction == Reduction::kSum ? *figure + sample.value
                                                 : std::max(*figure, sample.value);
  }
  return figure;
}

Figures Read(const Snapshot& snapshot, std::span<const FigureSpec> specs, std::string game) {
  Figures figures{.name = std::move(game)};
  for (const FigureSpec& spec : specs) {
    if (const auto figure = Figure(snapshot, spec, figures.name)) {
      figures.values.emplace_back(spec.name, *figure);
    }
  }
  return figures;
}

/// The share of blocks that were found in shared_buffers since the statistics were reset.
std::optional<double> CacheHitRatio(const Snapshot& snapshot) {
  const auto hit = Figure(snapshot, {"", "pg_stat_database_blks_hit"}, "");
  const auto read = Figure(snapshot, {"", "pg_stat_database_blks_read"}, "");
  return hit && read && *hit + *read > 0 ? std::optional(*hit / (*hit + *read)) : std::nullopt;
}

}  // namespace

SnapshotSummary Summarise(const Snapshot& snapshot) {
  std::set<std::string, std::less<>> games;
  for (const FigureSpec& spec : kGame) {
    if (const MetricFamily* family = Find(snapshot, spec.family)) {
      for (const Sample& sample : family->samples) {
        games.emplace(sample.series->labels.Get("game"));
      }
    }
  }
  SnapshotSummary summary;
  for (const std::string& game : games) {
    summary.games.push_back(Read(snapshot, kGame, game));
  }
  summary.database = Read(snapshot, kDatabase, "");
  if (const auto ratio = CacheHitRatio(snapshot)) {
    summary.database.values.emplace_back("cache_hit_ratio", *ratio);
  }
  return summary;
}

}  // namespace hakem::cli
