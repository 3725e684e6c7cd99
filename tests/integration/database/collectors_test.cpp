// Every collector of PostgreSQL itself on a real server, with the least privileged role that
// suffices. The values are compared with other SQL on another connection.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <pqxx/pqxx>

#include "collectors/core/collector.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "process/private_postgres.h"
#include "tests/support/collection/snapshot_values.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::exporter {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;
using testing::Optional;

/// One server for all tests. It has a database `game` with two sessions in transactions, and a role
/// `hakem` that is only a member of pg_monitor.
class CollectorsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make(
        {.transport = process::Transport::kUnixSocket,
         .settings = {"autovacuum = off", "shared_preload_libraries = 'pg_stat_statements'"}});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    admin_ = std::make_unique<pqxx::connection>(server_->Dsn());
    for (const char* sql : {"CREATE ROLE hakem LOGIN", "GRANT pg_monitor TO hakem",
                            "CREATE ROLE plain LOGIN", "CREATE DATABASE game CONNECTION LIMIT 7",
                            "REVOKE CONNECT ON DATABASE game FROM PUBLIC"}) {
      Admin(sql);
    }
    PlayABit();
  }

  static void TearDownTestSuite() {
    admin_.reset();
    server_.reset();
  }

  /// Makes most statistics differ from zero.
  static void PlayABit() {
    pqxx::connection game(server_->Dsn("game"));
    const auto run = [&](const std::string& sql) {
      pqxx::work work(game);
      work.exec(sql);
      work.commit();
    };
    run("CREATE TABLE moves AS SELECT n FROM generate_series(1, 20000) n");
    run("UPDATE moves SET n = n + 1 WHERE n <= 10");
    run("DELETE FROM moves WHERE n > 19990");
    run("SET work_mem = '64kB'; SELECT count(*) FROM (SELECT n FROM moves ORDER BY -n) s");
    pqxx::work(game).exec("SELECT 1");  // Is rolled back.
  }

  static pqxx::result Admin(const std::string& sql) {
    pqxx::nontransaction work(*admin_);
    return work.exec(sql);
  }

  static std::string Answer(const std::string& sql) {
    const pqxx::result result = Admin(sql);
    return result[0][0].is_null() ? "" : result[0][0].c_str();
  }

  static Result<Snapshot> Collect(std::string_view user = "hakem",
                                  std::map<std::string, bool> enabled = {},
                                  const collectors::StatementOptions& statements = {}) {
    config::Conninfo conninfo = *config::Conninfo::Parse(Secret(server_->Dsn("postgres", user)));
    PostgresSessionFactory sessions(std::move(conninfo), "", SystemClock());
    enabled.emplace("game", false);
    return CollectOnce({.enabled = std::move(enabled), .statements = statements},
                       {.sessions = sessions, .clock = SystemClock(), .log = Log::Silent()});
  }

  /// Collects until the statement has the same result before and after.
  static std::pair<Snapshot, pqxx::result> CollectBeside(const std::string& sql) {
    for (int attempt = 0; attempt < 50; ++attempt) {
      const pqxx::result before = Admin(sql);
      auto snapshot = Collect();
      EXPECT_THAT(snapshot, IsOk());
      if (const pqxx::result after = Admin(sql); before == after) {
        return {std::move(*snapshot), after};
      }
    }
    ADD_FAILURE() << "the result never stayed the same: " << sql;
    return {};
  }

  /// Sets synchronous_standby_names for sessions that begin from now on.
  static void SetSynchronousStandbys(const std::string& names) {
    Admin(fmt::format("ALTER SYSTEM SET synchronous_standby_names = '{}'", names));
    Admin("SELECT pg_reload_conf()");
    std::string now;
    for (int attempt = 0; attempt < 500 && (attempt == 0 || now != names); ++attempt) {
      pqxx::connection fresh(server_->Dsn());
      now = pqxx::nontransaction(fresh).exec("SHOW synchronous_standby_names")[0][0].c_str();
    }
    ASSERT_EQ(now, names);
  }

  static std::unique_ptr<process::PrivatePostgres> server_;
  static std::unique_ptr<pqxx::connection> admin_;
};

