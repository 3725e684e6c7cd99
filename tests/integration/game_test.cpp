// The game collector against a real server with the real schema, as the role it is given: every
// metric is compared with a count of its own in plain SQL.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <pqxx/pqxx>
#include <random>
#include <thread>

#include "collectors/core/collector.h"
#include "collectors/game/prepared.h"
#include "collectors/game/reading.h"
#include "collectors/game/statements.h"
#include "demo/private_postgres.h"
#include "exporter/session/pqxx_session.h"
#include "simulator/schema.h"
#include "tests/support/fake_clock.h"
#include "tests/support/game_watcher.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {

namespace {

using std::chrono::seconds;

class GameCollector : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = demo::PrivatePostgres::Make({.settings = {"max_prepared_transactions = 5"}});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    Run("postgres", "CREATE DATABASE hokm_template");
    Run("hokm_template", std::string(simulator::kSchemaSql));
    Run("hokm_template", std::string(simulator::kMonitorRoleSql));
    Run("postgres", "CREATE ROLE stranger LOGIN");
  }

  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    static int number = 0;
    database_ = fmt::format("hokm_{}", ++number);
    Run("postgres", fmt::format("CREATE DATABASE {} TEMPLATE hokm_template", database_));
    owner_ = std::make_unique<pqxx::connection>(server_->Dsn(database_));
    Sql("INSERT INTO hokm_game.players (username, password_hash) "
        "SELECT 'p' || i, 'x' FROM generate_series(1, 100) i");
  }

  static void Run(const std::string& database, const std::string& sql) {
    pqxx::connection connection(server_->Dsn(database));
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  void Sql(const std::string& sql) {
    pqxx::nontransaction work(*owner_);
    work.exec(sql);
  }

  double Number(const std::string& sql) {
    pqxx::nontransaction work(*owner_);
    return work.exec1(sql)[0].as<double>();
  }

  std::string Dsn(std::string_view user = "hakem") const { return server_->Dsn(database_, user); }

  /// Live games of every status and type, sockets fresh and stale, and a past.
  void Populate() {
    Sql(R"(
      INSERT INTO hokm_game.game_sessions
        (room_id, game_type, status, current_players, created_at, started_at)
      SELECT 'r' || i, (ARRAY['standard', 'tournament', 'friendly', 'ranked'])[1 + i % 3],
             (ARRAY['waiting', 'starting', 'active', 'paused', 'active'])[1 + i % 5], i % 5,
             now() - interval '61 s' * i - interval '10 s',
             CASE WHEN i % 5 >= 2 THEN now() - interval '60 s' * i END
      FROM generate_series(1, 140) i)");
    Sql(R"(
      INSERT INTO hokm_game.game_sessions
        (room_id, status, current_players, created_at, started_at, completed_at)
      SELECT 'e' || i, 'completed', 4, t - interval '2 h', t - interval '1 s' * (i % 50) * 60, t
      FROM generate_series(1, 500) i, LATERAL (SELECT now() - interval '5 min' * i AS t) ended)");
    Sql(R"(
      INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number,
                                        sequence_number, "timestamp")
      SELECT (SELECT min(id::text)::uuid FROM hokm_game.game_sessions),
             (SELECT min(id::text)::uuid FROM hokm_game.players),
             (ARRAY['play_card', 'play_card', 'choose_trump', 'round_start'])[1 + i % 4], 1, i,
             now() - interval '70 ms' * i - interval '1 s'
      FROM generate_series(1, 3000) i)");
    Sql(R"(
      INSERT INTO hokm_game.websocket_connections (player_id, last_ping)
      SELECT id, now() - interval '7 s' * row_number() OVER ()
      FROM (SELECT id FROM hokm_game.players UNION ALL SELECT id FROM hokm_game.players) twice)");
    Sql(R"(
      INSERT INTO hokm_game.websocket_connections (player_id, is_active, disconnected_at,
                                                   disconnect_reason)
      SELECT id, false, now(), 'left' FROM hokm_game.players)");
  }

  static std::unique_ptr<demo::PrivatePostgres> server_;
  std::string database_;
  std::unique_ptr<pqxx::connection> owner_;
};

