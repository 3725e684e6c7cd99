#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatDatabaseConflictsCollector, ReportsEachReason) {
  CollectorRun run("stat_database_conflicts");
  run.session.Answer("pg_stat_database_conflicts",
                     Rows({"datid", "datname", "confl_tablespace", "confl_lock", "confl_snapshot",
                           "confl_bufferpin", "confl_deadlock"},
                          {"5", "game", "1", "2", "3", "4", "5"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  R"(pg_stat_database_conflicts_confl_tablespace{datid="5",datname="game"} 1)",
                  R"(pg_stat_database_conflicts_confl_lock{datid="5",datname="game"} 2)",
                  R"(pg_stat_database_conflicts_confl_snapshot{datid="5",datname="game"} 3)",
                  R"(pg_stat_database_conflicts_confl_bufferpin{datid="5",datname="game"} 4)",
                  R"(pg_stat_database_conflicts_confl_deadlock{datid="5",datname="game"} 5)")));
}

TEST(StatDatabaseConflictsCollector, ReportsLogicalSlotsSince16) {
  CollectorRun run("stat_database_conflicts");
  run.session.server_facts.version = 160001;
  run.session.Answer("pg_stat_database_conflicts",
                     Rows({"datid", "datname", "confl_tablespace", "confl_lock", "confl_snapshot",
                           "confl_bufferpin", "confl_deadlock", "confl_active_logicalslot"},
                          {"5", "game", "1", "2", "3", "4", "5", "6"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_database_conflicts_confl_tablespace{datid="5",datname="game"} 1)",
          R"(pg_stat_database_conflicts_confl_lock{datid="5",datname="game"} 2)",
          R"(pg_stat_database_conflicts_confl_snapshot{datid="5",datname="game"} 3)",
          R"(pg_stat_database_conflicts_confl_bufferpin{datid="5",datname="game"} 4)",
          R"(pg_stat_database_conflicts_confl_deadlock{datid="5",datname="game"} 5)",
          R"(pg_stat_database_conflicts_confl_active_logicalslot{datid="5",datname="game"} 6)")));
}

}  // namespace
}  // namespace hakem::collectors
