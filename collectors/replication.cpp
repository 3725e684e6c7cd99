#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr SqlValue kValues[] = {
    Gauge("lag", "pg_replication_lag_seconds",
          "Age of the last transaction that a standby replayed; 0 on a primary and on a standby "
          "that has replayed all it received and is still connected."),
    Gauge("is_replica", "pg_replication_is_replica", "Whether the server is a standby."),
    Gauge("last_replay", "pg_replication_last_replay_seconds",
          "Age of the last transaction that a standby replayed, whatever it received since; 0 on a "
          "primary."),
    Gauge("lag_bytes", "pg_replication_lag_bytes",
          "Bytes of WAL that a standby has not replayed, of what its primary had when it last "
          "reported; 0 on a primary, absent on a standby that has received nothing."),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// A standby that has lost its primary has also replayed everything it received, but its lag grows.
// One that has not replayed anything yet has no lag.
//
// The receiver knows the end of the primary's WAL from each message. A role that is no member of
// pg_read_all_stats sees only what was received. After a reconnection the receiver may be behind
// what has been replayed.
constexpr std::string_view kSql = R"(
SELECT CASE WHEN NOT in_recovery THEN 0
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
            ELSE age END AS lag,
       in_recovery AS is_replica,
       CASE WHEN in_recovery THEN age ELSE 0 END AS last_replay,
       CASE WHEN NOT in_recovery THEN 0
            WHEN pg_last_wal_receive_lsn() IS NOT NULL
            THEN greatest(pg_last_wal_receive_lsn() - pg_last_wal_replay_lsn(),
                          (SELECT latest_end_lsn FROM pg_stat_wal_receiver)
                            - pg_last_wal_replay_lsn(), 0) END AS lag_bytes
FROM (SELECT pg_is_in_recovery() AS in_recovery,
             greatest(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()),
                      CASE WHEN pg_last_xact_replay_timestamp() IS NOT NULL THEN 0 END) AS age) s)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec replication;
constinit const CollectorSpec replication{
    .name = "replication",
    .help = "Whether the server is a standby, and how far behind.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
