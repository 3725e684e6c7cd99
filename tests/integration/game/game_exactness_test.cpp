// The game's counters compared with SQL counts: while transactions commit late, roll back, get
// stuck or are prepared, while the collector cannot see them or is restarted, and when the clock
// goes back or rows are deleted.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/support/game/game_fixture.h"
#include "tests/support/game/late_writers.h"
#include "tests/support/game/memory_game_store.h"

namespace hakem::collectors {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kMoves = R"(game_moves_total{game="hokm_game",move_type="play_card"})";
constexpr auto kResponses = R"(game_move_response_seconds_count{game="hokm_game"})";
constexpr auto kCreated = R"(game_sessions_created_total{game="hokm_game",game_type="ranked"})";
constexpr auto kExact = R"(game_collection_exact{game="hokm_game"})";
constexpr auto kHoldback = R"(game_collection_holdback_seconds{game="hokm_game"})";

constexpr auto kCount = "SELECT count(*) FROM hokm_game.game_moves";

constexpr auto kMove =
    "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
    "sequence_number, response_time) SELECT s.id, p.id, 'play_card', 1, nextval('public.moves'), "
    "interval '1 s' "
    "FROM (SELECT id FROM hokm_game.game_sessions LIMIT 1) s, "
    "(SELECT id FROM hokm_game.players LIMIT 1) p;"
    "INSERT INTO hokm_game.game_sessions (room_id, game_type) VALUES ('x', 'ranked')";

class GameExactness : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    LetStrangerRead();
    Sql("INSERT INTO hokm_game.game_sessions (room_id, game_type) VALUES ('first', 'standard')");
  }

  /// Expects the counters to equal what the tables have without the first session.
  void ExpectAsTheTables(const Watcher& watcher) {
    EXPECT_EQ(watcher.Value(kMoves), Number(kCount));
    EXPECT_EQ(watcher.Value(kResponses), Number(kCount));
    EXPECT_EQ(watcher.Value(kCreated),
              Number("SELECT count(*) FROM hokm_game.game_sessions WHERE game_type = 'ranked'"));
  }
};

/// Leaves a move in a prepared transaction.
void Prepare(pqxx::connection& connection, const std::string& gid) {
  pqxx::nontransaction work(connection);
  work.exec("BEGIN");
  work.exec(kMove);
  work.exec(fmt::format("PREPARE TRANSACTION '{}'", gid));
}

TEST_F(GameExactness, SurvivesLateCommitsRollbacksPreparedAndStuckTransactionsAndARestart) {
  MemoryGameStore store;
  const GameOptions options{.holdback_cap = milliseconds(1500)};
  auto watcher = std::make_unique<Watcher>(Dsn(), options, &store);
  ASSERT_THAT(watcher->Collect(), IsOk());
  pqxx::connection other(Dsn("postgres"));
  pqxx::connection preparing(Dsn("postgres"));
  std::optional<pqxx::work> stuck;
  bool was_inexact = false;
  const LateWriters writers{.dsn = Dsn("postgres"), .move = kMove, .longest = milliseconds(2000)};
  WriteWhileCollecting(writers, 60, [&](int round) {
    if (round == 5) {
      stuck.emplace(other).exec(kMove);
      Prepare(preparing, "held");
    }
    if (round == 30) {
      watcher = std::make_unique<Watcher>(Dsn(), options, &store);
    }
    if (round == 40) {
      stuck->commit();
      Sql("COMMIT PREPARED 'held'");
    }
    ASSERT_THAT(watcher->Collect(), IsOk());
    was_inexact |= watcher->Value(kExact) == 0;
  });
  const double written = Number(kCount);
  CollectUntil(*watcher,
               [&] { return watcher->Value(kExact) == 1 && watcher->Value(kMoves) >= written; });
  EXPECT_TRUE(was_inexact) << "the stuck transaction did not exceed the cap";
  ExpectAsTheTables(*watcher);
}

TEST_F(GameExactness, HoldsForTransactionsWithinTheCapIfNoneCanBeSeen) {
  MemoryGameStore store;
  const GameOptions options{.holdback_cap = milliseconds(1500)};
  auto watcher = std::make_unique<Watcher>(Dsn("stranger"), options, &store);
  ASSERT_THAT(watcher->Collect(), IsOk());
  const LateWriters writers{.dsn = Dsn("postgres"), .move = kMove, .longest = milliseconds(500)};
  WriteWhileCollecting(writers, 60, [&](int round) {
    if (round == 30) {
      watcher = std::make_unique<Watcher>(Dsn("stranger"), options, &store);
    }
    ASSERT_THAT(watcher->Collect(), IsOk());
  });
  const double written = Number(kCount);
  CollectUntil(*watcher, [&] { return watcher->Value(kMoves) >= written; });
  EXPECT_EQ(watcher->Value(kExact), 0) << "a longer transaction would have been missed";
  ExpectAsTheTables(*watcher);
}

