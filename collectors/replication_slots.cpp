#include "collectors/core/sql_collector.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kDatabaseLabels[] = {"slot_name", "database"};
constexpr std::string_view kTypeLabels[] = {"slot_name", "slot_type"};
constexpr std::string_view kStatusLabels[] = {"slot_name", "slot_type", "wal_status"};

constexpr SqlValue kValues[] = {
    Gauge("active", "pg_replication_slots_active", "Whether a receiver is connected to the slot.",
          kDatabaseLabels),
    Gauge("retained", "pg_replication_slots_pg_wal_lsn_diff",
          "Bytes of WAL that the slot holds back.", kDatabaseLabels),
    Gauge("current", "pg_replication_slots_slot_current_wal_lsn",
          "Position of the server in the WAL, in bytes.", kTypeLabels),
    Gauge("confirmed", "pg_replication_slots_slot_confirmed_flush_lsn",
          "Position up to which the receiver of an active slot has confirmed, in bytes; 0: a "
          "physical slot, which has none.",
          kTypeLabels),
    Gauge("active", "pg_replication_slots_slot_is_active",
          "Whether a receiver is connected to the slot.", kTypeLabels),
    Gauge("safe_wal_size", "pg_replication_slots_safe_wal_size_bytes",
          "Bytes that may be written until the slot is in danger of losing WAL, when "
          "max_slot_wal_keep_size is set.",
          kTypeLabels),
    Gauge("in_status", "pg_replication_slots_wal_status",
          "1, with the availability of the WAL that the slot claims as a label.", kStatusLabels),
};

constexpr auto kFamilies = FamiliesOf(kValues);

constexpr std::string_view kSql = R"(
SELECT slot_name, slot_type, database, wal_status, active, safe_wal_size,
       pg_wal_lsn_diff(lsn, restart_lsn) AS retained,
       lsn - '0/0' AS current,
       CASE WHEN active THEN coalesce(confirmed_flush_lsn, '0/0') - '0/0' END AS confirmed,
       CASE WHEN wal_status IS NOT NULL THEN 1 END AS in_status
FROM pg_replication_slots
CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                        ELSE pg_current_wal_lsn() END AS lsn) server)";

constexpr SqlQuery kQueries[] = {{.sql = kSql, .values = kValues}};

}  // namespace

extern const CollectorSpec replication_slots;
constinit const CollectorSpec replication_slots{
    .name = "replication_slots",
    .help = "How much WAL each replication slot holds back, and whether it is used.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .families = kFamilies,
    .make = [](const CollectorOptions&) { return MakeSqlCollector(kQueries); }};

}  // namespace hakem::collectors
