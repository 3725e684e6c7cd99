#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatCheckpointerCollector, ReportsCheckpointsAndRestartpoints) {
  CollectorRun run("stat_checkpointer");
  run.session.server_facts.version = 170000;
  run.session.Answer("pg_stat_checkpointer",
                     Rows({"num_timed", "num_requested", "restartpoints_timed", "restartpoints_req",
                           "restartpoints_done", "write_time", "sync_time", "buffers_written",
                           "stats_reset_seconds"},
                          {"1", "2", "3", "4", "5", "6", "7", "8", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          "pg_stat_checkpointer_num_timed_total 1", "pg_stat_checkpointer_num_requested_total 2",
          "pg_stat_checkpointer_restartpoints_timed_total 3",
          "pg_stat_checkpointer_restartpoints_req_total 4",
          "pg_stat_checkpointer_restartpoints_done_total 5",
          "pg_stat_checkpointer_write_time_total 6", "pg_stat_checkpointer_sync_time_total 7",
          "pg_stat_checkpointer_buffers_written_total 8",
          "pg_stat_checkpointer_stats_reset_total 0")));
}

}  // namespace
}  // namespace hakem::collectors
