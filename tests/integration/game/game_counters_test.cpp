// The counters of the game collector on a real server.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "collectors/game/query/prepared.h"
#include "collectors/game/query/reading.h"
#include "collectors/game/query/statements.h"
#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {
namespace {

using GameCounting = GameFixture;

TEST_F(GameCounting, StartsItsCountersAtZeroWithFullTables) {
  Populate();
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  for (const std::string type : {"play_card", "choose_trump", "round_start"}) {
    EXPECT_EQ(
        watcher.Value(fmt::format(R"(game_moves_total{{game="hokm_game",move_type="{}"}})", type)),
        0);
  }
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm_game",game_type="standard"})"),
            0);
  EXPECT_EQ(watcher.Value(R"(game_collection_exact{game="hokm_game"})"), 1);
  EXPECT_LT(*watcher.Value(R"(game_collection_holdback_seconds{game="hokm_game"})"), 1);
}

TEST_F(GameCounting, FollowsSessionsToTheirEndWithoutAnIndexOnIt) {
  Sql("INSERT INTO hokm_game.game_sessions (room_id, game_type, created_at) "
      "SELECT 'old' || i, 'ranked', now() - interval '90 s' FROM generate_series(1, 3) i");
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Sum("game_sessions_started_total"), 0);
  EXPECT_EQ(watcher.Sum("game_sessions_finished_total"), 0);
  // One is started now, one is abandoned in its lobby, one is completed between two polls.
  Sql("UPDATE hokm_game.game_sessions SET status = 'active', started_at = created_at + "
      "interval '45 s' WHERE room_id = 'old1'");
  Sql("UPDATE hokm_game.game_sessions SET status = 'abandoned' WHERE room_id = 'old2'");
  Sql("UPDATE hokm_game.game_sessions SET status = 'completed', started_at = created_at + "
      "interval '5 s', completed_at = created_at + interval '75 s' WHERE room_id = 'old3'");
  Sql("INSERT INTO hokm_game.game_sessions (room_id, game_type, status, started_at) "
      "VALUES ('new', 'friendly', 'cancelled', now())");
  Sql("SELECT pg_sleep(0.2)");
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  const auto finished = [&](const std::string& type, const std::string& outcome) {
    return watcher.Value(fmt::format(
        R"(game_sessions_finished_total{{game="hokm_game",game_type="{}",outcome="{}"}})", type,
        outcome));
  };
  EXPECT_EQ(finished("ranked", "completed"), 1);
  EXPECT_EQ(finished("ranked", "abandoned"), 1);
  EXPECT_EQ(finished("ranked", "cancelled"), 0);
  EXPECT_EQ(finished("friendly", "cancelled"), 1);
  EXPECT_EQ(watcher.Value(R"(game_sessions_started_total{game="hokm_game",game_type="ranked"})"),
            2);
  EXPECT_EQ(watcher.Value(R"(game_sessions_started_total{game="hokm_game",game_type="friendly"})"),
            1);
  const auto ranked = [&](const std::string& series) {
    return watcher.Value(fmt::format(R"({}{{game="hokm_game",game_type="ranked"}})", series));
  };
  EXPECT_EQ(ranked("game_duration_seconds_count"), 1);
  EXPECT_EQ(ranked("game_duration_seconds_sum"), 70);
  EXPECT_EQ(ranked("game_matchmaking_wait_seconds_count"), 2);
  EXPECT_EQ(ranked("game_matchmaking_wait_seconds_sum"), 50);
  EXPECT_EQ(watcher.Value(R"(game_matchmaking_wait_seconds_bucket{game="hokm_game",)"
                          R"(game_type="ranked",le="5.0"})"),
            1);
}

TEST_F(GameCounting, ObservesResponseTimesAsSqlDoes) {
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(R"(
    INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number,
                                      sequence_number, response_time)
    SELECT s.id, (SELECT id FROM hokm_game.players LIMIT 1), 'play_card', 1, i,
           CASE WHEN i % 10 = 0 THEN NULL ELSE interval '0.1 s' * (i - 4) END
    FROM hokm_game.game_sessions s, generate_series(1, 300) i)");
  Sql("SELECT pg_sleep(0.2)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  const std::string observed = " FROM hokm_game.game_moves WHERE response_time >= interval '0'";
  EXPECT_EQ(watcher.Value(R"(game_move_response_seconds_count{game="hokm_game"})"),
            Number("SELECT count(*)" + observed));
  EXPECT_NEAR(*watcher.Value(R"(game_move_response_seconds_sum{game="hokm_game"})"),
              Number("SELECT extract(epoch FROM sum(response_time))" + observed), 1e-6);
  for (const auto& [horizon, label] : std::map<std::string, std::string>{
           {"0.1", "0.1"}, {"0.25", "0.25"}, {"10", "10.0"}, {"20", "20.0"}, {"60", "60.0"}}) {
    EXPECT_EQ(watcher.Value(fmt::format(
                  R"(game_move_response_seconds_bucket{{game="hokm_game",le="{}"}})", label)),
              Number(fmt::format("SELECT count(*){} AND response_time <= interval '{} s'", observed,
                                 horizon)));
  }
  EXPECT_EQ(
      watcher.Value(R"(game_skipped_rows_total{game="hokm_game",reason="response_time_missing"})"),
      30);
  EXPECT_EQ(
      watcher.Value(R"(game_skipped_rows_total{game="hokm_game",reason="response_time_negative"})"),
      3);
}

