#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"upstream_host", "slot_name", "status"};

constexpr SqlValue kValues[] = {
    Counter("receive_start_lsn", "pg_stat_wal_receiver_receive_start_lsn",
            "Position at which receiving began, in bytes.", kLabels),
    Counter("flushed_lsn", "pg_stat_wal_receiver_flushed_lsn",
            "Position up to which WAL is on disk, in bytes.", kLabels),
    Gauge("receive_start_tli", "pg_stat_wal_receiver_receive_start_tli",
          "Timeline at which receiving began.", kLabels),
    Gauge("received_tli", "pg_stat_wal_receiver_received_tli", "Timeline of what is on disk.",
          kLabels),
    Counter("last_msg_send_time", "pg_stat_wal_receiver_last_msg_send_time",
            "Unix time at which the primary sent its last message.", kLabels),
    Counter("last_msg_receipt_time", "pg_stat_wal_receiver_last_msg_receipt_time",
            "Unix time at which the last message came in.", kLabels),
    Counter("latest_end_lsn", "pg_stat_wal_receiver_latest_end_lsn",
            "Position last reported to the primary, in bytes.", kLabels),
    Counter("latest_end_time", "pg_stat_wal_receiver_latest_end_time", "Unix time of that report.",
            kLabels),
    Gauge("upstream_node", "pg_stat_wal_receiver_upstream_node",
          "Node number of the primary, when a slot is named as repmgr names it.", kLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

// A standby without a slot has no label slot_name.
constexpr std::string_view kSql = R"(
SELECT sender_host AS upstream_host, slot_name, status,
       receive_start_lsn - '0/0' AS receive_start_lsn, flushed_lsn - '0/0' AS flushed_lsn,
       receive_start_tli, received_tli,
       extract(epoch FROM last_msg_send_time) AS last_msg_send_time,
       extract(epoch FROM last_msg_receipt_time) AS last_msg_receipt_time,
       latest_end_lsn - '0/0' AS latest_end_lsn,
       extract(epoch FROM latest_end_time) AS latest_end_time,
       substring(slot_name FROM 'repmgr_slot_([0-9]+)') AS upstream_node
FROM pg_stat_wal_receiver)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec stat_wal_receiver;
constinit const CollectorSpec stat_wal_receiver{
    .name = "stat_wal_receiver",
    .help = "What a standby receives.",
    .enabled_by_default = false,
    .lane = Lane::kFast,
    .requirements = {.role = Role::kStandby},
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
