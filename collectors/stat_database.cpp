#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datid", "datname"};

constexpr double kSecondsOfMilliseconds = 0.001;

constexpr SqlValue kValues[] = {
    Gauge("numbackends", "pg_stat_database_numbackends", "Backends now connected to the database.",
          kLabels),
    Counter("xact_commit", "pg_stat_database_xact_commit", "Transactions committed.", kLabels),
    Counter("xact_rollback", "pg_stat_database_xact_rollback", "Transactions rolled back.",
            kLabels),
    Counter("blks_read", "pg_stat_database_blks_read", "Blocks read from disk.", kLabels),
    Counter("blks_hit", "pg_stat_database_blks_hit", "Blocks found in the buffer cache.", kLabels),
    Counter("tup_returned", "pg_stat_database_tup_returned", "Rows read by scans.", kLabels),
    Counter("tup_fetched", "pg_stat_database_tup_fetched", "Rows fetched through an index.",
            kLabels),
    Counter("tup_inserted", "pg_stat_database_tup_inserted", "Rows inserted.", kLabels),
    Counter("tup_updated", "pg_stat_database_tup_updated", "Rows updated.", kLabels),
    Counter("tup_deleted", "pg_stat_database_tup_deleted", "Rows deleted.", kLabels),
    Counter("conflicts", "pg_stat_database_conflicts",
            "Queries cancelled on a standby because of a conflict with recovery.", kLabels),
    Counter("temp_files", "pg_stat_database_temp_files", "Temporary files created by queries.",
            kLabels),
    Counter("temp_bytes", "pg_stat_database_temp_bytes", "Bytes written to temporary files.",
            kLabels),
    Counter("deadlocks", "pg_stat_database_deadlocks", "Deadlocks detected.", kLabels),
    Counter("blk_read_time", "pg_stat_database_blk_read_time",
            "Milliseconds spent reading blocks, when track_io_timing is on.", kLabels),
    Counter("blk_write_time", "pg_stat_database_blk_write_time",
            "Milliseconds spent writing blocks, when track_io_timing is on.", kLabels),
    Counter("stats_reset_seconds", "pg_stat_database_stats_reset",
            "Unix time at which the statistics were last reset; 0: never.", kLabels),
    {"active_time",
     {.name = "pg_stat_database_active_time_seconds_total",
      .type = MetricType::kCounter,
      .help = "Time spent executing statements, from PostgreSQL 14 on.",
      .labels = kLabels,
      .min_version = 140000},
     kSecondsOfMilliseconds},
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The row without a name belongs to the objects that all databases share.
constexpr std::string_view kSql = R"(
SELECT *, coalesce(extract(epoch FROM stats_reset), 0) AS stats_reset_seconds
FROM pg_stat_database
WHERE datname IS NOT NULL)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_database;
constinit const CollectorSpec stat_database{
    .name = "stat_database",
    .help = "Transactions, rows, blocks, temporary files and deadlocks of each database.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
