#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"relname"};

constexpr SqlValue kValues[] = {
    Gauge("start", "pg_stat_activity_autovacuum_timestamp_seconds",
          "Unix time at which autovacuum began with this table.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// Only the query text names the table: "autovacuum: VACUUM ANALYZE public.games (to prevent
// wraparound)". If several databases have a table with this name, the worker that has run longest
// is first and is reported.
constexpr std::string_view kSql = R"(
SELECT regexp_replace(substr(query, strpos(query, '.') + 1), ' \(to prevent wraparound\)$', '')
         AS relname,
       extract(epoch FROM xact_start) AS start
FROM pg_stat_activity
WHERE backend_type = 'autovacuum worker' AND query LIKE 'autovacuum: %.%'
ORDER BY xact_start)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_activity_autovacuum;
constinit const CollectorSpec stat_activity_autovacuum{
    .name = "stat_activity_autovacuum",
    .help = "What autovacuum is working on.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .round = {.own_texts = true},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
