// Collecting on a standby, and when another server becomes the primary.
#include <chrono>

#include "tests/support/collection/faults_fixture.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;

const std::vector<std::string> kReplicationSettings = {"wal_level = replica", "max_wal_senders = 5",
                                                       "max_standby_streaming_delay = 0",
                                                       "hot_standby = on"};

constexpr collectors::SqlValue kSlowValues[] = {
    {"count", {"test_slowly_counted", MetricType::kGauge, "Open tables, counted slowly.", {}}}};
constexpr collectors::SqlQuery kSlowQueries[] = {
    {.sql = "SELECT count(*) AS count FROM public.tables, pg_sleep(0.4)", .values = kSlowValues}};
constexpr auto kSlowFamilies = collectors::FamiliesOf(kSlowValues);

/// A collector that almost always holds a lock on the table that it reads.
constinit const collectors::CollectorSpec kSlowReader{
    .name = "slow_reader",
    .help = "Open tables, counted slowly.",
    .enabled_by_default = true,
    .lane = collectors::Lane::kFast,
    .families = kSlowFamilies,
    .make = [](const collectors::CollectorOptions&) {
      return collectors::MakeSqlCollector(kSlowQueries);
    }};

class StandbyTest : public FaultsTest {
 protected:
  StandbyTest() : FaultsTest({.settings = kReplicationSettings}) {
    auto made = process::PrivatePostgres::Make(
        {.settings = kReplicationSettings, .standby_of = server_->Dsn()});
    EXPECT_THAT(made, IsOk());
    standby_ = std::move(*made);
  }

  ~StandbyTest() override { loop_.reset(); }

  void OnStandby(const std::string& sql) const {
    pqxx::connection connection(standby_->Dsn());
    pqxx::nontransaction work(connection);
    work.exec(sql);
  }

  /// Waits until a series has a value above `limit`.
  testing::AssertionResult Exceeds(const std::string& series, double limit) {
    return Becomes(
               [&](const Snapshot& now) { return ValueOf(now, series).value_or(limit) > limit; })
           << ": " << series;
  }

  int ConnectionsToStandby() const {
    pqxx::connection connection(standby_->Dsn());
    pqxx::nontransaction work(connection);
    return work.exec("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'")[0][0]
        .as<int>();
  }

  bool IsCountingSlowly() const {
    pqxx::connection connection(standby_->Dsn());
    pqxx::nontransaction work(connection);
    return !work.exec(
                    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hakem' "
                    "AND wait_event = 'PgSleep'")
                .empty();
  }

  std::unique_ptr<process::PrivatePostgres> standby_;
};

TEST_F(StandbyTest, KeepsCollectingDuringRecoveryConflicts) {
  StartCollecting(standby_->port());
  ASSERT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_replication_is_replica", 1));
  {
    pqxx::connection ddl(server_->Dsn());
    pqxx::work work(ddl);
    work.exec("LOCK TABLE tables IN ACCESS EXCLUSIVE MODE");
    work.exec("SELECT pg_switch_wal()");  // The standby takes the lock as soon as it replays it.
    EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 0));
    EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"locks\"}", 1));
    EXPECT_TRUE(Becomes("pg_up", 1));
    EXPECT_LE(ConnectionsToStandby(), 2);
  }
  EXPECT_TRUE(Becomes("test_tables", 2));
  for (int i = 0; i < 20; ++i) {  // Each removes rows that a query on the standby might see.
    Admin("VACUUM FULL tables");
    Admin("VACUUM FREEZE pg_class");
  }
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_LE(ConnectionsToStandby(), 2);
}

