#include "ruletools/backtest/backtest.h"

#include <gmock/gmock.h>

#include <memory>

#include "promql/parsing/series_text.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::ruletools {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

constexpr Timestamp kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);

class BacktestOfRules : public testing::Test {
 protected:
  void Add(const std::string& series) {
    const auto parsed = promql::ParseSeries(series);
    ASSERT_THAT(parsed, IsOk());
    const auto ref = std::make_shared<const Series>(parsed->labels);
    for (std::size_t i = 0; i < parsed->items.size(); ++i) {
      if (parsed->items[i].value) {
        const Sample sample{ref, *parsed->items[i].value};
        store_.Append(kStart + static_cast<int>(i) * minutes(1), {&sample, 1});
      }
    }
  }

  Result<BacktestResult> Run(const std::string& rules, Duration length = minutes(20)) const {
    auto groups = rules::ParseRuleFile("groups:\n- name: g\n  rules:\n" + rules, "r.yml");
    EXPECT_THAT(groups, IsOk());
    return Backtest(
        *std::move(groups), store_,
        {.from = kStart, .to = kStart + length, .interval = minutes(1), .external_url = ""});
  }

  tsdb::Store store_;
};

TEST_F(BacktestOfRules, DistinguishesRulesOfOneName) {
  Add("x 0x3 6 9 9 6 0x9");
  const auto result =
      Run("  - {alert: Busy, expr: x > 5, labels: {severity: warning}}\n"
          "  - {alert: Busy, expr: x > 8, labels: {severity: critical}}\n");
  ASSERT_THAT(result, IsOk());
  ASSERT_EQ(result->rules[0].fired.size(), 1U);
  EXPECT_EQ(FiringTime(result->rules[0].fired[0], result->to), minutes(4));
  ASSERT_EQ(result->rules[1].fired.size(), 1U);
  EXPECT_EQ(FiringTime(result->rules[1].fired[0], result->to), minutes(2));
  EXPECT_EQ(result->rules[1].fired[0].labels.Get("severity"), "critical");
}

TEST_F(BacktestOfRules, FindsWhenAlertsWouldHaveFired) {
  Add("x{a=\"1\"} 0x3 9x5 0x11");
  Add("x{a=\"2\"} 0x15 9x4");
  const auto result = Run("  - {alert: Busy, expr: x > 5, for: 2m}\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->evaluations, 21U);
  ASSERT_EQ(result->rules.size(), 1U);
  const auto& fired = result->rules[0].fired;
  ASSERT_EQ(fired.size(), 2U);
  EXPECT_EQ(fired[0].labels, (Labels{{"alertname", "Busy"}, {"a", "1"}}));
  EXPECT_EQ(fired[0].fired_at, kStart + minutes(6));
  EXPECT_EQ(fired[0].resolved_at, kStart + minutes(10));
  EXPECT_EQ(fired[0].value, 9);
  EXPECT_EQ(fired[1].fired_at, kStart + minutes(18));
  EXPECT_EQ(fired[1].resolved_at, std::nullopt);
  EXPECT_EQ(FiringTime(fired[1], result->to), minutes(2));
}

TEST_F(BacktestOfRules, CountsNotifications) {
  Add("x{a=\"1\"} 0 9x5 0x14");
  Add("x{a=\"2\"} 0 9x9 0x10");
  // Both fire together: one message; then each is resolved at its own time.
  const auto result = Run("  - {alert: Busy, expr: x > 5}\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->notifications, 3U);
}

TEST_F(BacktestOfRules, EvaluatesRecordingRulesAnew) {
  Add("x 1x20");
  Add("double:x 100x20");  // What an earlier version of the rule has recorded.
  const auto result =
      Run("  - {record: 'double:x', expr: x * 2}\n"
          "  - {alert: A, expr: 'double:x > 2'}\n"
          "  - {alert: B, expr: 'double:x == 2'}\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_TRUE(result->rules[1].fired.empty());
  EXPECT_EQ(result->rules[2].fired.size(), 1U);
}

TEST_F(BacktestOfRules, CountsFailures) {
  Add("x{a=\"1\"} 1x20");
  Add("x{a=\"2\"} 1x20");
  const auto result = Run("  - {alert: A, expr: x > 0, labels: {a: same}}\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->rules[0].failures, 21U);
  EXPECT_THAT(FormatBacktest(*result), HasSubstr("A (group \"g\") fails in 21 evaluations: vector "
                                                 "contains metrics with the same labelset"));
}

TEST_F(BacktestOfRules, EvaluatesGroupsAtTheirOwnIntervals) {
  Add("x 9x20");
  auto groups = rules::ParseRuleFile(
      "groups:\n- name: g\n  interval: 5m\n  rules: [{alert: A, expr: x > 5, for: 1m}]\n", "r.yml");
  ASSERT_THAT(groups, IsOk());
  const auto result = Backtest(
      *std::move(groups), store_,
      {.from = kStart, .to = kStart + minutes(20), .interval = minutes(1), .external_url = ""});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->evaluations, 5U);
  EXPECT_EQ(result->rules[0].fired.at(0).fired_at, kStart + minutes(5));
}

TEST_F(BacktestOfRules, IsPrinted) {
  Add("x{a=\"1\"} 0x3 9x5 0x11");
  const auto result = Run("  - {alert: Busy, expr: x > 5, for: 2m}\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(FormatBacktest(*result),
            "from 2026-01-01T00:00:00Z to 2026-01-01T00:20:00Z: 21 evaluations, 1 alert, 2 "
            "notifications for each receiver\n"
            "  Busy (group \"g\") fires 1 time, 4m in all, 4m at most\n"
            "    2026-01-01T00:06:00Z  4m  value 9  {a=\"1\", alertname=\"Busy\"}\n");
  EXPECT_THAT(BacktestJson(*result), HasSubstr("\"resolved_at\": \"2026-01-01T00:10:00Z\""));
}

TEST_F(BacktestOfRules, RefusesWhatWouldTakeTooLong) {
  EXPECT_THAT(Run("  - {alert: A, expr: x}\n", std::chrono::years(100)),
              HasMessage(HasSubstr("at most 5000000 are possible")));
  EXPECT_THAT(Run("  - {alert: A, expr: x}\n", -minutes(1)),
              HasMessage("the end 2025-12-31T23:59:00Z is before the beginning "
                         "2026-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace hakem::ruletools