std::unique_ptr<process::PrivatePostgres> CollectorsTest::server_;
std::unique_ptr<pqxx::connection> CollectorsTest::admin_;

TEST_F(CollectorsTest, EveryDefaultCollectorSucceeds) {
  Admin("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  const auto snapshot = Collect();
  Admin("DROP EXTENSION pg_stat_statements");
  ASSERT_THAT(snapshot, IsOk());
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    if (spec->name != "game" && spec->enabled_by_default) {
      EXPECT_THAT(ValueOf(*snapshot,
                          fmt::format("hakem_collector_success{{collector=\"{}\"}}", spec->name)),
                  Optional(1.0))
          << spec->name;
    }
  }
}

TEST_F(CollectorsTest, StatDatabaseReportsTheServersCounters) {
  constexpr std::string_view kColumns[] = {
      "numbackends", "xact_commit",  "xact_rollback", "blks_read",     "blks_hit",  "tup_returned",
      "tup_fetched", "tup_inserted", "tup_updated",   "tup_deleted",   "conflicts", "temp_files",
      "temp_bytes",  "deadlocks",    "blk_read_time", "blk_write_time"};
  ASSERT_TRUE(Eventually(std::chrono::seconds(30), [] {
    return Answer(
               "SELECT tup_inserted >= 20000 AND temp_files >= 1 AND xact_rollback >= 1 "
               "FROM pg_stat_database WHERE datname = 'game'") == "t";
  })) << "PostgreSQL 13 and 14 publish their counters a little later";
  const bool has_active_time = admin_->server_version() >= 140000;
  const auto [snapshot, rows] = CollectBeside(
      fmt::format("SELECT datid, {}, {} FROM pg_stat_database WHERE datname = 'game'",
                  fmt::join(kColumns, ", "), has_active_time ? "active_time / 1000" : "NULL"));
  ASSERT_EQ(rows.size(), 1U);
  const std::string labels = fmt::format("{{datid=\"{}\",datname=\"game\"}}", rows[0][0].c_str());
  pqxx::row::size_type i = 1;
  for (const std::string_view column : kColumns) {
    EXPECT_THAT(ValueOf(snapshot, fmt::format("pg_stat_database_{}{}", column, labels)),
                Optional(rows[0][i++].as<double>()))
        << column;
  }
  if (has_active_time) {
    EXPECT_THAT(ValueOf(snapshot, "pg_stat_database_active_time_seconds_total" + labels),
                Optional(testing::DoubleNear(rows[0][i].as<double>(), 1e-9)));
  }
  EXPECT_THAT(ValueOf(snapshot, "pg_stat_database_tup_inserted" + labels), Optional(Ge(20000)));
  EXPECT_THAT(ValueOf(snapshot, "pg_stat_database_temp_files" + labels), Optional(Ge(1)));
  EXPECT_THAT(ValueOf(snapshot, "pg_stat_database_xact_rollback" + labels), Optional(Ge(1)));
  EXPECT_EQ(fmt::format("{}", SeriesIn(snapshot, "pg_stat_database_numbackends")),
            Answer("SELECT count(*) FROM pg_database"))
      << "the row of shared objects is left out";
}

TEST_F(CollectorsTest, StatDatabaseReportsTheTimeOfTheReset) {
  const auto reset = [] {
    return *ValueOf(
        *Collect(),
        fmt::format("pg_stat_database_stats_reset{{datid=\"{}\",datname=\"template1\"}}",
                    Answer("SELECT oid FROM pg_database WHERE datname = 'template1'")));
  };
  EXPECT_EQ(reset(), 0);
  pqxx::connection template1(server_->Dsn("template1"));
  pqxx::nontransaction(template1).exec("SELECT pg_stat_reset()");
  // Up to PostgreSQL 14 a separate process keeps the statistics and publishes them a little later.
  EXPECT_TRUE(Eventually(std::chrono::seconds(30), [&] { return reset() > 0; }));
  EXPECT_NEAR(reset(), ToUnixSeconds(SystemClock().Now()), 60);
}

