#include "collectors/game/schema/churn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Rows Answer(const char* server, const char* enabled, const char* dead) {
  return {{"table", "server", "enabled", "dead"}, {"game_sessions", server, enabled, dead}};
}

GameSchema Schema() {
  return {.name = "hokm_game"};
}

TEST(Churn, HasNoWarningsIfAutovacuumRunsSoon) {
  EXPECT_THAT(ReadChurn(Answer("t", "t", "10000"), Schema()).value(), IsEmpty());
}

TEST(Churn, WarnsOfLaxSettingsWithARemedy) {
  EXPECT_THAT(ReadChurn(Answer("t", "t", "200050"), Schema()).value(),
              ElementsAre(ChurnWarning{
                  "hokm_game.game_sessions",
                  "autovacuum waits for 200050 dead rows, which each collection reads again",
                  "ALTER TABLE \"hokm_game\".\"game_sessions\" SET "
                  "(autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"}));
}

TEST(Churn, WarnsOfATableWithoutAutovacuum) {
  const auto warnings = ReadChurn(Answer("t", "f", "50"), Schema()).value();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0].remedy, HasSubstr("(autovacuum_enabled = true, "));
}

TEST(Churn, WarnsOnceOfAServerWithoutAutovacuum) {
  Rows rows({"table", "server", "enabled", "dead"},
            {"game_sessions", "f", "t", "50", "websocket_connections", "f", "t", "50"});
  EXPECT_THAT(
      ReadChurn(rows, Schema()).value(),
      ElementsAre(testing::Field(&ChurnWarning::remedy, "ALTER SYSTEM SET autovacuum = on")));
}

TEST(Churn, RejectsOtherColumns) {
  EXPECT_THAT(ReadChurn(Rows({"x"}, {"1"}), Schema()), HasCode(ErrorCode::kInternal));
}

}  // namespace
}  // namespace hakem::collectors
