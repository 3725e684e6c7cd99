// The history of a running Hakem: rules look back in it, and it survives restarts, kills and a
// damaged file.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "process/private_postgres.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

/// Monitors a server that does not exist, every second: Hakem's own metrics are enough history.
class History : public testing::Test {
 protected:
  std::unique_ptr<ServingHakem> Start(std::string_view rules = "groups: []") {
    std::ofstream(folder_ / "rules.yml") << rules;
    std::ofstream(folder_ / "hakem.yml") << fmt::format(
        "targets: [{{name: none, dsn: host=127.0.0.1 port={}}}]\n"
        "collect: {{lanes: {{fast: 1s, slow: 5s}}}}\n"
        "labels: {{instance: here}}\n"
        "rules: {{files: [{}]}}\n"
        "state: {{directory: {}}}\n",
        process::FreePort(), folder_ / "rules.yml", state_);
    auto hakem = ServingHakem::Start({}, {"--config", folder_ / "hakem.yml"});
    EXPECT_TRUE(hakem) << hakem.error().message;
    return hakem ? *std::move(hakem) : nullptr;
  }

  static double Samples(const ServingHakem& hakem) {
    return hakem.Metric("hakem_tsdb_samples_total").value_or(0);
  }

  const ScratchFolder folder_;
  const std::string state_ = folder_ / "state";
};

TEST_F(History, IsLoadedAfterARestart) {
  double before = 0;
  {
    const auto hakem = Start();
    ASSERT_NE(hakem, nullptr);
    ASSERT_TRUE(Eventually(seconds(30), [&] {
      before = Samples(*hakem);
      return before > 300;
    }));
    Duration taken{};
    EXPECT_EQ(hakem->Terminate(taken), 0);
  }
  const auto again = Start();
  ASSERT_NE(again, nullptr);
  EXPECT_GE(Samples(*again), before) << "what was loaded counts, and it is not less";
  EXPECT_THAT(again->Log(), HasSubstr("history loaded"));
  EXPECT_EQ(again->Metric("hakem_history_saved"), 1);
}

TEST_F(History, StartsEmptyIfItsFileIsDamagedAndKeepsTheFile) {
  std::filesystem::create_directory(state_);
  std::ofstream(state_ + "/history.db") << std::string(8192, 'x');
  const auto hakem = Start();
  ASSERT_NE(hakem, nullptr);
  EXPECT_THAT(hakem->Log(), HasSubstr("database is damaged: moved aside"));
  EXPECT_THAT(hakem->Log(), HasSubstr("history.db.damaged-"));
  EXPECT_THAT(hakem->Log(), Not(HasSubstr("hakem.db.damaged-")));
  EXPECT_TRUE(Eventually(seconds(30), [&] { return Samples(*hakem) > 0; }));
}

TEST_F(History, LetsRulesLookBack) {
  const auto hakem = Start(R"(groups:
- name: past
  rules:
  - alert: Grows
    expr: 'rate(hakem_tsdb_samples_total[30s]) > 0 and on (instance) up offset 1s == 1'
  - alert: Never
    expr: 'max_over_time(up[10s:1s]) > 1'
)");
  ASSERT_NE(hakem, nullptr);
  EXPECT_TRUE(Eventually(seconds(30), [&] {
    return hakem->Page("/api/v1/alerts").find(R"("alertname":"Grows")") != std::string::npos;
  })) << hakem->Page("/api/v1/rules");
  EXPECT_THAT(hakem->Page("/api/v1/alerts"), HasSubstr(R"("instance":"here")"));
  EXPECT_THAT(hakem->Page("/api/v1/alerts"), Not(HasSubstr("Never")));
}

TEST_F(History, IsServedByTheApi) {
  const auto hakem = Start();
  ASSERT_NE(hakem, nullptr);
  ASSERT_TRUE(Eventually(seconds(30), [&] { return Samples(*hakem) > 0; }));
  EXPECT_THAT(hakem->Page("/api/v1/query?query=count_over_time(up[1m])%20%3E%200"),
              HasSubstr(R"("instance":"here","job":"hakem")"));
  EXPECT_THAT(hakem->Page("/api/v1/label/__name__/values"), HasSubstr(R"("hakem_tsdb_series")"));
}

}  // namespace
}  // namespace hakem