TEST_F(CollectorsTest, StatActivityCountsConnectionsByState) {
  const std::string dsn = server_->Dsn("game") + " application_name=table-7";
  pqxx::connection first(dsn);
  pqxx::connection second(dsn);
  pqxx::connection idle(dsn);
  pqxx::work first_work(first);
  pqxx::work second_work(second);
  first_work.exec("SELECT pg_sleep(0.05)");
  second_work.exec("SELECT 1");
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());

  constexpr std::string_view kInTransaction =
      "{application_name=\"table-7\",backend_type=\"client backend\",datname=\"game\","
      "state=\"idle in transaction\",usename=\"postgres\",wait_event=\"ClientRead\","
      "wait_event_type=\"Client\"}";
  EXPECT_THAT(ValueOf(*snapshot, fmt::format("pg_stat_activity_count{}", kInTransaction)),
              Optional(2.0));
  EXPECT_THAT(ValueOf(*snapshot, fmt::format("pg_stat_activity_max_tx_duration{}", kInTransaction)),
              Optional(AllOf(Ge(0.05), Le(60.0))));
  EXPECT_THAT(ValueOf(*snapshot,
                      "pg_stat_activity_count{application_name=\"table-7\",backend_type=\"client "
                      "backend\",datname=\"game\",state=\"idle\",usename=\"postgres\",wait_event="
                      "\"ClientRead\",wait_event_type=\"Client\"}"),
              Optional(1.0));
}

TEST_F(CollectorsTest, StatActivityReportsZeroForStatesWithoutConnections) {
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());
  for (const std::string_view state :
       {"active", "idle", "idle in transaction", "idle in transaction (aborted)",
        "fastpath function call", "disabled"}) {
    const std::string labels = fmt::format("{{datname=\"template0\",state=\"{}\"}}", state);
    EXPECT_THAT(ValueOf(*snapshot, "pg_stat_activity_count" + labels), Optional(0.0));
    EXPECT_THAT(ValueOf(*snapshot, "pg_stat_activity_max_tx_duration" + labels), Optional(0.0));
  }
}

TEST_F(CollectorsTest, StatActivityLeavesOutOnlyOurConnections) {
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());
  double here = 0;
  for (const MetricFamily& family : snapshot->families) {
    for (const Sample& sample : family.samples) {
      if (family.name == "pg_stat_activity_count" &&
          sample.series->labels.Get("datname") == "postgres") {
        EXPECT_NE(sample.series->labels.Get("application_name"), "hakem");
        here += sample.value;
      }
    }
  }
  EXPECT_EQ(here, 1) << "the test's own connection";
}

TEST_F(CollectorsTest, LocksCountsEveryModeOfEveryDatabase) {
  pqxx::connection game(server_->Dsn("game"));
  pqxx::work work(game);
  work.exec("LOCK TABLE moves IN SHARE ROW EXCLUSIVE MODE");
  const auto [snapshot, rows] = CollectBeside(
      "SELECT datname, lower(mode), count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
      "WHERE pid <> pg_backend_pid() GROUP BY 1, 2 ORDER BY 1, 2");
  double expected = 0;
  for (const pqxx::row& row : rows) {
    EXPECT_THAT(ValueOf(snapshot, fmt::format("pg_locks_count{{datname=\"{}\",mode=\"{}\"}}",
                                              row[0].c_str(), row[1].c_str())),
                Optional(row[2].as<double>()));
    expected += row[2].as<double>();
  }
  EXPECT_GE(expected, 1);
  EXPECT_THAT(ValueOf(snapshot, "pg_locks_count{datname=\"game\",mode=\"sharerowexclusivelock\"}"),
              Optional(1.0));
  EXPECT_THAT(ValueOf(snapshot, "pg_locks_count{datname=\"template0\",mode=\"sireadlock\"}"),
              Optional(0.0));
  EXPECT_EQ(fmt::format("{}", SeriesIn(snapshot, "pg_locks_count")),
            Answer("SELECT 9 * count(*) FROM pg_database"));
}

