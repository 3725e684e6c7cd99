// Collecting while connections, roles, statistics and extensions change on a real server.
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/collection/faults_fixture.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::Optional;

/// Counts Hakem's connections all the time, on a connection of the superuser.
class ConnectionCount {
 public:
  explicit ConnectionCount(const std::string& dsn)
      : counting_([this, dsn](const std::stop_token& stop) {
          pqxx::connection connection(dsn);
          while (!stop.stop_requested()) {
            pqxx::nontransaction work(connection);
            most_ = std::max(most_.load(), work.exec("SELECT count(*) FROM pg_stat_activity WHERE "
                                                     "application_name = 'hakem'")[0][0]
                                               .as<int>());
          }
        }) {}

  int most() const { return most_; }

 private:
  std::atomic<int> most_ = 0;
  std::jthread counting_;
};

class InsideTest : public FaultsTest {
 protected:
  InsideTest()
      : FaultsTest({.settings = {"max_connections = 12", "superuser_reserved_connections = 3",
                                 "shared_preload_libraries = 'pg_stat_statements'"}}) {}
};

TEST_F(InsideTest, KeepsItsTwoConnectionsWhenAllOthersAreTaken) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("hakem_connections", 2));
  std::vector<std::unique_ptr<pqxx::connection>> others;
  try {
    for (int i = 0; i < 12; ++i) {
      others.push_back(std::make_unique<pqxx::connection>(server_->Dsn("postgres", "hakem")));
    }
    ADD_FAILURE() << "the server takes more than its limit";
  } catch (const pqxx::broken_connection&) {
  }
  EXPECT_TRUE(Becomes("test_tables", 2));
  const std::shared_ptr<const Snapshot> before = Last();
  EXPECT_TRUE(Becomes([&](const Snapshot& now) {
    return now.time > before->time + seconds(2) && ValueOf(now, "pg_up") == 1;
  }));
  EXPECT_LE(Connections() - static_cast<int>(others.size()), 2);
}

TEST_F(InsideTest, ReportsThatNoConnectionIsFreeAndRecovers) {
  std::vector<std::unique_ptr<pqxx::connection>> others;
  try {
    for (int i = 0; i < 12; ++i) {
      others.push_back(std::make_unique<pqxx::connection>(server_->Dsn("postgres", "hakem")));
    }
  } catch (const pqxx::broken_connection&) {
  }
  StartCollecting(server_->port());
  EXPECT_TRUE(Becomes("hakem_target_down{reason=\"other\"}", 1));
  EXPECT_TRUE(Becomes("pg_up", 0));
  others.clear();
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_TRUE(Becomes("test_tables", 2));
}

TEST_F(InsideTest, NeedsNoPgMonitorForWhatTheRoleMaySee) {
  Admin("REVOKE pg_monitor FROM hakem");
  StartCollecting(server_->port());
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"wal\"}", 0)) << "pg_ls_waldir is denied";
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"locks\"}", 1));
  EXPECT_TRUE(Becomes("hakem_collector_circuit_open{collector=\"wal\"}", 1));
  Admin("GRANT pg_monitor TO hakem");
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"wal\"}", 1)) << "the circuit closes";
}

TEST_F(InsideTest, ReturnsSmallerCountersAfterAReset) {
  StartCollecting(server_->port());
  const std::string commits = "pg_stat_database_xact_commit";
  const auto value = [&](const Snapshot& snapshot) {
    for (const MetricFamily& family : snapshot.families) {
      if (family.name == commits) {
        for (const Sample& sample : family.samples) {
          if (sample.series->labels.Get("datname") == "postgres") {
            return sample.value;
          }
        }
      }
    }
    return -1.0;
  };
  ASSERT_TRUE(Becomes([&](const Snapshot& snapshot) { return value(snapshot) > 30; }));
  const double before = value(*Last());
  Admin("SELECT pg_stat_reset()");
  EXPECT_TRUE(Becomes([&](const Snapshot& now) { return value(now) >= 0 && value(now) < before; }));
  EXPECT_THAT(ValueOf(*Last(), "pg_up"), Optional(1.0));
}

TEST_F(InsideTest, FollowsAnExtensionThatIsDroppedAndCreated) {
  const std::string suspended =
      "hakem_collector_suspended{collector=\"stat_statements\","
      "reason=\"needs the extension pg_stat_statements\"}";
  const std::string success = "hakem_collector_success{collector=\"stat_statements\"}";
  enabled_["stat_statements"] = true;
  Admin("CREATE EXTENSION pg_stat_statements");
  StartCollecting(server_->port());
  EXPECT_TRUE(Becomes(success, 1));
  Admin("DROP EXTENSION pg_stat_statements");
  EXPECT_TRUE(Becomes(suspended, 1));
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_up", 1));
  Admin("CREATE EXTENSION pg_stat_statements");
  EXPECT_TRUE(Becomes(success, 1));
  EXPECT_TRUE(Becomes(suspended, std::nullopt));
}

TEST_F(InsideTest, SurvivesFrequentTerminationOfItsConnections) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("hakem_connections", 2));
  const ConnectionCount count(server_->Dsn());
  for (int i = 0; i < 10; ++i) {
    const std::shared_ptr<const Snapshot> before = Last();
    Admin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'hakem'");
    EXPECT_TRUE(Becomes([&](const Snapshot& now) { return now.time > before->time; }));
  }
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_up", 1));
  EXPECT_LE(count.most(), 2);
}

TEST_F(InsideTest, SurvivesACrashDuringACollection) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("hakem_connections", 2));
  for (int i = 0; i < 2; ++i) {
    server_->Stop(process::PrivatePostgres::StopMode::kImmediate);
    EXPECT_TRUE(Becomes("hakem_connections", 0));
    ASSERT_THAT(server_->Start(), IsOk());
    EXPECT_TRUE(Becomes("hakem_connections", 2));
    EXPECT_TRUE(Becomes("test_tables", 2));
  }
  const MutexLock lock(mutex_);
  EXPECT_LT(longest_gap_, seconds(5)) << "the clock went on";
}

}  // namespace
}  // namespace hakem::exporter
