// promtool 3.5 finds what the rows of tests/ruletools/testdata say. The unit tests of the commands
// `check rules` and `test rules` (tests/cli/rules) give the same rows to Hakem. The promtool is
// that of the folder $HAKEM_ORACLE_TREE; an older one than 3.5 is not compared.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iostream>

#include "tests/support/alerting/rule_tool_cases.h"
#include "tests/support/programs/promtool.h"
#include "tests/support/programs/shell.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using testing::HasSubstr;

std::string VerdictOf(int status) {
  return status == 0 ? "clean" : status == 3 ? "lint" : "broken";
}

TEST(RuleTools, CheckRulesAsTheRowsSay) {
  const Promtool promtool = FindPromtool();
  if (!promtool.is_new) {
    GTEST_SKIP() << promtool.path << " is older than 3.5";
  }
  const ScratchFolder folder;
  std::size_t broken = 0;
  for (const RuleFileCase& row : ReadRuleFileCases()) {
    SCOPED_TRACE(row.name);
    std::ofstream(folder / "rules.yml") << row.text;
    const ShellOutput output =
        RunShell(fmt::format("{} check rules --lint-fatal {} 2>&1", ShellWord(promtool.path),
                             ShellWord(folder / "rules.yml")));
    EXPECT_EQ(VerdictOf(output.status), row.verdict) << output.text;
    for (const std::string& message : row.promtool) {
      EXPECT_THAT(output.text, HasSubstr(message));
    }
    broken += row.verdict == "broken" ? 1U : 0U;
  }
  EXPECT_GE(broken, 40U);
  std::cout << broken << " broken files compared with " << promtool.path << "\n";
}

TEST(RuleTools, TestRulesAsTheRowsSay) {
  const Promtool promtool = FindPromtool();
  if (!promtool.is_new) {
    GTEST_SKIP() << promtool.path << " is older than 3.5";
  }
  const ScratchFolder folder;
  const std::vector<TestFileCase> rows = ReadTestFileCases();
  ASSERT_GE(rows.size(), 70U);
  for (const TestFileCase& row : rows) {
    SCOPED_TRACE(row.name);
    std::ofstream(folder / "rules.yml") << row.rules;
    std::ofstream(folder / "test.yml") << row.test;
    std::string command =
        fmt::format("cd {} && {} test rules", ShellWord(folder.path()), ShellWord(promtool.path));
    for (const std::string& argument : row.arguments) {
      command += " " + ShellWord(argument);
    }
    const ShellOutput output = RunShell(command + " test.yml 2>&1");
    EXPECT_EQ(output.status, row.passes ? 0 : 1) << output.text;
    for (const std::string& message : row.promtool) {
      EXPECT_THAT(output.text, HasSubstr(message));
    }
  }
  std::cout << rows.size() << " test files compared with " << promtool.path << "\n";
}

}  // namespace
}  // namespace hakem