TEST_F(CollectorsTest, DatabaseReportsSizesAndLimits) {
  const auto [snapshot, rows] =
      CollectBeside("SELECT datname, pg_database_size(datname), datconnlimit FROM pg_database");
  for (const pqxx::row& row : rows) {
    const std::string labels = fmt::format("{{datname=\"{}\"}}", row[0].c_str());
    EXPECT_THAT(ValueOf(snapshot, "pg_database_size_bytes" + labels),
                Optional(row[1].as<double>()));
    EXPECT_THAT(ValueOf(snapshot, "pg_database_connection_limit" + labels),
                Optional(row[2].as<double>()));
  }
  EXPECT_THAT(ValueOf(snapshot, "pg_database_connection_limit{datname=\"game\"}"), Optional(7.0));
}

TEST_F(CollectorsTest, DataDiskReportsTheFileSystemOfTheDataDirectory) {
  if (std::getenv("HAKEM_POSTGRES_ROOT") != nullptr) {
    GTEST_SKIP() << "in a chroot the server's paths are others";
  }
  const auto space = std::filesystem::space(server_->DataFolder());
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());
  EXPECT_THAT(ValueOf(*snapshot, "pg_data_disk_size_bytes"),
              Optional(static_cast<double>(space.capacity)));
  EXPECT_THAT(ValueOf(*snapshot, "pg_data_disk_free_bytes"),
              Optional(testing::DoubleNear(static_cast<double>(space.available), 1e9)));
  const auto plain = Collect("plain");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(ValueOf(*plain, "pg_data_disk_size_bytes"), std::nullopt)
      << "the role may not see the data directory";
}

TEST_F(CollectorsTest, SequencesReportTheShareThatIsUsedUp) {
  Admin(
      "CREATE SEQUENCE tickets MAXVALUE 100; CREATE SEQUENCE countdown INCREMENT -1 MINVALUE -10;"
      "CREATE SEQUENCE circle MAXVALUE 100 CYCLE; CREATE SEQUENCE hidden MAXVALUE 100;"
      "CREATE SEQUENCE fresh MAXVALUE 100; CREATE SEQUENCE endless;"
      "GRANT SELECT ON tickets, countdown, circle, fresh, endless TO hakem;"
      "SELECT setval('tickets', 90), setval('countdown', -5), setval('circle', 90), "
      "setval('hidden', 5), setval('endless', 5)");
  const auto snapshot = Collect();
  Admin("DROP SEQUENCE tickets, countdown, circle, hidden, fresh, endless");
  ASSERT_THAT(snapshot, IsOk());
  const auto used = [&](std::string_view sequence) {
    return ValueOf(*snapshot, fmt::format("pg_sequence_used_ratio{{datname=\"postgres\","
                                          "schemaname=\"public\",sequencename=\"{}\"}}",
                                          sequence));
  };
  EXPECT_THAT(used("tickets"), Optional(0.9));
  EXPECT_THAT(used("countdown"), Optional(0.5));
  EXPECT_THAT(used("endless"), Optional(AllOf(Ge(0.0), Le(1e-15))));
  for (const char* absent : {"circle", "hidden", "fresh"}) {
    EXPECT_EQ(used(absent), std::nullopt) << absent;
  }
}

TEST_F(CollectorsTest, SyncStandbyReportsThatCommitsWaitForNobody) {
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());
  EXPECT_THAT(ValueOf(*snapshot, "pg_sync_standby_enabled"), Optional(0.0));
  EXPECT_THAT(ValueOf(*snapshot, "pg_sync_standby_connected"), Optional(0.0));
  EXPECT_THAT(ValueOf(*snapshot, "pg_sync_standby_needed"), Optional(0.0));
  const auto plain = Collect("plain");
  ASSERT_THAT(plain, IsOk());
  EXPECT_EQ(ValueOf(*plain, "pg_sync_standby_connected"), std::nullopt);
}

