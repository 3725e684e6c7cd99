// What collecting does while a real server is stopped, locked or cut off.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <pqxx/pqxx>

#include "collectors/core/sql_collector.h"
#include "demo/private_postgres.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/pqxx_session.h"
#include "tests/support/matchers.h"
#include "tests/support/snapshot_values.h"
#include "tests/support/tcp_proxy.h"

namespace hakem::exporter {
namespace {

using collectors::CollectorSpec;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Optional;
using Steady = std::chrono::steady_clock;

constexpr collectors::SqlValue kTablesValues[] = {
    {"count", {"test_tables", MetricType::kGauge, "Open tables.", {}}}};
constexpr collectors::SqlQuery kTablesQueries[] = {
    {.sql = "SELECT count(*) AS count FROM public.tables", .values = kTablesValues}};
constexpr auto kTablesFamilies = collectors::FamiliesOf(kTablesValues);

/// Reads an ordinary table, as the game's collectors do.
constinit const CollectorSpec kTables{.name = "tables",
                                      .help = "Open tables.",
                                      .enabled_by_default = true,
                                      .lane = collectors::Lane::kFast,
                                      .families = kTablesFamilies,
                                      .make = [](const collectors::CollectorOptions&) {
                                        return collectors::MakeSqlCollector(kTablesQueries);
                                      }};

std::vector<const CollectorSpec*> WithTables() {
  std::vector<const CollectorSpec*> specs = {&kTables};
  std::copy_if(collectors::kCollectors.begin(), collectors::kCollectors.end(),
               std::back_inserter(specs),
               [](const CollectorSpec* spec) { return spec->name != "game"; });
  return specs;
}

class FaultsTest : public testing::Test {
 protected:
  static constexpr Duration kInterval = milliseconds(500);

  FaultsTest() {
    auto made = demo::PrivatePostgres::Make();
    EXPECT_THAT(made, IsOk());
    server_ = std::move(*made);
    Admin(
        "CREATE ROLE hakem LOGIN; GRANT pg_monitor TO hakem; CREATE TABLE tables (id int); "
        "GRANT SELECT ON tables TO hakem; INSERT INTO tables VALUES (1), (2); SELECT 1");
  }

  ~FaultsTest() override { loop_.reset(); }

  void StartCollecting(int port) {
    Conninfo conninfo = *Conninfo::Parse(Secret(server_->Dsn("postgres", "hakem")));
    conninfo.Set("port", fmt::format("{}", port));
    sessions_ = std::make_unique<PqxxSessionFactory>(conninfo, "", SystemClock());
    loop_ = std::make_unique<ScrapeLoop>(
        ScrapeOptions{.fast = kInterval, .slow = seconds(1), .collectors = specs_},
        ScrapeDeps{.sessions = *sessions_,
                   .clock = SystemClock(),
                   .log = log_,
                   .on_snapshot = [this](auto snapshot) { Take(std::move(snapshot)); }});
    loop_->Start();
  }

  void Take(std::shared_ptr<const Snapshot> snapshot) {
    const MutexLock lock(mutex_);
    longest_gap_ = std::max(longest_gap_, last_ ? snapshot->time - last_->time : Duration(0));
    last_ = std::move(snapshot);
    published_.notify_all();
  }

  /// Waits until a snapshot satisfies `condition`; fails after `limit`.
  testing::AssertionResult Becomes(const std::function<bool(const Snapshot&)>& condition,
                                   Duration limit = seconds(20)) {
    MutexLock lock(mutex_);
    return published_.wait_for(lock, limit, [&] { return last_ && condition(*last_); })
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << "not within " << limit.count() << " ms";
  }

  testing::AssertionResult Becomes(std::string_view series, std::optional<double> value,
                                   Duration limit = seconds(20)) {
    return Becomes([&](const Snapshot& snapshot) { return ValueOf(snapshot, series) == value; },
                   limit)
           << ": " << series;
  }

  std::string Admin(const std::string& sql) const {
    pqxx::connection connection(server_->Dsn());
    pqxx::nontransaction work(connection);
    return work.exec(sql)[0][0].c_str();
  }

  std::unique_ptr<demo::PrivatePostgres> server_;
  Log log_ = Log::Silent();
  const std::vector<const CollectorSpec*> specs_ = WithTables();
  std::unique_ptr<PqxxSessionFactory> sessions_;
  Mutex mutex_;
  std::condition_variable_any published_;
  std::shared_ptr<const Snapshot> last_ GUARDED_BY(mutex_);
  Duration longest_gap_ GUARDED_BY(mutex_){0};
  std::unique_ptr<ScrapeLoop> loop_;
};

TEST_F(FaultsTest, TellsAServerThatStoppedAndResumesWhenItIsBack) {
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

TEST_F(FaultsTest, GoesOnWithTheOtherCollectorsWhileATableIsLocked) {
  StartCollecting(server_->port());
  ASSERT_TRUE(Becomes("test_tables", 2));
  {
    pqxx::connection ddl(server_->Dsn());
    pqxx::work work(ddl);
    work.exec("LOCK TABLE tables IN ACCESS EXCLUSIVE MODE");
    EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 0));
    EXPECT_TRUE(Becomes("test_tables", std::nullopt));
    for (int i = 0; i < 10; ++i) {
      std::shared_ptr<const Snapshot> before = loop_->snapshot();
      EXPECT_TRUE(Becomes([&](const Snapshot& now) { return now.time > before->time; }));
      EXPECT_THAT(ValueOf(*loop_->snapshot(), "pg_up"), Optional(1.0));
      EXPECT_THAT(ValueOf(*loop_->snapshot(), "hakem_collector_success{collector=\"locks\"}"),
                  Optional(1.0));
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

TEST_F(FaultsTest, FindsAServerThatComesUpLater) {
  server_->Stop();
  StartCollecting(server_->port());
  EXPECT_TRUE(Becomes("pg_up", 0));
  EXPECT_TRUE(Becomes("hakem_collector_success{collector=\"tables\"}", 0));
  ASSERT_THAT(server_->Start(), IsOk());
  EXPECT_TRUE(Becomes("test_tables", 2, seconds(10)));
}

}  // namespace
}  // namespace hakem::exporter
