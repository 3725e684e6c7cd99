#include "dba/index_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace hakem::dba {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Ne;
using testing::SizeIs;

collectors::GameSchema Schema() {
  collectors::GameSchema schema{.name = "hokm_game"};
  for (const char* column :
       {"id", "status", "game_type", "max_players", "started_at", "updated_at"}) {
    schema.tables["game_sessions"].columns[column] = {};
  }
  return schema;
}

/// The index of live sessions as the catalogs show it.
ExistingIndex Live() {
  return {.name = "mine",
          .table = "game_sessions",
          .keys = {"max_players"},
          .included = {"id", "status", "game_type", "started_at"},
          .predicate =
              "(status = ANY (ARRAY['waiting'::text, 'starting'::text, 'active'::text, "
              "'paused'::text]))"};
}

WantedIndex WantedLive() {
  return WantedIndexes(Schema()).at(0);
}

std::vector<std::string> Statements(const Plan& plan) {
  std::vector<std::string> statements;
  std::transform(plan.steps.begin(), plan.steps.end(), std::back_inserter(statements),
                 [](const PlanStep& step) { return step.sql; });
  return statements;
}

TEST(WantedIndexes, NeedTheirColumns) {
  std::vector<std::string> names;
  for (const WantedIndex& index : WantedIndexes(Schema())) {
    names.push_back(index.name);
  }
  EXPECT_THAT(names, ElementsAre("hakem_game_sessions_live"));
}

TEST(WantedIndexes, CoverEndsOfSessionsOnlyIfNoHistoryTableHasThem) {
  collectors::GameSchema schema = Schema();
  schema.tables["game_sessions"].columns["completed_at"] = {};
  EXPECT_THAT(WantedIndexes(schema),
              Contains(Field(&WantedIndex::name, "hakem_game_sessions_completed_at")));
  schema.tables["game_history"].columns = {{"started_at", {}}, {"completed_at", {}}};
  EXPECT_THAT(WantedIndexes(schema),
              Each(Field(&WantedIndex::name, Ne("hakem_game_sessions_completed_at"))));
}

TEST(WantedIndexes, HaveTheGamesOwnNames) {
  collectors::GameSchema schema = Schema();
  schema.name = "chess";
  schema.names.tables["game_sessions"] = {.table = "matches", .columns = {{"status", "state"}}};
  schema.statuses.live = {"open", "it's on"};
  const Plan plan = PlanIndex(WantedIndexes(schema).at(0), {}, {});
  EXPECT_THAT(
      Statements(plan),
      ElementsAre(
          "CREATE INDEX CONCURRENTLY \"hakem_matches_live\" ON "
          "\"chess\".\"matches\" (\"max_players\") INCLUDE (\"id\", "
          "\"state\", \"game_type\", \"started_at\") WHERE \"state\" IN ('open', 'it''s on')"));
}

TEST(WantedIndexes, HaveAnotherKeyIfTheTableLacksTheFirst) {
  collectors::GameSchema schema = Schema();
  schema.tables["game_sessions"].columns.erase("max_players");
  const WantedIndex live = WantedIndexes(schema).at(0);
  EXPECT_THAT(live.keys, ElementsAre("status"));
  EXPECT_THAT(live.included, ElementsAre("id", "game_type", "started_at"));
}

TEST(WantedIndexes, HaveNamesThatPostgresDoesNotTruncate) {
  collectors::GameSchema schema = Schema();
  schema.names.tables["game_sessions"].table = std::string(63, 't');
  for (const WantedIndex& index : WantedIndexes(schema)) {
    EXPECT_EQ(index.name.size(), 63U);
  }
}

TEST(IndexPlan, StatesSizeAndBuildTime) {
  const IndexEstimate estimate{.rows = 1'000'000, .width = 30, .table_bytes = 500'000'000};
  EXPECT_THAT(PlanIndex(WantedLive(), {}, estimate).steps.at(0).why,
              HasSubstr("About 47 MiB; 3s to build"));
}

TableStatistics Analyzed() {
  return {.rows = 1000,
          .pages = 10,
          .bytes = std::int64_t{20} * 8192,
          .columns = {{"status",
                       {.width = 8,
                        .null_share = 0.1,
                        .distinct = 4,
                        .common = {{"waiting", 0.25}, {"completed", 0.5}}}},
                      {"max_players", {.width = 4}},
                      {"id", {.width = 16}},
                      {"game_type", {.width = 10}},
                      {"started_at", {.width = 8}}}};
}

TEST(IndexEstimate, CountsOnlyRowsThatMeetTheCondition) {
  // The table has 2,000 rows now. A quarter of them are waiting. Each of the three other words
  // counts as one of the two rare values that share 0.15 of the rows.
  const IndexEstimate estimate = EstimateIndex(WantedLive(), Analyzed());
  EXPECT_EQ(estimate.rows, 950);
  EXPECT_EQ(estimate.width, 46);
  EXPECT_EQ(estimate.table_bytes, std::int64_t{20} * 8192);
}

TEST(IndexEstimate, UsesTheTablesSizeBeforeTheFirstAnalyze) {
  TableStatistics table{.bytes = std::int64_t{100} * 8192, .row_width = 100};
  WantedIndex index = WantedLive();
  index.condition.reset();
  EXPECT_EQ(EstimateIndex(index, table).rows, 6400);
  table.bytes = 0;
  EXPECT_EQ(EstimateIndex(index, table).rows, 0);
}