TEST_F(CollectorsTest, SyncStandbyReadsHowManyStandbysCommitsWaitFor) {
  Admin("ALTER SYSTEM SET synchronous_commit = local");  // Nobody comes.
  const std::pair<std::string, double> cases[] = {{"a", 1},
                                                  {"*", 1},
                                                  {"a, b", 1},
                                                  {"2 (a, b, c)", 2},
                                                  {"any 2(a, b)", 2},
                                                  {"FIRST 3 (a, b, c)", 3},
                                                  {"\"any 2 (x\", b", 1}};
  for (const auto& [names, needed] : cases) {
    SetSynchronousStandbys(names);
    const auto snapshot = Collect();
    ASSERT_THAT(snapshot, IsOk());
    EXPECT_THAT(ValueOf(*snapshot, "pg_sync_standby_needed"), Optional(needed)) << names;
  }
  SetSynchronousStandbys("");
  Admin("ALTER SYSTEM RESET synchronous_commit");
  Admin("SELECT pg_reload_conf()");
}

TEST_F(CollectorsTest, ReportNothingThatTheRoleMayNotSee) {
  pqxx::connection other(server_->Dsn("game"));
  pqxx::work in_transaction(other);
  in_transaction.exec("SELECT 1");
  const std::map<std::string, bool> all = {{"process_idle", true},
                                           {"long_running_transactions", true},
                                           {"stat_activity_autovacuum", true}};
  constexpr std::string_view kIdle =
      "pg_stat_activity_count{datname=\"template0\",state=\"idle in transaction\"}";

  const auto seen = Collect("hakem", all);
  ASSERT_THAT(seen, IsOk());
  EXPECT_THAT(ValueOf(*seen, kIdle), Optional(0.0));
  EXPECT_THAT(ValueOf(*seen, "pg_long_running_transactions"), Optional(1.0));
  EXPECT_GT(SeriesIn(*seen, "pg_process_idle_seconds"), 0U);

  const auto hidden = Collect("plain", all);
  ASSERT_THAT(hidden, IsOk());
  for (const MetricFamily& family : hidden->families) {
    for (const Sample& sample : family.samples) {
      if (family.name == "pg_stat_activity_count") {
        EXPECT_GT(sample.value, 0) << "a zero for something that the role does not see";
      }
    }
  }
  EXPECT_EQ(ValueOf(*hidden, "pg_long_running_transactions"), std::nullopt);
  EXPECT_EQ(ValueOf(*hidden, "pg_long_running_transactions_oldest_timestamp_seconds"),
            std::nullopt);
  EXPECT_EQ(SeriesIn(*hidden, "pg_process_idle_seconds"), 0U);
  EXPECT_THAT(ValueOf(*hidden, "pg_locks_count{datname=\"template0\",mode=\"sharelock\"}"),
              Optional(0.0))
      << "every role sees locks";
}

/// Creates the extension in a schema of its own, in its oldest version.
TEST_F(CollectorsTest, StatStatementsReportsNumbersAndTextsOfAnyVersionInAnySchema) {
  constexpr auto kCalls = "pg_stat_statements_calls_total";
  const collectors::StatementOptions texts{.include_query = true};
  for (const char* version : {"1.7", "1.8", ""}) {
    Admin("DROP EXTENSION IF EXISTS pg_stat_statements");
    Admin("DROP SCHEMA IF EXISTS \"it's \"\"odd\"\"\"");
    Admin("CREATE SCHEMA \"it's \"\"odd\"\"\"");
    Admin("GRANT USAGE ON SCHEMA \"it's \"\"odd\"\"\" TO hakem");
    Admin(fmt::format("CREATE EXTENSION pg_stat_statements SCHEMA \"it's \"\"odd\"\"\" {}",
                      *version == '\0' ? "" : fmt::format("VERSION '{}'", version)));
    Admin("SELECT 4711 AS remarkable");
    const auto snapshot = Collect("hakem", {{"stat_statements", true}}, texts);
    ASSERT_THAT(snapshot, IsOk());
    EXPECT_GT(SeriesIn(*snapshot, kCalls), 0U) << version;
    EXPECT_GT(SeriesIn(*snapshot, "pg_stat_statements_query_id"), 0U) << version;
    EXPECT_THAT(ValueOf(*snapshot, "hakem_collector_success{collector=\"stat_statements\"}"),
                Optional(1.0));
  }
  Admin("DROP EXTENSION pg_stat_statements");
}

