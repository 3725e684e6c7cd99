// The game collector on a fake session: which statements it runs, when, and how it handles errors.
// The integration tests run the statements on a real server.

#include <fmt/format.h>

#include <algorithm>

#include "collectors/core/collector.h"
#include "tests/support/collection/fake_session.h"
#include "tests/support/collection/page_text.h"
#include "tests/support/fake_clock.h"
#include "tests/support/game/memory_game_store.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {

extern const CollectorSpec game;

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kCatalog = "FROM relations c\nJOIN";
constexpr std::string_view kStart = "current_setting('hakem.horizon')::bigint";
constexpr std::string_view kRead = "); EXECUTE hakem_game_1";
constexpr std::string_view kReadWithoutScan = "); EXECUTE hakem_rows_1";
constexpr auto kNull = std::nullopt;

Rows Schema() {
  std::vector<Rows::Cell> cells;
  const auto add = [&](const char* table, const char* column, Rows::Cell value = {}) {
    const bool is_time = std::string_view(column) == "timestamp";
    cells.insert(cells.end(),
                 {"g", table, column, "text", "t", std::move(value), "t", "t",
                  is_time ? "timestamptz" : "text", "16500", "r", "f", "t", kNull, "f"});
  };
  add("game_moves", "move_type", "play_card");
  add("game_moves", "timestamp");
  add("game_sessions", "id");
  return Rows({"schema", "table", "column", "type", "readable", "value", "closed", "indexed",
               "base", "relation", "kind", "hidden", "publishable", "hazard", "domain"},
              std::move(cells));
}

