#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("count", "pg_long_running_transactions",
          "Open transactions of any age; our own and those of autovacuum are not counted."),
    Gauge("oldest", "pg_long_running_transactions_oldest_timestamp_seconds",
          "Age of the oldest of them; 0: there is none."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The server hides the transactions of other roles from a role that is no member of
// pg_read_all_stats.
constexpr std::string_view kSql = R"(
SELECT CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN count(*) END AS count,
       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
            THEN coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) END AS oldest
FROM pg_stat_activity
WHERE xact_start IS NOT NULL AND state IS DISTINCT FROM 'idle'
      AND query NOT LIKE 'autovacuum:%' AND application_name <> 'hakem')";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec long_running_transactions;
constinit const CollectorSpec long_running_transactions{
    .name = "long_running_transactions",
    .help = "Open transactions and the age of the oldest.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