/// Percents of a table that are bloat: as estimated, and as pgstattuple counts them.
struct Bloat {
  double estimated;
  double counted;
};

TEST_F(CollectorsTest, TableBloatEstimatesWhatUpdatesLeaveBehind) {
  Admin("CREATE EXTENSION pgstattuple");
  Admin("CREATE TABLE bloated (id int NOT NULL, ok bool, score int, t timestamptz, name text)");
  Admin("CREATE TABLE unreadable (name text)");
  Admin("GRANT SELECT ON bloated TO hakem");
  Admin(
      "INSERT INTO bloated SELECT n, true, CASE n % 3 WHEN 0 THEN n END, now(), 'player ' || n "
      "FROM generate_series(1, 60000) n");
  Admin("INSERT INTO unreadable SELECT 'player ' || n FROM generate_series(1, 60000) n");
  const auto measure = [] {
    Admin("VACUUM ANALYZE");
    const auto snapshot = Collect();
    EXPECT_THAT(snapshot, IsOk());
    const auto value = [&](std::string_view name) {
      return ValueOf(*snapshot, fmt::format("pg_table_bloat_{}{{datname=\"postgres\","
                                            "relname=\"bloated\",schemaname=\"public\"}}",
                                            name))
          .value_or(-1);
    };
    EXPECT_EQ(fmt::format("{}", value("heap_bytes")), Answer("SELECT pg_relation_size('bloated')"));
    EXPECT_EQ(SeriesIn(*snapshot, "pg_table_bloat_bytes"), 1U);
    EXPECT_THAT(ValueOf(*snapshot, "pg_table_bloat_unknown_tables{datname=\"postgres\"}"),
                Optional(1.0));
    return Bloat{100 * value("bytes") / value("heap_bytes"),
                 std::stod(Answer("SELECT free_percent FROM pgstattuple('bloated')"))};
  };
  const Bloat loaded = measure();
  EXPECT_NEAR(loaded.estimated, 0, 5);
  EXPECT_NEAR(loaded.counted, 0, 5);
  Admin("UPDATE bloated SET score = id");
  const Bloat updated = measure();
  EXPECT_NEAR(updated.estimated, updated.counted, 5);
  EXPECT_GT(updated.counted, 40);
  Admin("VACUUM FULL bloated");
  EXPECT_NEAR(measure().estimated, 0, 5);
  Admin("DROP TABLE bloated, unreadable");
  Admin("DROP EXTENSION pgstattuple");
}

TEST_F(CollectorsTest, DatabaseLeavesOutSizesThatTheRoleMayNotSee) {
  const auto snapshot = Collect("plain");
  ASSERT_THAT(snapshot, IsOk());
  EXPECT_EQ(ValueOf(*snapshot, "pg_database_size_bytes{datname=\"game\"}"), std::nullopt);
  EXPECT_THAT(ValueOf(*snapshot, "pg_database_size_bytes{datname=\"postgres\"}"),
              Optional(Ge(1000000)));
  EXPECT_THAT(ValueOf(*snapshot, "pg_database_connection_limit{datname=\"game\"}"), Optional(7.0));
}

}  // namespace
}  // namespace hakem::exporter
