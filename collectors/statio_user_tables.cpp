#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "relname"};

constexpr SqlValue kValues[] = {
    Counter("heap_blocks_read", "pg_statio_user_tables_heap_blocks_read",
            "Blocks of the table read from disk.", kLabels),
    Counter("heap_blocks_hit", "pg_statio_user_tables_heap_blocks_hit",
            "Blocks of the table found in the buffer cache.", kLabels),
    Counter("idx_blocks_read", "pg_statio_user_tables_idx_blocks_read",
            "Blocks of the table's indexes read from disk.", kLabels),
    Counter("idx_blocks_hit", "pg_statio_user_tables_idx_blocks_hit",
            "Blocks of the table's indexes found in the buffer cache.", kLabels),
    Counter("toast_blocks_read", "pg_statio_user_tables_toast_blocks_read",
            "Blocks of the table's TOAST read from disk.", kLabels),
    Counter("toast_blocks_hit", "pg_statio_user_tables_toast_blocks_hit",
            "Blocks of the table's TOAST found in the buffer cache.", kLabels),
    Counter("tidx_blocks_read", "pg_statio_user_tables_tidx_blocks_read",
            "Blocks of the index of the table's TOAST read from disk.", kLabels),
    Counter("tidx_blocks_hit", "pg_statio_user_tables_tidx_blocks_hit",
            "Blocks of the index of the table's TOAST found in the buffer cache.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// Calls the functions behind the view pg_statio_user_tables, which would group all tables again.
constexpr std::string_view kSql = R"(
WITH indexes AS (
  SELECT indrelid, sum(pg_stat_get_blocks_fetched(indexrelid)) AS fetched,
         sum(pg_stat_get_blocks_hit(indexrelid)) AS hit
  FROM pg_index GROUP BY indrelid)
SELECT current_database() AS datname, n.nspname AS schemaname, c.relname,
       c.relpages AS rank,
       pg_stat_get_blocks_fetched(c.oid) - pg_stat_get_blocks_hit(c.oid) AS heap_blocks_read,
       pg_stat_get_blocks_hit(c.oid) AS heap_blocks_hit,
       coalesce(i.fetched - i.hit, 0) AS idx_blocks_read,
       coalesce(i.hit, 0) AS idx_blocks_hit,
       pg_stat_get_blocks_fetched(c.reltoastrelid) - pg_stat_get_blocks_hit(c.reltoastrelid)
         AS toast_blocks_read,
       pg_stat_get_blocks_hit(c.reltoastrelid) AS toast_blocks_hit,
       coalesce(t.fetched - t.hit, 0) AS tidx_blocks_read,
       coalesce(t.hit, 0) AS tidx_blocks_hit
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN indexes i ON i.indrelid = c.oid
LEFT JOIN indexes t ON t.indrelid = c.reltoastrelid
WHERE c.relkind IN ('r', 't', 'm')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast')";

constexpr SqlQuery kQuery{.sql = kSql, .values = kValues};

}  // namespace

extern const CollectorSpec statio_user_tables;
constinit const CollectorSpec statio_user_tables{
    .name = "statio_user_tables",
    .help = "Blocks read and found in the cache, of each table.",
    .enabled_by_default = true,
    .lane = Lane::kSlow,
    .scope = Scope::kDatabase,
    .priority = Priority::kOptional,
    .has_limit = true,
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions& options) {
      return MakeLimitedSqlCollector(kQuery, options.limit);
    }};

}  // namespace hakem::collectors
