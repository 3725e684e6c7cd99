#include "tests/support/collection/collector_run.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;

TEST(StatBgwriterCollector, ReportsEveryColumnBefore17) {
  CollectorRun run("stat_bgwriter");
  run.session.Answer(
      "pg_stat_bgwriter",
      Rows({"checkpoints_timed", "checkpoints_req", "checkpoint_write_time", "checkpoint_sync_time",
            "buffers_checkpoint", "buffers_clean", "maxwritten_clean", "buffers_backend",
            "buffers_backend_fsync", "buffers_alloc", "stats_reset_seconds"},
           {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "1700000000"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          "pg_stat_bgwriter_checkpoints_timed_total 1", "pg_stat_bgwriter_checkpoints_req_total 2",
          "pg_stat_bgwriter_checkpoint_write_time_total 3",
          "pg_stat_bgwriter_checkpoint_sync_time_total 4",
          "pg_stat_bgwriter_buffers_checkpoint_total 5", "pg_stat_bgwriter_buffers_clean_total 6",
          "pg_stat_bgwriter_maxwritten_clean_total 7", "pg_stat_bgwriter_buffers_backend_total 8",
          "pg_stat_bgwriter_buffers_backend_fsync_total 9",
          "pg_stat_bgwriter_buffers_alloc_total 10",
          "pg_stat_bgwriter_stats_reset_total 1700000000")));
}

TEST(StatBgwriterCollector, KeepsTheNamesOfCheckpointsSince17) {
  CollectorRun run("stat_bgwriter");
  run.session.server_facts.version = 170004;
  run.session.Answer("pg_stat_checkpointer",
                     Rows({"checkpoints_timed", "checkpoints_req", "checkpoint_write_time",
                           "checkpoint_sync_time", "buffers_checkpoint", "buffers_clean",
                           "maxwritten_clean", "buffers_alloc", "stats_reset_seconds"},
                          {"1", "2", "3", "4", "5", "6", "7", "8", "0"}));
  EXPECT_THAT(
      run.Lines(),
      IsOkAndHolds(ElementsAre(
          "pg_stat_bgwriter_checkpoints_timed_total 1", "pg_stat_bgwriter_checkpoints_req_total 2",
          "pg_stat_bgwriter_checkpoint_write_time_total 3",
          "pg_stat_bgwriter_checkpoint_sync_time_total 4",
          "pg_stat_bgwriter_buffers_checkpoint_total 5", "pg_stat_bgwriter_buffers_clean_total 6",
          "pg_stat_bgwriter_maxwritten_clean_total 7", "pg_stat_bgwriter_buffers_alloc_total 8",
          "pg_stat_bgwriter_stats_reset_total 0")));
}

}  // namespace
}  // namespace hakem::collectors
