#include <chrono>
#include <iterator>
#include <span>

#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "relname"};

constexpr SqlValue kValues[] = {
    Counter("seq_scan", "pg_stat_user_tables_seq_scan", "Sequential scans begun.", kLabels),
    Counter("seq_tup_read", "pg_stat_user_tables_seq_tup_read", "Rows read by sequential scans.",
            kLabels),
    Counter("idx_scan", "pg_stat_user_tables_idx_scan", "Index scans begun.", kLabels),
    Counter("idx_tup_fetch", "pg_stat_user_tables_idx_tup_fetch", "Rows fetched by index scans.",
            kLabels),
    Counter("n_tup_ins", "pg_stat_user_tables_n_tup_ins", "Rows inserted.", kLabels),
    Counter("n_tup_upd", "pg_stat_user_tables_n_tup_upd", "Rows updated.", kLabels),
    Counter("n_tup_del", "pg_stat_user_tables_n_tup_del", "Rows deleted.", kLabels),
    Counter("n_tup_hot_upd", "pg_stat_user_tables_n_tup_hot_upd",
            "Rows updated without a new index entry.", kLabels),
    Count("n_live_tup", "pg_stat_user_tables_n_live_tup", "Live rows, estimated.", kLabels),
    Count("n_dead_tup", "pg_stat_user_tables_n_dead_tup", "Dead rows, estimated.", kLabels),
    Count("n_mod_since_analyze", "pg_stat_user_tables_n_mod_since_analyze",
          "Rows changed since the last ANALYZE, estimated.", kLabels),
    Time("last_vacuum", "pg_stat_user_tables_last_vacuum",
         "Unix time of the last VACUUM by hand; 0: never.", kLabels),
    Time("last_autovacuum", "pg_stat_user_tables_last_autovacuum",
         "Unix time of the last VACUUM by autovacuum; 0: never.", kLabels),
    Time("last_analyze", "pg_stat_user_tables_last_analyze",
         "Unix time of the last ANALYZE by hand; 0: never.", kLabels),
    Time("last_autoanalyze", "pg_stat_user_tables_last_autoanalyze",
         "Unix time of the last ANALYZE by autovacuum; 0: never.", kLabels),
    Counter("vacuum_count", "pg_stat_user_tables_vacuum_count", "VACUUMs by hand.", kLabels),
    Counter("autovacuum_count", "pg_stat_user_tables_autovacuum_count", "VACUUMs by autovacuum.",
            kLabels),
    Counter("analyze_count", "pg_stat_user_tables_analyze_count", "ANALYZEs by hand.", kLabels),
    Counter("autoanalyze_count", "pg_stat_user_tables_autoanalyze_count", "ANALYZEs by autovacuum.",
            kLabels),
    Count("index_size_bytes", "pg_stat_user_tables_index_size_bytes",
          "Disk space used by the indexes, read each five minutes; from the last VACUUM while DDL "
          "holds the table.",
          kLabels),
    Count(
        "table_size_bytes", "pg_stat_user_tables_table_size_bytes",
        "Disk space used by the table with its TOAST, read each five minutes; from the last VACUUM "
        "while DDL holds the table.",
        kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr auto kSizes = std::span(kValues).last<2>();
constexpr auto kCounts = std::span(kValues).first<std::size(kValues) - kSizes.size()>();

// Calls the functions behind the view pg_stat_user_tables, which would join and group all tables
// again.
constexpr std::string_view kSql = R"(
WITH indexes AS (
  SELECT indrelid, sum(pg_stat_get_numscans(indexrelid)) AS scans,
         sum(pg_stat_get_tuples_fetched(indexrelid)) AS fetched
  FROM pg_index GROUP BY indrelid)
SELECT current_database() AS datname, n.nspname AS schemaname, c.relname,
       c.relpages AS rank,
       pg_stat_get_numscans(c.oid) AS seq_scan,
       pg_stat_get_tuples_returned(c.oid) AS seq_tup_read,
       coalesce(i.scans, 0) AS idx_scan,
       coalesce(i.fetched, 0) + pg_stat_get_tuples_fetched(c.oid) AS idx_tup_fetch,
       pg_stat_get_tuples_inserted(c.oid) AS n_tup_ins,
       pg_stat_get_tuples_updated(c.oid) AS n_tup_upd,
       pg_stat_get_tuples_deleted(c.oid) AS n_tup_del,
       pg_stat_get_tuples_hot_updated(c.oid) AS n_tup_hot_upd,
       pg_stat_get_live_tuples(c.oid) AS n_live_tup,
       pg_stat_get_dead_tuples(c.oid) AS n_dead_tup,
       pg_stat_get_mod_since_analyze(c.oid) AS n_mod_since_analyze,
       coalesce(extract(epoch FROM pg_stat_get_last_vacuum_time(c.oid)), 0) AS last_vacuum,
       coalesce(extract(epoch FROM pg_stat_get_last_autovacuum_time(c.oid)), 0) AS last_autovacuum,
       coalesce(extract(epoch FROM pg_stat_get_last_analyze_time(c.oid)), 0) AS last_analyze,
       coalesce(extract(epoch FROM pg_stat_get_last_autoanalyze_time(c.oid)), 0)
         AS last_autoanalyze,
       pg_stat_get_vacuum_count(c.oid) AS vacuum_count,
       pg_stat_get_autovacuum_count(c.oid) AS autovacuum_count,
       pg_stat_get_analyze_count(c.oid) AS analyze_count,
       pg_stat_get_autoanalyze_count(c.oid) AS autoanalyze_count
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN indexes i ON i.indrelid = c.oid
WHERE c.relkind IN ('r', 't', 'm', 'p')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast')";

// The size functions ask the file system for each file, and they take a lock: they would wait for
// DDL, and others would wait for them. For tables that DDL has locked or waits for, also through an
// index or TOAST, the size comes from the page counts in the catalog.
constexpr std::string_view kSizesSql = R"(
WITH ddl AS MATERIALIZED (
  SELECT l.relation AS oid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
        AND d.datname = current_database()),
held AS MATERIALIZED (
  SELECT oid FROM ddl
  UNION ALL SELECT i.indrelid FROM ddl JOIN pg_index i ON i.indexrelid = ddl.oid),
tables AS (
  SELECT c.*, current_setting('block_size')::bigint AS block_size,
         c.oid IN (SELECT oid FROM held) OR c.reltoastrelid IN (SELECT oid FROM held) AS is_held
  FROM pg_class c
  WHERE c.relkind IN ('r', 't', 'm', 'p'))
SELECT current_database() AS datname, n.nspname AS schemaname, c.relname,
       CASE WHEN c.is_held THEN c.block_size * (
              SELECT coalesce(sum(x.relpages::bigint), 0)
              FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid)
            ELSE pg_indexes_size(c.oid) END AS index_size_bytes,
       CASE WHEN c.is_held THEN c.block_size * (c.relpages + coalesce((
              SELECT t.relpages FROM pg_class t WHERE t.oid = c.reltoastrelid), 0))
            ELSE pg_table_size(c.oid) END AS table_size_bytes
FROM tables c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast')";

constexpr SqlQuery kQuery{.sql = kSql, .values = kCounts};

/// Every fifth round at the default interval of a minute. It is a little less than five minutes, so
/// that a round that is early still counts.
constexpr RareQuery kSizesQuery{.every = std::chrono::seconds(270),
                                .query = {.sql = kSizesSql, .values = kSizes}};

}  // namespace

extern const CollectorSpec stat_user_tables;
constinit const CollectorSpec stat_user_tables{
    .name = "stat_user_tables",
    .help = "Scans, rows, vacuums and sizes of each table.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .scope = Scope::kDatabase,
    .priority = Priority::kOptional,
    .has_limit = true,
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions& options) {
      return MakeLimitedSqlCollector(kQuery, options.limit, kSizesQuery);
    }};

}  // namespace hakem::collectors
