#include "rules/files/rule_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/files/definitions.h"
#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// `name=template` of each.
std::vector<std::string> Sources(const std::vector<NamedTemplate>& templates) {
  std::vector<std::string> sources;
  for (const NamedTemplate& named : templates) {
    sources.push_back(named.name + "=" + named.text.source());
  }
  return sources;
}

TEST(RuleFile, ReadsAllKeysOfAnAlertingRule) {
  const auto groups = ParseRuleFile(R"(
groups:
  - name: game
    interval: 1m30s
    limit: 20
    labels: {team: games, severity: none}
    rules:
      - alert: Busy
        expr: games > 200
        for: 30s
        keep_firing_for: 5m
        labels: {severity: warning}
        annotations:
          summary: '{{ $labels.game }} has {{ $value }} games'
          note: # nothing
)",
                                    "a.yml");
  ASSERT_THAT(groups, IsOk());
  ASSERT_EQ(groups->size(), 1U);
  const RuleGroup& group = groups->front();
  EXPECT_EQ(group.file, "a.yml");
  EXPECT_EQ(group.name, "game");
  EXPECT_EQ(group.interval, std::chrono::seconds(90));
  EXPECT_EQ(group.limit, 20);
  ASSERT_EQ(group.rules.size(), 1U);
  const auto& rule = std::get<AlertRule>(group.rules.front());
  EXPECT_EQ(rule.name, "Busy");
  EXPECT_EQ(rule.query, "games > 200");
  EXPECT_NE(rule.expr, nullptr);
  EXPECT_EQ(rule.policy.hold, std::chrono::seconds(30));
  EXPECT_EQ(rule.policy.keep_firing_for, std::chrono::minutes(5));
  EXPECT_EQ(rule.policy.limit, 20);
  EXPECT_THAT(Sources(rule.labels), ElementsAre("severity=warning", "team=games"));
  EXPECT_THAT(Sources(rule.annotations),
              ElementsAre("note=", "summary={{ $labels.game }} has {{ $value }} games"));
}

TEST(RuleFile, ReadsAllKeysOfARecordingRule) {
  const auto groups = ParseRuleFile(R"(
groups:
  - name: game
    query_offset: 30s
    limit: 20
    labels: {team: games, unit: none}
    rules:
      - record: game:games:sum
        expr: SUM(games)
        labels: {unit: games, empty: }
        for: 0s
        annotations: {}
)",
                                    "a.yml");
  ASSERT_THAT(groups, IsOk());
  const RuleGroup& group = groups->front();
  EXPECT_EQ(group.query_offset, std::chrono::seconds(30));
  ASSERT_EQ(group.rules.size(), 1U);
  EXPECT_EQ(NameOf(group.rules.front()), "game:games:sum");
  const auto& rule = std::get<RecordingRule>(group.rules.front());
  EXPECT_EQ(rule.query, "sum(games)");
  EXPECT_NE(rule.expr, nullptr);
  EXPECT_EQ(rule.limit, 20);
  EXPECT_THAT(rule.labels,
              ElementsAre(Label{"empty", ""}, Label{"team", "games"}, Label{"unit", "games"}));
}

TEST(RuleFile, KeepsTheOrderOfRules) {
  const auto groups = ParseRuleFile(
      "groups: [{name: a, rules: [{record: r, expr: up}, {alert: A, expr: r}, "
      "{record: 's{}', expr: up}]}]",
      "a.yml");
  EXPECT_THAT(groups, HasMessage(HasSubstr("group \"a\", rule 3, \"s{}\"")));
  const auto fine = ParseRuleFile(
      "groups: [{name: a, rules: [{record: r, expr: up}, {alert: A, expr: r}]}]", "a.yml");
  ASSERT_THAT(fine, IsOk());
  EXPECT_EQ(NameOf(fine->front().rules.at(0)), "r");
  EXPECT_EQ(NameOf(fine->front().rules.at(1)), "A");
}

