#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"application_name", "client_addr", "state", "slot_name"};

constexpr SqlValue kValues[] = {
    Gauge("lsn", "pg_stat_replication_pg_current_wal_lsn_bytes",
          "Position of the server in the WAL, in bytes.", kLabels),
    Gauge("behind", "pg_stat_replication_pg_wal_lsn_diff",
          "Bytes of WAL that the standby has not replayed yet.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// If several standbys have the same labels, the one that is furthest behind is first and is
// reported. A role that is no member of pg_read_all_stats sees only that a standby exists.
constexpr std::string_view kSql = R"(
SELECT r.application_name, host(r.client_addr) AS client_addr, r.state, s.slot_name,
       server.lsn - '0/0' AS lsn, pg_wal_lsn_diff(server.lsn, r.replay_lsn) AS behind
FROM pg_stat_replication r
LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                        ELSE pg_current_wal_lsn() END AS lsn) server
WHERE r.state IS NOT NULL
ORDER BY behind DESC NULLS LAST)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_replication;
constinit const CollectorSpec stat_replication{
    .name = "stat_replication",
    .help = "How far each connected standby is behind.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
