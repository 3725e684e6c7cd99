#include <gmock/gmock.h>

#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(SyncStandbyCollector, ReportsWhetherCommitsWaitAndForHowMany) {
  CollectorRun run("sync_standby");
  run.session.Answer("synchronous_standby_names", Rows({"enabled", "connected"}, {"t", "2"}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_sync_standby_enabled 1",
                                                    "pg_sync_standby_connected 2")));
}

TEST(SyncStandbyCollector, DoesNotReportStandbysThatTheRoleMayNotSee) {
  CollectorRun run("sync_standby");
  run.session.Answer("synchronous_standby_names",
                     Rows({"enabled", "connected"}, {"t", std::nullopt}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_sync_standby_enabled 1")));
}

}  // namespace
}  // namespace hakem::collectors
