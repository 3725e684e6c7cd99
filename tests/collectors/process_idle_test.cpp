#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(ProcessIdleCollector, ReportsAHistogramForEachStateAndApplication) {
  CollectorRun run("process_idle");
  run.session.Answer("pg_stat_activity", Rows({"state", "application_name", "seconds"},
                                              {"idle", "web", "1", "idle", "web", "20.5",
                                               "idle in transaction", "", "400"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          R"(pg_process_idle_seconds_bucket{application_name="web",le="1.0",state="idle"} 1)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="2.0",state="idle"} 1)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="5.0",state="idle"} 1)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="15.0",state="idle"} 1)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="30.0",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="60.0",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="90.0",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="120.0",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="300.0",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{application_name="web",le="+Inf",state="idle"} 2)",
          R"(pg_process_idle_seconds_sum{application_name="web",state="idle"} 21.5)",
          R"(pg_process_idle_seconds_count{application_name="web",state="idle"} 2)",
          R"(pg_process_idle_seconds_bucket{le="1.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="2.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="5.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="15.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="30.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="60.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="90.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="120.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="300.0",state="idle in transaction"} 0)",
          R"(pg_process_idle_seconds_bucket{le="+Inf",state="idle in transaction"} 1)",
          R"(pg_process_idle_seconds_sum{state="idle in transaction"} 400)",
          R"(pg_process_idle_seconds_count{state="idle in transaction"} 1)")));
}

TEST(ProcessIdleCollector, ReportsNothingIfNoConnectionIsIdle) {
  CollectorRun run("process_idle");
  run.session.Answer("pg_stat_activity", Rows({"state", "application_name", "seconds"}, {}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre()));
}

}  // namespace
}  // namespace hakem::collectors
