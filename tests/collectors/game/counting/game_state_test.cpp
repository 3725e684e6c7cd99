#include "collectors/game/counting/game_state.h"

#include <gmock/gmock.h>

#include "collectors/game/query/reading.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Pair;

const PgTimestamp kStart{microseconds(1'795'383'820'950'774)};

GameReading Reading(PgTimestamp from, PgTimestamp horizon) {
  return {.now = horizon + seconds(1),
          .from = from,
          .horizon = horizon,
          .raw_horizon = horizon,
          .exact = true};
}

TEST(GameState, CountsFromWhereTheLastReadingEnded) {
  GameState state{GameHistogramBounds{}};
  state.StartAt(kStart);
  GameReading first = Reading(kStart, kStart + microseconds(1));
  first.moves = {{"play_card", 3}};
  state.Apply(first);
  EXPECT_EQ(state.watermark(), kStart + microseconds(1));
  GameReading second = Reading(kStart + microseconds(1), kStart + seconds(5));
  second.moves = {{"play_card", 2}, {"choose_trump", 1}};
  state.Apply(second);
  EXPECT_THAT(state.counters().moves, ElementsAre(Pair("choose_trump", 1), Pair("play_card", 5)));
}

TEST(GameState, KeepsItsCountersWhenCountingStartsAgain) {
  GameState state{GameHistogramBounds{}};
  state.StartAt(kStart);
  GameReading reading = Reading(kStart, kStart + seconds(61));
  reading.created.resize(
      4, {.id = "", .status = "", .game_type = "ranked", .live = true, .created = {}});
  reading.moves = {{"play_card", 9}};
  state.Apply(reading);
  ASSERT_TRUE(state.windows().moves.Covered().has_value());
  state.StartAt(kStart + std::chrono::hours(1));
  EXPECT_THAT(state.counters().created, ElementsAre(Pair("ranked", 4)));
  EXPECT_FALSE(state.windows().moves.Covered().has_value());
}

TEST(GameState, CreatesSeriesOfPossibleValuesAtZero) {
  GameSchema schema{.name = "g"};
  schema.tables["game_moves"].columns["move_type"].values = {"choose_trump", "play_card"};
  schema.tables["game_sessions"].columns["game_type"].values = {"ranked"};
  GameState state{GameHistogramBounds{}};
  state.InitializeSeries(schema);
  EXPECT_THAT(state.counters().moves, ElementsAre(Pair("choose_trump", 0), Pair("play_card", 0)));
  EXPECT_THAT(state.counters().created, ElementsAre(Pair("ranked", 0)));
  EXPECT_THAT(state.move_types(), ElementsAre("choose_trump", "play_card"));
}

TEST(GameState, CountsWithoutATypeIfTheSchemaHasNone) {
  GameState state{GameHistogramBounds{}};
  state.InitializeSeries(GameSchema{.name = "g"});
  EXPECT_THAT(state.counters().created, ElementsAre(Pair("", 0)));
  EXPECT_THAT(state.game_types().known(), ElementsAre(""));
}

TEST(LabelLimit, CountsValuesAfterTheTwentiethAsOther) {
  LabelLimit limit;
  for (char c = 'a'; c < 'a' + 20; ++c) {
    EXPECT_EQ(limit.Admit(std::string(1, c)), std::string(1, c));
  }
  EXPECT_EQ(limit.Admit("z"), "other");
  EXPECT_EQ(limit.Admit("b"), "b");
  EXPECT_EQ(limit.NameOf("z"), "other");
  EXPECT_EQ(limit.known().size(), 20u);
}

TEST(LabelLimit, NeverAdmitsOther) {
  LabelLimit limit;
  EXPECT_EQ(limit.Admit("other"), "other");
  EXPECT_TRUE(limit.known().empty());
}

/// Rows in the form of the game statement.
Rows GameRows(const std::vector<std::vector<Rows::Cell>>& rows) {
  std::vector<Rows::Cell> cells;
  for (auto row : rows) {
    row.resize(12);
    cells.insert(cells.end(), row.begin(), row.end());
  }
  return Rows({"part", "name", "type", "ids", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"},
              std::move(cells));
}

constexpr auto kNull = std::nullopt;

TEST(ReadGame, KeepsInstantsToTheMicrosecond) {
  const auto reading =
      ReadGame(GameRows({{"span", kNull, kNull, kNull, "1.795383820950774e+15",
                          "1.795383825950775e+15", "1.795383826050775e+15", "1"}}));
  ASSERT_THAT(reading, IsOk());
  EXPECT_EQ(reading->from, kStart);
  EXPECT_EQ(reading->horizon, kStart + microseconds(5'000'001));
  EXPECT_EQ(reading->now, kStart + microseconds(5'100'001));
  EXPECT_TRUE(reading->exact);
}

TEST(ReadGame, NeverGoesBackIfTheHorizonDoes) {
  const auto reading =
      ReadGame(GameRows({{"span", kNull, kNull, kNull, "2000000", "1000000", "3000000"}}));
  ASSERT_THAT(reading, IsOk());
  EXPECT_EQ(reading->horizon, reading->from);
}

TEST(ReadGame, AddsUpRowsOfOneType) {
  const auto reading = ReadGame(GameRows({{"span", kNull, kNull, kNull, "0", "5", "9", "0"},
                                          {"created", kNull, "ranked", kNull, "1"},
                                          {"created", kNull, "ranked", kNull, "1"},
                                          {"moves", "play_card", kNull, kNull, "40"},
                                          {"moves", "new", kNull, kNull, "1"},
                                          {"moves", "new", kNull, kNull, "1"}}));
  ASSERT_THAT(reading, IsOk());
  EXPECT_EQ(reading->created.size(), 2u);
  EXPECT_THAT(reading->moves, ElementsAre(Pair("new", 2), Pair("play_card", 40)));
}

TEST(ReadGame, RejectsRowsOfAnotherStatement) {
  EXPECT_THAT(ReadGame(Rows({"count"}, {"1"})),
              HasMessage("the game statement gave 1 columns, not 12"));
  EXPECT_THAT(ReadGame(GameRows({{"what"}})),
              HasMessage("the game statement gave an unknown part \"what\""));
  EXPECT_THAT(ReadGame(GameRows({})), HasMessage("the game statement gave no span"));
}

}  // namespace
}  // namespace hakem::collectors
