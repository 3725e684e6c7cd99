#include "config/rule_files.h"

#include <gmock/gmock.h>

#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "tests/support/matchers.h"
#include "tests/support/scratch_folder.h"

namespace hakem::config {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RuleFilesTest : public ::testing::Test {
 protected:
  /// Writes a file of one group; its path.
  std::string Write(const std::string& name, std::string_view rules) {
    std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << "groups: [{name: g, rules: [" << rules << "]}]\n";
    return path;
  }

  static std::vector<std::string> Files(const Config& config) {
    std::vector<std::string> files;
    const auto groups = LoadRuleFiles(config);
    EXPECT_THAT(groups, IsOk());
    for (const rules::RuleGroup& group : *groups) {
      files.push_back(group.file);
    }
    return files;
  }

  ScratchFolder folder_;
  Config config_;
};

TEST_F(RuleFilesTest, AreTheShippedOnesByDefault) {
  EXPECT_THAT(Files(config_),
              ElementsAre("rules/definitions/gaming.yml", "rules/definitions/postgresql.yml",
                          "rules/definitions/replication.yml", "rules/definitions/monitoring.yml"));
}

TEST_F(RuleFilesTest, LeadToTheRunbookThatIsConfigured) {
  const auto first_runbook = [&]() -> std::string {
    const auto groups = LoadRuleFiles(config_);
    EXPECT_THAT(groups, IsOk());
    for (const rules::NamedTemplate& annotation :
         std::get<rules::AlertRule>(groups->front().rules.front()).annotations) {
      if (annotation.name == "runbook_url") {
        return annotation.text.source();
      }
    }
    return "";
  };
  EXPECT_EQ(first_runbook(), "{{ $externalURL }}/runbook#manyactivegames");
  config_.rules.runbook_url = "https://wiki.example/runbook.html";
  EXPECT_EQ(first_runbook(), "https://wiki.example/runbook.html#manyactivegames");
  config_.rule_files = {
      Write("a.yml", "{alert: A, expr: up, annotations: {runbook_url: 'https://own'}}")};
  EXPECT_EQ(first_runbook(), "https://own");
}

TEST_F(RuleFilesTest, AreThoseThatMatchAPatternInTheOrderOfTheirNames) {
  Write("b.yml", "{alert: B, expr: up}");
  Write("a.yml", "{record: a, expr: up}");
  Write("c.yaml", "{alert: C, expr: up}");
  config_.rule_files = {folder_.path() + "/*.yml", folder_.path() + "/a.yml",
                        folder_.path() + "/missing/*.yml"};
  EXPECT_THAT(Files(config_), ElementsAre(EndsWith("/a.yml"), EndsWith("/b.yml")));
}

TEST_F(RuleFilesTest, AreAllRefusedIfOneIsBad) {
  Write("a.yml", "{alert: A, expr: up}");
  Write("b.yml", "{alert: B, expr: up >}");
  config_.rule_files = {folder_.path() + "/*.yml"};
  EXPECT_THAT(LoadRuleFiles(config_),
              HasMessage(HasSubstr("/b.yml:1:45: group \"g\", rule 1, \"B\": expression 1:")));
  config_.rule_files = {folder_.path() + "/a.yml", folder_.path() + "/none.yml"};
  EXPECT_THAT(LoadRuleFiles(config_), HasMessage(HasSubstr("none.yml")));
}

TEST_F(RuleFilesTest, GetTheSettingsOfTheConfiguration) {
  config_.rule_files = {Write("a.yml", "{alert: A, expr: up}, {record: b, expr: up}")};
  config_.collect.fast = std::chrono::seconds(2);
  const auto groups = LoadRuleFiles(config_);
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->front().interval, std::chrono::seconds(2));
  config_.rules.disabled = {"A", "b"};
  const auto without = LoadRuleFiles(config_);
  ASSERT_THAT(without, IsOk());
  EXPECT_THAT(without->front().rules, IsEmpty());
  config_.rules.disabled = {"nothing"};
  EXPECT_THAT(LoadRuleFiles(config_), HasMessage("rules.disable: no rule is called \"nothing\""));
}

}  // namespace
}  // namespace hakem::config
