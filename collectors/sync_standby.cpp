#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("enabled", "pg_sync_standby_enabled",
          "Whether commits wait for a standby, because synchronous_standby_names is set."),
    Gauge("connected", "pg_sync_standby_connected",
          "Connected standbys for which commits may wait, chosen by priority or as a quorum."),
    Gauge("needed", "pg_sync_standby_needed",
          "How many standbys each commit waits for, by synchronous_standby_names; 0 if it is "
          "empty."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The server hides the states of standbys from a role that is no member of pg_read_all_stats. The
// setting begins with the number of standbys, `ANY 2 (a, b, c)`, or is a list of which one is
// needed.
constexpr std::string_view kSql = R"(
SELECT setting <> '' AS enabled,
       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
            THEN (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
            END AS connected,
       CASE WHEN setting = '' THEN 0
            ELSE coalesce(substring(lower(setting) from '^\s*(?:first|any)?\s*(\d+)\s*\(')::integer, 1)
            END AS needed
FROM current_setting('synchronous_standby_names') AS setting)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec sync_standby;
constinit const CollectorSpec sync_standby{
    .name = "sync_standby",
    .help = "Whether commits wait for a standby, and for how many there are.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .requirements = {.role = Role::kPrimary},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
