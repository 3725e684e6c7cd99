// While its database fails in many ways, `hakem serve` always answers 200 at once, and never opens
// more than its two connections.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <thread>

#include "model/clock.h"
#include "process/private_postgres.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;

constexpr std::string_view kUp = R"(pg_up{server="main"})";
constexpr Duration kLimit = seconds(30);

std::string Success(std::string_view collector) {
  return fmt::format(R"(hakem_collector_success{{collector="{}",server="main"}})", collector);
}

/// Requests /metrics all the time, like an impatient Prometheus.
class Scraper {
 public:
  explicit Scraper(const ServingHakem& hakem)
      : scraping_([this, port = hakem.port()](const std::stop_token& stop) {
          const Clock& clock = SystemClock();
          while (!stop.stop_requested()) {
            const SteadyTime begun = clock.SteadyNow();
            const auto reply = HttpGet(port, "/metrics");
            (reply && reply->status == 200 ? good_ : bad_)++;
            longest_ = std::max(longest_.load(),
                                std::chrono::duration_cast<Duration>(clock.SteadyNow() - begun));
            clock.SleepUntil(begun + Duration(50), stop);
          }
        }) {}

  /// Expects 200 every time, without waiting for the database: a connect may take 5 s.
  void ExpectAllWell() const {
    EXPECT_TRUE(Eventually(kLimit, [this] { return good_ + bad_ > 0; })) << "nothing was asked";
    EXPECT_EQ(bad_.load(), 0);
    EXPECT_LT(longest_.load(), seconds(4));
  }

 private:
  std::atomic<int> good_ = 0;
  std::atomic<int> bad_ = 0;
  std::atomic<Duration> longest_{};
  std::jthread scraping_;
};

const std::vector<std::string> kSettings = {"max_connections = 14",
                                            "superuser_reserved_connections = 3",
                                            "shared_preload_libraries = 'pg_stat_statements'",
                                            "wal_level = replica",
                                            "max_wal_senders = 5",
                                            "hot_standby = on"};

/// A server, and a Hakem that collects from it each second. The superuser's connection counts
/// Hakem's after each change.
class HttpFaults : public testing::Test {
 protected:
  HttpFaults() : server_(*process::PrivatePostgres::Make({.settings = kSettings})) {
    Connect(*server_);
    Run("CREATE ROLE hakem LOGIN");
    Run("GRANT pg_monitor TO hakem");
    Run("CREATE EXTENSION pg_stat_statements");
  }

  void Serve(const std::string& dsn) {
    const std::string path = folder_.path() + "/hakem.yml";
    std::ofstream(path) << fmt::format(
        "targets:\n  - {{name: main, dsn: \"{}\"}}\n"
        "collect:\n  lanes: {{fast: 1s, slow: 2s}}\n  budget: 0\n"
        "  collectors: {{stat_statements: {{enabled: true}}}}\n",
        dsn);
    auto hakem = ServingHakem::Start({}, {"--config", path});
    ASSERT_TRUE(hakem) << hakem.error().message;
    hakem_ = *std::move(hakem);
    scraper_.emplace(*hakem_);
  }

  void TearDown() override {
    if (scraper_) {
      scraper_->ExpectAllWell();
    }
    EXPECT_LE(most_connections_, 2);
  }

  void Connect(const process::PrivatePostgres& server) {
    admin_ = std::make_unique<pqxx::connection>(server.Dsn());
  }

  std::string Run(const std::string& sql) {
    pqxx::nontransaction work(*admin_);
    const pqxx::result rows = work.exec(sql);
    return rows.empty() || rows.columns() == 0 || rows[0][0].is_null() ? "" : rows[0][0].c_str();
  }

