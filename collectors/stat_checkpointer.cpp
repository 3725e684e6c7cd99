#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Counter("num_timed", "pg_stat_checkpointer_num_timed_total",
            "Checkpoints that were due by time."),
    Counter("num_requested", "pg_stat_checkpointer_num_requested_total",
            "Checkpoints that were requested."),
    Counter("restartpoints_timed", "pg_stat_checkpointer_restartpoints_timed_total",
            "Restartpoints that were due by time."),
    Counter("restartpoints_req", "pg_stat_checkpointer_restartpoints_req_total",
            "Restartpoints that were requested."),
    Counter("restartpoints_done", "pg_stat_checkpointer_restartpoints_done_total",
            "Restartpoints performed."),
    Counter("write_time", "pg_stat_checkpointer_write_time_total",
            "Milliseconds spent writing files."),
    Counter("sync_time", "pg_stat_checkpointer_sync_time_total",
            "Milliseconds spent syncing files."),
    Counter("buffers_written", "pg_stat_checkpointer_buffers_written_total", "Buffers written."),
    Counter("stats_reset_seconds", "pg_stat_checkpointer_stats_reset_total",
            "Unix time at which the statistics were last reset; 0: never."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT *, coalesce(extract(epoch FROM stats_reset), 0) AS stats_reset_seconds
FROM pg_stat_checkpointer)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_checkpointer;
constinit const CollectorSpec stat_checkpointer{
    .name = "stat_checkpointer",
    .help = "Checkpoints and restartpoints, from PostgreSQL 17 on.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .requirements = {.min_version = 170000},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
