#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(ReplicationCollector, ReportsTheLagOfAStandby) {
  CollectorRun run("replication");
  run.session.Answer(
      "pg_last_xact_replay_timestamp",
      Rows({"lag", "is_replica", "last_replay", "lag_bytes"}, {"1.5", "t", "7.25", "64"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre(
                  "pg_replication_lag_seconds 1.5", "pg_replication_is_replica 1",
                  "pg_replication_last_replay_seconds 7.25", "pg_replication_lag_bytes 64")));
}

TEST(ReplicationCollector, ReportsNoLagBeforeTheFirstReplay) {
  CollectorRun run("replication");
  run.session.Answer("pg_last_xact_replay_timestamp",
                     Rows({"lag", "is_replica", "last_replay", "lag_bytes"},
                          {std::nullopt, "t", std::nullopt, std::nullopt}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_replication_is_replica 1")));
}

}  // namespace
}  // namespace hakem::collectors