TEST_F(StandbyTest, ReportsOnThePrimaryWhetherAStandbyIsIdleLagsOrIsGone) {
  const auto metric = [](std::string_view name) {
    return fmt::format(
        "pg_stat_replication_{}{{application_name=\"walreceiver\",client_addr=\"127.0.0.1\","
        "state=\"streaming\"}}",
        name);
  };
  OnStandby("ALTER SYSTEM SET wal_receiver_status_interval = 1");
  OnStandby("SELECT pg_reload_conf()");
  StartCollecting(server_->port());
  for (const char* idle : {"replay_lag_seconds", "flush_lag_seconds", "write_lag_seconds",
                           "pg_wal_lsn_diff", "flush_lag_bytes", "write_lag_bytes"}) {
    EXPECT_TRUE(Becomes(metric(idle), 0));
  }
  OnStandby("SELECT pg_wal_replay_pause()");
  Admin("INSERT INTO tables SELECT generate_series(1, 10000)");
  EXPECT_TRUE(Exceeds(metric("replay_lag_seconds"), 2));
  EXPECT_TRUE(Exceeds(metric("pg_wal_lsn_diff"), 500'000));
  EXPECT_TRUE(Becomes(metric("flush_lag_bytes"), 0)) << "what was received is on disk";
  OnStandby("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(Becomes(metric("replay_lag_seconds"), 0));
  EXPECT_TRUE(Becomes(metric("pg_wal_lsn_diff"), 0));
  standby_->Stop();
  EXPECT_TRUE(Becomes(metric("replay_lag_seconds"), std::nullopt));
  EXPECT_TRUE(Becomes("pg_replication_lag_bytes", 0)) << "of the primary itself";
}

TEST_F(StandbyTest, ReportsOnTheStandbyHowFarItIsBehind) {
  StartCollecting(standby_->port());
  EXPECT_TRUE(Becomes("pg_replication_lag_bytes", 0));
  Admin("INSERT INTO tables VALUES (3)");  // Before it the standby has replayed no transaction.
  EXPECT_TRUE(Exceeds("pg_replication_last_replay_seconds", -1));
  OnStandby("SELECT pg_wal_replay_pause()");
  Admin("INSERT INTO tables SELECT generate_series(1, 10000)");
  EXPECT_TRUE(Exceeds("pg_replication_lag_bytes", 500'000));
  EXPECT_TRUE(Exceeds("pg_replication_lag_seconds", 1));
  OnStandby("SELECT pg_wal_replay_resume()");
  EXPECT_TRUE(Becomes("pg_replication_lag_bytes", 0));
  EXPECT_TRUE(Becomes("pg_replication_lag_seconds", 0));
}

TEST_F(StandbyTest, LosesOneRoundOfACollectorWhoseQueryIsCancelledByRecovery) {
  specs_.push_back(&kSlowReader);
  StartCollecting(standby_->port());
  ASSERT_TRUE(Becomes("test_slowly_counted", 2));
  const auto error = [&] {
    for (const CollectorStatus& status : loop_->Status().collectors) {
      if (status.spec == &kSlowReader) {
        return status.error;
      }
    }
    return std::string("no such collector");
  };
  const auto conflicts = [&] {
    pqxx::connection connection(standby_->Dsn());
    pqxx::nontransaction work(connection);
    return work
        .exec(
            "SELECT confl_lock + confl_snapshot FROM pg_stat_database_conflicts "
            "WHERE datname = 'postgres'")[0][0]
        .as<int>();
  };
  bool seen = false;
  for (int i = 0; i < 20 && !seen; ++i) {
    ASSERT_TRUE(Eventually(seconds(20), [&] { return IsCountingSlowly(); }));
    Admin("TRUNCATE tables; INSERT INTO tables VALUES (1), (2)");
    EXPECT_TRUE(Becomes([&, before = Last()->time](const Snapshot& now) {
      seen = seen || error().find("conflict with recovery") != std::string::npos;
      return now.time > before + seconds(1);
    }));
  }
  EXPECT_TRUE(seen) << "the last error: " << error();
  EXPECT_GT(conflicts(), 0) << "as the server counts them";
  EXPECT_TRUE(Becomes("test_slowly_counted", 2));
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"slow_reader\"}", 1));
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_LE(ConnectionsToStandby(), 2);
}

TEST_F(StandbyTest, FollowsTheServerThatBecomesThePrimary) {
  config::Conninfo either = *config::Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem")));
  either.Set("host", "127.0.0.1,127.0.0.1");
  either.Set("port", fmt::format("{},{}", server_->port(), standby_->port()));
  either.Set("target_session_attrs", "primary");
  StartCollecting(either, "");
  ASSERT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_replication_is_replica", 0));
  EXPECT_EQ(ConnectionsToStandby(), 0);

  server_->Stop(process::PrivatePostgres::StopMode::kImmediate);
  EXPECT_TRUE(Becomes("pg_up", 0));
  {
    pqxx::connection connection(standby_->Dsn());
    pqxx::nontransaction work(connection);
    work.exec("SELECT pg_promote()");
    work.exec("INSERT INTO tables VALUES (3)");
  }
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_TRUE(Becomes("test_tables", 3));
  EXPECT_TRUE(Becomes("hakem_connections", 2));
  EXPECT_LE(ConnectionsToStandby(), 2);
}

TEST_F(StandbyTest, ChecksRequirementsAgainAfterAPromotion) {
  const std::string receiver =
      "hakem_collector_suspended{collector=\"stat_wal_receiver\","
      "reason=\"runs on a standby, this is a primary\"}";
  enabled_["stat_wal_receiver"] = true;
  StartCollecting(standby_->port());
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"stat_wal_receiver\"}", 1));
  EXPECT_TRUE(Becomes("pg_replication_is_replica", 1));
  pqxx::connection connection(standby_->Dsn());
  pqxx::nontransaction work(connection);
  work.exec("SELECT pg_promote()");
  EXPECT_TRUE(Becomes("pg_replication_is_replica", 0));
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_TRUE(Becomes(receiver, 1));
}

}  // namespace
}  // namespace hakem::exporter