TEST_F(GameExactness, WaitsForAnOpenTransaction) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::connection other(Dsn("postgres"));
  pqxx::work late(other);
  late.exec(kMove);
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kHoldback) > 0.3; });
  EXPECT_EQ(watcher.Value(kMoves), 0);
  EXPECT_EQ(watcher.Value(kExact), 1);
  late.commit();
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 2; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, IsNotClaimedByARoleThatMayNotSeeTransactions) {
  Watcher watcher(Dsn("stranger"));
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kExact), 0);
  EXPECT_DOUBLE_EQ(*watcher.Value(kHoldback), 30);
  Sql("GRANT pg_monitor TO stranger");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kExact), 1) << "the new right takes effect without a new connection";
  Sql("REVOKE pg_monitor FROM stranger");
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

TEST_F(GameExactness, WaitsForAPreparedTransaction) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  pqxx::connection other(Dsn("postgres"));
  pqxx::nontransaction(other).exec("BEGIN");
  pqxx::nontransaction(other).exec(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kHoldback) > 0.2; });
  pqxx::nontransaction(other).exec("PREPARE TRANSACTION 'held'");
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kHoldback) > 0.5; });
  EXPECT_EQ(watcher.Value(kMoves), 0) << "its rows are older than these";
  EXPECT_EQ(watcher.Value(kExact), 1);
  Sql("COMMIT PREPARED 'held'");
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 2; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, DoesNotWaitForTransactionsPreparedBeforeItStarted) {
  Sql("BEGIN; INSERT INTO hokm_game.game_sessions (room_id) VALUES ('orphan'); "
      "PREPARE TRANSACTION 'orphan'");
  // The horizon keeps a margin of half of it.
  SqlUntil("SELECT now() - prepared > interval '0.2 s' FROM pg_prepared_xacts");
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
  Sql(fmt::format("BEGIN; {}; PREPARE TRANSACTION 'long'", kMove));
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  EXPECT_EQ(watcher.Value(kExact), 0);
  Sql("COMMIT PREPARED 'long'");
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  ExpectAsTheTables(watcher);
}

TEST_F(GameExactness, FindsRowsThatAnotherServersClockPutsBeforeTheWatermark) {
  Watcher watcher(Dsn());
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  // Writes a row as a server does that took over with a clock ten milliseconds behind.
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
  EXPECT_EQ(watcher.Value(kMoves), 2) << "the range is read again once";
}

/// From now on the server's clock is off by this much for the watcher.
void ShiftClock(Watcher& watcher, const std::string& by) {
  watcher.Rewrite([by](std::string sql) {
    const std::string clock = "statement_timestamp()";
    for (std::size_t at = 0; (at = sql.find(clock, at)) != std::string::npos;) {
      const std::string shifted =
          "(statement_timestamp() + current_setting('test.shift')::interval)";
      sql.replace(at, clock.size(), shifted);
      at += shifted.size();
    }
    return fmt::format("SET test.shift = '{}'; {}", by, sql);
  });
}

TEST_F(GameExactness, CountsEverythingOnceIfTheClockGoesBack) {
  Watcher watcher(Dsn());
  ShiftClock(watcher, "0 s");
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  SqlUntil("SELECT now() - max(\"timestamp\") > interval '1.5 s' FROM hokm_game.game_moves");
  ASSERT_THAT(watcher.Collect(), IsOk());
  ShiftClock(watcher, "-1 s");
  Sql(kMove);
  Sql("UPDATE hokm_game.game_moves SET \"timestamp\" = \"timestamp\" - interval '1 s' "
      "WHERE sequence_number = (SELECT max(sequence_number) FROM hokm_game.game_moves)");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 1) << "the watermark never goes back";
  EXPECT_EQ(watcher.Value(kExact), 0);
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  EXPECT_EQ(watcher.Value(kMoves), 2);
}

TEST_F(GameExactness, IsNotFrozenIfTheClockGoesBackByHours) {
  Watcher watcher(Dsn());
  ShiftClock(watcher, "0 s");
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 1; });
  ShiftClock(watcher, "-2 hours");
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(kMove);
  Sql("UPDATE hokm_game.game_moves SET \"timestamp\" = \"timestamp\" - interval '2 hours' "
      "WHERE sequence_number = (SELECT max(sequence_number) FROM hokm_game.game_moves)");
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 2; });
  EXPECT_EQ(watcher.Value(kExact), 1);
}

TEST_F(GameExactness, LosesNoCountsWhenRowsAreDeleted) {
  Watcher watcher(Dsn(), {.holdback_cap = milliseconds(300)});
  ASSERT_THAT(watcher.Collect(), IsOk());
  for (int i = 0; i < 5; ++i) {
    Sql(kMove);
  }
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 5; });
  Sql("DELETE FROM hokm_game.game_moves");
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(kMoves), 5);
  pqxx::connection other(Dsn("postgres"));
  pqxx::work stuck(other);
  stuck.exec("SELECT 1");
  Sql(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == 6; });
  Sql("DELETE FROM hokm_game.game_moves");  // Before its time range is read again.
  stuck.commit();
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  EXPECT_EQ(watcher.Value(kMoves), 6);
  EXPECT_EQ(watcher.Value(kResponses), 6);
}

}  // namespace
}  // namespace hakem::collectors
