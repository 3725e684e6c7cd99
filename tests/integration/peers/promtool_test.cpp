// Checks the files for Prometheus, Alertmanager and Grafana with their own tools.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tests/support/programs/dashboard.h"
#include "tests/support/programs/peers.h"

namespace hakem {
namespace {

using ::testing::HasSubstr;

struct Routing {
  std::string alert;
  std::string severity;
  std::string receiver;
};

constexpr const char* kAlertmanagerConfig = "alertmanager/alertmanager.yml";

TEST(Promtool, AcceptsTheRules) {
  const PeerOutput output = RunPeer("promtool", {"check", "rules", "rules/definitions/gaming.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("SUCCESS: 5 rules found"));
}

TEST(Promtool, SeesTheAlertsFireAsTheRuleTestsSay) {
  const PeerOutput output = RunPeer("promtool", {"test", "rules", "tests/rules/gaming_test.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
}

TEST(Promtool, EvaluatesRulesAsTheTestsOfTheEngineSay) {
  const PeerOutput output = RunPeer("promtool", {"test", "rules", "tests/rules/engine_test.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
}

TEST(Promtool, AcceptsThePrometheusConfiguration) {
  const PeerOutput output =
      RunPeer("promtool", {"check", "config", "deploy/prometheus/prometheus.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("SUCCESS: 1 rule files found"));
}

TEST(Promtool, ParsesEveryQueryOfTheDashboard) {
  // JSON is YAML: one recording rule for each query makes promtool check syntax and types.
  nlohmann::json rules = nlohmann::json::array();
  for (const DashboardQuery& query : DashboardQueries()) {
    rules.push_back({{"record", fmt::format("query:{}", rules.size())}, {"expr", query.expr}});
  }
  const nlohmann::json group = {{"name", "dashboard"}, {"rules", rules}};
  const auto file =
      std::filesystem::temp_directory_path() / fmt::format("hakem-dashboard-{}.yml", getpid());
  std::ofstream(file) << nlohmann::json::object({{"groups", nlohmann::json::array({group})}});
  const PeerOutput output = RunPeer("promtool", {"check", "rules", file.string()});
  std::filesystem::remove(file);
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr(fmt::format("SUCCESS: {} rules found", rules.size())));
}

TEST(Amtool, AcceptsTheAlertmanagerConfiguration) {
  const PeerOutput output = RunPeer("amtool", {"check-config", kAlertmanagerConfig});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("2 receivers"));
}

void PrintTo(const Routing& routing, std::ostream* out) {
  *out << routing.alert;
}

class Routes : public ::testing::TestWithParam<Routing> {};

TEST_P(Routes, LeadEachAlertToItsReceiver) {
  const PeerOutput output =
      RunPeer("amtool", {"config", "routes", "test", "--config.file", kAlertmanagerConfig,
                         "--verify.receivers", GetParam().receiver, "alertname=" + GetParam().alert,
                         "severity=" + GetParam().severity});
  EXPECT_EQ(output.status, 0) << output.text;
}

INSTANTIATE_TEST_SUITE_P(OfTheAlertmanagerConfiguration, Routes,
                         ::testing::Values(Routing{"ManyActiveGames", "warning", "slack"},
                                           Routing{"ManyOnlinePlayers", "warning", "slack"},
                                           Routing{"LongRunningGame", "warning", "slack"},
                                           Routing{"LowActivity", "critical", "slack-and-email"},
                                           Routing{"VeryHighActivity", "critical",
                                                   "slack-and-email"}),
                         [](const auto& row) { return row.param.alert; });

}  // namespace
}  // namespace hakem
