#include "tests/support/alerting/rule_tool_cases.h"

#include <gmock/gmock.h>

#include "model/read_file.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "yaml/map_reader.h"

namespace hakem {
namespace {

/// Calls `read` with each row of the file, and fails the test if the file is not as expected.
void ReadCases(std::string_view file, const std::function<void(yaml::MapReader&)>& read) {
  const auto text = ReadFile(SourcePath(file));
  ASSERT_THAT(text, IsOk());
  const auto root = yaml::Node::Parse(*text, file);
  ASSERT_THAT(root, IsOk());
  yaml::MapReader reader(*root);
  reader.Maps("cases", read);
  ASSERT_THAT(reader.Finish(), IsOk());
}

}  // namespace

std::vector<RuleFileCase> ReadRuleFileCases() {
  std::vector<RuleFileCase> cases;
  ReadCases("tests/ruletools/testdata/rule_files.yml", [&](yaml::MapReader& reader) {
    RuleFileCase& row = cases.emplace_back();
    std::string differs;
    reader.Text("name", row.name);
    reader.Text("text", row.text);
    reader.Text("verdict", row.verdict);
    row.hakem_verdict = row.verdict;
    reader.Text("differs", differs);
    reader.Text("hakem_verdict", row.hakem_verdict);
    reader.Texts("promtool", row.promtool);
    reader.Texts("hakem", row.hakem);
    EXPECT_EQ(differs.empty(), row.hakem_verdict == row.verdict) << row.name;
  });
  return cases;
}

std::vector<TestFileCase> ReadTestFileCases() {
  std::vector<TestFileCase> cases;
  ReadCases("tests/ruletools/testdata/test_files.yml", [&](yaml::MapReader& reader) {
    TestFileCase& row = cases.emplace_back();
    reader.Text("name", row.name);
    reader.Boolean("passes", row.passes);
    reader.Texts("arguments", row.arguments);
    reader.Text("rules", row.rules);
    reader.Text("test", row.test);
    reader.Texts("promtool", row.promtool);
    reader.Texts("hakem", row.hakem);
  });
  return cases;
}

}  // namespace hakem
