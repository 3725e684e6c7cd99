#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatActivityAutovacuumCollector, ReportsTheLongestRunningOfTablesWithTheSameName) {
  CollectorRun run("stat_activity_autovacuum");
  run.session.Answer("autovacuum worker",
                     Rows({"relname", "start"}, {"moves", "1700000000", "moves", "1700000100"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  R"(pg_stat_activity_autovacuum_timestamp_seconds{relname="moves"} 1700000000)")));
}

}  // namespace
}  // namespace hakem::collectors