std::unique_ptr<demo::PrivatePostgres> GameCollector::server_;

constexpr auto kLive = "status IN ('waiting', 'starting', 'active', 'paused')";

TEST_F(GameCollector, CountsLiveGamesAsSqlDoes) {
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

TEST_F(GameCollector, CountsSeatsAndAgesAsSqlDoes) {
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

TEST_F(GameCollector, CountsPlayersAndSocketsAsSqlDoes) {
  Populate();
  Watcher watcher(Dsn(), {.online_window = std::chrono::minutes(10)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  // Pings are 7 s apart: the seconds this test takes move none of them across the line of 10 min.
  EXPECT_EQ(watcher.Value(R"(game_online_players{game="hokm_game"})"),
            Number("SELECT count(DISTINCT player_id) FROM hokm_game.websocket_connections "
                   "WHERE is_active AND last_ping >= now() - interval '10 min'"));
  EXPECT_EQ(watcher.Value(R"(game_stale_connections{game="hokm_game"})"),
            Number("SELECT count(*) FROM hokm_game.websocket_connections "
                   "WHERE is_active AND last_ping < now() - interval '10 min'"));
}

TEST_F(GameCollector, KnowsThePastOfItsWindowsFromTheFirstCollection) {
  Populate();
  // Nothing is written any more, so a window only loses rows while the test goes on: what the
  // collector saw lies between what is seen before and after.
  const auto moves = [&](double seconds_ago) {
    return Number(
        fmt::format("SELECT count(*) FROM hokm_game.game_moves "
                    "WHERE \"timestamp\" >= clock_timestamp() - interval '{} s'",
                    seconds_ago));
  };
  const auto created = [&] {
    return Number(
        "SELECT count(*) FROM hokm_game.game_sessions "
        "WHERE created_at >= clock_timestamp() - interval '3601 s'");
  };
  const double moves_before = moves(61);
  const double created_before = created();
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_LE(*watcher.Value(R"(game_moves_per_minute{game="hokm_game"})"), moves_before);
  EXPECT_GE(*watcher.Value(R"(game_moves_per_minute{game="hokm_game"})"), moves(59));
  EXPECT_LE(*watcher.Value(R"(game_games_per_hour{game="hokm_game"})"), created_before);
  EXPECT_GE(*watcher.Value(R"(game_games_per_hour{game="hokm_game"})"), created() - 1);
  EXPECT_DOUBLE_EQ(*watcher.Value(R"(game_average_duration_seconds{game="hokm_game"})"),
                   Number("SELECT avg(extract(epoch FROM completed_at - started_at)) "
                          "FROM hokm_game.game_history "
                          "WHERE completed_at >= clock_timestamp() - interval '24 h'"));
}

TEST_F(GameCollector, StartsItsCountersAtZeroWhateverTheTablesHold) {
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

/// Inserts moves and sessions for a while, each in a transaction that lingers before it ends; every
/// tenth is rolled back.
void Write(const std::string& dsn, unsigned seed, int transactions) {
  std::mt19937 random(seed);
  pqxx::connection connection(dsn);
  int sequence = 0;
  std::string session;
  {
    pqxx::nontransaction setup(connection);
    session = setup
                  .exec1(
                      "INSERT INTO hokm_game.game_sessions (room_id, game_type) "
                      "VALUES ('w', 'ranked') RETURNING id")[0]
                  .as<std::string>();
  }
  for (int i = 0; i < transactions; ++i) {
    pqxx::work work(connection);
    for (unsigned moves = random() % 4; moves > 0; --moves) {
      work.exec(fmt::format(
          "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
          "sequence_number) SELECT '{}', (SELECT id FROM hokm_game.players LIMIT 1), '{}', 1, {}",
          session, random() % 5 == 0 ? "choose_trump" : "play_card", ++sequence));
    }
    if (random() % 3 == 0) {
      work.exec("INSERT INTO hokm_game.game_sessions (room_id, game_type) VALUES ('x', 'ranked')");
    }
    const auto linger_ms = random() % 8 == 0 ? 1500 : random() % 200;
    work.exec(fmt::format("SELECT pg_sleep({} / 1000.0)", linger_ms));
    if (i % 10 == 9) {
      work.abort();
    } else {
      work.commit();
    }
  }
}

TEST_F(GameCollector, LosesAndRepeatsNothingUnderLateCommitsAndRollbacks) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  {
    std::vector<std::jthread> writers;
    for (unsigned i = 0; i < 12; ++i) {
      writers.emplace_back([dsn = server_->Dsn(database_), i] { Write(dsn, i, 20); });
    }
    for (int i = 0; i < 40; ++i) {
      ASSERT_THAT(watcher.Collect(), IsOk());
      Sql("SELECT pg_sleep(0.1)");
    }
  }
  Sql("SELECT pg_sleep(0.3)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  for (const std::string type : {"play_card", "choose_trump", "round_start"}) {
    EXPECT_EQ(
        watcher.Value(fmt::format(R"(game_moves_total{{game="hokm_game",move_type="{}"}})", type)),
        Number(
            fmt::format("SELECT count(*) FROM hokm_game.game_moves WHERE move_type = '{}'", type)));
  }
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm_game",game_type="ranked"})"),
            Number("SELECT count(*) FROM hokm_game.game_sessions"));
}

TEST_F(GameCollector, FollowsSessionsToTheirEndWithoutAnIndexOnIt) {
  Sql("INSERT INTO hokm_game.game_sessions (room_id, game_type, created_at) "
      "SELECT 'old' || i, 'ranked', now() - interval '90 s' FROM generate_series(1, 3) i");
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Sum("game_sessions_started_total"), 0);
  EXPECT_EQ(watcher.Sum("game_sessions_finished_total"), 0);
  // One is started now, one is abandoned in its lobby, one is played to its end between two looks.
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

TEST_F(GameCollector, ObservesResponseTimesAsSqlDoes) {
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
  for (const auto& [bound, label] : std::map<std::string, std::string>{
           {"0.1", "0.1"}, {"0.25", "0.25"}, {"10", "10.0"}, {"20", "20.0"}, {"60", "60.0"}}) {
    EXPECT_EQ(watcher.Value(fmt::format(
                  R"(game_move_response_seconds_bucket{{game="hokm_game",le="{}"}})", label)),
              Number(fmt::format("SELECT count(*){} AND response_time <= interval '{} s'", observed,
                                 bound)));
  }
  EXPECT_EQ(
      watcher.Value(R"(game_skipped_rows_total{game="hokm_game",reason="response_time_missing"})"),
      30);
  EXPECT_EQ(
      watcher.Value(R"(game_skipped_rows_total{game="hokm_game",reason="response_time_negative"})"),
      3);
}

TEST_F(GameCollector, FollowsConnectionsToTheirEnd) {
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

TEST_F(GameCollector, HoldsBackForAnOpenTransaction) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::connection other(server_->Dsn(database_));
  pqxx::work late(other);
  late.exec("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('late')");
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('early')");
  Sql("SELECT pg_sleep(0.3)");
  const std::string created =
      R"(game_sessions_created_total{game="hokm_game",game_type="standard"})";
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(created), 0);
  EXPECT_GT(*watcher.Value(R"(game_collection_holdback_seconds{game="hokm_game"})"), 0.3);
  EXPECT_EQ(watcher.Value(R"(game_collection_exact{game="hokm_game"})"), 1);
  late.commit();
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(created), 2);
}