/// A reading of [from, horizon), in seconds since 1970.
Rows Moves(int from, int horizon, int moves) {
  const auto us = [](int second) { return Rows::Cell(fmt::format("{}000000", second)); };
  return Rows({"part", "name", "type", "ids", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8"},
              {"span",
               kNull,
               kNull,
               kNull,
               us(from),
               us(horizon),
               us(horizon + 1),
               "1",
               kNull,
               kNull,
               kNull,
               kNull,  //
               "moves",
               "play_card",
               kNull,
               kNull,
               fmt::format("{}", moves),
               kNull,
               kNull,
               kNull,
               kNull,
               kNull,
               kNull,
               kNull});
}

/// A fake server that answers every statement; its horizon is at 1000 s.
class GameCollectorTest : public testing::Test {
 protected:
  void SetUp() override {
    session_.Answer("PREPARE", Rows());
    session_.Answer("DEALLOCATE", Rows());
    session_.Answer("EXPLAIN", Rows({"QUERY PLAN"}, {}));
    session_.Answer(std::string(kCatalog), Schema());
    session_.Answer("pg_control_system", Rows({"system_identifier"}, {"7"}));
    session_.Answer(std::string(kStart), Rows({"horizon"}, {"1000000000"}));
    session_.Answer("AS slice", Rows({"slice", "count", "microseconds"}, {"0", "6", "0"}));
    session_.Answer(std::string(kRead), Moves(1000, 1000, 0));
  }

  /// Replaces the collector, as a restart of Hakem does.
  void Restart(GameStore* store) {
    collector_ =
        game.make({.interval = seconds(5), .games = {{}}, .statements = {}, .game_store = store});
  }

  Result<void> Collect() {
    auto collected =
        collector_->Collect({.session = session_, .clock = clock_, .log = log_}, sink_);
    families_ = sink_.Take();
    return collected;
  }

  std::optional<double> Value(std::string_view series) const {
    for (const MetricFamily& family : families_) {
      for (const Sample& sample : family.samples) {
        if (PageText(sample.series) == series) {
          return sample.value;
        }
      }
    }
    return std::nullopt;
  }

  std::optional<double> MovesTotal() const {
    return Value(R"(game_moves_total{game="g",move_type="play_card"})");
  }

  std::ptrdiff_t Count(std::string_view part) const {
    return std::count_if(
        session_.queries.begin(), session_.queries.end(),
        [&](const std::string& query) { return query.find(part) != std::string::npos; });
  }

  FakeSession session_;
  FakeClock clock_;
  const Logger log_ = Log::Silent().For("collectors.game");
  SampleSink sink_{Labels{}};
  std::unique_ptr<Collector> collector_ = game.make({.interval = seconds(5), .games = {{}}});
  std::vector<MetricFamily> families_;
};

TEST_F(GameCollectorTest, ReadsFromWhereTheLastReadingEnded) {
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(session_.queries.back(),
            "EXECUTE hakem_horizon_1(1000000000, 1000000000); "
            "EXECUTE hakem_game_1(1000000000, '{}'::text[], '{}'::text[])");
  session_.Answer(std::string(kRead), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  ASSERT_THAT(Collect(), HasCode(ErrorCode::kInternal)) << "the answer repeats the last span";
  EXPECT_EQ(session_.queries.back(),
            "EXECUTE hakem_horizon_1(1005000000, 1000000000); "
            "EXECUTE hakem_game_1(1005000000, '{}'::text[], '{}'::text[])");
}

TEST_F(GameCollectorTest, ReadsTheSameSpanAgainAfterAnError) {
  ASSERT_THAT(Collect(), IsOk());
  session_.Answer(std::string(kRead), Fail(ErrorCode::kInvalidInput, "no such column"));
  EXPECT_THAT(Collect(), HasCode(ErrorCode::kInvalidInput));
  session_.Answer(std::string(kRead), Moves(1000, 1010, 7));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(session_.queries.back(),
            "EXECUTE hakem_horizon_1(1000000000, 1000000000); "
            "EXECUTE hakem_game_1(1000000000, '{}'::text[], '{}'::text[])");
  EXPECT_EQ(MovesTotal(), 7);
}

TEST_F(GameCollectorTest, PreparesOnceAndAgainAfterAReconnect) {
  ASSERT_THAT(Collect(), IsOk());
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count("PREPARE hakem_game_1(bigint, text[], text[])"), 1);
  EXPECT_EQ(Count(kCatalog), 1);
  session_.server_facts.connection = 2;
  session_.Answer(std::string(kRead), Moves(1000, 1005, 3));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count("PREPARE hakem_game_1(bigint, text[], text[])"), 2);
  EXPECT_EQ(Count(kCatalog), 2);
  EXPECT_EQ(Count("DEALLOCATE hakem_game_1"), 0);
  EXPECT_EQ(MovesTotal(), 3) << "a reconnect loses no moves";
  EXPECT_EQ(Count("AS slice"), 1) << "and keeps the window";
}

TEST_F(GameCollectorTest, SkipsAGapThatIsTooLongToReadAndKeepsItsCounters) {
  session_.Answer(std::string(kRead), Moves(1000, 1000, 4));
  ASSERT_THAT(Collect(), IsOk());
  clock_.Advance(minutes(16));
  session_.Answer(std::string(kStart), Rows({"horizon"}, {"2000000000"}));
  session_.Answer(std::string(kRead), Moves(2000, 2001, 1));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 5);
  EXPECT_EQ(Count("AS slice"), 2) << "the window is filled again for the new start";
}

TEST_F(GameCollectorTest, CatchesUpAfterAShorterGap) {
  ASSERT_THAT(Collect(), IsOk());
  clock_.Advance(minutes(14));
  session_.Answer(std::string(kRead), Moves(1000, 1840, 840));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 840);
  EXPECT_DOUBLE_EQ(*Value(R"(game_moves_per_minute{game="g"})"), 60);
}

TEST_F(GameCollectorTest, FillsAWindowByCollectionsIfItsPastCannotBeRead) {
  session_.Answer("AS slice", Fail(ErrorCode::kTimeout, "statement timeout"));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Value(R"(game_moves_per_minute{game="g"})"), std::nullopt);
  session_.Answer(std::string(kRead), Moves(1000, 1060, 30));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Value(R"(game_moves_per_minute{game="g"})"), 30);
}

TEST_F(GameCollectorTest, FillsItsWindowWithThePastAtTheStart) {
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_DOUBLE_EQ(*Value(R"(game_moves_per_minute{game="g"})"), 6);
}

