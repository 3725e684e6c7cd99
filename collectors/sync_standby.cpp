#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("enabled", "pg_sync_standby_enabled",
          "Whether commits wait for a standby, because synchronous_standby_names is set."),
    Gauge("connected", "pg_sync_standby_connected",
          "Connected standbys for which commits may wait, chosen by priority or as a quorum."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// The server hides the states of standbys from a role that is no member of pg_read_all_stats.
constexpr std::string_view kSql = R"(
SELECT current_setting('synchronous_standby_names') <> '' AS enabled,
       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE')
            THEN (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum'))
            END AS connected)";

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
