// The environment variables of the customer's scripts work unchanged.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/shell.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Variables = std::map<std::string, std::string>;

class Customer : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    database_ = std::make_unique<HokmDatabase>();
    database_->Run(
        "INSERT INTO hokm_game.game_sessions (room_id, status, current_players, max_players) "
        "VALUES ('r', 'waiting', 3, 4)");
  }

  static void TearDownTestSuite() { database_.reset(); }

  /// The script's variables, with the address of the database and the role's password.
  static Variables Block(const std::string& database = "") {
    Variables variables{{"MAX_ACTIVE_GAMES", "200"},
                        {"MAX_CONCURRENT_PLAYERS", "1000"},
                        {"MAX_GAME_DURATION_HOURS", "2"},
                        {"MIN_MOVES_PER_MINUTE", "10"},
                        {"ALERT_WEBHOOK", "https://hooks.slack.com/services/T/B/x"},
                        {"ALERT_EMAIL", "admin@example.com"},
                        {"DB_PORT", fmt::format("{}", database_->server().port())},
                        {"DB_PASSWORD", std::string(kCanaryPassword)}};
    if (!database.empty()) {
      variables["DB_NAME"] = database;
    }
    return variables;
  }

  static inline std::unique_ptr<HokmDatabase> database_;
  const ScratchFolder folder_;
};

TEST_F(Customer, CollectsWithUnchangedVariables) {
  const ProgramRun run = RunHakem({"collect", "--format", "json"}, Block());
  ASSERT_EQ(run.status, 0) << run.errors;
  EXPECT_EQ(run.errors, "");
  const auto summary = nlohmann::json::parse(run.output)["summary"];
  EXPECT_EQ(summary["games"][0]["game"], "hokm_game");
  EXPECT_EQ(summary["games"][0]["active_games"], 1);
  EXPECT_EQ(summary["games"][0]["room_occupancy_ratio"], 0.75);
  EXPECT_EQ(summary["database"]["up"], 1);
}

TEST_F(Customer, GetsNotificationsWithUnchangedVariables) {
  Variables variables = Block();
  // However full the disk of this machine is.
  variables["DISK_WARNING_THRESHOLD"] = variables["DISK_CRITICAL_THRESHOLD"] = "100";
  EXPECT_EQ(RunHakem({"alerts", "--server", "http://127.0.0.1:1"}, variables).output,
            "no alerts\n");
  variables["MAX_ACTIVE_GAMES"] = "0";
  const ProgramRun run = RunHakem({"alerts", "--server", "http://127.0.0.1:1"}, variables);
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("ManyActiveGames"));
}

TEST_F(Customer, GetsMailBySendmailWithUnchangedVariables) {
  const std::string mail = folder_ / "mail";
  std::ofstream(folder_ / "sendmail")
      << fmt::format("#!/bin/sh\ncat >{0}.part; mv {0}.part {0}\n", ShellWord(mail));
  std::filesystem::permissions(folder_ / "sendmail", std::filesystem::perms::owner_all);
  Variables variables = Block();
  variables["MAX_ACTIVE_GAMES"] = "0";
  variables["ALERT_WEBHOOK"] = "http://127.0.0.1:1/";
  variables["PATH"] = folder_.path() + ":/usr/bin:/bin";
  std::ofstream(folder_ / "rules.yml")
      << "groups: [{name: g, rules: [{alert: Busy, expr: 'game_active_games > 0'}]}]\n";
  std::ofstream(folder_ / "hakem.yml") << fmt::format(
      "targets: [{{name: hokm, dsn: \"{}\", password: {}}}]\n"
      "collect: {{lanes: {{fast: 1s, slow: 5s}}}}\nrules: {{files: ['{}']}}\n",
      database_->MonitorDsn(), kCanaryPassword, folder_ / "rules.yml");
  const auto hakem = ServingHakem::Start(variables, {"--config", folder_ / "hakem.yml"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(seconds(20), [&] { return std::filesystem::exists(mail); }))
      << (*hakem)->Log();
  std::ifstream file(mail);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_THAT(text, AllOf(HasSubstr("To: admin@example.com\n"), HasSubstr("[FIRING:1] Busy")));
  EXPECT_THAT((*hakem)->Log(), HasSubstr("SMTP_HOST is not set"));
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return (*hakem)->Metric(R"(hakem_notifications_failed_total{integration="slack",)"
                            R"(reason="other",receiver="default"})") >= 1;
  })) << "the webhook that is not there is counted, and harms nobody";
}