TEST_F(GameCollector, CountsARowAtTheStartOfASpanAndNotTheOneAtItsEnd) {
  // 2026-01-01 00:00:00.000001 and two microseconds later.
  Sql(R"(
    INSERT INTO hokm_game.game_sessions (room_id, game_type, created_at)
    SELECT 'r', type, timestamptz '2026-01-01 00:00:00+00' + us * interval '1 microsecond'
    FROM (VALUES ('standard', 0), ('ranked', 1), ('ranked', 2), ('friendly', 3)) row(type, us))");
  exporter::PqxxSessionFactory factory(*exporter::Conninfo::Parse(Secret(Dsn())), "",
                                       SystemClock());
  const auto session = Connect(factory);
  const GameOptions options;
  const auto catalog = session->Query(SchemaSql(options));
  ASSERT_THAT(catalog, IsOk());
  const auto schema = ReadGameSchema(*catalog, options);
  ASSERT_THAT(schema, IsOk());
  const GameOffer offer(*schema);
  PreparedStatement statement("g");
  ASSERT_THAT(statement.Ensure(*session, GameParameterTypes(*schema),
                               GameSql({*schema, offer, options, {}})),
              IsOk());
  const PgTimestamp reading_from{std::chrono::microseconds(1767225600000001)};
  const auto rows = session->Query(
      "SELECT set_config('hakem.bound', '1767225600000003', false), "
      "set_config('hakem.exact', '1', false); " +
      statement.Execute(GameArguments(*schema, reading_from, {}, {})));
  ASSERT_THAT(rows, IsOk());
  const auto reading = ReadGame(*rows);
  ASSERT_THAT(reading, IsOk());
  ASSERT_EQ(reading->created.size(), 2u);
  EXPECT_EQ(reading->created[0].game_type, "ranked");
  EXPECT_EQ(reading->created[1].game_type, "ranked");
  EXPECT_EQ(reading->bound - reading->from, std::chrono::microseconds(2));
}

