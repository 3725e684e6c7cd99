// `hakem serve` as a user runs it, against a real PostgreSQL with many kinds of failures.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>
#include <set>
#include <variant>

#include "model/clock.h"
#include "rules/evaluation/rule_inputs.h"
#include "rules/files/definitions.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/http/tcp_proxy.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

/// A configuration with a fast lane of 1 s, so that values are held for 3 s.
class QuickConfig {
 public:
  explicit QuickConfig(const std::string& dsn, std::string_view password = kCanaryPassword)
      : path_(fmt::format("{}/hakem-serve-{}.yml", std::filesystem::temp_directory_path().string(),
                          getpid())) {
    std::ofstream(path_) << fmt::format(
        "targets:\n  - {{name: hokm, dsn: \"{}\", password: {}}}\n"
        "collect: {{lanes: {{fast: 1s, slow: 2s}}, budget: 0}}\n",
        dsn, password);
  }

  ~QuickConfig() { std::filesystem::remove(path_); }

  QuickConfig(const QuickConfig&) = delete;
  QuickConfig& operator=(const QuickConfig&) = delete;

  std::vector<std::string> arguments() const { return {"--config", path_}; }

 private:
  std::string path_;
};

Duration TimeOf(const std::function<void()>& work) {
  const SteadyTime before = SystemClock().SteadyNow();
  work();
  return std::chrono::duration_cast<Duration>(SystemClock().SteadyNow() - before);
}

class Serve : public testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = std::make_unique<HokmDatabase>(); }

  static void TearDownTestSuite() { database_.reset(); }

  /// Starts a Hakem and waits for its first collection from `dsn`.
  static std::unique_ptr<ServingHakem> Start(const std::string& dsn) {
    const QuickConfig config(dsn);
    auto hakem = ServingHakem::Start({}, config.arguments());
    EXPECT_TRUE(hakem) << hakem.error().message;
    EXPECT_TRUE(Eventually(seconds(20), [&] { return (*hakem)->Metric(kUp) == 1; }))
        << (*hakem)->Log();
    return *std::move(hakem);
  }

  static std::string Connections() {
    return database_->Run("SELECT count(*) FROM pg_stat_activity WHERE usename = 'hakem'");
  }

  static constexpr std::string_view kUp = R"(pg_up{server="hokm"})";
  static constexpr std::string_view kLocks =
      R"(pg_locks_count{datname="hokm_game",mode="accesssharelock",server="hokm"})";
  static inline std::unique_ptr<HokmDatabase> database_;
};

TEST_F(Serve, CollectsAndStopsAtOnce) {
  const auto hakem = Start(database_->MonitorDsn());
  EXPECT_THAT(hakem->Page("/metrics"), HasSubstr("game_active_games{game=\"hokm_game\""));
  EXPECT_THAT(hakem->Page("/metrics"), HasSubstr("hakem_threshold{name=\"max_active_games\""));
  EXPECT_THAT(hakem->Page("/"), HasSubstr("Hakem"));
  EXPECT_THAT(hakem->Page("/-/healthy"), HasSubstr("ealthy"));
  EXPECT_THAT(hakem->Page("/api/v1/rules"), HasSubstr("\"ManyActiveGames\""));
  EXPECT_THAT(hakem->Page("/api/v1/alerts"), HasSubstr("\"alerts\":[]"));
  Duration taken{};
  EXPECT_EQ(hakem->Terminate(taken), 0);
  EXPECT_LT(taken, seconds(2));
}

/// The metrics that the shipped rules read, but for those that need what this database lacks: a
/// connected standby, pg_stat_statements, games and connections that have ended, big tables, a
/// node_exporter.
std::set<std::string> MetricsOfTheShippedRules() {
  std::set<std::string> metrics;
  for (const rules::ShippedRuleFile& shipped : rules::ShippedRuleFiles()) {
    const auto groups = rules::ParseRuleFile(shipped.yaml, shipped.file);
    EXPECT_TRUE(groups) << shipped.file;
    for (const rules::Rule& rule : groups->front().rules) {
      for (std::string& metric : rules::InputMetrics(*std::get<rules::AlertRule>(rule).expr)) {
        metrics.insert(std::move(metric));
      }
    }
  }
  for (const char* absent :
       {"pg_stat_replication_pg_wal_lsn_diff", "pg_stat_replication_replay_lag_seconds",
        "pg_stat_statements_calls_total", "pg_stat_statements_seconds_total",
        "game_average_duration_seconds", "game_disconnections_total", "node_filesystem_avail_bytes",
        "node_filesystem_size_bytes", "pg_table_bloat_bytes", "pg_table_bloat_heap_bytes"}) {
    EXPECT_EQ(metrics.erase(absent), 1U) << absent;
  }
  // In a chroot the server's paths are others.
  if (std::getenv("HAKEM_POSTGRES_ROOT") != nullptr) {
    metrics.erase("pg_data_disk_size_bytes");
    metrics.erase("pg_data_disk_free_bytes");
  }
  return metrics;
}

