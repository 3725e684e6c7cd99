#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Counter("checkpoints_timed", "pg_stat_bgwriter_checkpoints_timed_total",
            "Checkpoints that were due by time."),
    Counter("checkpoints_req", "pg_stat_bgwriter_checkpoints_req_total",
            "Checkpoints that were requested, by hand or because of much WAL."),
    Counter("checkpoint_write_time", "pg_stat_bgwriter_checkpoint_write_time_total",
            "Milliseconds that checkpoints spent writing files."),
    Counter("checkpoint_sync_time", "pg_stat_bgwriter_checkpoint_sync_time_total",
            "Milliseconds that checkpoints spent syncing files."),
    Counter("buffers_checkpoint", "pg_stat_bgwriter_buffers_checkpoint_total",
            "Buffers written during checkpoints."),
    Counter("buffers_clean", "pg_stat_bgwriter_buffers_clean_total",
            "Buffers written by the background writer."),
    Counter("maxwritten_clean", "pg_stat_bgwriter_maxwritten_clean_total",
            "Times the background writer stopped because it had written too much."),
    {"buffers_backend",
     {.name = "pg_stat_bgwriter_buffers_backend_total",
      .type = MetricType::kCounter,
      .help = "Buffers that backends had to write themselves, before PostgreSQL 17.",
      .max_version = 169999}},
    {"buffers_backend_fsync",
     {.name = "pg_stat_bgwriter_buffers_backend_fsync_total",
      .type = MetricType::kCounter,
      .help = "Times a backend had to sync a file itself, before PostgreSQL 17.",
      .max_version = 169999}},
    Counter("buffers_alloc", "pg_stat_bgwriter_buffers_alloc_total", "Buffers allocated."),
    Counter("stats_reset_seconds", "pg_stat_bgwriter_stats_reset_total",
            "Unix time at which the statistics were last reset; 0: never."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT *, coalesce(extract(epoch FROM stats_reset), 0) AS stats_reset_seconds
FROM pg_stat_bgwriter)";

// PostgreSQL 17 moved checkpoints to a view of their own. Our metric names stay the same, so that
// rules keep working after an upgrade.
constexpr std::string_view kSqlFrom17 = R"(
SELECT c.num_timed AS checkpoints_timed, c.num_requested AS checkpoints_req,
       c.write_time AS checkpoint_write_time, c.sync_time AS checkpoint_sync_time,
       c.buffers_written AS buffers_checkpoint,
       w.buffers_clean, w.maxwritten_clean, w.buffers_alloc,
       coalesce(extract(epoch FROM w.stats_reset), 0) AS stats_reset_seconds
FROM pg_stat_bgwriter w CROSS JOIN pg_stat_checkpointer c)";

constexpr SqlQuery kQueries[] = {
    {.min_version = 170000, .sql = kSqlFrom17, .values = kValues},
    {.max_version = 169999, .sql = kSql, .values = kValues},
};

}  // namespace

extern const CollectorSpec stat_bgwriter;
constinit const CollectorSpec stat_bgwriter{
    .name = "stat_bgwriter",
    .help = "Checkpoints and the background writer.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
