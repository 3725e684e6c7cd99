#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "relname", "indexrelname"};

constexpr SqlValue kValues[] = {
    Counter("idx_blks_read", "pg_statio_user_indexes_idx_blks_read_total",
            "Blocks of the index read from disk.", kLabels),
    Counter("idx_blks_hit", "pg_statio_user_indexes_idx_blks_hit_total",
            "Blocks of the index found in the buffer cache.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// postgres_exporter has no label datname; we need it because databases may have the same tables.
constexpr std::string_view kSql = R"(
SELECT current_database() AS datname, n.nspname AS schemaname, c.relname,
       x.relpages AS rank,
       x.relname AS indexrelname,
       pg_stat_get_blocks_fetched(x.oid) - pg_stat_get_blocks_hit(x.oid) AS idx_blks_read,
       pg_stat_get_blocks_hit(x.oid) AS idx_blks_hit
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 't', 'm')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast')";

constexpr SqlQuery kQuery{.sql = kSql, .values = kValues};

}  // namespace

extern const CollectorSpec statio_user_indexes;
constinit const CollectorSpec statio_user_indexes{
    .name = "statio_user_indexes",
    .help = "Blocks read and found in the cache, of each index.",
    .enabled_by_default = false,
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
