#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

const std::vector<std::string> kColumns = {
    "application_name", "client_addr", "state",     "slot_name", "lsn",       "behind",
    "write_bytes",      "flush_bytes", "write_lag", "flush_lag", "replay_lag"};

TEST(StatReplicationCollector, ReportsTheFurthestBehindOfStandbysWithEqualLabels) {
  CollectorRun run("stat_replication");
  run.session.Answer(
      "pg_stat_replication",
      Rows(kColumns,
           {"b", "10.0.0.2", "streaming", "s", "5000", "64", "1", "2", "0.5", "1.5", "7",
            "b", "10.0.0.2", "streaming", "s", "5000", "8",  "0", "0", "0",   "0",   "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_stat_replication_pg_current_wal_lsn_bytes{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 5000)",
          R"(pg_stat_replication_pg_wal_lsn_diff{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 64)",
          R"(pg_stat_replication_write_lag_bytes{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 1)",
          R"(pg_stat_replication_flush_lag_bytes{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 2)",
          R"(pg_stat_replication_write_lag_seconds{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 0.5)",
          R"(pg_stat_replication_flush_lag_seconds{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 1.5)",
          R"(pg_stat_replication_replay_lag_seconds{application_name="b",client_addr="10.0.0.2",slot_name="s",state="streaming"} 7)")));
}

TEST(StatReplicationCollector, LeavesOutWhatIsNotMeasured) {
  CollectorRun run("stat_replication");
  run.session.Answer("pg_stat_replication",
                     Rows(kColumns, {"pg_receivewal", "10.0.0.2", "streaming", std::nullopt, "5000",
                                     std::nullopt, "1", "1", "0.5", "0.5", std::nullopt}));
  const auto lines = run.Lines();
  ASSERT_THAT(lines, IsOk());
  EXPECT_EQ(lines->size(), 5U);
  EXPECT_THAT(*lines, testing::Not(testing::Contains(testing::HasSubstr("replay"))));
}

}  // namespace
}  // namespace hakem::collectors
