// The families of postgres_exporter: each of them is declared by a collector with the same name,
// type, labels and default. The list is written here and not derived from the code that it checks.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"

namespace hakem::collectors {
namespace {

constexpr MetricType kCounter = MetricType::kCounter;
constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kHistogram = MetricType::kHistogram;

/// Families of one collector that differ only in their names.
struct PeerFamilies {
  std::string_view collector;
  bool by_default;
  MetricType type;
  std::vector<std::string_view> labels;
  std::string_view prefix;
  std::vector<std::string_view> names;
};

void PrintTo(const PeerFamilies& families, std::ostream* out) {
  *out << families.collector << ": " << families.prefix;
}

const PeerFamilies kPeerFamilies[] = {
    {"database", true, kGauge, {"datname"}, "pg_database_", {"size_bytes", "connection_limit"}},
    {"locks", true, kGauge, {"datname", "mode"}, "pg_locks_", {"count"}},
    {"replication",
     true,
     kGauge,
     {},
     "pg_replication_",
     {"lag_seconds", "is_replica", "last_replay_seconds"}},
    {"replication_slots",
     true,
     kGauge,
     {"slot_name", "database"},
     "pg_replication_slots_",
     {"active", "pg_wal_lsn_diff"}},
    {"replication_slots",
     true,
     kGauge,
     {"slot_name", "slot_type"},
     "pg_replication_slots_",
     {"slot_current_wal_lsn", "slot_confirmed_flush_lsn", "slot_is_active", "safe_wal_size_bytes"}},
    {"replication_slots",
     true,
     kGauge,
     {"slot_name", "slot_type", "wal_status"},
     "pg_replication_slots_",
     {"wal_status"}},
    {"roles", true, kGauge, {"rolname"}, "pg_roles_", {"connection_limit"}},
    {"settings", true, kGauge, {}, "pg_", {"settings_"}},
    {"stat_activity",
     true,
     kGauge,
     {"datname", "state", "usename", "application_name", "backend_type", "wait_event_type",
      "wait_event"},
     "pg_stat_activity_",
     {"count", "max_tx_duration"}},
    {"stat_archiver", true, kCounter, {}, "pg_stat_archiver_", {"archived_count", "failed_count"}},
    {"stat_archiver", true, kGauge, {}, "pg_stat_archiver_", {"last_archive_age"}},
    {"stat_bgwriter",
     true,
     kCounter,
     {},
     "pg_stat_bgwriter_",
     {"checkpoints_timed_total", "checkpoints_req_total", "checkpoint_write_time_total",
      "checkpoint_sync_time_total", "buffers_checkpoint_total", "buffers_clean_total",
      "maxwritten_clean_total", "buffers_backend_total", "buffers_backend_fsync_total",
      "buffers_alloc_total", "stats_reset_total"}},
    {"stat_database", true, kGauge, {"datid", "datname"}, "pg_stat_database_", {"numbackends"}},
    {"stat_database",
     true,
     kCounter,
     {"datid", "datname"},
     "pg_stat_database_",
     {"xact_commit", "xact_rollback", "blks_read", "blks_hit", "tup_returned", "tup_fetched",
      "tup_inserted", "tup_updated", "tup_deleted", "conflicts", "temp_files", "temp_bytes",
      "deadlocks", "blk_read_time", "blk_write_time", "stats_reset", "active_time_seconds_total"}},
    {"stat_database_conflicts",
     true,
     kCounter,
     {"datid", "datname"},
     "pg_stat_database_conflicts_",
     {"confl_tablespace", "confl_lock", "confl_snapshot", "confl_bufferpin", "confl_deadlock"}},
    {"stat_progress_vacuum",
     true,
     kGauge,
     {"datname", "relname", "phase"},
     "pg_stat_progress_vacuum_",
     {"phase"}},
    {"stat_progress_vacuum",
     true,
     kGauge,
     {"datname", "relname"},
     "pg_stat_progress_vacuum_",
     {"heap_blks", "heap_blks_scanned", "heap_blks_vacuumed", "index_vacuums", "max_dead_tuples",
      "num_dead_tuples"}},
    {"stat_replication",
     true,
     kGauge,
     {"application_name", "client_addr", "state", "slot_name"},
     "pg_stat_replication_",
     {"pg_current_wal_lsn_bytes", "pg_wal_lsn_diff"}},
    {"stat_user_tables",
     true,
     kCounter,
     {"datname", "schemaname", "relname"},
     "pg_stat_user_tables_",
     {"seq_scan", "seq_tup_read", "idx_scan", "idx_tup_fetch", "n_tup_ins", "n_tup_upd",
      "n_tup_del", "n_tup_hot_upd", "vacuum_count", "autovacuum_count", "analyze_count",
      "autoanalyze_count"}},
    {"stat_user_tables",
     true,
     kGauge,
     {"datname", "schemaname", "relname"},
     "pg_stat_user_tables_",
     {"n_live_tup", "n_dead_tup", "n_mod_since_analyze", "last_vacuum", "last_autovacuum",
      "last_analyze", "last_autoanalyze", "index_size_bytes", "table_size_bytes"}},
    {"statio_user_tables",
     true,
     kCounter,
     {"datname", "schemaname", "relname"},
     "pg_statio_user_tables_",
     {"heap_blocks_read", "heap_blocks_hit", "idx_blocks_read", "idx_blocks_hit",
      "toast_blocks_read", "toast_blocks_hit", "tidx_blocks_read", "tidx_blocks_hit"}},
    {"wal", true, kGauge, {}, "pg_wal_", {"segments", "size_bytes"}},
    {"buffercache_summary",
     false,
     kGauge,
     {},
     "pg_buffercache_summary_",
     {"buffers_used", "buffers_unused", "buffers_dirty", "buffers_pinned", "usagecount_avg"}},
    {"database_wraparound",
     true,  // Off in postgres_exporter. A shipped rule reads it.
     kGauge,
     {"datname"},
     "pg_database_wraparound_",
     {"age_datfrozenxid_seconds", "age_datminmxid_seconds"}},
    {"long_running_transactions",
     false,
     kGauge,
     {},
     "pg_long_running_",
     {"transactions", "transactions_oldest_timestamp_seconds"}},
    {"postmaster", false, kGauge, {}, "pg_postmaster_", {"start_time_seconds"}},
    {"process_idle",
     false,
     kHistogram,
     {"state", "application_name"},
     "pg_process_",
     {"idle_seconds"}},
    {"stat_activity_autovacuum",
     false,
     kGauge,
     {"relname"},
     "pg_stat_activity_autovacuum_",
     {"timestamp_seconds"}},
    {"stat_checkpointer",
     false,
     kCounter,
     {},
     "pg_stat_checkpointer_",
     {"num_timed_total", "num_requested_total", "restartpoints_timed_total",
      "restartpoints_req_total", "restartpoints_done_total", "write_time_total", "sync_time_total",
      "buffers_written_total", "stats_reset_total"}},
    {"stat_statements",
     true,  // Off in postgres_exporter. A shipped rule reads it.
     kCounter,
     {"user", "datname", "queryid"},
     "pg_stat_statements_",
     {"calls_total", "seconds_total", "rows_total", "block_read_seconds_total",
      "block_write_seconds_total"}},
    {"stat_statements", true, kCounter, {"queryid", "query"}, "pg_stat_statements_", {"query_id"}},
    {"stat_wal_receiver",
     false,
     kCounter,
     {"upstream_host", "slot_name", "status"},
     "pg_stat_wal_receiver_",
     {"receive_start_lsn", "flushed_lsn", "last_msg_send_time", "last_msg_receipt_time",
      "latest_end_lsn", "latest_end_time"}},
    {"stat_wal_receiver",
     false,
     kGauge,
     {"upstream_host", "slot_name", "status"},
     "pg_stat_wal_receiver_",
     {"receive_start_tli", "received_tli", "upstream_node"}},
    {"statio_user_indexes",
     false,
     kCounter,
     {"schemaname", "relname", "indexrelname"},
     "pg_statio_user_indexes_",
     {"idx_blks_read_total", "idx_blks_hit_total"}},
};

/// Labels that we add, because without them the series of two databases would be the same.
const std::map<std::string_view, std::set<std::string_view>> kBesides = {
    {"statio_user_indexes", {"datname"}}};

const CollectorSpec* FindCollector(std::string_view name) {
  const auto found = std::find_if(kCollectors.begin(), kCollectors.end(),
                                  [&](const CollectorSpec* spec) { return spec->name == name; });
  return found != kCollectors.end() ? *found : nullptr;
}

const FamilySpec* FindFamily(const CollectorSpec& spec, std::string_view name) {
  const auto found = std::find_if(spec.families.begin(), spec.families.end(),
                                  [&](const FamilySpec& family) { return family.name == name; });
  return found != spec.families.end() ? &*found : nullptr;
}

class DropinFamilies : public testing::TestWithParam<PeerFamilies> {};

TEST_P(DropinFamilies, HaveTheNamesTypesAndLabelsOfThePeer) {
  const PeerFamilies& families = GetParam();
  const CollectorSpec* collector = FindCollector(families.collector);
  ASSERT_NE(collector, nullptr);
  EXPECT_EQ(collector->enabled_by_default, families.by_default);
  std::set<std::string_view> labels(families.labels.begin(), families.labels.end());
  if (const auto besides = kBesides.find(families.collector); besides != kBesides.end()) {
    labels.insert(besides->second.begin(), besides->second.end());
  }
  for (const std::string_view end : families.names) {
    const std::string name = std::string(families.prefix) + std::string(end);
    const FamilySpec* family = FindFamily(*collector, name);
    ASSERT_NE(family, nullptr) << name;
    EXPECT_EQ(family->type, families.type) << name;
    EXPECT_EQ(std::set<std::string_view>(family->labels.begin(), family->labels.end()), labels)
        << name;
  }
}

INSTANTIATE_TEST_SUITE_P(OfPostgresExporter, DropinFamilies, testing::ValuesIn(kPeerFamilies),
                         [](const auto& row) {
                           return std::string(row.param.collector) + "_" +
                                  std::to_string(row.index);
                         });

}  // namespace
}  // namespace hakem::collectors
