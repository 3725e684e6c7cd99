// Collecting while a real server is stopped, locked or cut off.
#include <chrono>

#include "tests/support/collection/faults_fixture.h"
#include "tests/support/http/tcp_proxy.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::Optional;
using Steady = std::chrono::steady_clock;

TEST_F(FaultsTest, ReportsAStoppedServerAndResumesWhenItIsBack) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("test_tables", 2));
  ASSERT_TRUE(Becomes("hakem_connections", 2));

  server_->Stop();
  EXPECT_TRUE(Becomes("pg_up", 0));
  EXPECT_TRUE(Becomes("hakem_target_down{reason=\"connect\"}", 1));
  EXPECT_TRUE(Becomes("test_tables", std::nullopt)) << "held no longer than three intervals";
  EXPECT_TRUE(Becomes("pg_database_connection_limit{datname=\"postgres\"}", std::nullopt));
  EXPECT_TRUE(Becomes("hakem_connections", 0));

  ASSERT_THAT(server_->Start(), IsOk());
  EXPECT_TRUE(Becomes("pg_up", 1, seconds(10)));
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("pg_database_connection_limit{datname=\"postgres\"}", -1));
  const MutexLock lock(mutex_);
  EXPECT_LT(longest_gap_, seconds(3)) << "the clock went on";
}

TEST_F(FaultsTest, RunsTheOtherCollectorsWhileATableIsLocked) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("test_tables", 2));
  {
    pqxx::connection ddl(server_->Dsn());
    pqxx::work work(ddl);
    work.exec("LOCK TABLE tables IN ACCESS EXCLUSIVE MODE");
    EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 0));
    EXPECT_TRUE(Becomes("test_tables", std::nullopt));
    for (int i = 0; i < 10; ++i) {
      std::shared_ptr<const Snapshot> before = Last();
      EXPECT_TRUE(Becomes([&](const Snapshot& now) { return now.time > before->time; }));
      EXPECT_THAT(ValueOf(*Last(), "pg_up"), Optional(1.0));
      EXPECT_THAT(ValueOf(*Last(), "hakem_collector_success{collector=\"locks\"}"), Optional(1.0));
      EXPECT_LE(Admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'hakem'"), "2");
    }
    EXPECT_LE(Admin("SELECT count(*) FROM pg_locks WHERE relation = 'tables'::regclass"), "2")
        << "the lock and at most one that waits for it";
  }
  EXPECT_TRUE(Becomes("test_tables", 2));
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 1));
}

TEST_F(FaultsTest, StopsAtOnceBehindAProxyThatNoLongerForwards) {
  TcpProxy proxy(server_->port());
  StartCollecting(proxy.port());
  ASSERT_TRUE(Becomes("test_tables", 2));
  proxy.StopForwarding();
  EXPECT_TRUE(Becomes("pg_up", 0));
  EXPECT_TRUE(Becomes("hakem_target_down{reason=\"timeout\"}", 1));
  EXPECT_TRUE(Becomes("test_tables", std::nullopt));
  const auto started = Steady::now();
  loop_->Stop();
  EXPECT_LT(Steady::now() - started, seconds(1));
  const MutexLock lock(mutex_);
  EXPECT_LT(longest_gap_, seconds(4)) << "a hang does not stop the clock";
}

TEST_F(FaultsTest, ConnectsToAServerThatStartsLater) {
  server_->Stop();
  StartCollecting(server_->port());
  EXPECT_TRUE(Becomes("pg_up", 0));
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 0));
  ASSERT_THAT(server_->Start(), IsOk());
  EXPECT_TRUE(Becomes("test_tables", 2, seconds(10)));
}

}  // namespace
}  // namespace hakem::exporter
