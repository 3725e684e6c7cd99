#include "dba/fillfactor_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hakem::dba {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(FillfactorPlan, SetsAFillfactorForEachTable) {
  const Plan plan = PlanFillfactor("hokm", {"game_sessions", "web\"sockets"});
  ASSERT_THAT(plan.steps, SizeIs(2));
  EXPECT_EQ(plan.steps[0].sql, R"(ALTER TABLE "hokm"."game_sessions" SET (fillfactor = 70))");
  EXPECT_EQ(plan.steps[1].sql, R"(ALTER TABLE "hokm"."web""sockets" SET (fillfactor = 70))");
  EXPECT_THAT(plan.steps[0].why, HasSubstr("for new pages"));
}

TEST(FillfactorPlan, IsEmptyWithoutTables) {
  EXPECT_EQ(PlanFillfactor("hokm", {}), Plan());
}

TEST(TablesWithoutFillfactor, AreQueriedByTheGamesOwnNames) {
  collectors::GameSchema schema{.name = "it's chess"};
  schema.names.tables["game_sessions"].table = "matches";
  EXPECT_THAT(TablesWithoutFillfactorSql(schema),
              HasSubstr("n.nspname = 'it''s chess' AND c.relname IN "
                        "('matches', 'websocket_connections')"));
}

}  // namespace
}  // namespace hakem::dba