TEST_F(GameCollector, LosesNothingOverAReconnect) {
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

TEST_F(GameCollector, IsOneRoundTripOnceItRuns) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  const int before = watcher.round_trips();
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.round_trips(), before + 1);
}

TEST_F(GameCollector, ScansNoBigTableSequentially) {
  Populate();
  Sql(R"(
    SET session_replication_role = replica;
    INSERT INTO hokm_game.game_sessions
      (room_id, status, current_players, created_at, started_at, completed_at)
    SELECT 'h' || i, 'completed', 4, t - interval '30 min', t - interval '20 min', t
    FROM generate_series(1, 30000) i, LATERAL (SELECT now() - interval '1 min' * i AS t) ended;
    INSERT INTO hokm_game.game_history
    SELECT id, game_type, completed_at - started_at, 1, 'normal', started_at, completed_at
    FROM hokm_game.game_sessions WHERE room_id LIKE 'h%';
    INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number,
                                      sequence_number, "timestamp")
    SELECT id, (SELECT id FROM hokm_game.players LIMIT 1), 'play_card', 1, n,
           created_at + interval '1 s' * n
    FROM hokm_game.game_sessions, generate_series(1, 7) n WHERE room_id LIKE 'h%';
    INSERT INTO hokm_game.websocket_connections (player_id, is_active, disconnected_at,
                                                 disconnect_reason)
    SELECT id, false, now(), 'left' FROM hokm_game.players, generate_series(1, 300);
    RESET session_replication_role)");
  Sql("VACUUM ANALYZE");
  const std::string scans =
      "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN "
      "('game_sessions', 'game_moves', 'game_history', 'websocket_connections')";
  Sql("SELECT pg_stat_force_next_flush()");
  const double before = Number(scans);
  const std::string indexed =
      "SELECT sum(idx_scan) FROM pg_stat_user_tables WHERE schemaname = 'hokm_game'";
  const double indexed_before = Number(indexed);
  {
    Watcher watcher(Dsn());
    for (int i = 0; i < 3; ++i) {
      ASSERT_THAT(watcher.Collect(), IsOk());
    }
  }
  Sql("SELECT pg_sleep(0.2)");  // A session tells what it did when it ends.
  EXPECT_EQ(Number(scans), before);
  EXPECT_GE(Number(indexed), indexed_before + 12) << "the collector's scans are not told yet";
}

TEST_F(GameCollector, CountsOnlyUpToTheCapWhenItMayNotSeeTransactions) {
  Sql("GRANT USAGE ON SCHEMA hokm_game TO stranger");
  Sql("GRANT SELECT ON ALL TABLES IN SCHEMA hokm_game TO stranger");
  Watcher watcher(Dsn("stranger"));
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_collection_exact{game="hokm_game"})"), 0);
  EXPECT_DOUBLE_EQ(*watcher.Value(R"(game_collection_holdback_seconds{game="hokm_game"})"), 30);
}

