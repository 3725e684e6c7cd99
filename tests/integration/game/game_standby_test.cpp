// The game collector on a real streaming standby, also after it is promoted.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/game/game_fixture.h"
#include "tests/support/game/late_writers.h"
#include "tests/support/game/memory_game_store.h"

namespace hakem::collectors {
namespace {

using std::chrono::milliseconds;

constexpr auto kMoves = R"(game_moves_total{game="hokm_game",move_type="play_card"})";
constexpr auto kExact = R"(game_collection_exact{game="hokm_game"})";
constexpr auto kCount = "SELECT count(*) FROM hokm_game.game_moves";

constexpr auto kMove =
    "INSERT INTO hokm_game.game_moves (game_session_id, player_id, move_type, round_number, "
    "sequence_number) SELECT s.id, p.id, 'play_card', 1, nextval('public.moves') "
    "FROM (SELECT id FROM hokm_game.game_sessions LIMIT 1) s, "
    "(SELECT id FROM hokm_game.players LIMIT 1) p";

class GameOnAStandby : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    Sql("INSERT INTO hokm_game.game_sessions (room_id) VALUES ('r')");
    auto made =
        process::PrivatePostgres::Make({.settings = {"max_prepared_transactions = 5",
                                                     "wal_level = replica", "max_wal_senders = 5"},
                                        .standby_of = server_->Dsn()});
    ASSERT_THAT(made, IsOk());
    standby_ = std::move(*made);
  }

  /// Late commits and rollbacks on the primary, while `watcher` collects.
  static void WriteAndCollect(const std::string& primary, Watcher& watcher) {
    const LateWriters writers{
        .dsn = primary, .move = kMove, .transactions = 15, .longest = milliseconds(400)};
    WriteWhileCollecting(writers, 40, [&](int) { ASSERT_THAT(watcher.Collect(), IsOk()); });
  }

  std::unique_ptr<process::PrivatePostgres> standby_;
  MemoryGameStore store_;
};

TEST_F(GameOnAStandby, IsCountedUpToTheCapAndExactlyOnceTheStandbyIsPromoted) {
  const GameOptions options{.holdback_cap = std::chrono::seconds(3)};
  Watcher watcher(standby_->Dsn(database_, "hakem"), options);
  ASSERT_THAT(watcher.Collect(), IsOk());
  WriteAndCollect(Dsn("postgres"), watcher);
  EXPECT_EQ(watcher.Value(kExact), 0);
  const double written = Number(kCount);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) >= written; });
  EXPECT_EQ(watcher.Value(kMoves), written);
  EXPECT_EQ(watcher.Value(kExact), 0) << "the writers are on the primary";

  server_->Stop();
  pqxx::connection promoted(standby_->Dsn(database_));
  pqxx::nontransaction(promoted).exec("SELECT pg_promote()");
  pqxx::nontransaction(promoted).exec(kMove);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == written + 1; });
  CollectUntil(watcher, [&] { return watcher.Value(kExact) == 1; });
  EXPECT_EQ(watcher.Value(kMoves), written + 1);
  owner_.reset();
  ASSERT_THAT(server_->Start(), IsOk());
}

TEST_F(GameOnAStandby, KeepsItsCountersOverAFailover) {
  Watcher watcher(Dsn(), {}, &store_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  WriteAndCollect(Dsn("postgres"), watcher);
  const double written = Number(kCount);
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == written; });
  server_->Stop();
  EXPECT_FALSE(watcher.Collect().has_value());
  pqxx::connection promoted(standby_->Dsn(database_));
  pqxx::nontransaction(promoted).exec("SELECT pg_promote()");
  pqxx::nontransaction(promoted).exec(kMove);

  // The same collector connects to the other server, and so does a new one with the same store.
  watcher.ReconnectTo(standby_->Dsn(database_, "hakem"));
  CollectUntil(watcher, [&] { return watcher.Value(kMoves) == written + 1; });
  EXPECT_EQ(watcher.Value(kExact), 1);
  Watcher another(standby_->Dsn(database_, "hakem"), {}, &store_);
  ASSERT_THAT(another.Collect(), IsOk());
  EXPECT_EQ(another.Value(kMoves), written + 1);
  owner_.reset();
  ASSERT_THAT(server_->Start(), IsOk());
}

}  // namespace
}  // namespace hakem::collectors
