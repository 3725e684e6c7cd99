#include "ruletools/check/hints.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "ruletools/check/check_files.h"
#include "tests/support/matchers.h"

namespace hakem::ruletools {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Catalogue Known() {
  Catalogue catalogue;
  catalogue.Add("game_active_games", {.type = MetricType::kGauge, .labels = Names{"game"}});
  catalogue.Add("game_moves_total", {.type = MetricType::kCounter, .labels = Names{"game"}});
  catalogue.Add("game_move_seconds", {.type = MetricType::kHistogram, .labels = Names{"game"}});
  catalogue.Add("game_limit", {.type = MetricType::kGauge,
                               .labels = Names{"name"},
                               .values = {{"name", Names{"max_games", "max_moves"}}}});
  catalogue.AddPrefix("pg_settings_", {.type = MetricType::kGauge});
  catalogue.AddOwnedPrefix("game_");
  catalogue.AddOwnedPrefix("pg_");
  const std::string_view target[] = {"instance", "job"};
  catalogue.AddTargetLabels(target);
  return catalogue;
}

std::vector<std::string> HintsOf(std::string_view rules) {
  const std::string text = "groups:\n- name: g\n  rules:\n" + std::string(rules);
  const auto groups = rules::ParseRuleFile(text, "r.yml");
  EXPECT_THAT(groups, IsOk()) << text;
  std::vector<std::string> messages;
  for (const Hint& hint : FindHints(*groups, Known())) {
    messages.push_back(hint.message);
  }
  return messages;
}

/// The hints about the expression of an alert with a `for`.
std::vector<std::string> HintsOfExpr(const std::string& expr) {
  std::vector<std::string> messages =
      HintsOf("  - alert: A\n    for: 1m\n    expr: |-\n      " + expr + "\n");
  for (std::string& message : messages) {
    constexpr std::string_view kWhere = "group \"g\", rule 1, \"A\": ";
    EXPECT_THAT(message, testing::StartsWith(std::string(kWhere)));
    message.erase(0, kWhere.size());
  }
  return messages;
}

struct ExprCase {
  std::string expr;
  std::string hint;  ///< "": there is none.
};

class HintsAboutExpressions : public testing::TestWithParam<ExprCase> {};

TEST_P(HintsAboutExpressions, AreAsExpected) {
  const ExprCase& row = GetParam();
  if (row.hint.empty()) {
    EXPECT_THAT(HintsOfExpr(row.expr), IsEmpty()) << row.expr;
  } else {
    EXPECT_THAT(HintsOfExpr(row.expr), ElementsAre(row.hint)) << row.expr;
  }
}

constexpr const char* kNever = "the alert can never fire: ";

INSTANTIATE_TEST_SUITE_P(
    Names, HintsAboutExpressions,
    testing::Values(
        ExprCase{"game_active_games > 5", ""}, ExprCase{"node_load1 > 5", ""},
        ExprCase{"pg_settings_max_connections > 5", ""}, ExprCase{"ALERTS{x=\"y\"} > 0", ""},
        ExprCase{"game_activ_games > 5",
                 "nobody exports a metric \"game_activ_games\", did you mean "
                 "\"game_active_games\"?"},
        ExprCase{"{__name__=\"pg_nothing_like_it\"} > 5",
                 "nobody exports a metric \"pg_nothing_like_it\""},
        ExprCase{"game_active_games{gmae=\"hokm\"} > 5",
                 "metric \"game_active_games\" has no label \"gmae\", did you mean \"game\"?"},
        ExprCase{"game_active_games{other=\"\", job=\"x\", instance!=\"y\"} > 5", ""},
        ExprCase{"game_active_games{other!=\"x\"} > 5", ""},
        ExprCase{"game_limit{name=\"max_game\"} > 5",
                 "no series of \"game_limit\" has name=\"max_game\", did you mean \"max_games\"?"},
        ExprCase{"game_limit{name=~\"max.*\"} > 5", ""},
        ExprCase{"sum by (gmae) (game_active_games) > 5",
                 "\"by (gmae)\": the series cannot have a label \"gmae\", did you mean \"game\"?"},
        ExprCase{"game_active_games > on (game) game_limit",
                 "\"on (game)\": the right side cannot have a label \"game\", did you mean "
                 "\"name\"?"},
        ExprCase{"game_active_games > on (job) group_left (nam) game_limit",
                 "\"group_left (nam)\": the side of one cannot have a label \"nam\", did you mean "
                 "\"name\"?"},
        ExprCase{"sum by (x) (label_replace(game_active_games, \"x\", \"$1\", \"game\", \"(.*)\")) "
                 "> 5",
                 ""},
        ExprCase{"game_active_games unless on (a) node_load1",
                 "\"on (a)\": the left side cannot have a label \"a\""}));

INSTANTIATE_TEST_SUITE_P(
    Types, HintsAboutExpressions,
    testing::Values(
        ExprCase{"rate(game_moves_total[5m]) > 5", ""},
        ExprCase{"rate(game_move_seconds_bucket{le=\"1\"}[5m]) > 5", ""},
        ExprCase{"rate(node_load1[5m]) > 5", ""},
        ExprCase{"rate(game_active_games[5m]) > 5",
                 "rate() is for counters, but \"game_active_games\" is a gauge: use deriv()"},
        ExprCase{"increase(game_active_games[5m]) > 5",
                 "increase() is for counters, but \"game_active_games\" is a gauge: use delta()"},
        ExprCase{"delta(game_moves_total[5m]) > 5",
                 "delta() is for gauges, but \"game_moves_total\" is a counter: use increase()"},
        ExprCase{"delta(http_requests_total[5m]) > 5",
                 "delta() is for gauges, but \"http_requests_total\" is a counter: use "
                 "increase()"}));

INSTANTIATE_TEST_SUITE_P(
    Values, HintsAboutExpressions,
    testing::Values(
        ExprCase{"count(node_load1) == 0", std::string(kNever) +
                                               "\"count(node_load1) == 0\" never has a result: "
                                               "\"count(node_load1)\" is at least 1"},
        ExprCase{"absent(node_load1) == 0", std::string(kNever) +
                                                "\"absent(node_load1) == 0\" never has a result: "
                                                "\"absent(node_load1)\" is always 1"},
        ExprCase{"absent(node_load1) == 1", ""}, ExprCase{"up == 0", ""},
        ExprCase{"up > 1", std::string(kNever) +
                               "\"up > 1\" never has a result: \"up\" is at least 0 and at most 1"},
        ExprCase{"2 < up", std::string(kNever) +
                               "\"2 < up\" never has a result: \"up\" is at least 0 and at most 1"},
        ExprCase{"rate(http_requests_total[5m]) < 0",
                 std::string(kNever) + "\"rate(http_requests_total[5m]) < 0\" never has a result: "
                                       "\"rate(http_requests_total[5m])\" is at least 0"},
        ExprCase{"sum(rate(http_requests_total[5m])) / 2 <= 0", ""},
        ExprCase{"game_moves_total < 0", std::string(kNever) +
                                             "\"game_moves_total < 0\" never has a result: "
                                             "\"game_moves_total\" is at least 0"},
        ExprCase{"hour() > 23", std::string(kNever) +
                                    "\"hour() > 23\" never has a result: \"hour()\" is at least 0 "
                                    "and at most 23"},
        ExprCase{"vector(1) > 2", std::string(kNever) +
                                      "\"vector(1) > 2\" never has a result: \"vector(1)\" is "
                                      "always 1"},
        ExprCase{"node_load1 > 10 < 5",
                 std::string(kNever) + "\"node_load1 > 10 < 5\" never has a result: \"node_load1 > "
                                       "10\" is more than 10"},
        ExprCase{"node_load1 > 10 < 20", ""},
        ExprCase{"node_load1 > 10 and node_load1 < 5",
                 std::string(kNever) + "\"node_load1 > 10 and node_load1 < 5\" never has a result: "
                                       "no value of \"node_load1\" is both"},
        ExprCase{"node_load1 > 10 and on (job) node_load1 < 5", ""},
        ExprCase{"node_load1 > 5 and node_load1 < 10", ""},
        ExprCase{"node_load1 unless node_load1",
                 std::string(kNever) +
                     "\"node_load1 unless node_load1\" never has a result: both sides are the "
                     "same"},
        ExprCase{"node_load1{job=\"a\", job=~\"b|c\"} > 5",
                 std::string(kNever) + "no series can have both job=\"a\" and job=~\"b|c\""},
        ExprCase{"node_load1 > 5 or count(node_load1) == 0",
                 "\"count(node_load1) == 0\" never has a result: \"count(node_load1)\" is at least "
                 "1"},
        ExprCase{"node_load1 > bool 5",
                 "the alert fires for every series: \"bool\" gives 0 or 1, and any value makes it "
                 "fire"},
        ExprCase{"(node_load1 > bool 5) == 1", ""}));

TEST(Hints, MissAForOnlyWhereOneSampleDecides) {
  EXPECT_THAT(HintsOf("  - {alert: A, expr: node_load1 > 5}\n"),
              ElementsAre(HasSubstr("no \"for\": a single sample makes it fire")));
  EXPECT_THAT(HintsOf("  - {alert: A, expr: node_load1 > 5, for: 0s}\n"), IsEmpty());
  EXPECT_THAT(HintsOf("  - {alert: A, expr: 'avg_over_time(node_load1[5m]) > 5'}\n"), IsEmpty());
  EXPECT_THAT(HintsOf("  - {record: a, expr: node_load1 > 5}\n"), IsEmpty());
}

TEST(Hints, NameLabelsOfTemplatesThatTheResultLacks) {
  EXPECT_THAT(
      HintsOf("  - alert: A\n    expr: sum by (job) (game_active_games) > 5\n    for: 1m\n"
              "    annotations: {summary: '{{ $labels.job }} {{ $labels.game }} {{ $value }}'}\n"),
      ElementsAre(HasSubstr("\"summary\" shows $labels.game, but the expression's result has no "
                            "label \"game\"")));
  EXPECT_THAT(HintsOf("  - alert: A\n    expr: node_load1 > 5\n    for: 1m\n"
                      "    annotations: {summary: '{{ $labels.x }}'}\n"),
              IsEmpty());
}

TEST(Hints, FindLimitsThatContradictEachOther) {
  EXPECT_THAT(
      HintsOf("  - {alert: Warn, expr: node_load1 > 90, for: 1m, labels: {severity: warning}}\n"
              "  - {alert: Crit, expr: 80 < node_load1, for: 1m, labels: {severity: critical}}\n"),
      ElementsAre("group \"g\", rule 1, \"Warn\": its limit 90 contradicts the limit 80 of "
                  "\"Crit\" at r.yml:5:25: the warning comes after the critical"));
  EXPECT_THAT(
      HintsOf("  - {alert: Warn, expr: node_load1 < 10, for: 1m, labels: {severity: warning}}\n"
              "  - {alert: Crit, expr: node_load1 < 5, for: 1m, labels: {severity: critical}}\n"
              "  - {alert: Info, expr: node_load2 < 1, for: 1m, labels: {severity: info}}\n"),
      IsEmpty());
}

TEST(Hints, NameOnlyTheFirstOfManyMoreSevereAlerts) {
  std::string rules;
  for (int i = 0; i < 300; ++i) {
    rules += fmt::format(
        "  - {{alert: Warn{0}, expr: node_load1 > {1}, for: 1m, labels: {{severity: warning}}}}\n"
        "  - {{alert: Crit{0}, expr: node_load1 > {2}, for: 1m, labels: {{severity: critical}}}}\n",
        i, 1000 + i, 500 + i);
  }
  const std::vector<std::string> hints = HintsOf(rules);
  EXPECT_EQ(hints.size(), 300U);
  EXPECT_THAT(hints, Each(HasSubstr("contradicts the limit 500 of \"Crit0\"")));
}

TEST(Hints, ReadALongNameInATemplateOnce) {
  const std::string name(1'000'000, 'a');
  EXPECT_THAT(HintsOf("  - alert: A\n    expr: sum(game_active_games) > 5\n    for: 1m\n"
                      "    annotations: {summary: '{{ $labels." +
                      name + " }}'}\n"),
              ElementsAre(HasSubstr("has no label \"aaa")));
}

TEST(Hints, SayTheSameOnce) {
  EXPECT_EQ(HintsOfExpr("game_nothing_at_all > 5 or game_nothing_at_all < 3").size(), 1U);
}

TEST(Hints, AboutDuplicatesNameTheFirstRule) {
  const auto groups = rules::ParseRuleFile(
      "groups:\n- name: g\n  rules:\n"
      "  - {record: a, expr: b}\n  - {record: a, expr: c}\n  - {record: a, expr: d}\n",
      "r.yml");
  ASSERT_THAT(groups, IsOk());
  const auto hints = FindDuplicates(*groups);
  ASSERT_EQ(hints.size(), 1U);
  EXPECT_EQ(hints.front().message,
            "group \"g\", rule 2, \"a\": duplicate: it has the name and the labels of the rule at "
            "r.yml:4:23");
}

}  // namespace
}  // namespace hakem::ruletools