TEST_F(GameCollector, LeavesOutWhatTheRoleMayNotRead) {
  Sql("GRANT USAGE ON SCHEMA hokm_game TO stranger");
  Sql("GRANT SELECT (id, status, created_at) ON hokm_game.game_sessions TO stranger");
  Watcher watcher(Dsn("stranger"));
  Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm_game"})"), 1);
  EXPECT_TRUE(watcher.Value(R"(game_sessions{game="hokm_game",status="waiting"})").has_value());
  EXPECT_FALSE(watcher.HasFamily("game_seats"));
  EXPECT_FALSE(watcher.HasFamily("game_moves_total"));
  EXPECT_FALSE(watcher.HasFamily("game_online_players"));
}

TEST_F(GameCollector, CountsMoveTypesNobodyKnewBefore) {
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

TEST_F(GameCollector, WritesNothingWhereThereIsNoGame) {
  Watcher watcher(server_->Dsn("postgres", "hakem"));
  EXPECT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_active_games"));
  EXPECT_FALSE(watcher.HasFamily("game_collection_exact"));
}

TEST_F(GameCollector, FindsItsColumnsAgainAfterAMigration) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("ALTER TABLE hokm_game.game_sessions DROP COLUMN max_players");
  EXPECT_THAT(watcher.Collect(), HasCode(ErrorCode::kInvalidInput));
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_seats"));
  EXPECT_TRUE(watcher.HasFamily("game_active_games"));
}

/// What the older servers have: four statuses, no types, no history, one partial index.
constexpr auto kOlderSchema = R"(
  CREATE SCHEMA older;
  CREATE TABLE older.game_sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), room_id text,
    status varchar(20) NOT NULL DEFAULT 'waiting'
      CHECK (status IN ('waiting', 'active', 'completed', 'abandoned')),
    current_players int DEFAULT 4, max_players int DEFAULT 4,
    created_at timestamptz DEFAULT now(), started_at timestamptz, completed_at timestamptz);
  CREATE INDEX ON older.game_sessions (created_at);
  CREATE INDEX live ON older.game_sessions (status) WHERE status IN ('waiting', 'active');
  CREATE TABLE older.game_moves (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), game_session_id uuid, move_type varchar(30),
    "timestamp" timestamptz DEFAULT now());
  CREATE INDEX ON older.game_moves ("timestamp");
  CREATE TABLE older.websocket_connections (
    connection_id uuid PRIMARY KEY DEFAULT gen_random_uuid(), player_id uuid,
    last_ping timestamptz DEFAULT now(), is_active boolean DEFAULT true);
  GRANT USAGE ON SCHEMA older TO hakem;
  GRANT SELECT ON ALL TABLES IN SCHEMA older TO hakem)";

TEST_F(GameCollector, WatchesAnOlderServerWithoutTypesAndHistory) {
  Sql(kOlderSchema);
  Sql("INSERT INTO older.game_sessions (status, created_at, started_at) "
      "SELECT (ARRAY['waiting', 'active', 'completed'])[1 + i % 3], now() - interval '4 h', "
      "now() - interval '3 h' "
      "FROM generate_series(1, 9) i");
  Watcher watcher(Dsn(), {.name = "hokm", .schema = "older"});
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="hokm"})"), 6);
  EXPECT_EQ(watcher.Value(R"(game_sessions{game="hokm",status="active"})"), 3);
  EXPECT_EQ(watcher.Sum("game_sessions"), 6);
  EXPECT_EQ(watcher.Value(R"(game_long_running_games{game="hokm"})"), 3);
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm"})"), 0);
  EXPECT_FALSE(watcher.HasFamily("game_average_duration_seconds"));
  Sql("INSERT INTO older.game_sessions DEFAULT VALUES");
  Sql("INSERT INTO older.game_moves (move_type) VALUES ('play_card')");
  Sql("SELECT pg_sleep(0.2)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_sessions_created_total{game="hokm"})"), 1);
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="hokm",move_type="play_card"})"), 1);
}