TEST_F(GameCounting, FollowsConnectionsToTheirEnd) {
  Sql("INSERT INTO hokm_game.websocket_connections (player_id) "
      "SELECT id FROM hokm_game.players ORDER BY id LIMIT 4");
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_connections_opened_total{game="hokm_game"})"), 0);
  Sql("INSERT INTO hokm_game.websocket_connections (player_id) "
      "SELECT id FROM hokm_game.players ORDER BY id LIMIT 2");
  Sql("UPDATE hokm_game.websocket_connections SET is_active = false, disconnected_at = now(), "
      "disconnect_reason = 'timeout' WHERE connection_id IN "
      "(SELECT connection_id FROM hokm_game.websocket_connections LIMIT 3)");
  Sql("DELETE FROM hokm_game.websocket_connections WHERE connection_id IN "
      "(SELECT connection_id FROM hokm_game.websocket_connections WHERE is_active AND "
      "connected_at < (SELECT max(connected_at) FROM hokm_game.websocket_connections) LIMIT 1)");
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  EXPECT_EQ(watcher.Value(R"(game_connections_opened_total{game="hokm_game"})"), 2);
  EXPECT_EQ(watcher.Value(R"(game_disconnections_total{game="hokm_game",reason="timeout"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_disconnections_total{game="hokm_game",reason="unknown"})"), 1);
}

TEST_F(GameCounting, CountsARowAtTheStartOfARangeAndNotAtItsEnd) {
  // 2026-01-01 00:00:00.000001 and two microseconds later.
  Sql(R"(
    INSERT INTO hokm_game.game_sessions (room_id, game_type, created_at)
    SELECT 'r', type, timestamptz '2026-01-01 00:00:00+00' + us * interval '1 microsecond'
    FROM (VALUES ('standard', 0), ('ranked', 1), ('ranked', 2), ('friendly', 3)) row(type, us))");
  exporter::PostgresSessionFactory factory(*config::Conninfo::Parse(Secret(Dsn())), "",
                                           SystemClock());
  const auto session = Connect(factory);
  const GameOptions options{};
  const auto catalog = session->Query(SchemaSql(options));
  ASSERT_THAT(catalog, IsOk());
  const auto schema = ReadGameSchema(*catalog, options);
  ASSERT_THAT(schema, IsOk());
  const AvailableMetrics available(*schema);
  PreparedStatement statement("g");
  ASSERT_THAT(statement.Ensure(*session, GameParameterTypes(*schema),
                               GameSql({*schema, available, options, {}})),
              IsOk());
  const PgTimestamp reading_from{std::chrono::microseconds(1767225600000001)};
  const auto rows = session->Query(
      "SELECT set_config('hakem.horizon', '1767225600000003', false), "
      "set_config('hakem.exact', '1', false); " +
      statement.Execute(GameArguments(*schema, reading_from, {}, {})));
  ASSERT_THAT(rows, IsOk());
  const auto reading = ReadGame(*rows);
  ASSERT_THAT(reading, IsOk());
  ASSERT_EQ(reading->created.size(), 2u);
  EXPECT_EQ(reading->created[0].game_type, "ranked");
  EXPECT_EQ(reading->created[1].game_type, "ranked");
  EXPECT_EQ(reading->horizon - reading->from, std::chrono::microseconds(2));
}

TEST_F(GameCounting, LosesNothingOverAReconnect) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hakem' "
      "AND datname = current_database()");
  Sql("INSERT INTO hokm_game.game_sessions (room_id) SELECT 'r' FROM generate_series(1, 3)");
  EXPECT_THAT(watcher.Collect(), HasCode(ErrorCode::kUnavailable));
  watcher.Reconnect();
  Sql("SELECT pg_sleep(0.2)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm_game",game_type="standard"})"),
            3);
}

TEST_F(GameCounting, CountsMoveTypesThatWereUnknownBefore) {
  Sql("ALTER TABLE hokm_game.game_moves DROP CONSTRAINT game_moves_move_type_check");
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  const auto move = [&](const std::string& type, int sequence) {
    Sql(
        fmt::format("INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, "
                    "round_number, sequence_number) SELECT s.id, p.id, $${}$$, 1, {} "
                    "FROM hokm_game.game_sessions s, hokm_game.players p LIMIT 1",
                    type, sequence));
    Sql("SELECT pg_sleep(0.15)");
    ASSERT_THAT(watcher.Collect(), IsOk());
  };
  move("it's new", 1);
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="hokm_game",move_type="it's new"})"), 1);
  move("it's new", 2);
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="hokm_game",move_type="it's new"})"), 2);
}

}  // namespace
}  // namespace hakem::collectors
