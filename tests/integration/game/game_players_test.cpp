// The collector `game_players` on a real server.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {

extern const CollectorSpec game_players;

namespace {

using GamePlayers = GameFixture;

TEST_F(GamePlayers, AreCountedAsSqlDoes) {
  Sql("UPDATE hokm_game.players SET rating = (substr(username, 2)::int * 31) % 3001, "
      "last_seen = now() - interval '1 hour' * substr(username, 2)::int + interval '10 min', "
      "is_active = substr(username, 2)::int % 10 <> 0");
  Watcher watcher(Dsn(), {}, nullptr, game_players);
  ASSERT_THAT(watcher.Collect(), IsOk());
  const auto count = [&](const std::string& where) {
    return Number("SELECT count(*) FROM hokm_game.players WHERE " + where);
  };
  for (const auto& [window, interval] :
       {std::pair{"1h", "1 hour"}, {"24h", "24 hours"}, {"7d", "7 days"}}) {
    const double expected =
        count(fmt::format("is_active AND last_seen >= now() - interval '{}'", interval));
    EXPECT_GT(expected, 0);
    EXPECT_EQ(watcher.Value(
                  fmt::format(R"(game_players_active{{game="hokm_game",window="{}"}})", window)),
              expected);
  }
  EXPECT_EQ(watcher.Value(R"(game_players_registered{game="hokm_game"})"), 100);
  EXPECT_EQ(watcher.Value(R"(game_players{game="hokm_game",rating_band="0-499"})"),
            count("rating < 500"));
  EXPECT_EQ(watcher.Value(R"(game_players{game="hokm_game",rating_band="1000-1499"})"),
            count("rating BETWEEN 1000 AND 1499"));
  EXPECT_EQ(watcher.Value(R"(game_players{game="hokm_game",rating_band="2500+"})"),
            count("rating >= 2500"));
}

TEST_F(GamePlayers, AreAllReadLessOften) {
  Watcher watcher(Dsn(), {}, nullptr, game_players);
  ASSERT_THAT(watcher.Collect(), IsOk());
  const int before = watcher.round_trips();
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.round_trips(), before + 1) << "only recently seen players are read";
  EXPECT_EQ(watcher.Value(R"(game_players_registered{game="hokm_game"})"), 100);
}

TEST_F(GamePlayers, AreLeftOutIfTheRoleMayNotReadThem) {
  LetStrangerRead();
  Sql("REVOKE SELECT ON hokm_game.players FROM stranger");
  Sql("GRANT SELECT (rating) ON hokm_game.players TO stranger");
  Watcher watcher(Dsn("stranger"), {}, nullptr, game_players);
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_players_active"));
  EXPECT_EQ(watcher.Value(R"(game_players_registered{game="hokm_game"})"), 100);
  EXPECT_EQ(watcher.Sum("game_players"), 100);
}

TEST_F(GamePlayers, AreNotReadIfThereIsNoGame) {
  Watcher watcher(server_->Dsn("postgres", "hakem"), {}, nullptr, game_players);
  EXPECT_THAT(watcher.Collect(), IsOk());
  EXPECT_FALSE(watcher.HasFamily("game_players_registered"));
}

}  // namespace
}  // namespace hakem::collectors
