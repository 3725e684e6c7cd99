#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(BuffercacheSummaryCollector, ReportsTheUseOfBuffers) {
  CollectorRun run("buffercache_summary");
  run.session.Answer("extversion", Rows({"nspname", "extversion"}, {"public", "1.4"}));
  run.session.Answer(
      "pg_buffercache_summary",
      Rows({"buffers_used", "buffers_unused", "buffers_dirty", "buffers_pinned", "usagecount_avg"},
           {"10", "20", "3", "1", "2.5"}));
  EXPECT_THAT(run.Lines(), IsOkAndHolds(ElementsAre("pg_buffercache_summary_buffers_used 10",
                                                    "pg_buffercache_summary_buffers_unused 20",
                                                    "pg_buffercache_summary_buffers_dirty 3",
                                                    "pg_buffercache_summary_buffers_pinned 1",
                                                    "pg_buffercache_summary_usagecount_avg 2.5")));
  EXPECT_EQ(run.session.queries.back(), R"(SELECT * FROM "public".pg_buffercache_summary())");
}

}  // namespace
}  // namespace hakem::collectors