/// The metrics of a set that are not on a page.
std::set<std::string> LackingOn(const std::string& page, const std::set<std::string>& metrics) {
  std::set<std::string> lacking;
  for (const std::string& metric : metrics) {
    if (page.find("\n" + metric + "{") == page.npos &&
        page.find("\n" + metric + " ") == page.npos) {
      lacking.insert(metric);
    }
  }
  return lacking;
}

TEST_F(Serve, HasEveryMetricThatTheShippedRulesRead) {
  database_->Run("SELECT pg_create_physical_replication_slot('forgotten', true)");
  database_->Run(
      "CREATE SEQUENCE hokm_game.tickets; SELECT nextval('hokm_game.tickets');"
      "GRANT SELECT ON hokm_game.tickets TO hakem");
  const QuickConfig config(database_->MonitorDsn());
  const auto hakem =
      ServingHakem::Start({{"ALERT_WEBHOOK", "http://127.0.0.1:9/"}}, config.arguments());
  ASSERT_TRUE(hakem) << hakem.error().message;
  const std::set<std::string> metrics = MetricsOfTheShippedRules();
  EXPECT_GT(metrics.size(), 40U);
  EXPECT_TRUE(Eventually(seconds(20), [&] {
    return LackingOn((*hakem)->Page("/metrics"), metrics).empty();
  })) << testing::PrintToString(LackingOn((*hakem)->Page("/metrics"), metrics));
  database_->Run("SELECT pg_drop_replication_slot('forgotten')");
  database_->Run("DROP SEQUENCE hokm_game.tickets");
}

TEST_F(Serve, ServesTheRunbookWhereTheRulesLead) {
  const auto hakem = Start(database_->MonitorDsn());
  EXPECT_THAT(hakem->Page("/runbook"), HasSubstr("id=\"databasedown\""));
  EXPECT_THAT(hakem->Page("/api/v1/rules"),
              HasSubstr("\"runbook_url\":\"{{ $externalURL }}/runbook#databasedown\""));
}

TEST_F(Serve, AnswersWithoutTheDatabaseAndRecovers) {
  const auto hakem = Start(database_->MonitorDsn());
  ASSERT_TRUE(hakem->Metric(kLocks));
  database_->server().Stop();
  EXPECT_TRUE(Eventually(seconds(10), [&] { return hakem->Metric(kUp) == 0; }));
  EXPECT_TRUE(Eventually(seconds(10), [&] { return !hakem->Metric(kLocks); }))
      << "held values must end after the hold";
  EXPECT_LT(TimeOf([&] { hakem->Page("/metrics"); }), milliseconds(50));
  EXPECT_EQ(hakem->Metric(R"(hakem_target_down{reason="connect",server="hokm"})"), 1);
  ASSERT_TRUE(database_->server().Start());
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return hakem->Metric(kUp) == 1 && hakem->Metric(kLocks);
  })) << hakem->Log();
}

TEST_F(Serve, LosesOnlyTheCollectorWhoseTableIsLocked) {
  const auto hakem = Start(database_->MonitorDsn());
  pqxx::connection locker(database_->AdminDsn());
  pqxx::work lock(locker);
  lock.exec("LOCK TABLE hokm_game.game_sessions IN ACCESS EXCLUSIVE MODE");
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return hakem->Metric(R"(hakem_collector_success{collector="game",server="hokm"})") == 0;
  }));
  EXPECT_EQ(hakem->Metric(R"(hakem_collector_success{collector="locks",server="hokm"})"), 1);
  EXPECT_EQ(hakem->Metric(R"(hakem_collector_success{collector="stat_database",server="hokm"})"),
            1);
  for (int i = 0; i < 20; ++i) {
    EXPECT_LE(std::stoi(Connections()), 2);
    SystemClock().SleepUntil(SystemClock().SteadyNow() + milliseconds(100), {});
  }
  EXPECT_EQ(hakem->Metric(kUp), 1);
  lock.commit();
  EXPECT_TRUE(Eventually(seconds(20), [&] {
    return hakem->Metric(R"(hakem_collector_success{collector="game",server="hokm"})") == 1;
  }));
}

