#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(LongRunningTransactionsCollector, ReportsTheNumberAndTheOldest) {
  CollectorRun run("long_running_transactions");
  run.session.Answer("pg_stat_activity", Rows({"count", "oldest"}, {"2", "61.5"}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre(
                               "pg_long_running_transactions 2",
                               "pg_long_running_transactions_oldest_timestamp_seconds 61.5")));
}

}  // namespace
}  // namespace hakem::collectors
