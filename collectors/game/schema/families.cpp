#include "collectors/game/schema/families.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace hakem::collectors {
namespace {

constexpr std::string_view kGame[] = {"game"};
constexpr std::string_view kGameType[] = {"game", "game_type"};
constexpr std::string_view kGameStatusType[] = {"game", "status", "game_type"};
constexpr std::string_view kGameState[] = {"game", "state"};
constexpr std::string_view kGameMove[] = {"game", "move_type"};
constexpr std::string_view kGameTypeOutcome[] = {"game", "game_type", "outcome"};
constexpr std::string_view kGameReason[] = {"game", "reason"};
constexpr std::string_view kGameMetric[] = {"game", "metric"};

/// The columns that a metric needs.
struct Need {
  std::string_view table;
  std::array<std::string_view, 5> columns;
};

constexpr Need kStatus{"game_sessions", {"status"}};
constexpr Need kSeatCounts{"game_sessions", {"status", "current_players", "max_players"}};
constexpr Need kStatusAndAge{"game_sessions", {"status", "created_at"}};
constexpr Need kOnline{"websocket_connections", {"is_active", "last_ping", "player_id"}};
constexpr Need kMoveTimes{"game_moves", {"timestamp"}};
constexpr Need kMoveTypes{"game_moves", {"timestamp", "move_type"}};
constexpr Need kCreation{"game_sessions", {"created_at"}};
constexpr Need kStarts{"game_sessions", {"status", "id", "created_at", "started_at"}};
constexpr Need kEnds{"game_sessions", {"status", "id", "created_at"}};
constexpr Need kPlay{"game_sessions", {"status", "id", "created_at", "started_at", "completed_at"}};
constexpr Need kResponses{"game_moves", {"timestamp", "response_time"}};
constexpr Need kConnectionIds{"websocket_connections", {"is_active", "connection_id"}};
constexpr Need kConnectionEnds{"websocket_connections",
                               {"is_active", "connection_id", "disconnect_reason"}};
constexpr Need kNothing{};

struct Row {
  GameMetric metric{};
  FamilySpec family;
  Need need;
};

constexpr std::array<Row, kGameMetricCount> kTable{{
    {GameMetric::kActiveGames,
     {"game_active_games", MetricType::kGauge,
      "Game sessions that are waiting, starting, active or paused.", kGame},
     kStatus},
    {GameMetric::kSessions,
     {"game_sessions", MetricType::kGauge, "Live game sessions by status and type.",
      kGameStatusType},
     kStatus},
    {GameMetric::kSessionsPlaying,
     {"game_sessions_playing", MetricType::kGauge, "Game sessions in status active.", kGame},
     kStatus},
    {GameMetric::kSeats,
     {"game_seats", MetricType::kGauge, "Seats in live rooms, taken and free.", kGameState},
     kSeatCounts},
    {GameMetric::kRoomOccupancy,
     {"game_room_occupancy_ratio", MetricType::kGauge,
      "Seats taken of all seats in live rooms; absent when there is no live room.", kGame},
     kSeatCounts},
    {GameMetric::kLongRunning,
     {"game_long_running_games", MetricType::kGauge,
      "Active or paused games that were started longer ago than max_game_duration.", kGame},
     kStatusAndAge},
    {GameMetric::kOldestActiveAge,
     {"game_oldest_active_game_age_seconds", MetricType::kGauge,
      "Time since the oldest active or paused game was started; 0 when there is none.", kGame},
     kStatusAndAge},
    {GameMetric::kOldestWaitingAge,
     {"game_oldest_waiting_game_age_seconds", MetricType::kGauge,
      "Time since the oldest waiting game was created; 0 when there is none.", kGame},
     kStatusAndAge},
    {GameMetric::kOnlinePlayers,
     {"game_online_players", MetricType::kGauge,
      "Distinct players with an active connection and a recent ping.", kGame},
     kOnline},
    {GameMetric::kStaleConnections,
     {"game_stale_connections", MetricType::kGauge,
      "Connections marked as active whose last ping is not recent.", kGame},
     kOnline},
    {GameMetric::kMovesPerMinute,
     {"game_moves_per_minute", MetricType::kGauge,
      "Moves committed in the last minute that is counted completely.", kGame},
     kMoveTimes},
    {GameMetric::kGamesPerHour,
     {"game_games_per_hour", MetricType::kGauge,
      "Game sessions created in the last hour that is counted completely.", kGame},
     kCreation},
    {GameMetric::kAverageDuration,
     {"game_average_duration_seconds", MetricType::kGauge,
      "Mean time from start to completion of the games completed in the last 24 hours; absent when "
      "there is none.",
      kGame},
     kNothing},
    {GameMetric::kWindowFrom,
     {"game_window_from_timestamp_seconds", MetricType::kGauge,
      "Start of the time range that a windowed metric covers, by the database's clock.",
      kGameMetric},
     kNothing},
    {GameMetric::kWindowTo,
     {"game_window_to_timestamp_seconds", MetricType::kGauge,
      "End of that time range; events at exactly this time are not included.", kGameMetric},
     kNothing},
    {GameMetric::kSessionsCreated,
     {"game_sessions_created_total", MetricType::kCounter,
      "Game sessions created since Hakem started.", kGameType},
     kCreation},
    {GameMetric::kSessionsStarted,
     {"game_sessions_started_total", MetricType::kCounter,
      "Game sessions started since Hakem started.", kGameType},
     kStarts},
    {GameMetric::kSessionsFinished,
     {"game_sessions_finished_total", MetricType::kCounter,
      "Game sessions that ended since Hakem started, by outcome.", kGameTypeOutcome},
     kEnds},
    {GameMetric::kDuration,
     {"game_duration_seconds", MetricType::kHistogram,
      "Time from the start to the completion of a game.", kGameType},
     kPlay},
    {GameMetric::kMatchmakingWait,
     {"game_matchmaking_wait_seconds", MetricType::kHistogram,
      "Time from the creation of a session to the start of its game.", kGameType},
     kStarts},
    {GameMetric::kMoves,
     {"game_moves_total", MetricType::kCounter, "Moves committed since Hakem started.", kGameMove},
     kMoveTypes},
    {GameMetric::kMoveResponse,
     {"game_move_response_seconds", MetricType::kHistogram, "Time a player took for a move.",
      kGame},
     kResponses},
    {GameMetric::kConnectionsOpened,
     {"game_connections_opened_total", MetricType::kCounter,
      "Connections that became active since Hakem started.", kGame},
     kConnectionIds},
    {GameMetric::kDisconnections,
     {"game_disconnections_total", MetricType::kCounter,
      "Connections that ended since Hakem started, by reason.", kGameReason},
     kConnectionEnds},
    {GameMetric::kSkippedRows,
     {"game_skipped_rows_total", MetricType::kCounter,
      "Rows with values that cannot be used, by the reason; docs/games.md lists them.",
      kGameReason},
     kNothing},
    {GameMetric::kScanAge,
     {"game_live_scan_age_seconds", MetricType::kGauge,
      "How old the scan of live sessions and active connections is; above 0 while it takes too "
      "long "
      "and active games are counted by their moves.",
      kGame},
     kStatus},
    {GameMetric::kHoldback,
     {"game_collection_holdback_seconds", MetricType::kGauge,
      "How far the counters are behind the database's clock, so that no commit is missed.", kGame},
     kNothing},
    {GameMetric::kExact,
     {"game_collection_exact", MetricType::kGauge,
      "1 while no commit can be missed by the counters; 0 while a transaction is open for too long "
      "or open transactions cannot be seen.",
      kGame},
     kNothing},
}};

static_assert(std::all_of(kTable.begin(), kTable.end(),
                          [](const Row& row) {
                            return &row == &kTable[static_cast<std::size_t>(row.metric)];
                          }),
              "each metric has one row, in the order of GameMetric");

consteval std::array<FamilySpec, kGameMetricCount> Families() {
  std::array<FamilySpec, kGameMetricCount> families{};
  for (std::size_t i = 0; i < kGameMetricCount; ++i) {
    families[i] = kTable[i].family;
  }
  return families;
}

/// Returns why a needed column is not available; nothing if all are.
std::optional<std::string> Missing(const GameSchema& schema, const Need& need) {
  for (const std::string_view column : need.columns) {
    if (!column.empty() && !schema.Has(need.table, column)) {
      return schema.WhyUnavailable(need.table, column);
    }
    if (column == "status" && schema.statuses.live.empty()) {
      return fmt::format("{}.{}.status can have none of the statuses of a live game", schema.name,
                         need.table);
    }
  }
  return std::nullopt;
}

/// Returns why completed games cannot be read; nothing if they can.
std::optional<std::string> NoFinishedGames(const GameSchema& schema) {
  if (FinishedGamesOf(schema)) {
    return std::nullopt;
  }
  const auto missing = [&](std::string_view table) {
    return Missing(schema, {table, {"started_at", "completed_at"}});
  };
  return fmt::format(
      "{}; {}", *missing("game_history"),
      missing("game_sessions")
          .value_or(fmt::format("{}.{}.{} has no index", schema.name,
                                schema.names.TableName("game_sessions"),
                                schema.names.ColumnName("game_sessions", "completed_at"))));
}

std::optional<std::string> WhyLeftOut(const GameSchema& schema, std::size_t metric) {
  return static_cast<GameMetric>(metric) == GameMetric::kAverageDuration
             ? NoFinishedGames(schema)
             : Missing(schema, kTable[metric].need);
}

}  // namespace

constinit const std::array<FamilySpec, kGameMetricCount> kGameFamilies = Families();

AvailableMetrics::AvailableMetrics(const GameSchema& schema) {
  for (std::size_t i = 0; i < kGameMetricCount; ++i) {
    if (auto reason = WhyLeftOut(schema, i)) {
      omissions_.push_back({static_cast<GameMetric>(i), std::move(*reason)});
    } else {
      has_[i] = true;
    }
  }
}

}  // namespace hakem::collectors
