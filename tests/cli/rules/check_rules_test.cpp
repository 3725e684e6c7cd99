// `hakem check rules` finds what the rows of tests/ruletools/testdata/rule_files.yml say. The
// integration test rule_tools_test gives the same rows to promtool 3.5.

#include <gmock/gmock.h>

#include <fstream>

#include "tests/support/alerting/command_run.h"
#include "tests/support/alerting/rule_tool_cases.h"
#include "tests/support/scratch_folder.h"

namespace hakem::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string VerdictOf(int status) {
  return status == 0 ? "clean" : status == 3 ? "lint" : "broken";
}

class CheckRules : public testing::Test {
 protected:
  std::string Write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  const ScratchFolder folder_;
};

TEST_F(CheckRules, AgreesWithPromtool) {
  std::size_t broken = 0;
  for (const RuleFileCase& row : ReadRuleFileCases()) {
    SCOPED_TRACE(row.name);
    const CommandRun run = RunCommand(
        {"check", "rules", "--syntax-only", "--lint-fatal", Write("rules.yml", row.text)});
    EXPECT_EQ(VerdictOf(run.status), row.hakem_verdict) << run.output << run.errors;
    EXPECT_EQ(row.hakem.empty(), row.hakem_verdict == "clean") << run.output;
    for (const std::string& message : row.hakem) {
      EXPECT_THAT(run.output, HasSubstr(message));
    }
    broken += row.verdict == "broken" ? 1U : 0U;
  }
  EXPECT_GE(broken, 40U);
}

constexpr std::string_view kWithHints =
    "groups:\n"
    "- name: g\n"
    "  rules:\n"
    "  - alert: A\n"
    "    expr: game_active_gamez > 5\n"
    "    for: 1m\n"
    "  - alert: A\n"
    "    expr: node_load1 > 5\n"
    "    for: 1m\n";

TEST_F(CheckRules, PrintsHintsAndSucceeds) {
  const CommandRun run = RunCommand({"check", "rules", Write("rules.yml", kWithHints)});
  EXPECT_EQ(run.status, 0);
  EXPECT_THAT(run.output, HasSubstr("rules.yml: SUCCESS: 2 rules found, 2 hints\n"));
  EXPECT_THAT(run.output, HasSubstr("rules.yml:5:11: group \"g\", rule 1, \"A\": nobody exports a "
                                    "metric \"game_active_gamez\", did you mean "
                                    "\"game_active_games\"?\n"));
  EXPECT_THAT(run.output, Not(HasSubstr("node_load1")));
}

TEST_F(CheckRules, CanMakeHintsFatal) {
  const std::string file = Write("rules.yml", kWithHints);
  EXPECT_EQ(RunCommand({"check", "rules", "--lint-fatal", file}).status, 3);
  EXPECT_EQ(RunCommand({"check", "rules", "--lint-fatal", "--lint", "none", file}).status, 0);
  const CommandRun run =
      RunCommand({"check", "rules", "--lint-fatal", "--lint", "duplicate-rules", file});
  EXPECT_EQ(run.status, 3);
  EXPECT_THAT(run.output, HasSubstr("1 hint\n"));
}

TEST_F(CheckRules, KnowsWhatOtherFilesRecord) {
  const std::string uses = Write(
      "uses.yml", "groups:\n- name: g\n  rules:\n  - {alert: A, expr: game_x > 5, for: 1m}\n");
  const std::string records = Write(
      "records.yml", "groups:\n- name: g\n  rules:\n  - {record: game_x, expr: sum(pg_up)}\n");
  EXPECT_THAT(RunCommand({"check", "rules", uses}).output, HasSubstr("nobody exports"));
  EXPECT_THAT(RunCommand({"check", "rules", uses, records}).output,
              Not(HasSubstr("nobody exports")));
}

TEST_F(CheckRules, GoesOnAfterABrokenFile) {
  const std::string broken = Write("broken.yml", "groups: 5\n");
  const std::string good = Write("good.yml", "groups: []\n");
  const CommandRun run = RunCommand({"check", "rules", broken, folder_ / "none.yml", good});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("broken.yml: FAILED\n"));
  EXPECT_THAT(run.output, HasSubstr("good.yml: SUCCESS: 0 rules found\n"));
  EXPECT_THAT(run.output, HasSubstr("cannot read " + (folder_ / "none.yml")));
}

TEST_F(CheckRules, WritesJson) {
  const CommandRun run =
      RunCommand({"check", "rules", "--format", "json", Write("rules.yml", kWithHints)});
  EXPECT_THAT(run.output, HasSubstr("\"rules\": 2"));
  EXPECT_THAT(run.output, HasSubstr("\"errors\": []"));
  EXPECT_THAT(run.output, HasSubstr("\"place\": \"" + (folder_ / "rules.yml") + ":5:11\""));
}

TEST_F(CheckRules, NeedsTheServerThatIsNamed) {
  EXPECT_EQ(RunCommand({"check", "rules", "--server", "http://127.0.0.1:1",
                        Write("rules.yml", "groups: []\n")})
                .status,
            3);
}

}  // namespace
}  // namespace hakem::cli
