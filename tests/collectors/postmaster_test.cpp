#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(PostmasterCollector, ReportsWhenTheServerStarted) {
  CollectorRun run("postmaster");
  run.session.Answer("pg_postmaster_start_time", Rows({"start"}, {"1700000000.5"}));
  EXPECT_THAT(run.Lines(),
              IsOkAndHolds(ElementsAre("pg_postmaster_start_time_seconds 1700000000.5")));
}

}  // namespace
}  // namespace hakem::collectors
