#include "ruletools/explain/explanation.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <variant>

#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "promql/parsing/series_text.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::ruletools {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Timestamp kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 1);
constexpr Timestamp kNow = kStart + minutes(10) + seconds(30);

/// A history with one sample a minute, and who asks it.
class Explained : public testing::Test {
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

  Result<promql::Vector> Ask(const std::string& query) const {
    return promql::Parse(query).and_then([&](const promql::ExprPtr& expr) {
      return promql::EvaluateInstant(*expr, store_, kNow)
          .transform([](const promql::Evaluation& evaluation) {
            return std::get<promql::Vector>(evaluation.value);
          });
    });
  }

  Explanation Of(const std::string& expr) const {
    const auto explanation =
        Explain(expr, {}, kNow, [this](const std::string& query) { return Ask(query); });
    EXPECT_THAT(explanation, IsOk());
    return explanation.value_or(Explanation{});
  }

  tsdb::Store store_;
};

TEST_F(Explained, CountsTheSeriesOfASelectorAndTheirAge) {
  Add("x{a=\"1\"} 1x10");
  Add("x{a=\"2\"} 1x8");
  const auto selectors = Of("x > 5 or x < 3").selectors;
  ASSERT_EQ(selectors.size(), 1U);
  EXPECT_EQ(selectors[0].selector, "x");
  EXPECT_EQ(selectors[0].series, 2U);
  EXPECT_EQ(selectors[0].newest_age, 30);
  EXPECT_EQ(selectors[0].oldest_age, 150);
}

TEST_F(Explained, SaysSinceWhenASelectorFindsNothing) {
  Add("x 1x2");
  const auto selectors = Of("rate(x[1m]) > 5 or y").selectors;
  ASSERT_EQ(selectors.size(), 2U);
  EXPECT_EQ(selectors[0].series, 0U);
  EXPECT_EQ(selectors[0].vanished_age, 510);
  EXPECT_EQ(selectors[1].vanished_age, std::nullopt);
}

TEST_F(Explained, FindsTheSeriesThatAJoinLoses) {
  Add("x{job=\"a\", i=\"1\"} 1x10");
  Add("x{job=\"b\", i=\"2\"} 1x10");
  Add("limit{job=\"a\"} 0x10");
  Add("limit{job=\"c\"} 0x10");
  const auto joins = Of("x > on (job) group_left () limit").joins;
  ASSERT_EQ(joins.size(), 1U);
  EXPECT_EQ(joins[0].left, 2U);
  EXPECT_EQ(joins[0].right, 2U);
  EXPECT_EQ(joins[0].result, 1U);
  EXPECT_THAT(joins[0].left_alone,
              ElementsAre(Labels{{"__name__", "x"}, {"job", "b"}, {"i", "2"}}));
  EXPECT_THAT(joins[0].right_alone, ElementsAre(Labels{{"__name__", "limit"}, {"job", "c"}}));
}

TEST_F(Explained, MeasuresTheDistanceToTheLimit) {
  Add("x{a=\"1\"} 50x10");
  Add("x{a=\"2\"} 95x10");
  const auto distances = Of("x > 90").distances;
  ASSERT_EQ(distances.size(), 1U);
  ASSERT_EQ(distances[0].nearest.size(), 2U);
  EXPECT_EQ(distances[0].nearest[0].distance, 5);
  EXPECT_EQ(distances[0].nearest[0].labels, (Labels{{"a", "2"}}));
  EXPECT_EQ(distances[0].nearest[1].distance, -40);
  EXPECT_EQ(Of("90 < x").distances[0].nearest[0].distance, 5);
}

TEST_F(Explained, KeepsTheErrorOfAPart) {
  Add("x{a=\"1\"} 1x10");
  Add("y{a=\"1\", b=\"1\"} 1x10");
  Add("y{a=\"1\", b=\"2\"} 1x10");
  const Explanation explanation = Of("x > on (a) y");
  EXPECT_THAT(explanation.joins[0].error, HasSubstr("many-to-many"));
  EXPECT_THAT(explanation.distances[0].error, HasSubstr("many-to-many"));
}

TEST_F(Explained, IsPrintedWithTheTimeLeft) {
  Add("x{a=\"1\"} 95x10");
  rules::RuleStatus rule;
  rule.name = "Busy";
  rule.query = "x > 90";
  rule.policy.hold = minutes(5);
  rule.health = rules::RuleHealth::kOk;
  rule.last_evaluation = kNow - seconds(2);
  rule.alerts.push_back({.labels = Labels{{"a", "1"}},
                         .annotations = {},
                         .value = 95,
                         .state = rules::AlertState::kPending,
                         .active_at = kNow - minutes(3),
                         .fired_at = {},
                         .keep_firing_since = {},
                         .resolved_at = {}});
  EXPECT_EQ(FormatExplanation(rule, "group \"g\" of r.yml", Of(rule.query), kNow),
            "alert Busy (group \"g\" of r.yml)\n"
            "  x > 90\n"
            "  health: ok; evaluated 2.0s ago\n"
            "  for: 5m\n"
            "\n"
            "alerts:\n"
            "  {a=\"1\"} pending since 2026-01-01T00:07:30Z, value 95, fires in 2m\n"
            "\n"
            "selectors:\n"
            "  x: 1 series, last samples 30s old\n"
            "\n"
            "distance to the limit:\n"
            "  x > 90: value minus limit\n"
            "               5  {a=\"1\"}\n");
  EXPECT_THAT(ExplanationJson(rule, "", Of(rule.query), kNow),
              HasSubstr("\"fires_in_seconds\": 120"));
}

TEST_F(Explained, PutsElementsWithoutAValueLast) {
  for (int i = 0; i < 8; ++i) {
    Add(fmt::format("x{{a=\"{}\"}} _x9 {}", i, i == 5 ? "91" : "NaN"));
  }
  const Explanation explanation = Of("x > 90");
  ASSERT_EQ(explanation.distances.size(), 1U);
  const DistanceFinding& finding = explanation.distances.front();
  EXPECT_EQ(finding.count, 8U);
  EXPECT_EQ(finding.nearest.front().labels.Get("a"), "5");
  EXPECT_EQ(finding.nearest.front().distance, 1);
}

}  // namespace
}  // namespace hakem::ruletools
