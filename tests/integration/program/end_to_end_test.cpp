// Runs the demo and a real Prometheus that scrapes Hakem with the same rules. Both must fire the
// same alert, and every panel of the dashboard must have data.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process/child_process.h"
#include "process/private_postgres.h"
#include "tests/support/paths.h"
#include "tests/support/programs/dashboard.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/peers.h"
#include "tests/support/programs/prometheus_server.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kAlert = "ManyActiveGames";

std::string PrometheusConfig(int port) {
  return fmt::format(R"(
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{}/rules/definitions/*.yml]
scrape_configs:
  - job_name: hakem
    static_configs: [{{targets: ["127.0.0.1:{}"]}}]
)",
                     SourcePath(""), port);
}

bool Has(const PrometheusServer& prometheus, const std::string& expr) {
  const auto result = prometheus.Query(expr);
  return result && !result->empty();
}

/// Returns the non-empty lines of promtool's output for a page.
std::vector<std::string> CheckMetrics(const std::string& page) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("hakem-page-{}", getpid());
  std::ofstream(path) << page;
  auto process = process::ChildProcess::Start(
      {.argv = {"sh", "-c",
                fmt::format("{} check metrics <{} 2>&1", ShellWord(PeerPath("promtool")),
                            ShellWord(path.string()))},
       .standard_output = process::Output::ToPipe()});
  std::vector<std::string> lines;
  while (process) {
    const auto line = process->ReadLine();
    if (!line) {
      break;
    }
    if (!line->empty()) {
      lines.push_back(*line);
    }
  }
  std::filesystem::remove(path);
  return lines;
}

/// Families whose names are postgres_exporter's, so that its dashboards and rules work: counters
/// without
/// `_total`, and `_count` without a histogram. Nothing else may be wrong with them.
constexpr std::string_view kCompatibleNames[] = {
    "pg_locks_count",    "pg_settings_",         "pg_stat_activity_count", "pg_stat_archiver_",
    "pg_stat_database_", "pg_stat_user_tables_", "pg_statio_user_tables_"};
constexpr std::string_view kCompatibleFaults[] = {
    "counter metrics should have \"_total\" suffix",
    "non-histogram and non-summary metrics should not have \"_count\" suffix"};

bool IsCompatibleName(const std::string& line) {
  const auto begins = [&](std::string_view name) { return line.starts_with(name); };
  const auto ends = [&](std::string_view fault) { return line.ends_with(fault); };
  return std::any_of(std::begin(kCompatibleNames), std::end(kCompatibleNames), begins) &&
         std::any_of(std::begin(kCompatibleFaults), std::end(kCompatibleFaults), ends);
}

/// Returns the alerts of one rule: the disk of this machine may be full enough for one of another.
std::vector<nlohmann::json> Named(std::string_view name, const nlohmann::json& alerts) {
  std::vector<nlohmann::json> named;
  std::copy_if(alerts.begin(), alerts.end(), std::back_inserter(named),
               [&](const nlohmann::json& alert) { return alert["labels"]["alertname"] == name; });
  return named;
}

class EndToEnd : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    port_ = static_cast<std::uint16_t>(process::FreePort());
    auto started = process::ChildProcess::Start(
        {.argv = {HakemProgram(), "demo", "--seconds", "120", "--port", std::to_string(port_)},
         .standard_output = process::Output::ToFile(OutputPath()),
         .standard_error = process::Output::ToFile(OutputPath())});
    ASSERT_TRUE(started) << started.error().message;
    demo_ = std::make_unique<process::ChildProcess>(*std::move(started));
    ASSERT_TRUE(Eventually(seconds(120), [] {
      const auto reply = HttpGet(port_, "/-/ready");
      return reply && reply->status == 200;
    }));
    auto prometheus = PrometheusServer::Start(PrometheusConfig(port_));
    ASSERT_TRUE(prometheus) << prometheus.error().message;
    prometheus_ = *std::move(prometheus);
  }

  static void TearDownTestSuite() {
    prometheus_.reset();
    demo_.reset();
    std::filesystem::remove(OutputPath());
  }

  static std::string OutputPath() {
    return std::filesystem::temp_directory_path() / fmt::format("hakem-demo-{}", getpid());
  }

  static inline std::uint16_t port_ = 0;
  static inline std::unique_ptr<process::ChildProcess> demo_;
  static inline std::unique_ptr<PrometheusServer> prometheus_;
};

TEST_F(EndToEnd, ThePagePassesPromtoolExceptForCompatibleNames) {
  const auto reply = HttpGet(port_, "/metrics");
  ASSERT_TRUE(reply);
  for (const std::string& line : CheckMetrics(reply->body)) {
    EXPECT_TRUE(IsCompatibleName(line)) << line;
  }
}

TEST_F(EndToEnd, PrometheusAndHakemFireTheSameAlert) {
  ASSERT_TRUE(Eventually(seconds(100), [] {
    return Has(*prometheus_,
               fmt::format(R"(ALERTS{{alertname="{}",alertstate="firing"}})", kAlert));
  })) << prometheus_->Log();
  // Either may evaluate first; one collection later both have fired.
  std::vector<nlohmann::json> alerts;
  ASSERT_TRUE(Eventually(seconds(15), [&] {
    const auto ours = HttpGet(port_, "/api/v1/alerts");
    alerts = Named(kAlert, ours ? nlohmann::json::parse(ours->body)["data"]["alerts"]
                                : nlohmann::json::array());
    return !alerts.empty() && alerts[0]["state"] == "firing";
  }));
  const auto theirs = prometheus_->Get("/api/v1/alerts");
  ASSERT_TRUE(theirs);
  const auto others = Named(kAlert, (*theirs)["alerts"]);
  ASSERT_EQ(alerts.size(), 1U);
  ASSERT_EQ(others.size(), 1U) << theirs->dump();
  EXPECT_EQ(alerts[0]["labels"], others[0]["labels"]);
  EXPECT_EQ(alerts[0]["annotations"]["runbook_url"], others[0]["annotations"]["runbook_url"]);
}

TEST_F(EndToEnd, EveryPanelOfTheDashboardHasData) {
  for (const DashboardQuery& query : DashboardQueries()) {
    if (!query.place.starts_with("panel")) {
      continue;  // Annotations mark events, and there are none here.
    }
    EXPECT_TRUE(Has(*prometheus_, query.expr)) << query.place << ": " << query.expr;
  }
}

TEST_F(EndToEnd, TheDemoShowsEverythingAndEndsWithSuccess) {
  const auto status = demo_->WaitFor(seconds(140));
  std::ifstream file(OutputPath());
  const std::string output{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_TRUE(status) << output;
  EXPECT_EQ(*status, 0) << output;
  EXPECT_THAT(output, HasSubstr(std::string(kAlert)));
  EXPECT_THAT(output, HasSubstr("resolved"));
  EXPECT_THAT(output, testing::ContainsRegex("            45             1[78][0-9] "))
      << "the rush in the figures";
}

}  // namespace
}  // namespace hakem
