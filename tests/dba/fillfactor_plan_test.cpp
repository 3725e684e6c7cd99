#include "dba/fillfactor_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::exporter {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(FillfactorPlan, LeavesRoomInEachFullTable) {
  const SetupPlan plan = PlanFillfactor("hokm", {"game_sessions", "web\"sockets"});
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_EQ(plan.steps[0].sql, R"(ALTER TABLE "hokm"."game_sessions" SET (fillfactor = 70))");
  EXPECT_EQ(plan.steps[1].sql, R"(ALTER TABLE "hokm"."web""sockets" SET (fillfactor = 70))");
  EXPECT_THAT(plan.steps[0].why, HasSubstr("for the pages to come"));
}

TEST(FillfactorPlan, HasNothingToDoWhereNoTableIsFull) {
  EXPECT_EQ(PlanFillfactor("hokm", {}), SetupPlan());
}

TEST(FullTables, AreAskedForByTheGamesOwnNames) {
  collectors::GameSchema schema{.name = "it's chess"};
  schema.names.tables["game_sessions"].table = "matches";
  EXPECT_THAT(FullTablesSql(schema), HasSubstr("n.nspname = 'it''s chess' AND c.relname IN "
                                               "('matches', 'websocket_connections')"));
}

}  // namespace
}  // namespace hakem::exporter