  void CountConnections() {
    most_connections_ = std::max(
        most_connections_,
        std::stoi(Run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'hakem'")));
  }

  testing::AssertionResult Becomes(std::string_view series, std::optional<double> value) {
    const bool did = Eventually(kLimit, [&] {
      if (admin_ != nullptr) {
        CountConnections();
      }
      return hakem_->Metric(series) == value;
    });
    return did ? testing::AssertionSuccess()
               : testing::AssertionFailure()
                     << series << " is " << hakem_->Metric(series).value_or(-1) << "\n"
                     << hakem_->Log();
  }

  const ScratchFolder folder_;
  std::unique_ptr<process::PrivatePostgres> server_;
  std::unique_ptr<pqxx::connection> admin_;
  int most_connections_ = 0;
  std::unique_ptr<ServingHakem> hakem_;
  std::optional<Scraper> scraper_;
};

TEST_F(HttpFaults, WithNoFreeConnectionOnTheServer) {
  std::vector<std::unique_ptr<pqxx::connection>> others;
  try {
    for (int i = 0; i < 14; ++i) {
      others.push_back(std::make_unique<pqxx::connection>(server_->Dsn("postgres", "hakem")));
    }
  } catch (const pqxx::broken_connection&) {
  }
  Serve(server_->Dsn("postgres", "hakem"));
  EXPECT_TRUE(Becomes(R"(hakem_target_down{reason="other",server="main"})", 1));
  EXPECT_TRUE(Becomes(kUp, 0));
  others.clear();
  EXPECT_TRUE(Becomes(kUp, 1));
}

TEST_F(HttpFaults, WhenTheServerIsKilledDuringACollection) {
  Serve(server_->Dsn("postgres", "hakem"));
  ASSERT_TRUE(Becomes(kUp, 1));
  ASSERT_TRUE(Becomes(Success("stat_statements"), 1));
  for (int round = 0; round < 3; ++round) {
    pqxx::connection locking(server_->Dsn());
    pqxx::work ddl(locking);
    ddl.exec("LOCK TABLE pg_locks, pg_stat_statements IN ACCESS EXCLUSIVE MODE");
    // Sometimes a query of Hakem waits for the lock; the server is killed meanwhile.
    const bool waited = Eventually(kLimit, [&] {
      return Run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                 "WHERE application_name = 'hakem' AND wait_event_type = 'Lock'") == "t";
    });
    ASSERT_TRUE(waited) << hakem_->Log();
  }
  EXPECT_TRUE(Becomes(kUp, 1));
  EXPECT_TRUE(Becomes(Success("locks"), 1));
  EXPECT_TRUE(Becomes(Success("stat_statements"), 1));
  EXPECT_TRUE(Becomes(R"(hakem_connections{server="main"})", 2));
}

TEST_F(HttpFaults, WithoutPgMonitor) {
  Run("REVOKE pg_monitor FROM hakem");
  Serve(server_->Dsn("postgres", "hakem"));
  EXPECT_TRUE(Becomes(Success("wal"), 0));
  EXPECT_TRUE(Becomes(Success("locks"), 1));
  EXPECT_TRUE(Becomes(kUp, 1));
}

TEST_F(HttpFaults, WhenAnExtensionIsDropped) {
  Serve(server_->Dsn("postgres", "hakem"));
  ASSERT_TRUE(Becomes(Success("stat_statements"), 1));
  Run("DROP EXTENSION pg_stat_statements");
  EXPECT_TRUE(Becomes(R"(hakem_collector_suspended{collector="stat_statements",)"
                      R"(reason="needs the extension pg_stat_statements",server="main"})",
                      1));
  EXPECT_TRUE(Becomes(kUp, 1));
  constexpr std::string_view kReason =
      "left out, because it needs the extension pg_stat_statements: add pg_stat_statements to "
      "shared_preload_libraries, restart PostgreSQL, and run CREATE EXTENSION pg_stat_statements;";
  const auto shows_reason = [&](std::string_view path) {
    return hakem_->Page(std::string(path)).find(kReason) != std::string::npos;
  };
  EXPECT_TRUE(Eventually(kLimit, [&] { return shows_reason("/api/v1/rules"); }));
  EXPECT_TRUE(shows_reason("/alerts"));
  const std::string log = hakem_->Log();
  EXPECT_NE(log.find(kReason), std::string::npos) << log;
  EXPECT_EQ(log.find("rule left out"), log.rfind("rule left out"));
  Run("CREATE EXTENSION pg_stat_statements");
  EXPECT_TRUE(Becomes(Success("stat_statements"), 1));
  EXPECT_TRUE(Eventually(kLimit, [&] { return !shows_reason("/api/v1/rules"); }));
}

TEST_F(HttpFaults, WhenStatisticsAreReset) {
  const std::string commits =
      fmt::format(R"(pg_stat_database_xact_commit{{datid="{}",datname="postgres",server="main"}})",
                  Run("SELECT oid FROM pg_database WHERE datname = 'postgres'"));
  Serve(server_->Dsn("postgres", "hakem"));
  ASSERT_TRUE(Eventually(kLimit, [&] { return hakem_->Metric(commits).value_or(0) > 30; }));
  const double before = *hakem_->Metric(commits);
  Run("SELECT pg_stat_reset()");
  EXPECT_TRUE(
      Eventually(kLimit, [&] { return hakem_->Metric(commits).value_or(before) < before; }));
  EXPECT_TRUE(Becomes(kUp, 1));
}

TEST_F(HttpFaults, WhenAnotherServerBecomesThePrimary) {
  const auto standby =
      *process::PrivatePostgres::Make({.settings = kSettings, .standby_of = server_->Dsn()});
  Serve(
      fmt::format("host=127.0.0.1,127.0.0.1 port={},{} dbname=postgres user=hakem "
                  "target_session_attrs=primary sslmode=disable",
                  server_->port(), standby->port()));
  ASSERT_TRUE(Becomes(kUp, 1));
  admin_.reset();
  server_->Stop(process::PrivatePostgres::StopMode::kImmediate);
  EXPECT_TRUE(Becomes(kUp, 0));
  Connect(*standby);
  Run("SELECT pg_promote()");
  EXPECT_TRUE(Becomes(kUp, 1));
  EXPECT_TRUE(Becomes(R"(pg_replication_is_replica{server="main"})", 0));
  EXPECT_TRUE(Becomes(R"(hakem_connections{server="main"})", 2));
}

}  // namespace
}  // namespace hakem
