#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname",          "state",        "usename",
                                        "application_name", "backend_type", "wait_event_type",
                                        "wait_event"};

constexpr SqlValue kValues[] = {
    Count("count", "pg_stat_activity_count",
          "Connections of a database in this state; our own are not counted.", kLabels),
    Gauge("max_tx_duration", "pg_stat_activity_max_tx_duration",
          "Age in seconds of the longest open transaction among these connections.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// For states without connections the query reports 0, without the other labels. It does so only if
// the role can see the states of all connections. Ages are measured with clock_timestamp(), because
// a transaction may have started after this statement.
constexpr std::string_view kSql = R"(
WITH backends AS (
  SELECT datname, state, usename, application_name, backend_type, wait_event_type, wait_event,
         count(*) AS count,
         coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0) AS max_tx_duration
  FROM pg_stat_activity
  WHERE datname IS NOT NULL AND state IS NOT NULL AND application_name <> 'hakem'
  GROUP BY datname, state, usename, application_name, backend_type, wait_event_type, wait_event)
SELECT * FROM backends
UNION ALL
SELECT d.datname, s.state, NULL, NULL, NULL, NULL, NULL, 0, 0
FROM pg_database d
CROSS JOIN (VALUES ('active'), ('idle'), ('idle in transaction'), ('idle in transaction (aborted)'),
                   ('fastpath function call'), ('disabled')) s(state)
WHERE pg_has_role('pg_read_all_stats', 'USAGE')
      AND NOT EXISTS (SELECT FROM backends b WHERE b.datname = d.datname AND b.state = s.state))";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_activity;
constinit const CollectorSpec stat_activity{
    .name = "stat_activity",
    .help = "Connections by database, state, user, application and wait event.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
