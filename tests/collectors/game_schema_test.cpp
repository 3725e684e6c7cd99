#include <gmock/gmock.h>

#include "collectors/game/families.h"
#include "collectors/game/schema.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The catalog's rows: (schema, table, column, readable, value, closed).
Rows Catalog(const std::vector<std::vector<Rows::Cell>>& rows) {
  std::vector<Rows::Cell> cells;
  for (const auto& row : rows) {
    cells.insert(cells.end(), row.begin(), row.end());
  }
  return Rows({"schema", "table", "column", "readable", "value", "closed"}, std::move(cells));
}

constexpr auto kNull = std::nullopt;

TEST(ReadGameSchema, PrefersTheSchemaThatIsNamedAfterTheGame) {
  const auto schema =
      ReadGameSchema(Catalog({{"archive", "game_sessions", "status", "t", kNull, kNull},
                              {"hokm_game", "game_sessions", "status", "t", kNull, kNull},
                              {"public", "game_sessions", "status", "t", kNull, kNull}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->name, "hokm_game");
}

TEST(ReadGameSchema, TakesNoSchemaWithoutSessions) {
  const auto schema =
      ReadGameSchema(Catalog({{"hokm_game", "game_moves", "timestamp", "t", kNull, kNull},
                              {"zoo", "game_sessions", "status", "t", kNull, kNull}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->name, "zoo");
}

TEST(ReadGameSchema, HasNoNameWhereThereIsNoGame) {
  EXPECT_THAT(ReadGameSchema(Catalog({})), IsOkAndHolds(GameSchema{}));
}

TEST(ReadGameSchema, KeepsTheValuesOfAColumnSortedAndOnce) {
  const auto schema =
      ReadGameSchema(Catalog({{"g", "game_sessions", "game_type", "t", "ranked", "f"},
                              {"g", "game_sessions", "game_type", "t", "friendly", "t"},
                              {"g", "game_sessions", "game_type", "t", "ranked", "t"}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->Find("game_sessions", "game_type")->values,
              ElementsAre("friendly", "ranked"));
  EXPECT_TRUE(schema->Find("game_sessions", "game_type")->closed);
}

TEST(ReadGameSchema, AsksOnlyForStatusesTheColumnCanHave) {
  const auto schema =
      ReadGameSchema(Catalog({{"g", "game_sessions", "status", "t", "waiting", "t"},
                              {"g", "game_sessions", "status", "t", "active", "t"},
                              {"g", "game_sessions", "status", "t", "ended", "t"}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->statuses.live, ElementsAre("waiting", "active"));
}

TEST(ReadGameSchema, AsksForAllStatusesWhereAnyTextIsPossible) {
  const auto schema =
      ReadGameSchema(Catalog({{"g", "game_sessions", "status", "t", "active", "f"}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_THAT(schema->statuses.live, ElementsAre("waiting", "starting", "active", "paused"));
}

TEST(GameSchema, SaysWhyAColumnCannotBeHad) {
  const auto schema =
      ReadGameSchema(Catalog({{"g", "game_sessions", "status", "t", kNull, kNull},
                              {"g", "game_sessions", "created_at", "f", kNull, kNull}}));
  ASSERT_THAT(schema, IsOk());
  EXPECT_EQ(schema->WhyNot("game_moves", "timestamp"), "there is no table g.game_moves");
  EXPECT_EQ(schema->WhyNot("game_sessions", "max_players"),
            "table g.game_sessions has no column max_players");
  EXPECT_EQ(schema->WhyNot("game_sessions", "created_at"),
            "this role may not read g.game_sessions.created_at");
}

TEST(SchemaSql, LooksIntoTheSchemaThatWasNamed) {
  EXPECT_THAT(SchemaSql({.schema = "o'hara"}), HasSubstr("n.nspname = 'o''hara'"));
  EXPECT_THAT(SchemaSql({}), Not(HasSubstr("n.nspname = ")));
}

TEST(GameOffer, LeavesOutExactlyWhatLacksAColumn) {
  const auto schema =
      ReadGameSchema(Catalog({{"g", "game_sessions", "status", "t", kNull, kNull},
                              {"g", "game_sessions", "created_at", "t", kNull, kNull},
                              {"g", "game_moves", "timestamp", "t", kNull, kNull}}));
  ASSERT_THAT(schema, IsOk());
  const GameOffer offer(*schema);
  EXPECT_TRUE(offer.Has(GameMetric::kActiveGames));
  EXPECT_TRUE(offer.Has(GameMetric::kMovesPerMinute));
  EXPECT_THAT(
      offer.omissions(),
      ElementsAre(
          GameOmission{GameMetric::kSeats, "table g.game_sessions has no column current_players"},
          GameOmission{GameMetric::kRoomOccupancy,
                       "table g.game_sessions has no column current_players"},
          GameOmission{GameMetric::kOnlinePlayers, "there is no table g.websocket_connections"},
          GameOmission{GameMetric::kStaleConnections, "there is no table g.websocket_connections"},
          GameOmission{GameMetric::kAverageDuration, "there is no table g.game_history"},
          GameOmission{GameMetric::kMoves, "table g.game_moves has no column move_type"}));
}

TEST(GameOffer, NamesEachFamilyByItsMetric) {
  EXPECT_EQ(FamilyOf(GameMetric::kActiveGames).name, "game_active_games");
  EXPECT_EQ(FamilyOf(GameMetric::kMoves).name, "game_moves_total");
  EXPECT_EQ(FamilyOf(GameMetric::kExact).name, "game_collection_exact");
}

}  // namespace
}  // namespace hakem::collectors