TEST(RuleFile, KnowsWhetherAQueryOffsetIsGiven) {
  const auto groups = ParseRuleFile("groups: [{name: a}, {name: b, query_offset: 0s}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->at(0).query_offset, std::nullopt);
  EXPECT_EQ(groups->at(1).query_offset, std::chrono::seconds(0));
}

TEST(RuleFile, AcceptsANegativeLimitAsPrometheusDoes) {
  const auto groups = ParseRuleFile("groups: [{name: a, limit: -1}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->front().limit, -1);
}

TEST(RuleFile, ReadsALimitAsPrometheusDoes) {
  const std::pair<std::string_view, std::int64_t> limits[] = {
      {"3", 3},   {"0x10", 16}, {"010", 8},   {"0b11", 3}, {"1_000", 1000}, {"+5", 5},
      {"3.0", 3}, {"3.5", 3},   {"1e2", 100}, {"-3", -3},  {"~", 0}};
  for (const auto& [text, expected] : limits) {
    const auto groups =
        ParseRuleFile(fmt::format("groups: [{{name: a, limit: {}}}]", text), "a.yml");
    ASSERT_THAT(groups, IsOk()) << text;
    EXPECT_EQ(groups->front().limit, expected) << text;
  }
}

TEST(RuleFile, KeepsMistakesInTheLabelsOfGroupsAsPrometheusDoes) {
  const auto groups = ParseRuleFile(R"(
groups:
  - name: g
    labels: {a: '{{ $labels.x ', b: '{{ end }}'}
    rules:
      - {alert: A, expr: up, labels: {b: fine}}
      - {record: r, expr: up}
)",
                                    "a.yml");
  ASSERT_THAT(groups, IsOk());
  const auto& alert = std::get<AlertRule>(groups->front().rules.at(0));
  EXPECT_THAT(Sources(alert.labels), ElementsAre("a={{ $labels.x ", "b=fine"));
  EXPECT_NE(alert.labels[0].text.mistake(), nullptr);
  EXPECT_EQ(alert.labels[1].text.mistake(), nullptr);
  EXPECT_THAT(std::get<RecordingRule>(groups->front().rules.at(1)).labels,
              ElementsAre(Label{"a", "{{ $labels.x "}, Label{"b", "{{ end }}"}));
}

TEST(RuleFile, AcceptsNamesInUtf8) {
  const auto groups = ParseRuleFile(
      "groups: [{name: a, rules: [{record: 'بازی a-b', expr: up, labels: {a-b: x, 'میز': y}}, "
      "{alert: A, expr: up, labels: {a.b: x}, annotations: {a-b: x, __name__: y}}]}]",
      "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(NameOf(groups->front().rules.at(0)), "بازی a-b");
  EXPECT_THAT(std::get<RecordingRule>(groups->front().rules.at(0)).labels,
              ElementsAre(Label{"a-b", "x"}, Label{"میز", "y"}));
  EXPECT_THAT(Sources(std::get<AlertRule>(groups->front().rules.at(1)).labels),
              ElementsAre("a.b=x"));
}

TEST(RuleFile, ReadsOnlyTheFirstDocument) {
  const auto groups = ParseRuleFile("groups: [{name: a}]\n---\nnonsense: 1\n", "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->size(), 1U);
}

TEST(RuleFile, KeepsExpressionsInCanonicalForm) {
  const auto groups = ParseRuleFile(
      "groups: [{name: a, rules: [{alert: A, expr: 'SUM(x{b=\"1\",a=\"2\"})BY(c)>BOOL 1'}]}]",
      "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(std::get<AlertRule>(groups->at(0).rules.at(0)).query,
            "sum by (c) (x{a=\"2\",b=\"1\"}) > bool 1");
}

TEST(RuleFile, LeavesTheIntervalEmptyIfNoneIsGiven) {
  const auto groups = ParseRuleFile("groups: [{name: a}, {name: b, interval: 0s}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(groups->at(0).interval, std::nullopt);
  EXPECT_EQ(groups->at(1).interval, std::nullopt);
}

TEST(RuleFile, MayBeEmpty) {
  EXPECT_THAT(ParseRuleFile("", "a.yml"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(ParseRuleFile("groups:\n", "a.yml"), IsOkAndHolds(IsEmpty()));
}

TEST(RuleFile, ReadsTheShippedRules) {
  const ShippedRuleFile gaming = ShippedRuleFiles()[0];
  const auto groups = ParseRuleFile(gaming.yaml, gaming.file);
  ASSERT_THAT(groups, IsOk());
  ASSERT_EQ(groups->size(), 1U);
  std::vector<std::string> alerts;
  for (const Rule& each : groups->front().rules) {
    const auto& rule = std::get<AlertRule>(each);
    alerts.push_back(rule.name + " " + Sources(rule.labels).front());
    EXPECT_EQ(rule.annotations.size(), 3U);
  }
  EXPECT_THAT(
      alerts,
      ElementsAre("ManyActiveGames severity=warning", "ManyOnlinePlayers severity=warning",
                  "LongRunningGame severity=warning", "LowActivity severity=critical",
                  "VeryHighActivity severity=warning", "MatchmakingStarved severity=warning",
                  "AbandonedGamesSurge severity=warning", "DisconnectionSurge severity=warning",
                  "SlowMoveResponse severity=warning", "GamesNotStarting severity=critical",
                  "PlayersWithoutGames severity=critical", "UnusualGameDuration severity=info"));
}

struct Mistake {
  std::string name;
  std::string yaml;
  std::string message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.name;
}

class MistakenRuleFile : public ::testing::TestWithParam<Mistake> {};

TEST_P(MistakenRuleFile, IsReportedWithItsPosition) {
  EXPECT_THAT(ParseRuleFile(GetParam().yaml, "a.yml"), HasMessage(GetParam().message));
}

/// A file of one group `g` with one rule, whose lines begin in column 7 of line 4.
std::string WithRule(std::string_view rule) {
  return "groups:\n  - name: g\n    rules:\n    - " + std::string(rule) + "\n";
}

INSTANTIATE_TEST_SUITE_P(
    RuleFile, MistakenRuleFile,
    ::testing::Values(
        Mistake{"KeyOfTheFile", "group: []",
                "a.yml:1:1: unknown key \"group\", did you mean \"groups\"?"},
        Mistake{"KeyOfAGroup", "groups:\n- name: g\n  intervall: 1m",
                "a.yml:3:3: unknown key \"intervall\", did you mean \"interval\"?"},
        Mistake{"KeyOfARule", WithRule("{alert: A, exprr: up}"),
                "a.yml:4:18: unknown key \"exprr\", did you mean \"expr\"?"},
        Mistake{"KeyTwice", WithRule("{alert: A, expr: up, expr: up}"),
                "a.yml:4:28: the key \"expr\" is given twice, first at a.yml:4:18"},
        Mistake{"NotAList", "groups: {name: g}", "a.yml:1:9: expected a list"},
        Mistake{"GroupWithoutName", "groups: [{rules: []}]",
                "a.yml:1:10: group \"\": a group needs a name"},
        Mistake{"GroupTwice", "groups:\n- name: g\n- name: g",
                "a.yml:3:9: this file has two groups called \"g\""},
        Mistake{"Duration", WithRule("{alert: A, expr: up, for: 5 min}"),
                "a.yml:4:33: \"5 min\" is not a duration: write 30s, 5m or 1h30m"},
        Mistake{"Limit", "groups: [{name: g, limit: many}]",
                "a.yml:1:27: \"many\" is not a whole number"},
        Mistake{"QueryOffset", "groups: [{name: g, query_offset: soon}]",
                "a.yml:1:34: \"soon\" is not a duration: write 30s, 5m or 1h30m"},
        Mistake{"Record", WithRule("{record: 'a{b=\"c\"}', expr: up}"),
                "a.yml:4:16: group \"g\", rule 1, \"a{b=\"c\"}\": the name of a recording rule "
                "cannot have braces"},
        Mistake{"RecordWithFor", WithRule("{record: 'a:b', expr: up, for: 1m}"),
                "a.yml:4:38: group \"g\", rule 1, \"a:b\": a recording rule has no \"for\""},
        Mistake{"RecordWithKeepFiringFor",
                WithRule("{record: 'a:b', expr: up, keep_firing_for: 1m}"),
                "a.yml:4:50: group \"g\", rule 1, \"a:b\": a recording rule has no "
                "\"keep_firing_for\""},
        Mistake{"RecordWithAnnotations", WithRule("{record: 'a:b', expr: up, annotations: {a: b}}"),
                "a.yml:4:46: group \"g\", rule 1, \"a:b\": a recording rule has no "
                "\"annotations\""},
        Mistake{"RecordWithoutExpression", WithRule("{record: 'a:b'}"),
                "a.yml:4:7: group \"g\", rule 1, \"a:b\": a rule needs an expression under "
                "\"expr\""},
        Mistake{"LabelOfARecord", WithRule("{record: r, expr: up, labels: {__name__: x}}"),
                "a.yml:4:38: group \"g\", rule 1, \"r\": \"__name__\" cannot be the name of a "
                "label"},
        Mistake{
            "RecordAndAlert", WithRule("{record: r, alert: A, expr: up}"),
            "a.yml:4:16: group \"g\", rule 1, \"A\": a rule has \"record\" or \"alert\", not both"},
        Mistake{"NoAlert", WithRule("{expr: up}"),
                "a.yml:4:7: group \"g\", rule 1, \"\": a rule needs a name under "
                "\"alert\" or \"record\""},
        Mistake{"NoExpression", WithRule("{alert: A}"),
                "a.yml:4:7: group \"g\", rule 1, \"A\": a rule needs an expression under \"expr\""},
        Mistake{"SecondRule",
                "groups:\n- name: g\n  rules:\n  - {alert: A, expr: up}\n  - {alert: B}",
                "a.yml:5:5: group \"g\", rule 2, \"B\": a rule needs an expression under \"expr\""},
        Mistake{"LabelName", WithRule("{alert: A, expr: up, labels: {'': x}}"),
                "a.yml:4:37: group \"g\", rule 1, \"A\": \"\" cannot be the name of a label"},
        Mistake{"AnnotationName", WithRule("{alert: A, expr: up, annotations: {'': x}}"),
                "a.yml:4:42: group \"g\", rule 1, \"A\": \"\" cannot be the name of "
                "an annotation"},
        Mistake{
            "MetricNameAsLabel", WithRule("{alert: A, expr: up, labels: {__name__: x}}"),
            "a.yml:4:37: group \"g\", rule 1, \"A\": \"__name__\" cannot be the name of a label"},
        Mistake{"AnnotationsNoMap", WithRule("{alert: A, expr: up, annotations: [a]}"),
                "a.yml:4:41: group \"g\", rule 1, \"A\": expected a map of keys and values"},
        Mistake{"Template",
                WithRule("{alert: A, expr: up, annotations: {s: '{{ humanise $value }}'}}"),
                "a.yml:4:45: group \"g\", rule 1, \"A\": annotation \"s\" 1:4: function "
                "\"humanise\" not defined, did you mean \"humanize\"?"},
        Mistake{
            "LimitInQuotes", "groups: [{name: g, limit: '3'}]",
            "a.yml:1:27: \"3\" is text, because it is in quotes: write the number without them"},
        Mistake{"LimitTooLarge", "groups: [{name: g, limit: 99999999999999999999}]",
                "a.yml:1:27: \"99999999999999999999\" is not a whole number"},
        Mistake{"LimitNotANumber", "groups: [{name: g, limit: true}]",
                "a.yml:1:27: \"true\" is not a whole number"}),
    [](const auto& row) { return row.param.name; });

/// A file with a group whose label has so many bytes, and with so many rules of both kinds.
std::string FileWithALabel(std::size_t bytes, std::size_t rules) {
  std::string file =
      "groups:\n- name: g\n  labels: {x: \"" + std::string(bytes, 'x') + "\"}\n  rules:\n";
  for (std::size_t i = 0; i < rules; ++i) {
    file += i % 2 == 0 ? "  - {alert: A, expr: '1'}\n" : "  - {record: r, expr: '1'}\n";
  }
  return file;
}

TEST(RuleFile, SharesTheLabelsOfAGroupAmongItsRules) {
  const auto groups = ParseRuleFile(FileWithALabel(1'000, 3), "a.yml");
  ASSERT_THAT(groups, IsOk());
  const std::vector<Rule>& rules = groups->front().rules;
  EXPECT_EQ(&std::get<AlertRule>(rules[0]).labels.front().text.source(),
            &std::get<AlertRule>(rules[2]).labels.front().text.source());
}

TEST(RuleFile, RefusesGroupLabelsThatWouldFillTheMemory) {
  EXPECT_THAT(ParseRuleFile(FileWithALabel(1'000'000, 60), "a.yml"), IsOk());
  EXPECT_THAT(
      ParseRuleFile(FileWithALabel(1'000'000, 70), "a.yml"),
      HasMessage("a.yml:72:5: the rules have more than 67108864 bytes; the labels of a group and "
                 "what aliases refer to count for each rule"));
  EXPECT_EQ(CheckRuleFile(FileWithALabel(1'000'000, 70), "a.yml", {}).errors.size(), 1U);
}

TEST(RuleFile, RefusesAliasesThatWouldFillTheMemory) {
  std::string file =
      "groups:\n- name: g\n  rules:\n  - {alert: A, expr: '1', annotations: &a {s: '" +
      std::string(1'000'000, 'x') + "'}}\n";
  for (int i = 0; i < 70; ++i) {
    file += "  - {alert: A, expr: '1', annotations: *a}\n";
  }
  EXPECT_THAT(ParseRuleFile(file, "a.yml"),
              HasMessage(HasSubstr("the rules have more than 67108864 bytes")));
}

TEST(RuleFile, LoadsManyRulesWithOrdinaryGroupLabels) {
  EXPECT_THAT(ParseRuleFile(FileWithALabel(1'000, 10'000), "a.yml"), IsOk());
}

TEST(RuleFile, ReportsThePositionOfAnErrorInAnExpression) {
  EXPECT_THAT(ParseRuleFile(WithRule("{alert: A, expr: up >}"), "a.yml"),
              HasMessage(HasSubstr("a.yml:4:24: group \"g\", rule 1, \"A\": expression 1:")));
}

TEST(RuleFile, ReportsEveryErrorToACheck) {
  const CheckedRuleFile checked = CheckRuleFile(R"(groups:
  - name: g
    interval: often
    rules:
      - alert: A
        expr: up ==
        for: soon
        annotations: {a: '{{ x }}', b: '{{ y }}'}
      - record: b
        expr: up
)",
                                                "r.yml");
  std::vector<std::string> messages;
  for (const Error& error : checked.errors) {
    messages.push_back(error.message);
  }
  EXPECT_THAT(messages,
              ElementsAre(testing::StartsWith("r.yml:3:15: "), testing::StartsWith("r.yml:7:14: "),
                          HasSubstr("annotation \"a\" 1:"), HasSubstr("annotation \"b\" 1:"),
                          testing::StartsWith("r.yml:6:15: group \"g\", rule 1, \"A\": expression "
                                              "1:6: parse error")));
  ASSERT_EQ(checked.groups.size(), 1U);
  EXPECT_EQ(checked.groups[0].rules.size(), 2U);
}

TEST(RuleFile, KnowsWhereAnExpressionStandsAndWhetherThereIsAFor) {
  const auto groups = ParseRuleFile(
      "groups: [{name: g, rules: [{alert: A, expr: up, for: 0s}, {alert: B, expr: up}]}]", "r.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(std::get<AlertRule>(groups->front().rules[0]).place, "r.yml:1:45");
  EXPECT_TRUE(std::get<AlertRule>(groups->front().rules[0]).has_hold);
  EXPECT_FALSE(std::get<AlertRule>(groups->front().rules[1]).has_hold);
}

}  // namespace
}  // namespace hakem::rules
