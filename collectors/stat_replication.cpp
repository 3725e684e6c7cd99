#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"application_name", "client_addr", "state", "slot_name"};

constexpr std::string_view kWriteHelp =
    "Time from the flush of recent WAL here until the standby has written it; 0 if it has written "
    "all, absent if the server has not measured it.";
constexpr std::string_view kFlushHelp =
    "Time from the flush of recent WAL here until the standby has flushed it; 0 if it has flushed "
    "all, absent if the server has not measured it.";
constexpr std::string_view kReplayHelp =
    "Time from the flush of recent WAL here until the standby has replayed it; 0 if it has "
    "replayed all, absent if the server has not measured it.";

constexpr SqlValue kValues[] = {
    Gauge("lsn", "pg_stat_replication_pg_current_wal_lsn_bytes",
          "Position of the server in the WAL, in bytes.", kLabels),
    Gauge("behind", "pg_stat_replication_pg_wal_lsn_diff",
          "Bytes of WAL that the standby has not replayed yet.", kLabels),
    Gauge("write_bytes", "pg_stat_replication_write_lag_bytes",
          "Bytes of WAL that the standby has not written yet.", kLabels),
    Gauge("flush_bytes", "pg_stat_replication_flush_lag_bytes",
          "Bytes of WAL that the standby has not flushed to disk yet.", kLabels),
    Gauge("write_lag", "pg_stat_replication_write_lag_seconds", kWriteHelp, kLabels),
    Gauge("flush_lag", "pg_stat_replication_flush_lag_seconds", kFlushHelp, kLabels),
    Gauge("replay_lag", "pg_stat_replication_replay_lag_seconds", kReplayHelp, kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// If several standbys have the same labels, the one that is furthest behind is first and is
// reported. A role that is no member of pg_read_all_stats sees only that a standby exists.
//
// The server shows its last measurement also while a standby is idle, until the standby has
// reported twice that it has everything; then NULL. NULL while the standby is behind means that it
// has just connected or does not report that position, as pg_receivewal does not report replay.
constexpr std::string_view kSql = R"(
SELECT r.application_name, host(r.client_addr) AS client_addr, r.state, s.slot_name,
       server.lsn - '0/0' AS lsn, server.lsn - r.replay_lsn AS behind,
       server.lsn - r.write_lsn AS write_bytes, server.lsn - r.flush_lsn AS flush_bytes,
       CASE WHEN r.write_lsn >= server.lsn THEN 0
            ELSE extract(epoch FROM r.write_lag) END AS write_lag,
       CASE WHEN r.flush_lsn >= server.lsn THEN 0
            ELSE extract(epoch FROM r.flush_lag) END AS flush_lag,
       CASE WHEN r.replay_lsn >= server.lsn THEN 0
            ELSE extract(epoch FROM r.replay_lag) END AS replay_lag
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
