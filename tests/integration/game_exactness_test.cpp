// The game's counters against an oracle in SQL while transactions commit late, roll back, get stuck
// or are prepared, and while the watcher may not see them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <pqxx/pqxx>
#include <random>
#include <thread>

#include "demo/private_postgres.h"
#include "simulator/schema.h"
#include "tests/support/game_watcher.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kMoves = R"(game_moves_total{game="hokm_game",move_type="play_card"})";
constexpr auto kResponses = R"(game_move_response_seconds_count{game="hokm_game"})";
constexpr auto kCreated = R"(game_sessions_created_total{game="hokm_game",game_type="ranked"})";
constexpr auto kExact = R"(game_collection_exact{game="hokm_game"})";
constexpr auto kHoldback = R"(game_collection_holdback_seconds{game="hokm_game"})";

constexpr auto kMove =
    "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
    "sequence_number, response_time) SELECT s.id, p.id, 'play_card', 1, nextval('public.moves'), "
    "interval '1 s' "
    "FROM (SELECT id FROM hokm_game.game_sessions LIMIT 1) s, "
    "(SELECT id FROM hokm_game.players LIMIT 1) p;"
    "INSERT INTO hokm_game.game_sessions (room_id, game_type) VALUES ('x', 'ranked')";

class GameExactness : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = demo::PrivatePostgres::Make({.settings = {"max_prepared_transactions = 5"}});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    pqxx::connection connection(server_->Dsn());
    pqxx::nontransaction work(connection);
    work.exec("CREATE DATABASE hokm_template");
    pqxx::connection hokm(server_->Dsn("hokm_template"));
    pqxx::nontransaction schema(hokm);
    schema.exec(std::string(simulator::kSchemaSql));
    schema.exec(std::string(simulator::kMonitorRoleSql));
    schema.exec(
        "CREATE SEQUENCE public.moves;"
        "CREATE ROLE stranger LOGIN; GRANT USAGE ON SCHEMA hokm_game TO stranger;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA hokm_game TO stranger;"
        "INSERT INTO hokm_game.players (username, password_hash) VALUES ('a', 'x');"
        "INSERT INTO hokm_game.game_sessions (room_id, game_type) VALUES ('first', 'standard')");
  }

  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    static int number = 0;
    database_ = fmt::format("hokm_{}", ++number);
    {
      pqxx::connection connection(server_->Dsn());
      pqxx::nontransaction(connection)
          .exec(fmt::format("CREATE DATABASE {} TEMPLATE hokm_template", database_));
    }
    owner_ = std::make_unique<pqxx::connection>(Dsn("postgres"));
  }

  std::string Dsn(std::string_view user = "hakem") const { return server_->Dsn(database_, user); }

  void Sql(const std::string& sql) { pqxx::nontransaction(*owner_).exec(sql); }

  double Number(const std::string& sql) {
    return pqxx::nontransaction(*owner_).exec1(sql)[0].as<double>();
  }

  /// Collects until `condition`, a row the database's clock has passed for sure included.
  template <typename Condition>
  static void CollectUntil(Watcher& watcher, Condition condition) {
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    do {
      ASSERT_THAT(watcher.Collect(), IsOk());
    } while (!condition() && std::chrono::steady_clock::now() < until);
    EXPECT_TRUE(condition()) << "not within 20 s";
  }

  /// The counters are what the tables hold beyond the first session.
  void ExpectAsTheTables(const Watcher& watcher) {
    EXPECT_EQ(watcher.Value(kMoves), Number("SELECT count(*) FROM hokm_game.game_moves"));
    EXPECT_EQ(watcher.Value(kCreated),
              Number("SELECT count(*) FROM hokm_game.game_sessions WHERE game_type = 'ranked'"));
  }

  static inline std::unique_ptr<demo::PrivatePostgres> server_;
  std::string database_;
  std::unique_ptr<pqxx::connection> owner_;
};

