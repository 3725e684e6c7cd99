// `hakem test rules` passes and fails as the rows of tests/ruletools/testdata/test_files.yml say.
// The integration test rule_tools_test gives the same rows to promtool 3.5.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "tests/support/alerting/command_run.h"
#include "tests/support/alerting/rule_tool_cases.h"
#include "tests/support/paths.h"
#include "tests/support/scratch_folder.h"

namespace hakem::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class TestRules : public testing::Test {
 protected:
  std::string Write(const std::string& name, std::string_view text) const {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  const ScratchFolder folder_;
};

TEST_F(TestRules, HaveALimitOfValuesForAllSeriesOfATest) {
  std::string test = "rule_files: [rules.yml]\ntests:\n- interval: 1m\n  input_series:\n";
  for (int i = 0; i < 300; ++i) {
    test += fmt::format("  - {{series: 'x{{a=\"{}\"}}', values: 1x1000000}}\n", i);
  }
  Write("rules.yml", "groups: []\n");
  const CommandRun run = RunCommand({"test", "rules", Write("test.yml", test)});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("test.yml:14:5: the series up to here have more than 10000000 "
                                    "values"));
}

TEST_F(TestRules, AgreeWithPromtool) {
  const std::vector<TestFileCase> rows = ReadTestFileCases();
  ASSERT_GE(rows.size(), 70U);
  for (const TestFileCase& row : rows) {
    SCOPED_TRACE(row.name);
    Write("rules.yml", row.rules);
    std::vector<std::string> words{"test", "rules", Write("test.yml", row.test)};
    words.insert(words.end(), row.arguments.begin(), row.arguments.end());
    const CommandRun run = RunCommand(words);
    EXPECT_EQ(run.status, row.passes ? 0 : 1) << run.output << run.errors;
    for (const std::string& message : row.hakem) {
      EXPECT_THAT(run.output + run.errors, HasSubstr(message));
    }
  }
}

TEST_F(TestRules, PassForTheShippedRules) {
  for (const char* name : {"engine_test", "gaming_test"}) {
    const CommandRun run =
        RunCommand({"test", "rules", SourcePath(std::string("tests/rules/") + name + ".yml")});
    EXPECT_EQ(run.status, 0) << run.output;
    EXPECT_THAT(run.output, MatchesRegex(".*: SUCCESS: [0-9]+ tests, [0-9]{2,} checks\n"));
  }
}

constexpr std::string_view kFails =
    "tests:\n"
    "- name: one <two>\n"
    "  input_series: [{series: 'x{a=\"1\"}', values: 1x5}, {series: 'x{a=\"2\"}', values: 2x5}]\n"
    "  promql_expr_test:\n"
    "  - expr: x\n"
    "    eval_time: 1m\n"
    "    exp_samples: [{labels: 'x{a=\"1\"}', value: 1}, {labels: 'x{a=\"2\"}', value: 3}]\n";

TEST_F(TestRules, ShowWhatWasExpectedAndWhatCame) {
  const CommandRun run = RunCommand({"test", "rules", Write("test.yml", kFails)});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.output, HasSubstr("test.yml:5:5: test \"one <two>\": expression \"x\" at 1m:\n"
                                    "      expected:\n"
                                    "        x{a=\"1\"} 1\n"
                                    "        x{a=\"2\"} 3\n"
                                    "      got:\n"
                                    "        x{a=\"1\"} 1\n"
                                    "        x{a=\"2\"} 2\n"));
}

TEST_F(TestRules, ShowADifference) {
  const CommandRun run = RunCommand({"test", "rules", "--diff", Write("test.yml", kFails)});
  EXPECT_THAT(run.output, HasSubstr("        x{a=\"1\"} 1\n"
                                    "      + x{a=\"2\"} 2\n"
                                    "      - x{a=\"2\"} 3\n"));
}

TEST_F(TestRules, ListWhatTheyDidForDebugging) {
  const CommandRun run = RunCommand({"test", "rules", "--debug", Write("test.yml", kFails)});
  EXPECT_THAT(run.output, HasSubstr("test \"one <two>\": 2 evaluations, 1 check, 1 failure\n"));
}

TEST_F(TestRules, WriteJunit) {
  const std::string good = Write("good.yml", "tests:\n- name: fine\n");
  const std::string broken = Write("broken.yml", "tests: 5\n");
  RunCommand(
      {"test", "rules", "--junit", folder_ / "junit.xml", Write("test.yml", kFails), good, broken});
  std::ifstream file(folder_ / "junit.xml");
  const std::string xml = (std::ostringstream() << file.rdbuf()).str();
  EXPECT_THAT(xml, HasSubstr("test.yml\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"one &lt;two&gt;\">\n      <failure>"));
  EXPECT_THAT(xml, HasSubstr("<testcase name=\"fine\"></testcase>"));
  EXPECT_THAT(xml, HasSubstr("broken.yml\" tests=\"1\" failures=\"0\" errors=\"1\""));
  EXPECT_THAT(xml, HasSubstr("expected a list</error>"));
}

TEST_F(TestRules, BeginAtTheStartTimestamp) {
  const std::string file = Write("test.yml",
                                 "tests:\n"
                                 "- start_timestamp: 2026-03-01T00:00:00Z\n"
                                 "  input_series: [{series: x, values: 7x5}]\n"
                                 "  promql_expr_test:\n"
                                 "  - expr: month() + x\n"
                                 "    eval_time: 2m\n"
                                 "    exp_samples: [{labels: '{}', value: 10}]\n"
                                 "- start_timestamp: 1000\n"
                                 "  promql_expr_test:\n"
                                 "  - expr: time()\n"
                                 "    eval_time: 2m\n"
                                 "    exp_samples: [{labels: '{}', value: 1120}]\n");
  EXPECT_EQ(RunCommand({"test", "rules", file}).output, file + ": SUCCESS: 2 tests, 2 checks\n");
}

TEST_F(TestRules, RefuseHostileFiles) {
  const std::pair<std::string, std::string> cases[] = {
      {"tests:\n- input_series: [{series: x, values: 1x99999999999}]\n",
       "more than 1100000 values"},
      {"evaluation_interval: 1ms\ntests:\n- promql_expr_test: [{expr: x, eval_time: 1y}]\n",
       "more than 1100000 evaluations"},
      {"tests:\n- promql_expr_test: [{expr: x, eval_time: 500y}]\n", "more than 100 years"},
      {"tests:\n- start_timestamp: 9e14\n", "the year must be from 1 to 9998"},
      {"tests:\n- input_series: [{series: x, values: '{{sum:1}}'}]\n",
       "native histograms are not supported"},
      {std::string(100'000, '['), "test.yml:1:"}};
  for (const auto& [text, said] : cases) {
    const CommandRun run = RunCommand({"test", "rules", Write("test.yml", text)});
    EXPECT_EQ(run.status, 1);
    EXPECT_THAT(run.output, HasSubstr(said));
  }
}

TEST_F(TestRules, RefuseABadExpressionOfRun) {
  const CommandRun run = RunCommand({"test", "rules", "--run", "(", Write("t.yml", "tests: []\n")});
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.errors, HasSubstr("--run: "));
}

}  // namespace
}  // namespace hakem::cli