TEST_F(GameCollectorTest, ReadsTheSchemaAgainSoonerIfSomethingIsMissing) {
  ASSERT_THAT(Collect(), IsOk());
  clock_.Advance(seconds(59));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count(kCatalog), 1);
  clock_.Advance(seconds(1));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count(kCatalog), 2);
}

TEST_F(GameCollectorTest, ReadsEverythingElseWhileScansTimeOut) {
  ASSERT_THAT(Collect(), IsOk());
  session_.Answer(std::string(kRead), Fail(ErrorCode::kTimeout, "statement timeout"));
  session_.Answer(std::string(kReadWithoutScan), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 7);
  session_.Answer(std::string(kReadWithoutScan), Moves(1005, 1010, 1));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count(kRead), 2) << "the scan is not retried at once";
  clock_.Advance(seconds(29));
  session_.Answer(std::string(kReadWithoutScan), Moves(1010, 1039, 1));
  ASSERT_THAT(Collect(), IsOk());
  clock_.Advance(seconds(29));
  session_.Answer(std::string(kReadWithoutScan), Moves(1039, 1068, 1));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count(kRead), 2);
  clock_.Advance(seconds(2));
  session_.Answer(std::string(kRead), Moves(1068, 1070, 1));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Count(kRead), 3);
  EXPECT_EQ(MovesTotal(), 11);
}

TEST_F(GameCollectorTest, ContinuesFromTheCheckpoint) {
  MemoryGameStore store;
  Restart(&store);
  session_.Answer(std::string(kRead), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  Restart(&store);
  session_.Answer(std::string(kStart), Rows({"horizon"}, {"1050000000"}));
  session_.Answer(std::string(kRead), Moves(1005, 1050, 2));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 9);
}

TEST_F(GameCollectorTest, StartsAtZeroAfterALongGap) {
  MemoryGameStore store;
  Restart(&store);
  session_.Answer(std::string(kRead), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  Restart(&store);
  session_.Answer(std::string(kStart), Rows({"horizon"}, {"1906000000"}));
  session_.Answer(std::string(kRead), Moves(1906, 1906, 0));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 0);
}

TEST_F(GameCollectorTest, IgnoresTheCheckpointOfAnotherServer) {
  MemoryGameStore store;
  Restart(&store);
  session_.Answer(std::string(kRead), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  session_.Answer("pg_control_system", Rows({"system_identifier"}, {"8"}));
  session_.server_facts.connection = 2;
  session_.Answer(std::string(kRead), Moves(1000, 1000, 0));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 0);
  EXPECT_EQ(store.games.size(), 2u);
}

TEST_F(GameCollectorTest, StartsAtZeroIfTheCheckpointCannotBeParsed) {
  MemoryGameStore store;
  store.games["7/hokm/g/game_sessions/game_moves/g"] = {{"counters", "nonsense"}};
  Restart(&store);
  session_.Answer(std::string(kRead), Moves(1000, 1005, 7));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(MovesTotal(), 7);
  EXPECT_NE(store.games["7/hokm/g/game_sessions/game_moves/g"]["counters"], "nonsense");
}

TEST_F(GameCollectorTest, RunsNoQueryIfNoGameIsConfigured) {
  collector_ = game.make({.interval = seconds(5), .games = {}});
  EXPECT_THAT(Collect(), IsOk());
  EXPECT_TRUE(session_.queries.empty());
}

TEST_F(GameCollectorTest, CollectsOtherGamesIfOneFails) {
  collector_ = game.make(
      {.interval = seconds(5), .games = {{.name = "one"}, {.name = "two", .schema = "two"}}});
  session_.Answer("n.nspname = 'two'", Fail(ErrorCode::kRefused, "permission denied"));
  ASSERT_THAT(Collect(), IsOk());
  EXPECT_EQ(Value(R"(game_moves_total{game="one",move_type="play_card"})"), 0);
}

}  // namespace
}  // namespace hakem::collectors
