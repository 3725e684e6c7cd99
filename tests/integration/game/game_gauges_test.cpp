// The gauges of the game collector compared with plain SQL on a real server.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {
namespace {

using GameGauges = GameFixture;

constexpr auto kLive = "status IN ('waiting', 'starting', 'active', 'paused')";

TEST_F(GameGauges, CountsLiveGamesAsSqlDoes) {
  Populate();
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  const auto count = [&](const std::string& where) {
    return Number("SELECT count(*) FROM hokm_game.game_sessions WHERE " + where);
  };
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm_game"})"), count(kLive));
  EXPECT_EQ(watcher.Value(R"(game_sessions_playing{game="hokm_game"})"),
            count("status = 'active'"));
  for (const std::string status : {"waiting", "starting", "active", "paused"}) {
    for (const std::string type : {"standard", "tournament", "friendly", "ranked"}) {
      EXPECT_EQ(
          watcher.Value(fmt::format(
              R"(game_sessions{{game="hokm_game",game_type="{}",status="{}"}})", type, status)),
          count(fmt::format("status = '{}' AND game_type = '{}'", status, type)));
    }
  }
  EXPECT_EQ(watcher.Sum("game_sessions"), count(kLive));
}

TEST_F(GameGauges, CountsSeatsAndAgesAsSqlDoes) {
  Populate();
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  const auto of = [&](const std::string& what, const std::string& where) {
    return Number("SELECT " + what + " FROM hokm_game.game_sessions WHERE " + where);
  };
  const double taken = of("sum(current_players)", kLive);
  const double all = of("sum(max_players)", kLive);
  EXPECT_EQ(watcher.Value(R"(game_seats{game="hokm_game",state="taken"})"), taken);
  EXPECT_EQ(watcher.Value(R"(game_seats{game="hokm_game",state="free"})"), all - taken);
  EXPECT_DOUBLE_EQ(*watcher.Value(R"(game_room_occupancy_ratio{game="hokm_game"})"), taken / all);
  const std::string started = "status IN ('active', 'paused')";
  EXPECT_EQ(watcher.Value(R"(game_long_running_games{game="hokm_game"})"),
            of("count(*)", started + " AND started_at < now() - interval '2 h'"));
  EXPECT_NEAR(*watcher.Value(R"(game_oldest_active_game_age_seconds{game="hokm_game"})"),
              of("extract(epoch FROM now() - min(started_at))", started), 5);
  EXPECT_NEAR(*watcher.Value(R"(game_oldest_waiting_game_age_seconds{game="hokm_game"})"),
              of("extract(epoch FROM now() - min(created_at))", "status = 'waiting'"), 5);
}

TEST_F(GameGauges, CountsPlayersAndSocketsAsSqlDoes) {
  Populate();
  Watcher watcher(Dsn(), {.online_window = std::chrono::minutes(10)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  // Pings are 7 s apart, so none of them crosses the limit of 10 min while this test runs.
  EXPECT_EQ(watcher.Value(R"(game_online_players{game="hokm_game"})"),
            Number("SELECT count(DISTINCT player_id) FROM hokm_game.websocket_connections "
                   "WHERE is_active AND last_ping >= now() - interval '10 min'"));
  EXPECT_EQ(watcher.Value(R"(game_stale_connections{game="hokm_game"})"),
            Number("SELECT count(*) FROM hokm_game.websocket_connections "
                   "WHERE is_active AND last_ping < now() - interval '10 min'"));
}

/// Returns `"column" >= from AND "column" < to` for the window that the collector reports.
std::string InWindow(const Watcher& watcher, std::string_view metric, std::string_view column) {
  const auto instant = [&](std::string_view end) {
    const auto seconds = watcher.Value(fmt::format(
        R"(game_window_{}_timestamp_seconds{{game="hokm_game",metric="{}"}})", end, metric));
    return fmt::format("timestamptz 'epoch' + {} * interval '1 microsecond'",
                       std::llround(seconds.value_or(0) * 1e6));
  };
  return fmt::format("{0} >= {1} AND {0} < {2}", column, instant("from"), instant("to"));
}

/// Expects the windowed gauges to equal the SQL counts of the same time ranges.
void ExpectWindowsAsSqlCounts(const Watcher& watcher,
                              const std::function<double(const std::string&)>& number) {
  const auto seconds = [&](std::string_view metric) {
    const auto at = [&](std::string_view end) {
      return watcher
          .Value(fmt::format(R"(game_window_{}_timestamp_seconds{{game="hokm_game",metric="{}"}})",
                             end, metric))
          .value_or(0);
    };
    return at("to") - at("from");
  };
  const double moves = number("SELECT count(*) FROM hokm_game.game_moves WHERE " +
                              InWindow(watcher, "game_moves_per_minute", "\"timestamp\""));
  EXPECT_GT(moves, 0);
  EXPECT_GE(seconds("game_moves_per_minute"), 60);
  EXPECT_NEAR(*watcher.Value(R"(game_moves_per_minute{game="hokm_game"})"),
              moves * 60 / seconds("game_moves_per_minute"), 1e-3);
  const double created = number("SELECT count(*) FROM hokm_game.game_sessions WHERE " +
                                InWindow(watcher, "game_games_per_hour", "created_at"));
  EXPECT_GT(created, 0);
  EXPECT_NEAR(*watcher.Value(R"(game_games_per_hour{game="hokm_game"})"),
              created * 3600 / seconds("game_games_per_hour"), 1e-3);
  EXPECT_NEAR(*watcher.Value(R"(game_average_duration_seconds{game="hokm_game"})"),
              number("SELECT avg(extract(epoch FROM completed_at - started_at)) "
                     "FROM hokm_game.game_history WHERE " +
                     InWindow(watcher, "game_average_duration_seconds", "completed_at")),
              1e-6);
}

TEST_F(GameGauges, FillTheirWindowsFromThePastAtTheFirstCollection) {
  Populate();
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  ExpectWindowsAsSqlCounts(watcher, [&](const std::string& sql) { return Number(sql); });
}

TEST_F(GameGauges, MoveTheirWindowsWithNewRows) {
  Populate();
  Watcher watcher(Dsn());
  for (int i = 0; i < 5; ++i) {
    Sql(fmt::format(
        "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
        "sequence_number) SELECT s.id, p.id, 'play_card', 2, 10000 + {} FROM "
        "(SELECT id FROM hokm_game.game_sessions LIMIT 1) s, "
        "(SELECT id FROM hokm_game.players LIMIT 1) p",
        i));
    Sql("UPDATE hokm_game.game_sessions SET status = 'completed', completed_at = now() WHERE id IN "
        "(SELECT id FROM hokm_game.game_sessions WHERE status = 'active' LIMIT 3)");
    Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('new')");
    Sql("SELECT pg_sleep(0.2)");
    ASSERT_THAT(watcher.Collect(), IsOk());
    ExpectWindowsAsSqlCounts(watcher, [&](const std::string& sql) { return Number(sql); });
  }
}

TEST_F(GameGauges, WritesNothingIfThereIsNoGame) {
  Watcher watcher(server_->Dsn("postgres", "hakem"));
  EXPECT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_active_games"));
  EXPECT_FALSE(watcher.HasFamily("game_collection_exact"));
}

}  // namespace
}  // namespace hakem::collectors
