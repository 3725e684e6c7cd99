#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatReplicationCollector, ReportsTheFurthestBehindOfStandbysWithEqualLabels) {
  CollectorRun run("stat_replication");
  run.session.Answer("pg_stat_replication", Rows({"application_name", "client_addr", "state",
                                                  "slot_name", "lsn", "behind"},
                                                 {"b", "10.0.0.2", "streaming", "s", "5000", "64",
                                                  "b", "10.0.0.2", "streaming", "s", "5000", "8"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_replication_pg_current_wal_lsn_bytes{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 5000)",
          R"(pg_stat_replication_pg_wal_lsn_diff{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 64)")));
}

}  // namespace
}  // namespace hakem::collectors
