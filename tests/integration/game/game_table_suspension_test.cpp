// Tables that the game statement would read sequentially are suspended, on a real server.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>

#include "collectors/game/query/table_suspension.h"
#include "collectors/game/schema/families.h"
#include "exporter/session/postgres_session.h"
#include "process/private_postgres.h"
#include "simulator/database/schema.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::HasSubstr;

/// More than a page and less than the table of moves, in bytes.
constexpr std::int64_t kBig = 64 << 10;

class GameTableSuspension : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make({.transport = process::Transport::kUnixSocket});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    Sql(std::string(simulator::kSchemaSql));
    Sql(std::string(simulator::kMonitorRoleSql));
    Sql("INSERT INTO hokm_game.players (username, password_hash) VALUES ('a', 'x');"
        "INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r');"
        "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
        "                                  sequence_number) "
        "SELECT s.id, p.id, 'play_card', 1, n FROM hokm_game.game_sessions s, "
        "hokm_game.players p, generate_series(1, 2000) n");
  }

  static void TearDownTestSuite() { server_.reset(); }

  static void Sql(const std::string& sql) {
    pqxx::connection connection(server_->Dsn("postgres"));
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  void SetUp() override {
    auto connected = factory_.Connect({}, {});
    ASSERT_TRUE(connected.has_value()) << connected.error().error.message;
    session_ = std::move(*connected);
  }

  GameSchema ReadSchema(std::int64_t big = kBig) {
    auto schema = session_->Query(SchemaSql(options_)).and_then([&](const Rows& rows) {
      return ReadGameSchema(rows, options_);
    });
    EXPECT_THAT(schema, IsOk());
    EXPECT_THAT(SuspendScannedTables(*session_, options_, *schema, big), IsOk());
    return std::move(*schema);
  }

  static inline std::unique_ptr<process::PrivatePostgres> server_;
  const GameOptions options_{};
  exporter::PostgresSessionFactory factory_{
      *config::Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem"))), "", SystemClock()};
  std::unique_ptr<Session> session_;
};

TEST_F(GameTableSuspension, SuspendsNoTableIfAllIndexesExist) {
  const GameSchema schema = ReadSchema(0);
  for (const auto& [name, table] : schema.tables) {
    EXPECT_EQ(table.suspension, "") << name;
  }
}

TEST_F(GameTableSuspension, SuspendsTheMovesWithoutTheirIndexAndNamesIt) {
  Sql("DO $$ DECLARE i text; BEGIN "
      "FOR i IN SELECT indexname FROM pg_indexes WHERE schemaname = 'hokm_game' "
      "AND tablename = 'game_moves' AND indexdef LIKE '%timestamp%' LOOP "
      "EXECUTE format('DROP INDEX hokm_game.%I', i); END LOOP; END $$");
  EXPECT_TRUE(AvailableMetrics(ReadSchema(kBigTable)).Has(GameMetric::kMoves))
      << "a small table may be read";
  const GameSchema schema = ReadSchema();
  const AvailableMetrics available(schema);
  EXPECT_FALSE(available.Has(GameMetric::kMoves));
  EXPECT_TRUE(available.Has(GameMetric::kActiveGames)) << "other metrics stay available";
  EXPECT_THAT(schema.WhyUnavailable("game_moves", "timestamp"),
              HasSubstr("would be read in full at each collection; an index is missing: CREATE "
                        "INDEX CONCURRENTLY ON \"hokm_game\".\"game_moves\" (\"timestamp\")"));

  Sql("CREATE INDEX ON hokm_game.game_moves (\"timestamp\")");
  EXPECT_TRUE(AvailableMetrics(ReadSchema()).Has(GameMetric::kMoves))
      << "the metric is available again with the index";
}

TEST_F(GameTableSuspension, LeavesTheSessionAsItWas) {
  ReadSchema();
  const auto setting = session_->Query("SHOW enable_seqscan");
  ASSERT_THAT(setting, IsOk());
  EXPECT_EQ(setting->Text(0, 0), "on");
  const auto left = session_->Query(
      "SELECT count(*) FROM pg_prepared_statements WHERE name NOT IN ('hakem_look', 'hakem_pins')");
  ASSERT_THAT(left, IsOk());
  EXPECT_EQ(left->Number(0, 0), 0);
}

}  // namespace
}  // namespace hakem::collectors
