// Rules keep working when the machine's clock is set ahead and back under a running Hakem.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>

#include "process/private_postgres.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kRules = R"(
groups:
  - name: clock
    rules:
      - {alert: Down, expr: pg_up == 0, for: 2s}
      - {alert: SetBack, expr: 'hakem_clock_steps_total{direction="back"} > 0'}
      - {alert: Fast, expr: 'rate(hakem_tsdb_samples_total[1m]) > 100000'}
)";

/// Monitors a server that does not exist, every second.
class ClockTest : public testing::Test {
 protected:
  ClockTest() { Set(seconds(0)); }

  std::unique_ptr<ServingHakem> Start() {
    std::ofstream(folder_ / "rules.yml") << kRules;
    std::ofstream(folder_ / "hakem.yml") << fmt::format(
        "targets: [{{name: none, dsn: host=127.0.0.1 port={}}}]\n"
        "collect: {{lanes: {{fast: 1s, slow: 5s}}}}\n"
        "rules: {{files: [{}]}}\n"
        "state: {{directory: {}}}\n",
        process::FreePort(), folder_ / "rules.yml", folder_ / "state");
    auto hakem =
        ServingHakem::Start({{"LD_PRELOAD", ClockShim()}, {"CLOCK_STEP_FILE", folder_ / "step"}},
                            {"--config", folder_ / "hakem.yml"});
    EXPECT_TRUE(hakem) << hakem.error().message;
    return hakem ? *std::move(hakem) : nullptr;
  }

  /// How far the clock of the program is ahead of the machine's.
  void Set(Duration ahead) const {
    const std::int64_t nanoseconds = std::chrono::nanoseconds(ahead).count();
    std::fstream file(folder_ / "step", std::ios::out | std::ios::binary);
    file.write(reinterpret_cast<const char*>(&nanoseconds), sizeof(nanoseconds));
  }

  static bool Fires(const ServingHakem& hakem, std::string_view name) {
    return Eventually(seconds(15), [&] {
      const auto answer = nlohmann::json::parse(hakem.Page("/api/v1/alerts"));
      const auto& alerts = answer["data"]["alerts"];
      return std::any_of(alerts.begin(), alerts.end(), [&](const auto& alert) {
        return alert["labels"]["alertname"] == name && alert["state"] == "firing";
      });
    });
  }

  static bool Steps(const ServingHakem& hakem, std::string_view direction, double count) {
    return Eventually(seconds(10), [&] {
      return hakem.Metric(fmt::format("hakem_clock_steps_total{{direction=\"{}\"}}", direction)) ==
             count;
    });
  }

  static void ExpectRulesToWork(const ServingHakem& hakem) {
    EXPECT_TRUE(Fires(hakem, "SetBack")) << hakem.Log();
    EXPECT_TRUE(Fires(hakem, "Down")) << hakem.Log();
    EXPECT_THAT(hakem.Page("/api/v1/alerts"), Not(HasSubstr("Fast")));
    EXPECT_THAT(hakem.Page("/-/healthy"), HasSubstr("ealthy"));
    EXPECT_EQ(hakem.Metric("hakem_tsdb_out_of_order_samples_total"), 0);
    EXPECT_THAT(hakem.Page("/api/v1/query?query=up"), HasSubstr("\"__name__\":\"up\""));
  }

  const ScratchFolder folder_;
};

TEST_F(ClockTest, LeavesTheRulesWorkingWhenTheClockJumpsAheadAndBack) {
  for (const Duration jump : {Duration(hours(1)), Duration(hours(24 * 400))}) {
    Set(seconds(0));
    const auto hakem = Start();
    ASSERT_NE(hakem, nullptr);
    ASSERT_TRUE(Fires(*hakem, "Down"));
    Set(jump);
    ASSERT_TRUE(Steps(*hakem, "ahead", 1)) << hakem->Log();
    EXPECT_THAT(hakem->Log(), HasSubstr("the machine's clock was set ahead"));
    Set(seconds(0));
    ASSERT_TRUE(Steps(*hakem, "back", 1)) << hakem->Log();
    EXPECT_THAT(hakem->Log(), HasSubstr("the machine's clock was set back"));
    ExpectRulesToWork(*hakem);
  }
}

TEST_F(ClockTest, LeavesTheRulesWorkingWhenTheClockIsCorrectedByAnHour) {
  const auto hakem = Start();
  ASSERT_NE(hakem, nullptr);
  ASSERT_TRUE(Fires(*hakem, "Down"));
  Set(-hours(1));
  ASSERT_TRUE(Steps(*hakem, "back", 1)) << hakem->Log();
  ExpectRulesToWork(*hakem);
}

TEST_F(ClockTest, LeavesTheRulesWorkingAfterARestartWithAHistoryOfTheFuture) {
  Set(hours(24 * 400));
  {
    const auto hakem = Start();
    ASSERT_NE(hakem, nullptr);
    ASSERT_TRUE(Fires(*hakem, "Down"));
    Duration taken{};
    EXPECT_EQ(hakem->Terminate(taken), 0);
  }
  Set(seconds(0));
  const auto hakem = Start();
  ASSERT_NE(hakem, nullptr);
  EXPECT_TRUE(Fires(*hakem, "Down")) << hakem->Log();
  EXPECT_THAT(hakem->Log(), HasSubstr("later than the machine's clock"));
  EXPECT_EQ(hakem->Metric("hakem_tsdb_out_of_order_samples_total"), 0);
}

}  // namespace
}  // namespace hakem
