#include "rules/files/rule_settings.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kFile = R"(
groups:
  - {name: alerts, rules: [{alert: A, expr: up}]}
  - {name: own, interval: 30s, query_offset: 0s, rules: [{alert: B, expr: up}]}
  - {name: records, rules: [{alert: C, expr: up}, {record: 'd:up', expr: up}]}
)";

Result<std::vector<RuleGroup>> Apply(const RuleSettings& settings) {
  auto groups = ParseRuleFile(kFile, "a.yml");
  EXPECT_THAT(groups, IsOk());
  return ApplySettings(*std::move(groups), settings, seconds(5));
}

std::vector<std::optional<Duration>> Intervals(const RuleSettings& settings) {
  std::vector<std::optional<Duration>> intervals;
  const auto groups = Apply(settings);
  EXPECT_THAT(groups, IsOk());
  for (const RuleGroup& group : *groups) {
    intervals.push_back(group.interval);
  }
  return intervals;
}

TEST(RuleSettings, GiveOnlyGroupsThatRecordAScheduleByDefault) {
  EXPECT_THAT(Intervals({}), ElementsAre(std::nullopt, seconds(30), seconds(5)));
  EXPECT_THAT(Intervals({.interval = seconds(20)}),
              ElementsAre(std::nullopt, seconds(30), seconds(20)));
}

TEST(RuleSettings, GiveAllGroupsAScheduleWhenAligned) {
  EXPECT_THAT(Intervals({.evaluation = EvaluationMode::kAligned}),
              ElementsAre(minutes(1), seconds(30), minutes(1)));
  EXPECT_THAT(Intervals({.evaluation = EvaluationMode::kAligned, .interval = seconds(20)}),
              ElementsAre(seconds(20), seconds(30), seconds(20)));
}

TEST(RuleSettings, GiveAQueryOffsetToGroupsWithoutOne) {
  const auto groups = Apply({.query_offset = seconds(7)});
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->at(0).query_offset, seconds(7));
  EXPECT_EQ(groups->at(1).query_offset, seconds(0)) << "its own";
}

TEST(RuleSettings, GiveExternalLabelsToAllGroups) {
  const auto groups = Apply({.external_labels = Labels{{"zone", "z1"}}});
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->at(0).external_labels, (Labels{{"zone", "z1"}}));
  EXPECT_EQ(groups->at(2).external_labels, (Labels{{"zone", "z1"}}));
}

TEST(RuleSettings, LeaveOutDisabledRules) {
  const auto groups = Apply({.disabled = {"A", "d:up"}});
  ASSERT_THAT(groups, IsOk());
  EXPECT_THAT(groups->at(0).rules, IsEmpty());
  ASSERT_EQ(groups->at(2).rules.size(), 1U);
  EXPECT_EQ(NameOf(groups->at(2).rules.at(0)), "C");
  EXPECT_EQ(groups->at(2).interval, std::nullopt) << "it no longer records anything";
}

TEST(RuleSettings, RefuseToDisableWhatDoesNotExist) {
  EXPECT_THAT(Apply({.disabled = {"A", "d:upp"}}),
              HasMessage("rules.disable: no rule is called \"d:upp\", did you mean \"d:up\"?"));
}

}  // namespace
}  // namespace hakem::rules
