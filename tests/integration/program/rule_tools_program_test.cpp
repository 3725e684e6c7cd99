// The commands about rules against a running Hakem: every metric of its page is in the catalogue of
// `hakem check rules`; `hakem explain rule` and `hakem backtest` read its data.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "cli/rules/shipped_catalogue.h"
#include "tests/support/game/hokm_database.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kRules =
    "groups:\n"
    "- name: g\n"
    "  rules:\n"
    "  - {alert: DatabaseUp, expr: pg_up == 1}\n"
    "  - {alert: Slow, expr: pg_up > on (job) group_left () hakem_nothing, for: 1h}\n";

class RuleToolsOfAProgram : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "rules.yml") << kRules;
    std::ofstream(folder_ / "hakem.yml") << fmt::format(
        "targets:\n  - {{name: hokm, dsn: \"{}\", password: {}}}\n"
        "collect: {{lanes: {{fast: 1s, slow: 1s}}, budget: 0}}\n"
        "rules: {{files: [\"{}\"]}}\nstate: {{directory: \"{}\"}}\n",
        database_.MonitorDsn(), kCanaryPassword, folder_ / "rules.yml", folder_ / "state");
    auto hakem = ServingHakem::Start({}, {"--config", folder_ / "hakem.yml"});
    ASSERT_TRUE(hakem) << hakem.error().message;
    hakem_ = *std::move(hakem);
    ASSERT_TRUE(Eventually(seconds(20), [this] {
      return hakem_->Page("/api/v1/alerts").find("DatabaseUp") != std::string::npos;
    })) << hakem_->Log();
  }

  const ScratchFolder folder_;
  HokmDatabase database_;
  std::unique_ptr<ServingHakem> hakem_;
};

TEST_F(RuleToolsOfAProgram, KnowEveryMetricOfThePage) {
  const ruletools::Catalogue catalogue = cli::ShippedCatalogue();
  std::istringstream page(hakem_->Page("/metrics"));
  std::size_t families = 0;
  for (std::string line; std::getline(page, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string kind;
    std::string name;
    std::string type;
    words >> hash >> kind >> name >> type;
    if (hash != "#" || kind != "TYPE") {
      continue;
    }
    ++families;
    const bool is_composed = type == "histogram" || type == "summary";
    const ruletools::KnownMetric* known = catalogue.Find(is_composed ? name + "_count" : name);
    ASSERT_NE(known, nullptr) << name;
    if (!is_composed) {
      EXPECT_EQ(ToString(known->type), type) << name;
    }
  }
  EXPECT_GT(families, 100U);
}

TEST_F(RuleToolsOfAProgram, ExplainARule) {
  const ProgramRun run = RunHakem({"explain", "rule", "Slow", "--server", hakem_->url()});
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("alert Slow (group \"g\" of "));
  EXPECT_THAT(run.output, HasSubstr("  pg_up: 1 series, last samples "));
  EXPECT_THAT(run.output, HasSubstr("  hakem_nothing: no series; none within a day\n"));
  EXPECT_THAT(run.output, HasSubstr(": 1 on the left, 0 on the right, 0 in the result\n"));
  const ProgramRun typo = RunHakem({"explain", "rule", "Slw", "--server", hakem_->url()});
  EXPECT_EQ(typo.status, 2);
  EXPECT_THAT(typo.errors, HasSubstr("has no rule \"Slw\", did you mean \"Slow\"?"));
}

TEST_F(RuleToolsOfAProgram, CheckRulesWithWhatAServerHas) {
  std::ofstream(folder_ / "check.yml")
      << "groups:\n- name: g\n  rules:\n  - {record: x, expr: 'pg_up{custom_label=\"a\"}'}\n";
  const ProgramRun run =
      RunHakem({"check", "rules", "--server", hakem_->url(), folder_ / "check.yml"});
  EXPECT_EQ(run.status, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("metric \"pg_up\" has no label \"custom_label\""));
}

TEST_F(RuleToolsOfAProgram, BacktestOverTheKeptHistory) {
  ProgramRun run;
  const bool found = Eventually(seconds(40), [&] {
    run = RunHakem({"backtest", folder_ / "rules.yml", "--state.directory", folder_ / "state"});
    return run.output.find("DatabaseUp (group \"g\") fires 1 time,") != std::string::npos;
  });
  EXPECT_TRUE(found) << run.output << run.errors;
  EXPECT_THAT(run.output, HasSubstr("still firing after "));
}

}  // namespace
}  // namespace hakem
