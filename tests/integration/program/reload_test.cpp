// A running `hakem serve` that reloads its configuration.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class Reload : public testing::Test {
 protected:
  static void SetUpTestSuite() { database_ = std::make_unique<HokmDatabase>(); }

  static void TearDownTestSuite() { database_.reset(); }

  Reload() {
    std::filesystem::create_directory(folder_);
    WriteRules("1");
    Write("max_active_games: 200", "");
    auto hakem = ServingHakem::Start({}, {"--config", folder_ + "/hakem.yml"});
    EXPECT_TRUE(hakem) << hakem.error().message;
    hakem_ = *std::move(hakem);
    EXPECT_TRUE(Becomes(R"(pg_up{server="hokm"})", 1)) << hakem_->Log();
  }

  ~Reload() override { std::filesystem::remove_all(folder_); }

  void Write(std::string_view threshold, std::string_view collectors,
             std::string_view password = kCanaryPassword) const {
    std::ofstream(folder_ + "/hakem.yml") << fmt::format(
        "targets:\n  - name: hokm\n    dsn: {}\n    password: {}\n"
        "    databases: {{exclude: [postgres]}}\n"
        "    games: [{{thresholds: {{{}}}}}]\n"
        "collect: {{lanes: {{fast: 1s, slow: 2s}}, budget: 0, collectors: {{{}}}}}\n"
        "rules: {{files: [{}/rules.yml]}}\n",
        database_->MonitorDsn(), password, threshold, collectors, folder_);
  }

  void WriteRules(std::string_view expression) const {
    std::ofstream(folder_ + "/rules.yml")
        << "groups: [{name: g, rules: [{alert: Always, expr: 'vector(" << expression << ")'}]}]\n";
  }

  testing::AssertionResult Becomes(const std::string& series, std::optional<double> value) const {
    return Eventually(seconds(20), [&] { return hakem_->Metric(series) == value; })
               ? testing::AssertionSuccess()
               : testing::AssertionFailure() << series << "\n"
                                             << hakem_->Log();
  }

  void HangUp() const { hakem_->Signal(SIGHUP); }

  static constexpr auto kSuccessful = "hakem_config_last_reload_successful";
  static constexpr auto kThreshold = R"(hakem_threshold{name="max_active_games",server="hokm"})";
  static inline std::unique_ptr<HokmDatabase> database_;
  const std::string folder_ =
      fmt::format("{}/hakem-reload-{}", std::filesystem::temp_directory_path().string(), getpid());
  std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(Reload, AppliesThresholdsAndRulesWithoutReconnecting) {
  const std::string backends =
      "SELECT string_agg(pid::text, ',' ORDER BY pid) FROM "
      "pg_stat_activity WHERE usename = 'hakem'";
  EXPECT_TRUE(Becomes("hakem_connections{server=\"hokm\"}", 2));
  const std::string before = database_->Run(backends);
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return hakem_->Page("/api/v1/alerts").find("\"value\":\"1e+00\"") != std::string::npos;
  })) << hakem_->Page("/api/v1/alerts");
  Write("max_active_games: 77", "");
  WriteRules("2");
  HangUp();
  EXPECT_TRUE(Becomes(kThreshold, 77));
  EXPECT_TRUE(Eventually(seconds(10), [&] {
    return hakem_->Page("/api/v1/rules").find("vector(2)") != std::string::npos;
  }));
  EXPECT_THAT(hakem_->Page("/api/v1/alerts"), HasSubstr("firing"));
  EXPECT_EQ(hakem_->Metric(kSuccessful), 1);
  EXPECT_EQ(database_->Run(backends), before);
  EXPECT_THAT(hakem_->Log(), HasSubstr("configuration reloaded"));
}

TEST_F(Reload, KeepsTheOldConfigurationIfTheNewOneIsInvalid) {
  Write("max_active_gmes: 77", "");
  HangUp();
  EXPECT_TRUE(Becomes(kSuccessful, 0));
  EXPECT_EQ(hakem_->Metric(kThreshold), 200);
  EXPECT_EQ(hakem_->Metric(R"(pg_up{server="hokm"})"), 1);
  EXPECT_THAT(hakem_->Log(), HasSubstr("did you mean \\\"max_active_games\\\"?"));
  Write("max_active_games: 78", "");
  HangUp();
  EXPECT_TRUE(Becomes(kSuccessful, 1));
  EXPECT_TRUE(Becomes(kThreshold, 78));
}

TEST_F(Reload, IsAcceptedOverHttpOnlyFromThisMachine) {
  const auto post = [&](std::string_view headers) {
    HttpConnection connection(hakem_->port());
    return connection
        .Exchange(fmt::format(
            "POST /-/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n{}\r\n", headers))
        .value_or(HttpReply{});
  };
  Write("max_active_games: 79", "");
  EXPECT_EQ(post("").status, 200);
  EXPECT_TRUE(Becomes(kThreshold, 79));
  EXPECT_EQ(post("Origin: https://example.com\r\n").status, 403);
  EXPECT_EQ(HttpGet(hakem_->port(), "/-/reload")->status, 405);
  Write("max_active_gmes: 80", "");
  const HttpReply wrong = post("");
  EXPECT_EQ(wrong.status, 500);
  EXPECT_THAT(wrong.body, HasSubstr("did you mean \"max_active_games\"?"));
  EXPECT_TRUE(Becomes(kSuccessful, 0));
}

TEST_F(Reload, TurnsCollectorsOnAndOff) {
  const auto success = [](std::string_view collector) {
    return fmt::format("hakem_collector_success{{collector=\"{}\",server=\"hokm\"}}", collector);
  };
  EXPECT_TRUE(Becomes(success("locks"), 1));
  Write("max_active_games: 200", "locks: {enabled: false}, postmaster: {enabled: true}");
  HangUp();
  EXPECT_TRUE(Becomes(success("locks"), std::nullopt));
  EXPECT_TRUE(Becomes(success("postmaster"), 1));
}

TEST_F(Reload, AppliesANewPassword) {
  database_->Run("ALTER ROLE hakem PASSWORD 'canary-new'");
  database_->Run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'hakem'");
  EXPECT_TRUE(Becomes(R"(hakem_target_down{reason="auth",server="hokm"})", 1));
  Write("max_active_games: 200", "", "canary-new");
  HangUp();
  EXPECT_TRUE(Becomes(R"(pg_up{server="hokm"})", 1));
  EXPECT_THAT(hakem_->Log(), testing::Not(HasSubstr("canary")));
  database_->Run("ALTER ROLE hakem PASSWORD '" + std::string(kCanaryPassword) + "'");
}

}  // namespace
}  // namespace hakem
