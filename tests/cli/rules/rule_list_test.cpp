#include "cli/rules/rule_list.h"

#include <gmock/gmock.h>

#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

constexpr std::string_view kAnswer = R"({"status": "success", "data": {"groups": [
  {"name": "g", "file": "r.yml", "rules": [
    {"type": "recording", "name": "a:b", "query": "b", "health": "ok", "evaluationTime": 0.1,
     "lastEvaluation": "2026-01-01T00:00:00Z"},
    {"type": "alerting", "name": "Busy", "query": "x > 5", "duration": 300, "labels": {},
     "annotations": {}, "health": "err", "lastError": "no", "evaluationTime": 0.1,
     "lastEvaluation": "2026-01-01T00:00:01Z", "state": "pending", "alerts": [
       {"labels": {"a": "1"}, "annotations": {}, "state": "pending",
        "activeAt": "2026-01-01T00:00:01Z", "value": "6e+00"}]}]},
  {"name": "h", "file": "s.yml", "rules": []}]}})";

TEST(ReadRules, ReadsTheRulesOfAllGroups) {
  const auto rules = ReadRules(kAnswer);
  ASSERT_THAT(rules, IsOk());
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ((*rules)[0].rule.name, "a:b");
  EXPECT_EQ((*rules)[0].rule.kind, rules::RuleKind::kRecording);
  const ListedRule& busy = (*rules)[1];
  EXPECT_EQ(busy.group, "g");
  EXPECT_EQ(busy.file, "r.yml");
  EXPECT_EQ(busy.rule.query, "x > 5");
  EXPECT_EQ(busy.rule.policy.hold, std::chrono::minutes(5));
  EXPECT_EQ(busy.rule.health, rules::RuleHealth::kError);
  EXPECT_EQ(busy.rule.last_error, "no");
  ASSERT_EQ(busy.rule.alerts.size(), 1U);
  EXPECT_EQ(busy.rule.alerts[0].value, 6);
  EXPECT_EQ(busy.rule.alerts[0].labels, (Labels{{"a", "1"}}));
}

TEST(ReadRules, RefusesAnotherAnswer) {
  for (const char* json : {"", "{}", "[]", R"({"data": {"groups": [{"name": 1}]}})"}) {
    EXPECT_THAT(ReadRules(json), HasCode(ErrorCode::kUnavailable)) << json;
  }
}

}  // namespace
}  // namespace hakem::cli