TEST_F(Customer, KeepsRunningWhenMailCannotBeSent) {
  Variables variables = Block();
  std::ofstream(folder_ / "sendmail") << "#!/bin/sh\nexit 78\n";
  std::filesystem::permissions(folder_ / "sendmail", std::filesystem::perms::owner_all);
  variables["PATH"] = folder_.path() + ":/usr/bin:/bin";
  variables["MAX_ACTIVE_GAMES"] = "0";
  std::ofstream(folder_ / "rules.yml")
      << "groups: [{name: g, rules: [{alert: Busy, expr: 'pg_up == 1'}]}]\n";
  std::ofstream(folder_ / "hakem.yml") << fmt::format(
      "targets: [{{name: hokm, dsn: \"{}\", password: {}}}]\n"
      "collect: {{lanes: {{fast: 1s, slow: 5s}}}}\nrules: {{files: ['{}']}}\n",
      database_->MonitorDsn(), kCanaryPassword, folder_ / "rules.yml");
  const auto hakem = ServingHakem::Start(variables, {"--config", folder_ / "hakem.yml"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  const std::string failed =
      R"(hakem_notifications_failed_total{integration="email",reason="serverError",)"
      R"(receiver="default"})";
  EXPECT_TRUE(Eventually(seconds(20), [&] { return (*hakem)->Metric(failed) >= 1; }))
      << (*hakem)->Log();
  EXPECT_THAT((*hakem)->Log(), HasSubstr("sendmail ended with status 78"));
  EXPECT_THAT((*hakem)->Page("/-/healthy"), HasSubstr("ealthy"));
}

TEST_F(Customer, SeesTheNameOfTheDatabaseWithTheGame) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"collect"}, {"alerts", "--server", "http://127.0.0.1:1"}}) {
    const ProgramRun run = RunHakem(command, Block("postgres"));
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.errors, AllOf(HasSubstr("the database \"postgres\" has no game"),
                                  HasSubstr("these have one: \"hokm_game\"")));
  }
}

TEST_F(Customer, SeesTheNameOfACollectorThatFails) {
  pqxx::connection locker(database_->AdminDsn());
  pqxx::work work(locker);
  work.exec("LOCK TABLE hokm_game.game_sessions IN ACCESS EXCLUSIVE MODE");
  const ProgramRun run = RunHakem({"collect"}, Block());
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.errors, HasSubstr("hakem: collector game failed: "));
  EXPECT_THAT(run.errors, Not(HasSubstr("has no game")));
  EXPECT_THAT(run.output, HasSubstr("pg_up 1"));
}

TEST_F(Customer, CanRunCommandsThatSendNothingWithInvalidReceivers) {
  Variables variables = Block();
  variables["ALERT_EMAIL"] = "not an address";
  variables["ALERT_WEBHOOK"] = "nonsense";
  variables["SMTP_PORT"] = "banana";
  // However full the disk of this machine is.
  variables["DISK_WARNING_THRESHOLD"] = variables["DISK_CRITICAL_THRESHOLD"] = "100";
  EXPECT_EQ(RunHakem({"collect"}, variables).status, 0);
  EXPECT_EQ(RunHakem({"alerts", "--server", "http://127.0.0.1:1"}, variables).status, 0);
  EXPECT_EQ(RunHakem({"config"}, variables).status, 0);
  const ProgramRun run = RunHakem({"serve", "--web.listen-address", "127.0.0.1:0"}, variables);
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("SMTP_PORT"));
}

TEST_F(Customer, SwitchesCollectorsWithFlagsOfPostgresExporter) {
  const auto hakem =
      ServingHakem::Start(Block(), {"--collector.locks=false", "--no-collector.settings=true",
                                    "--collector.long_running_transactions=true",
                                    "--disable-default-metrics=false", "--web.telemetry-path=/"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(seconds(20), [&] { return (*hakem)->Metric("pg_up") == 1; }));
  const std::string page = (*hakem)->Page("/");
  EXPECT_THAT(page, AllOf(HasSubstr("\npg_up 1\n"), Not(HasSubstr("pg_locks_count")),
                          Not(HasSubstr("pg_settings_")), HasSubstr("pg_static"),
                          HasSubstr("pg_long_running_transactions")));
}

}  // namespace
}  // namespace hakem
