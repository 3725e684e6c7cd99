// Runs every collector on a real server and compares its values with separate SQL.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <pqxx/pqxx>
#include <set>

#include "tests/support/collection/dropin_server.h"

namespace hakem::collectors {
namespace {

Labels Named(std::string_view name, std::vector<Label> labels = {}) {
  labels.push_back({"__name__", std::string(name)});
  return Labels(labels);
}

std::vector<Label> Moves(std::string_view database) {
  return {{"datname", std::string(database)}, {"schemaname", "public"}, {"relname", "moves"}};
}

TEST(Dropin, HasEveryFamilyOfThisVersion) {
  DropinServer& server = TheServer();
  server.Run("SELECT pg_create_physical_replication_slot('dropin_slot', true)");
  const DropinPage page = CollectAll();
  server.Run("SELECT pg_drop_replication_slot('dropin_slot')");
  const int version = server.version();
  // These families are empty without such activity, and data_disk for a server in a chroot.
  const std::set<std::string_view> idle = {
      "stat_progress_vacuum", "stat_replication",  "stat_activity_autovacuum",
      "process_idle",         "stat_wal_receiver", "game",
      "game_players",         "sequences",         "data_disk",
      "table_bloat"};
  const std::set<std::string_view> never_here = {
      "pg_replication_slots_slot_confirmed_flush_lsn", "pg_replication_slots_safe_wal_size_bytes",
      "pg_stat_archiver_last_archive_age", "pg_stat_statements_query_id"};
  for (const CollectorSpec* spec : kCollectors) {
    if (idle.contains(spec->name) || version < spec->requirements.min_version) {
      continue;
    }
    for (const FamilySpec& family : spec->families) {
      const bool is_present =
          std::any_of(page.families.begin(), page.families.end(),
                      [&](const auto& value) { return value.first.starts_with(family.name); });
      const bool is_due = family.min_version <= version && version <= family.max_version &&
                          !never_here.contains(family.name);
      EXPECT_EQ(is_present, is_due) << family.name;
    }
  }
}

TEST(Dropin, TablesOfEveryDatabaseMatchTheViews) {
  const DropinPage page = CollectAll();
  for (const std::string_view database : DropinServer::kDatabases) {
    for (const CollectorSpec* spec : kCollectors) {
      const bool is_io = spec->name == "statio_user_tables";
      if (spec->name != "stat_user_tables" && !is_io) {
        continue;
      }
      for (const FamilySpec& family : spec->families) {
        std::string column(family.name.substr(fmt::format("pg_{}_", spec->name).size()));
        if (is_io) {
          column.replace(column.find("blocks"), 6, "blks");
        }
        std::string value =
            column.starts_with("last_") ? fmt::format("extract(epoch FROM {})", column) : column;
        value = column == "index_size_bytes"   ? "pg_indexes_size(relid)"
                : column == "table_size_bytes" ? "pg_table_size(relid)"
                                               : value;
        EXPECT_NEAR(page.At(Named(family.name, Moves(database))),
                    TheServer().Number(fmt::format("SELECT coalesce({}, 0) FROM pg_{} WHERE "
                                                   "relname = 'moves'",
                                                   value, spec->name),
                                       database),
                    1e-3)
            << family.name << " of " << database;
      }
    }
  }
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_n_tup_ins", Moves("dropin_one"))), 500);
}

TEST(Dropin, ATableLockedByDdlIsCollectedWithoutWaiting) {
  pqxx::connection connection(TheServer().Dsn("dropin_one"));
  pqxx::work ddl(connection);
  ddl.exec("LOCK TABLE moves IN ACCESS EXCLUSIVE MODE");
  const DropinPage page = CollectAll();
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_table_size_bytes", Moves("dropin_one"))),
            TheServer().Number("SELECT sum(relpages) * current_setting('block_size')::int FROM "
                               "pg_class WHERE oid IN (SELECT unnest(ARRAY[oid, reltoastrelid]) "
                               "FROM pg_class WHERE relname = 'moves')"));
  EXPECT_EQ(page.At(Named("pg_stat_user_tables_table_size_bytes", Moves("dropin_two"))),
            TheServer().Number("SELECT pg_table_size('moves')", "dropin_two"));
}

TEST(Dropin, ValuesMatchTheServer) {
  const struct {
    Labels series;
    std::string sql;
  } rows[] = {
      {Named("pg_settings_shared_buffers_bytes"),
       "SELECT pg_size_bytes(current_setting('shared_buffers'))"},
      {Named("pg_settings_max_wal_size_bytes"),
       "SELECT pg_size_bytes(current_setting('max_wal_size'))"},
      {Named("pg_settings_checkpoint_timeout_seconds"),
       "SELECT extract(epoch FROM current_setting('checkpoint_timeout')::interval)"},
      {Named("pg_settings_autovacuum_work_mem_bytes"), "SELECT -1"},
      {Named("pg_settings_pg_stat_statements_max"), "SHOW pg_stat_statements.max"},
      {Named("pg_roles_connection_limit", {{"rolname", "pg_monitor"}}), "SELECT -1"},
      {Named("pg_replication_is_replica"), "SELECT 0"},
      {Named("pg_replication_lag_seconds"), "SELECT 0"},
      {Named("pg_postmaster_start_time_seconds"),
       "SELECT extract(epoch FROM pg_postmaster_start_time())"},
      {Named("pg_database_wraparound_age_datfrozenxid_seconds", {{"datname", "dropin_two"}}),
       "SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'dropin_two'"},
      {Named("pg_stat_statements_rows_total",
             {{"user", "postgres"},
              {"datname", "dropin_one"},
              {"queryid", TheServer().Run("SELECT queryid FROM pg_stat_statements WHERE query "
                                          "LIKE 'INSERT INTO moves%' AND rows = 500",
                                          "dropin_one")}}),
       "SELECT 500"},
  };

  const DropinPage page = CollectAll();
  for (const auto& row : rows) {
    EXPECT_NEAR(page.At(row.series), TheServer().Number(row.sql), 1e-3) << FormatSeries(row.series);
  }
}

TEST(Dropin, IdleConnectionsFillACompleteHistogramForEachApplication) {
  pqxx::connection first(TheServer().Dsn("dropin_one") + " application_name=dropin_a");
  pqxx::connection second(TheServer().Dsn("dropin_one") + " application_name=dropin_b");
  pqxx::nontransaction(first).exec("SELECT 1");
  pqxx::nontransaction(second).exec("SELECT 1");
  const DropinPage page = CollectAll();
  for (const char* application : {"dropin_a", "dropin_b"}) {
    const std::vector<Label> labels = {{"state", "idle"}, {"application_name", application}};
    std::vector<Label> bucket = labels;
    bucket.push_back({"le", "300.0"});
    EXPECT_EQ(page.At(Named("pg_process_idle_seconds_count", labels)), 1);
    EXPECT_EQ(page.At(Named("pg_process_idle_seconds_bucket", bucket)), 1);
    EXPECT_GT(page.At(Named("pg_process_idle_seconds_sum", labels)), 0);
  }
}

}  // namespace
}  // namespace hakem::collectors