TEST(IndexEstimate, CountsRowsThatAreNotNullOrTrue) {
  TableStatistics table = Analyzed();
  table.columns["is_active"] = {.common = {{"f", 0.9}, {"t", 0.1}}};
  WantedIndex index = WantedLive();
  index.condition = {{.column = "status", .kind = WantedIndex::Condition::Kind::kNotNull}};
  EXPECT_EQ(EstimateIndex(index, table).rows, 1800);
  index.condition = {{.column = "is_active", .kind = WantedIndex::Condition::Kind::kTrue}};
  EXPECT_EQ(EstimateIndex(index, table).rows, 200);
}

TEST(IndexPlan, ReadsALongConditionOfAnotherIndex) {
  ExistingIndex mine = Live();
  mine.predicate = "(status = '" + std::string(1'000'000, 'x') + "''" + "'::text)";
  EXPECT_THAT(PlanIndex(WantedLive(), {mine}, {}).steps, SizeIs(1));
}

TEST(IndexPlan, IsEmptyIfAnotherIndexServes) {
  EXPECT_EQ(PlanIndex(WantedLive(), {Live()}, {}), Plan());
}

TEST(IndexPlan, IsEmptyForSocketsIfAnyIndexHasOnlyTheLiveOnes) {
  collectors::GameSchema schema{.name = "hokm_game"};
  schema.tables["websocket_connections"].columns = {{"player_id", {}}, {"is_active", {}}};
  const WantedIndex wanted = WantedIndexes(schema).at(0);
  ExistingIndex mine{.name = "mine",
                     .table = "websocket_connections",
                     .keys = {"game_session_id"},
                     .predicate = "is_active"};
  EXPECT_EQ(PlanIndex(wanted, {mine}, {}), Plan());
  mine.predicate = "";
  EXPECT_THAT(PlanIndex(wanted, {mine}, {}).steps, SizeIs(1));
}

TEST(IndexPlan, DropsTheIndexThatAFailedBuildLeftOver) {
  ExistingIndex left = Live();
  left.name = "hakem_game_sessions_live";
  left.is_valid = false;
  const Plan plan = PlanIndex(WantedLive(), {left}, {});
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_EQ(plan.steps[0].sql,
            "DROP INDEX CONCURRENTLY \"hokm_game\".\"hakem_game_sessions_live\"");
  EXPECT_THAT(plan.steps[0].why, HasSubstr("INVALID"));
}

TEST(IndexPlan, DoesNotDisturbABuildOfAnotherSession) {
  ExistingIndex building = Live();
  building.name = "hakem_game_sessions_live";
  building.is_valid = false;
  building.is_building = true;
  const Plan plan = PlanIndex(WantedLive(), {building}, {});
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("is being built")));
}

TEST(IndexPlan, HasOnlyAdviceForAPartitionedTable) {
  const Plan plan = PlanIndex(WantedLive(), {}, {.is_partitioned = true});
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.advice, ElementsAre(HasSubstr("each partition")));
}

struct ServesRow {
  std::string_view name;
  void (*change)(ExistingIndex&);
  bool serves;
};

class Serving : public testing::TestWithParam<ServesRow> {};

TEST_P(Serving, NeedsTheSameRowsAndAllColumns) {
  ExistingIndex index = Live();
  GetParam().change(index);
  EXPECT_EQ(Serves(index, WantedLive()), GetParam().serves);
}

INSTANTIATE_TEST_SUITE_P(
    Index, Serving,
    testing::Values(
        ServesRow{"Same", [](ExistingIndex&) {}, true},
        ServesRow{"AllRows", [](ExistingIndex& index) { index.predicate = ""; }, true},
        ServesRow{"MoreColumns", [](ExistingIndex& index) { index.included.emplace_back("x"); },
                  true},
        ServesRow{"LongerKey",
                  [](ExistingIndex& index) {
                    index.keys = {"max_players", "started_at"};
                    index.included = {"id", "status", "game_type"};
                  },
                  true},
        ServesRow{"FewerRows",
                  [](ExistingIndex& index) { index.predicate = "(status = 'active'::text)"; },
                  false},
        ServesRow{"AnotherCondition",
                  [](ExistingIndex& index) { index.predicate += " AND (rating > 5)"; }, false},
        ServesRow{"AnotherColumnsCondition",
                  [](ExistingIndex& index) {
                    index.predicate.replace(index.predicate.find("status"), 6, "phase");
                  },
                  false},
        ServesRow{"FewerColumns", [](ExistingIndex& index) { index.included.pop_back(); }, false},
        ServesRow{"AnotherKey",
                  [](ExistingIndex& index) {
                    index.keys = {"status", "max_players"};
                  },
                  false},
        ServesRow{"Invalid", [](ExistingIndex& index) { index.is_valid = false; }, false},
        ServesRow{"NoBtree", [](ExistingIndex& index) { index.is_btree = false; }, false},
        ServesRow{"AnotherTable", [](ExistingIndex& index) { index.table = "x"; }, false}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace hakem::dba
