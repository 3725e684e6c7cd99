#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "process/private_postgres.h"
#include "simulator/database/schema.h"
#include "tests/support/game/game_watcher.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {

/// A PostgreSQL server for all tests of a file. Each test has a database of its own with the Hokm
/// schema, a hundred players and the role `hakem` as shipped. The role `stranger` has no rights.
class GameFixture : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make(
        {.settings = {"max_prepared_transactions = 5", "wal_level = replica",
                      "max_wal_senders = 5"}});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    Run("postgres", "CREATE DATABASE hokm_template");
    Run("hokm_template", std::string(simulator::kSchemaSql));
    Run("hokm_template", std::string(simulator::kMonitorRoleSql));
    Run("hokm_template",
        "INSERT INTO hokm_game.players (username, password_hash) "
        "SELECT 'p' || i, 'x' FROM generate_series(1, 100) i; "
        "CREATE SEQUENCE public.moves; CREATE ROLE stranger LOGIN");
  }

  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    static int number = 0;
    database_ = fmt::format("hokm_{}", ++number);
    Run("postgres", fmt::format("CREATE DATABASE {} TEMPLATE hokm_template", database_));
    owner_ = std::make_unique<pqxx::connection>(server_->Dsn(database_));
  }

  static void Run(const std::string& database, const std::string& sql) {
    pqxx::connection connection(server_->Dsn(database));
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  void Sql(const std::string& sql) { pqxx::nontransaction(*owner_).exec(sql); }

  double Number(const std::string& sql) {
    return pqxx::nontransaction(*owner_).exec1(sql)[0].as<double>();
  }

  std::string Dsn(std::string_view user = "hakem") const { return server_->Dsn(database_, user); }

  void LetStrangerRead() {
    Sql("GRANT USAGE ON SCHEMA hokm_game TO stranger; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA hokm_game TO stranger");
  }

  /// Collects until `condition` holds, because the database's clock must pass some time.
  template <typename Condition>
  static void CollectUntil(Watcher& watcher, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    do {
      ASSERT_THAT(watcher.Collect(), IsOk());
    } while (!condition() && std::chrono::steady_clock::now() < until);
    EXPECT_TRUE(condition()) << "not within 30 s";
  }

  /// Runs the condition as SQL until it is true.
  void SqlUntil(const std::string& condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (Number(fmt::format("SELECT ({})::int", condition)) != 1) {
      ASSERT_LT(std::chrono::steady_clock::now(), until) << condition;
    }
  }

  /// Inserts live games of every status and type, fresh and stale connections, and past games.
  void Populate();

  static inline std::unique_ptr<process::PrivatePostgres> server_;
  std::string database_;
  std::unique_ptr<pqxx::connection> owner_;
};

inline void GameFixture::Populate() {
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

}  // namespace hakem::collectors
