// What the simulator writes to a real PostgreSQL.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <pqxx/pqxx>
#include <string>

#include "simulator/database/history.h"
#include "simulator/database/schema.h"
#include "tests/support/game/simulator_on_postgres.h"
#include "tests/support/matchers.h"

namespace hakem::simulator {
namespace {

using std::chrono::seconds;

TEST_F(SimulatorOnPostgres, KeepsTheRequestedRateOnSeveralConnections) {
  SimulationOptions options = LongGames();
  options.connections = 3;
  options.duration = seconds(20);

  const auto report = Run(options);

  ASSERT_THAT(report, IsOk());
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
  // Only the time after all games have started counts. A busy machine may fall behind, and reports
  // how far.
  constexpr double kSeconds = 8;
  const double moves = static_cast<double>(Count(R"(
    SELECT count(*) FROM hokm_game.game_moves, (SELECT min(created_at) + '11 s' AS began
                                                FROM hokm_game.game_sessions) g
    WHERE "timestamp" >= began AND "timestamp" < began + '8 s')"));
  EXPECT_LE(moves, 1.25 * 100 * kSeconds);
  EXPECT_GE(moves, 0.75 * 100 * (kSeconds - std::min(kSeconds, ToSeconds(report->time_lost))));
}

/// What a run wrote, without times and ids, which differ between runs.
std::map<std::string, std::string> Story(const std::string& dsn) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction session(connection);
  const auto rows = session.exec(R"(
    WITH game AS (
      SELECT *, format('worker %s game %s', dense_rank() OVER (ORDER BY split_part(session_key, '-', 2)),
                       split_part(session_key, '-', 3)) AS name
      FROM hokm_game.game_sessions
    )
    SELECT name, concat_ws(' ', game_type, room_id) FROM game
    UNION ALL
    SELECT format('%s move %s', name, sequence_number),
           concat_ws(' ', username, move_type, move_data, round_number, trick_number, response_time)
    FROM hokm_game.game_moves JOIN game ON game.id = game_session_id
    JOIN hokm_game.players p ON p.id = player_id
    UNION ALL
    SELECT format('%s result %s', name, username),
           concat_ws(' ', tricks_won, rounds_won, won, rating_change)
    FROM hokm_game.player_game_stats JOIN game ON game.id = game_session_id
    JOIN hokm_game.players p ON p.id = player_id)");
  std::map<std::string, std::string> story;
  for (const pqxx::row& row : rows) {
    story.emplace(row[0].c_str(), row[1].c_str());
  }
  return story;
}

TEST_F(SimulatorOnPostgres, WritesTheSameGamesOfEveryKindForTheSameSeed) {
  SimulationOptions options = ShortGames();
  options.connections = 3;
  options.duration = seconds(18);
  const std::string first_dsn = Dsn();
  RunningSimulation first(options);
  SetUp();  // Makes another database.
  options.dsn = Secret(Dsn());
  RunningSimulation second(options);
  ASSERT_THAT(first.Finish(), IsOk());
  const auto report = second.Finish();
  ASSERT_THAT(report, IsOk());
  ExpectNoContradictions();
  ExpectDatabaseAgreesWith(*report);
  EXPECT_GT(report->games_completed, 5);
  EXPECT_GT(report->games_cancelled, 0);
  EXPECT_GT(report->disconnections, report->games_abandoned);
  EXPECT_EQ(report->outages, 0);

  // One run may have got further than the other.
  const auto one = Story(first_dsn);
  const auto other = Story(Dsn());
  std::size_t same = 0;
  for (const auto& [what, value] : one) {
    const auto found = other.find(what);
    if (found != other.end()) {
      ASSERT_EQ(found->second, value) << what;
      ++same;
    }
  }
  EXPECT_GT(same, 500U);
  EXPECT_GT(static_cast<double>(same),
            0.7 * static_cast<double>(std::max(one.size(), other.size())));
}

TEST_F(SimulatorOnPostgres, LoadsAConsistentPast) {
  const auto report = LoadHistory({.dsn = Secret(Dsn()),
                                   .days = 2,
                                   .moves = 20'000,
                                   .abandon_ratio = 0.2,
                                   .create_schema = true},
                                  SystemClock(), Log::Silent().For("simulator"), {});

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->moves, Moves());
  EXPECT_EQ(report->games, Count("SELECT count(*) FROM hokm_game.game_sessions"));
  ExpectNoContradictions();
  EXPECT_GT(Count("SELECT count(*) FROM hokm_game.game_sessions WHERE status = 'abandoned'"), 0);
  EXPECT_EQ(Ask(R"(
    SELECT min(created_at) BETWEEN now() - interval '49 h' AND now() - interval '46 h'
           AND max(updated_at) BETWEEN now() - interval '4 h' AND now()
    FROM hokm_game.game_sessions)"),
            "t");
  EXPECT_EQ(Ask(R"(
    SELECT min("timestamp" - started_at) > '0 s' AND max("timestamp" - updated_at) < '0 s'
           AND count(*) FILTER (WHERE response_time IS NULL AND move_type <> 'round_start') = 0
    FROM hokm_game.game_moves m JOIN hokm_game.game_sessions s ON s.id = m.game_session_id)"),
            "t");
}

TEST_F(SimulatorOnPostgres, LoadsTheSamePastWithAndWithoutTriggers) {
  const auto load = [&](const std::string& user) {
    SetUp();
    Execute(kSchemaSql);
    Execute(R"(
      DO $$ BEGIN CREATE ROLE loader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      GRANT USAGE ON SCHEMA hokm_game TO loader;
      GRANT ALL ON ALL TABLES IN SCHEMA hokm_game TO loader)");
    EXPECT_THAT(LoadHistory({.dsn = Secret(server->Dsn(database, user)), .moves = 10'000},
                            SystemClock(), Log::Silent().For("simulator"), {}),
                IsOk());
    ExpectNoContradictions();
    return Ask(R"(
      SELECT string_agg(format('%s %s %s %s %s', room_id, h.game_type, game_duration, winning_team,
                               completion_reason), E'\n' ORDER BY h.started_at)
      FROM hokm_game.game_history h JOIN hokm_game.game_sessions s ON s.id = h.game_session_id)");
  };

  const std::string by_superuser = load("postgres");
  EXPECT_THAT(by_superuser, testing::HasSubstr("normal"));
  EXPECT_EQ(load("loader"), by_superuser);
}

TEST_F(SimulatorOnPostgres, LetsTheMonitoringRoleReadEverythingButPasswords) {
  Execute(kSchemaSql);
  Execute(kMonitorRoleSql);
  pqxx::connection connection(server->Dsn(database, "hakem"));
  pqxx::nontransaction session(connection);

  for (const std::string table : {"game_sessions", "game_moves", "game_participants",
                                  "game_history", "websocket_connections"}) {
    EXPECT_TRUE(session.exec("SELECT * FROM hokm_game." + table).empty());
  }
  EXPECT_TRUE(
      session.exec("SELECT id, rating, last_seen, is_active FROM hokm_game.players").empty());
  EXPECT_THROW(session.exec("SELECT password_hash FROM hokm_game.players"),
               pqxx::insufficient_privilege);
  EXPECT_THROW(session.exec("DELETE FROM hokm_game.game_moves"), pqxx::sql_error);
}

TEST_F(SimulatorOnPostgres, ReadsAUri) {
  SimulationOptions options = LongGames();
  options.duration = seconds(1);
  for (const std::string end : {"", "?connect_timeout=3"}) {
    options.dsn = Secret(
        fmt::format("postgresql://postgres@127.0.0.1:{}/{}{}", server->port(), database, end));

    EXPECT_THAT(Run(options), IsOk());
  }
}

}  // namespace
}  // namespace hakem::simulator