TEST_F(GameCollector, FindsLiveGamesOfAnOlderServerByItsOwnPartialIndex) {
  Sql(kOlderSchema);
  Sql("INSERT INTO older.game_sessions (status) SELECT 'completed' FROM generate_series(1, 20000)");
  Sql("VACUUM ANALYZE older.game_sessions");
  const std::string scans =
      "SELECT idx_scan FROM pg_stat_user_indexes WHERE schemaname = 'older' AND "
      "indexrelname = 'live'";
  {
    Watcher watcher(Dsn(), {.schema = "older"});
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  Sql("SELECT pg_sleep(0.2)");
  EXPECT_EQ(Number(scans), 1);
}

TEST_F(GameCollector, WatchesAChessClubByConfigurationAlone) {
  Sql(R"(
    CREATE SCHEMA club;
    CREATE TYPE club.match_state AS ENUM ('open', 'running', 'adjourned', 'won', 'drawn', 'gone');
    CREATE TABLE club.matches (
      match_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state club.match_state NOT NULL,
      variant text, seated int NOT NULL DEFAULT 2, boards_for int NOT NULL DEFAULT 2,
      announced timestamptz NOT NULL DEFAULT now(), begun timestamptz, over timestamptz);
    CREATE INDEX ON club.matches (announced);
    CREATE INDEX live ON club.matches (state) WHERE state IN ('open', 'running', 'adjourned');
    CREATE TABLE club.plies (
      match_no bigint, kind text, played timestamptz NOT NULL DEFAULT now(), thought interval);
    CREATE INDEX ON club.plies (played);
    GRANT USAGE ON SCHEMA club TO hakem;
    GRANT SELECT ON ALL TABLES IN SCHEMA club TO hakem;
    INSERT INTO club.matches (state, variant, begun)
    SELECT (ARRAY['open', 'running', 'adjourned', 'won'])[1 + i % 4]::club.match_state, 'blitz',
           now() - interval '1 min' FROM generate_series(1, 20) i)");
  GameOptions options{.name = "chess", .schema = "club"};
  options.names.tables["game_sessions"] = {.table = "matches",
                                           .columns = {{"id", "match_no"},
                                                       {"status", "state"},
                                                       {"game_type", "variant"},
                                                       {"current_players", "seated"},
                                                       {"max_players", "boards_for"},
                                                       {"created_at", "announced"},
                                                       {"started_at", "begun"},
                                                       {"completed_at", "over"}}};
  options.names.tables["game_moves"] = {
      .table = "plies",
      .columns = {{"timestamp", "played"}, {"move_type", "kind"}, {"response_time", "thought"}}};
  options.statuses = {.live = {"open", "running", "adjourned"},
                      .waiting = {"open"},
                      .playing = {"running"},
                      .in_play = {"running", "adjourned"},
                      .ended = {"won", "drawn", "gone"},
                      .completed = {"won", "drawn"}};
  Watcher watcher(Dsn(), options);
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="chess"})"), 15);
  EXPECT_EQ(watcher.Value(R"(game_sessions_playing{game="chess"})"), 5);
  EXPECT_EQ(watcher.Value(R"(game_sessions{game="chess",game_type="blitz",status="adjourned"})"),
            5);
  EXPECT_EQ(watcher.Value(R"(game_room_occupancy_ratio{game="chess"})"), 1);
  Sql("INSERT INTO club.plies (kind, thought) VALUES ('castle', '3 s'), ('check', '1 s')");
  Sql("UPDATE club.matches SET state = 'drawn', over = begun + interval '9 min' WHERE match_no IN "
      "(SELECT match_no FROM club.matches WHERE state = 'running' LIMIT 2)");
  Sql("SELECT pg_sleep(0.2)");
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
  }
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="chess",move_type="castle"})"), 1);
  EXPECT_EQ(watcher.Value(R"(game_move_response_seconds_sum{game="chess"})"), 4);
  EXPECT_EQ(watcher.Value(R"(game_sessions_finished_total{game="chess",game_type="blitz",)"
                          R"(outcome="drawn"})"),
            2);
  EXPECT_EQ(watcher.Value(R"(game_duration_seconds_sum{game="chess",game_type="blitz"})"), 1080);
  EXPECT_FALSE(watcher.HasFamily("game_online_players"));
}

}  // namespace
}  // namespace hakem::collectors
