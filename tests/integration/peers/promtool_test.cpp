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

struct ShippedRules {
  std::string name;  ///< The name of a file in rules/definitions/.
  int rules;
};

void PrintTo(const ShippedRules& shipped, std::ostream* out) {
  *out << shipped.name;
}

class Promtool : public ::testing::TestWithParam<ShippedRules> {};

TEST_P(Promtool, AcceptsTheRules) {
  const PeerOutput output = RunPeer(
      "promtool", {"check", "rules", fmt::format("rules/definitions/{}.yml", GetParam().name)});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr(fmt::format("SUCCESS: {} rules found", GetParam().rules)));
}

TEST_P(Promtool, SeesTheAlertsFireAsTheRuleTestsSay) {
  const PeerOutput output = RunPeer(
      "promtool", {"test", "rules", fmt::format("tests/rules/{}_test.yml", GetParam().name)});
  EXPECT_EQ(output.status, 0) << output.text;
}

INSTANTIATE_TEST_SUITE_P(ShippedRules, Promtool,
                         ::testing::Values(ShippedRules{"gaming", 12},
                                           ShippedRules{"postgresql", 20},
                                           ShippedRules{"replication", 9},
                                           ShippedRules{"monitoring", 5}),
                         [](const auto& row) { return row.param.name; });

TEST(PromtoolOnOtherFiles, EvaluatesRulesAsTheTestsOfTheEngineSay) {
  const PeerOutput output = RunPeer("promtool", {"test", "rules", "tests/rules/engine_test.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
}

TEST(PromtoolOnOtherFiles, AcceptsThePrometheusConfiguration) {
  const PeerOutput output =
      RunPeer("promtool", {"check", "config", "deploy/prometheus/prometheus.yml"});
  EXPECT_EQ(output.status, 0) << output.text;
  EXPECT_THAT(output.text, HasSubstr("SUCCESS: 4 rule files found"));
}

TEST(PromtoolOnOtherFiles, ParsesEveryQueryOfTheDashboard) {
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

const Routing kRoutings[] = {
    Routing{"ManyActiveGames", "warning", "slack"},
    Routing{"ManyOnlinePlayers", "warning", "slack"},
    Routing{"LongRunningGame", "warning", "slack"},
    Routing{"LowActivity", "critical", "slack-and-email"},
    Routing{"VeryHighActivity", "warning", "slack"},
    Routing{"MatchmakingStarved", "warning", "slack"},
    Routing{"AbandonedGamesSurge", "warning", "slack"},
    Routing{"DisconnectionSurge", "warning", "slack"},
    Routing{"SlowMoveResponse", "warning", "slack"},
    Routing{"GamesNotStarting", "critical", "slack-and-email"},
    Routing{"PlayersWithoutGames", "critical", "slack-and-email"},
    Routing{"UnusualGameDuration", "info", "slack"},
    Routing{"DatabaseDown", "critical", "slack-and-email"},
    Routing{"ConnectionsNearLimit", "warning", "slack"},
    Routing{"ConnectionsExhausted", "critical", "slack-and-email"},
    Routing{"LowCacheHitRatio", "info", "slack"},
    Routing{"SlowQueries", "warning", "slack"},
    Routing{"LockWaits", "warning", "slack"},
    Routing{"LongTransaction", "warning", "slack"},
    Routing{"IdleInTransaction", "warning", "slack"},
    Routing{"Deadlocks", "warning", "slack"},
    Routing{"HighRollbackRate", "warning", "slack"},
    Routing{"TableBloat", "warning", "slack"},
    Routing{"WraparoundNear", "warning", "slack"},
    Routing{"WraparoundImminent", "critical", "slack-and-email"},
    Routing{"SequenceExhaustion", "warning", "slack"},
    Routing{"WalGrowing", "warning", "slack"},
    Routing{"DiskFullSoon", "warning", "slack"},
    Routing{"DiskSpaceLow", "warning", "slack"},
    Routing{"DiskSpaceCritical", "critical", "slack-and-email"},
    Routing{"CheckpointPressure", "info", "slack"},
    Routing{"ArchiverFailing", "critical", "slack-and-email"},
    Routing{"PrimaryDown", "critical", "slack-and-email"},
    Routing{"ReplicaDown", "warning", "slack"},
    Routing{"NoSynchronousStandby", "critical", "slack-and-email"},
    Routing{"ReplicationLag", "warning", "slack"},
    Routing{"ReplicationLagCritical", "critical", "slack-and-email"},
    Routing{"ReplicationLagBytes", "warning", "slack"},
    Routing{"SlotRetainsWal", "warning", "slack"},
    Routing{"SlotLosesWal", "critical", "slack-and-email"},
    Routing{"FailoverHappened", "warning", "slack"},
    Routing{"CollectorFailing", "warning", "slack"},
    Routing{"DataStale", "warning", "slack"},
    Routing{"NotificationsFailing", "critical", "slack-and-email"},
    Routing{"CostBudgetExceeded", "info", "slack"},
    Routing{"RuleInputMissing", "warning", "slack"},
};

class Routes : public ::testing::TestWithParam<Routing> {};

TEST_P(Routes, LeadEachAlertToItsReceiver) {
  const PeerOutput output =
      RunPeer("amtool", {"config", "routes", "test", "--config.file", kAlertmanagerConfig,
                         "--verify.receivers", GetParam().receiver, "alertname=" + GetParam().alert,
                         "severity=" + GetParam().severity});
  EXPECT_EQ(output.status, 0) << output.text;
}

INSTANTIATE_TEST_SUITE_P(OfTheAlertmanagerConfiguration, Routes, ::testing::ValuesIn(kRoutings),
                         [](const auto& row) { return row.param.alert; });

}  // namespace
}  // namespace hakem
