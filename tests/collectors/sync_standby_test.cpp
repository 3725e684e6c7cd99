#include <gmock/gmock.h>

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(SyncStandbyCollector, ReportsWhetherCommitsWaitAndForHowMany) {
  CollectorRun run("sync_standby");
  run.session.Answer("synchronous_standby_names",
                     Rows({"enabled", "connected", "needed"}, {"t", "2", "3"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre("pg_sync_standby_enabled 1", "pg_sync_standby_connected 2",
                                       "pg_sync_standby_needed 3")));
}

TEST(SyncStandbyCollector, DoesNotReportStandbysThatTheRoleMayNotSee) {
  CollectorRun run("sync_standby");
  run.session.Answer("synchronous_standby_names",
                     Rows({"enabled", "connected", "needed"}, {"t", std::nullopt, "1"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre("pg_sync_standby_enabled 1", "pg_sync_standby_needed 1")));
}

}  // namespace
}  // namespace hakem::collectors