TEST_F(Serve, DoesNotHangOnANetworkThatStopsForwarding) {
  TcpProxy proxy(database_->server().port());
  const auto hakem =
      Start(fmt::format("host=127.0.0.1 port={} dbname=hokm_game user=hakem", proxy.port()));
  proxy.StopForwarding();
  const auto fresh =
      HttpGet(hakem->port(), "/metrics?fresh=1", "X-Prometheus-Scrape-Timeout-Seconds: 4\r\n");
  EXPECT_TRUE(fresh && fresh->status == 200);
  EXPECT_TRUE(Eventually(seconds(15), [&] { return hakem->Metric(kUp) == 0; })) << hakem->Log();
  EXPECT_LT(TimeOf([&] { hakem->Page("/metrics"); }), milliseconds(50));
  Duration taken{};
  EXPECT_EQ(hakem->Terminate(taken), 0);
  EXPECT_LT(taken, seconds(2));
}

TEST_F(Serve, CollectsAtOnceOnRequest) {
  const auto hakem = Start(database_->MonitorDsn());
  database_->Run(
      "INSERT INTO hokm_game.game_sessions (room_id, session_key, status, max_players, started_at) "
      "VALUES ('fresh', 'fresh', 'active', 4, now())");
  EXPECT_THAT(hakem->Page("/metrics?fresh=1&collect[]=game"),
              HasSubstr("game_active_games{game=\"hokm_game\",server=\"hokm\"} 1\n"));
  database_->Run("DELETE FROM hokm_game.game_sessions");
  EXPECT_THAT(hakem->Page("/metrics?fresh=1&collect[]=game"),
              HasSubstr("game_active_games{game=\"hokm_game\",server=\"hokm\"} 0\n"));
}

TEST_F(Serve, ReportsTheRoleToLoadBalancers) {
  const auto hakem = Start(database_->MonitorDsn());
  const auto status = [&](std::string_view path) {
    const auto reply = HttpGet(hakem->port(), path);
    return reply ? reply->status : 0;
  };
  EXPECT_EQ(status("/primary"), 200);
  EXPECT_EQ(status("/read-write"), 200);
  EXPECT_EQ(status("/read-only"), 200);
  EXPECT_EQ(status("/replica"), 503);
  database_->server().Stop();
  EXPECT_TRUE(Eventually(seconds(15), [&] { return status("/primary") == 503; }));
  ASSERT_TRUE(database_->server().Start());
  EXPECT_TRUE(Eventually(seconds(15), [&] { return status("/primary") == 200; }));
}

TEST_F(Serve, KeepsRunningWithAWrongPasswordAndReportsIt) {
  const QuickConfig config(database_->MonitorDsn(), "canary-wrong");
  const auto hakem = ServingHakem::Start({}, config.arguments());
  ASSERT_TRUE(hakem);
  EXPECT_TRUE(Eventually(seconds(20), [&] {
    return (*hakem)->Metric(R"(hakem_target_down{reason="auth",server="hokm"})") == 1;
  }));
  EXPECT_EQ((*hakem)->Metric(kUp), 0);
  EXPECT_THAT((*hakem)->Log(), HasSubstr("password authentication failed"));
  EXPECT_THAT((*hakem)->Log() + (*hakem)->Page("/metrics") + (*hakem)->Page("/"),
              Not(HasSubstr("canary")));
}

TEST_F(Serve, NeverShowsAPassword) {
  const auto hakem = Start(database_->MonitorDsn());
  std::string everything = hakem->Log();
  for (const char* path :
       {"/", "/metrics", "/metrics?fresh=1", "/metrics?collect[]=settings", "/primary",
        "/read-only", "/-/healthy", "/-/ready", "/api/v1/rules", "/api/v1/alerts"}) {
    everything += hakem->Page(path);
  }
  EXPECT_THAT(everything, Not(HasSubstr(std::string(kCanaryPassword))));
}