/// Writes moves in transactions that linger up to `longest` before they end; every tenth is rolled
/// back.
void Write(const std::string& dsn, unsigned seed, milliseconds longest) {
  std::mt19937 random(seed);
  pqxx::connection connection(dsn);
  for (int i = 0; i < 20; ++i) {
    pqxx::work work(connection);
    for (unsigned moves = random() % 4; moves > 0; --moves) {
      work.exec(kMove);
    }
    work.exec(fmt::format("SELECT pg_sleep({} / 1000.0)",
                          random() % static_cast<unsigned>(longest.count())));
    if (i % 10 == 9) {
      work.abort();
    } else {
      work.commit();
    }
  }
}

TEST_F(GameExactness, CountsAllUpToTheCapForARoleThatSeesNoTransactions) {
  Watcher watcher(Dsn("stranger"), {.holdback_cap = seconds(1)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  {
    std::vector<std::jthread> writers;
    for (unsigned i = 0; i < 12; ++i) {
      writers.emplace_back([dsn = Dsn("postgres"), i] { Write(dsn, i, milliseconds(400)); });
    }
    for (int i = 0; i < 30; ++i) {
      ASSERT_THAT(watcher.Collect(), IsOk());
      Sql("SELECT pg_sleep(0.1)");
    }
  }
  Sql("SELECT pg_sleep(1.1)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kExact), 0) << "a longer transaction would have been missed";
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, IsNotFrozenByAStuckTransactionAndCountsItsRowsWhenItCommits) {
  Watcher watcher(Dsn(), {.holdback_cap = milliseconds(300)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::connection other(Dsn("postgres"));
  pqxx::work stuck(other);
  stuck.exec(kMove);
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  EXPECT_EQ(watcher.Value(kExact), 0);
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 2; });
  stuck.commit();
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  EXPECT_EQ(watcher.Value(kMoves), 3);
  EXPECT_EQ(watcher.Value(kResponses), 3);
  ExpectAsTheTables(watcher);
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 4; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, HoldsBackForATransactionThatWasPrepared) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::connection other(Dsn("postgres"));
  pqxx::nontransaction(other).exec("BEGIN");
  pqxx::nontransaction(other).exec(kMove);
  Sql("SELECT pg_sleep(0.2)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::nontransaction(other).exec("PREPARE TRANSACTION 'held'");
  Sql(kMove);
  Sql("SELECT pg_sleep(0.3)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 0) << "its rows are older than these";
  EXPECT_GT(*watcher.Value(kHoldback), 0.3);
  EXPECT_EQ(watcher.Value(kExact), 1);
  Sql("COMMIT PREPARED 'held'");
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 2; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, IsNotHeldBackByWhatWasPreparedBeforeItCame) {
  Sql("BEGIN; INSERT INTO hokm_game.game_sessions (room_id) VALUES ('orphan'); "
      "PREPARE TRANSACTION 'orphan'");
  Sql("SELECT pg_sleep(0.2)");  // The bound keeps a margin of half of it.
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  EXPECT_EQ(watcher.Value(kExact), 1);
  Sql("ROLLBACK PREPARED 'orphan'");
}

TEST_F(GameExactness, CountsAPreparedTransactionBeyondTheCapWhenItEnds) {
  Watcher watcher(Dsn(), {.holdback_cap = milliseconds(300)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("SELECT pg_sleep(0.2)");
  Sql(fmt::format("BEGIN; {}; PREPARE TRANSACTION 'long'", kMove));
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  EXPECT_EQ(watcher.Value(kExact), 0);
  Sql("COMMIT PREPARED 'long'");
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, FindsWhatAnotherServersClockPutsBeforeTheWatermark) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  // As a server would have written it that took over with a clock ten milliseconds behind.
  Sql("INSERT INTO hokm_game.game_moves SELECT gen_random_uuid(), game_session_id, player_id, "
      "move_type, move_data, round_number, trick_number, nextval('public.moves'), is_valid, "
      "processed_at, "
      "\"timestamp\" - interval '10 ms', response_time FROM hokm_game.game_moves");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 1);
  watcher.Reconnect();
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 2);
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 2) << "looked at once";
}

}  // namespace
}  // namespace hakem::collectors
