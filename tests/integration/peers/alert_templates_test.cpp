// `promtool test rules` expands the templates of tests/rules/testdata/alert_templates.yml to what
// the file says. The promtool is that of the folder $HAKEM_ORACLE_TREE, which should be
// version 3.5, or else Debian's, for the rows that are not newer.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tests/support/alerting/template_cases.h"
#include "tests/support/programs/promtool.h"
#include "tests/support/programs/shell.h"
#include "tests/support/scratch_folder.h"

namespace hakem {
namespace {

using nlohmann::json;

/// One annotation for each row: `t0`, `t1`, …
json Annotations(const std::vector<TemplateCase>& rows, std::string TemplateCase::*text) {
  json annotations = json::object();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    annotations[fmt::format("t{}", i)] = rows[i].*text;
  }
  return annotations;
}

json AsJson(const Labels& labels) {
  json object = json::object();
  for (const LabelView label : labels) {
    object[std::string(label.name)] = label.value;
  }
  return object;
}

json RuleFile(const std::vector<TemplateCase>& rows) {
  const json rule = {{"alert", kTemplateAlert},
                     {"expr", "requests"},
                     {"annotations", Annotations(rows, &TemplateCase::text)}};
  const json group = {{"name", "templates"}, {"rules", json::array({rule})}};
  return {{"groups", json::array({group})}};
}

json TestFile(const std::vector<TemplateCase>& rows) {
  json series = json::array();
  for (const auto& [labels, value] : TemplateSeriesList()) {
    series.push_back({{"series", FormatSeries(labels)}, {"values", fmt::format("{}x10", value)}});
  }
  const json alert = {{"exp_labels", AsJson(TemplateSeriesList().front().first.WithoutName())},
                      {"exp_annotations", Annotations(rows, &TemplateCase::expected)}};
  const json expectation = {{"eval_time", fmt::format("{}s", kTemplateTimeSeconds)},
                            {"alertname", kTemplateAlert},
                            {"exp_alerts", json::array({alert})}};
  const json test = {{"interval", "1m"},
                     {"input_series", series},
                     {"external_labels", AsJson(TemplateExternalLabels())},
                     {"external_url", kTemplateExternalUrl},
                     {"alert_rule_test", json::array({expectation})}};
  return {{"rule_files", json::array({"rules.yml"})},
          {"evaluation_interval", "1m"},
          {"tests", json::array({test})}};
}

TEST(AlertTemplates, ExpandInPromtoolToWhatTheRowsSay) {
  const Promtool promtool = FindPromtool();
  std::vector<TemplateCase> rows = ReadTemplateCases();
  std::erase_if(rows, [&](const TemplateCase& row) {
    return !row.differs.empty() || (row.since == "3.5" && !promtool.is_new);
  });
  ASSERT_GE(rows.size(), promtool.is_new ? 400U : 250U);
  const ScratchFolder folder;
  std::ofstream(folder / "rules.yml") << RuleFile(rows).dump(1);
  std::ofstream(folder / "test.yml") << TestFile(rows).dump(1);
  const ShellOutput output = RunShell(
      fmt::format("{} test rules {}", ShellWord(promtool.path), ShellWord(folder / "test.yml")));
  EXPECT_EQ(output.status, 0) << output.text;
  std::cout << rows.size() << " templates compared with " << promtool.path << "\n";
}

}  // namespace
}  // namespace hakem