TEST_F(Serve, AcceptsTheFlagsOfPostgresExporter) {
  const auto hakem = ServingHakem::Start(
      {{"DATA_SOURCE_NAME", database_->MonitorDsn() + fmt::format(" password={}", kCanaryPassword)},
       {"PG_EXPORTER_EXCLUDE_DATABASES", "postgres"}},
      {"--no-collector.locks", "--collector.postmaster", "--disable-default-metrics",
       "--web.telemetry-path=/pg", "--collection-timeout=10s", "--auto-discover-databases",
       "--collector.stat_statements.limit=5", "--log.level=debug", "--log.format=json"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return (*hakem)->Metric("pg_up") == 1 &&
           (*hakem)->Metric("hakem_collector_success{collector=\"postmaster\"}") == 1;
  })) << (*hakem)->Log();
  EXPECT_THAT((*hakem)->Page("/pg"), HasSubstr("pg_postmaster_start_time_seconds"));
  EXPECT_THAT((*hakem)->Page("/pg"), Not(HasSubstr("pg_locks_count")));
  EXPECT_THAT((*hakem)->Page("/pg"), Not(HasSubstr("\npg_static{")));
  EXPECT_THAT((*hakem)->Log(), testing::StartsWith("{"));
}

TEST_F(Serve, IsQueriedByHakemExplain) {
  const auto hakem = Start(database_->MonitorDsn());
  const ProgramRun asked = RunHakem({"explain", "collectors", "--server", hakem->url()});
  EXPECT_EQ(asked.status, 0) << asked.errors;
  EXPECT_THAT(asked.output, testing::ContainsRegex("locks +in +fast"));
  EXPECT_THAT(asked.output, testing::ContainsRegex("process_idle +out +fast +off"));
  const ProgramRun json =
      RunHakem({"explain", "collectors", "--server", hakem->url(), "--output", "json"});
  EXPECT_TRUE(nlohmann::json::parse(json.output)["data"]["collectors"].is_array());
  const ProgramRun own =
      RunHakem({"explain", "collectors", "--server", "http://127.0.0.1:1"},
               {{"DATA_SOURCE_NAME",
                 database_->MonitorDsn() + fmt::format(" password={}", kCanaryPassword)}});
  EXPECT_EQ(own.status, 0) << own.errors;
  EXPECT_THAT(own.output, testing::ContainsRegex("locks +in +fast"));
  EXPECT_THAT(own.errors, HasSubstr("no server"));
}

TEST_F(Serve, IsQueriedByHakemAlerts) {
  const auto hakem = Start(database_->MonitorDsn());
  const ProgramRun asked = RunHakem({"alerts", "--server", hakem->url()});
  EXPECT_EQ(asked.status, 0) << asked.errors;
  EXPECT_EQ(asked.output, "no alerts\n");
}

TEST_F(Serve, IsNotNeededByHakemAlerts) {
  const std::string nobody = fmt::format("http://127.0.0.1:{}", process::FreePort());
  const std::map<std::string, std::string> environment{
      {"DATA_SOURCE_NAME", database_->MonitorDsn() + fmt::format(" password={}", kCanaryPassword)},
      {"DISK_WARNING_THRESHOLD", "100"},  // However full the disk of this machine is.
      {"DISK_CRITICAL_THRESHOLD", "100"}};
  ProgramRun run = RunHakem({"alerts", "--server", nobody}, environment);
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("no server: `for` not applied"));
  database_->Run(
      "INSERT INTO hokm_game.game_sessions (room_id, session_key, status, max_players, started_at) "
      "VALUES ('r', 'k', 'active', 4, now() - interval '3 hours')");
  run = RunHakem({"alerts", "--server", nobody}, environment);
  EXPECT_EQ(run.status, 1) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("LongRunningGame"));
  database_->Run("DELETE FROM hokm_game.game_sessions");
}

TEST_F(Serve, IsNotNeededByHakemCollect) {
  const std::map<std::string, std::string> environment{
      {"DATA_SOURCE_NAME", database_->MonitorDsn() + fmt::format(" password={}", kCanaryPassword)}};
  const ProgramRun page = RunHakem({"collect"}, environment);
  EXPECT_EQ(page.status, 0) << page.errors;
  EXPECT_THAT(page.output, HasSubstr("\npg_up 1\n"));
  EXPECT_THAT(page.output, HasSubstr("pg_database_size_bytes{datname=\"hokm_game\"}"));
  const ProgramRun json = RunHakem({"collect", "--format", "json"}, environment);
  EXPECT_EQ(json.status, 0) << json.errors;
  const auto document = nlohmann::json::parse(json.output);
  EXPECT_TRUE(document["families"].is_array());
}

}  // namespace
}  // namespace hakem
