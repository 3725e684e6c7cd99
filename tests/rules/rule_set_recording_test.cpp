#include <gmock/gmock.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/rule_set.h"
#include "tests/support/alerting/rule_history.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// A set of rules that records in a history.
class RecordingRuleSetTest : public ::testing::Test {
 protected:
  static std::vector<RuleGroup> Parse(std::string_view groups) {
    auto parsed = ParseRuleFile("groups: [" + std::string(groups) + "]", "a.yml");
    EXPECT_THAT(parsed, IsOk());
    return *std::move(parsed);
  }

  void Start(std::string_view groups) {
    rules_.emplace(Parse(groups),
                   RuleSetOptions{.collection_interval = seconds(5), .external_url = ""},
                   RuleSet::Deps{.sink = [](std::span<const Alert>) {},
                                 .clock = clock_,
                                 .instruments = instruments_,
                                 .log = Log::Silent().For("rules"),
                                 .history = &store_});
  }

  void Evaluate(int second) { rules_->Evaluate(store_, kStart + seconds(second)); }

  FakeClock clock_;
  RecordedInstruments instruments_;
  tsdb::Store store_;
  std::optional<RuleSet> rules_;
};

TEST_F(RecordingRuleSetTest, EvaluatesGroupsThatRecordFirstWhenItEvaluatesAll) {
  Start(
      "{name: a, rules: [{alert: High, expr: x > 0}]}, "
      "{name: b, interval: 1m, rules: [{record: x, expr: '1'}]}");
  rules_->EvaluateAll(store_, kStart);
  const auto status = rules_->Status();
  EXPECT_EQ(status->groups[0]->rules.at(0).state(), AlertState::kFiring);
  EXPECT_EQ(status->groups[1]->last_evaluation, kStart);
}

TEST_F(RecordingRuleSetTest, EndsTheSeriesOfARemovedGroupAfterTwoIntervals) {
  Start("{name: a, rules: [{record: x, expr: '1'}]}, {name: b, rules: [{record: y, expr: '1'}]}");
  Evaluate(0);
  rules_->Replace(Parse("{name: b, rules: [{record: y, expr: '1'}]}"));
  Evaluate(5);
  Evaluate(10);
  EXPECT_THAT(HistoryOf(store_, kStart, "x"), ElementsAre("x 0:1"));
  Evaluate(15);
  EXPECT_THAT(HistoryOf(store_, kStart, "x"), ElementsAre("x 0:1 5:stale"));
  Evaluate(20);
  EXPECT_THAT(HistoryOf(store_, kStart), ElementsAre("x 0:1 5:stale", "y 0:1 5:1 10:1 15:1 20:1"));
}

TEST_F(RecordingRuleSetTest, LeavesTheSeriesOfARenamedGroupAlone) {
  Start("{name: a, rules: [{record: x, expr: '1'}, {alert: A, expr: '1'}]}");
  Evaluate(0);
  rules_->Replace(Parse("{name: b, rules: [{record: x, expr: '1'}, {alert: A, expr: '1'}]}"));
  for (const int second : {5, 10, 15, 20}) {
    Evaluate(second);
  }
  EXPECT_THAT(HistoryOf(store_, kStart, "x"), ElementsAre("x 0:1 5:1 10:1 15:1 20:1"));
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS{"),
              ElementsAre("ALERTS{alertname=\"A\", alertstate=\"firing\"} 0:1 5:1 10:1 15:1 20:1"));
}

TEST_F(RecordingRuleSetTest, EvaluatesANewGroupAtOnce) {
  Start("{name: a, rules: [{record: x, expr: '1'}]}");
  Evaluate(0);
  rules_->Replace(Parse(
      "{name: a, rules: [{record: x, expr: '1'}]}, {name: b, rules: [{record: y, expr: x}]}"));
  while (rules_->EvaluateNext(store_)) {
  }
  EXPECT_THAT(HistoryOf(store_, kStart), ElementsAre("x 0:1", "y 0:1"));
}

TEST_F(RecordingRuleSetTest, SharesNoValueThatARuleChanges) {
  Start(
      "{name: a, rules: [{record: before, expr: sum(x)}, {record: x, expr: time() - 1767225600}, "
      "{record: now, expr: sum(x)}]}");
  Evaluate(0);
  Evaluate(5);
  EXPECT_THAT(HistoryOf(store_, kStart), ElementsAre("before 5:0", "now 0:0 5:5", "x 0:0 5:5"));
}

TEST_F(RecordingRuleSetTest, SharesValuesOfOneTimeOnly) {
  Start("{name: a, rules: [{record: x, expr: sum(games)}, {record: y, expr: sum(games)}]}");
  for (const int second : {0, 5, 10}) {
    const Sample games{std::make_shared<const Series>(Labels{{"__name__", "games"}}),
                       static_cast<double>(second)};
    store_.Append(kStart + seconds(second), {&games, 1});
    Evaluate(second);
  }
  EXPECT_THAT(HistoryOf(store_, kStart, "x"), ElementsAre("x 0:0 5:5 10:10"));
  EXPECT_THAT(HistoryOf(store_, kStart, "y"), ElementsAre("y 0:0 5:5 10:10"));
}

}  // namespace
}  // namespace hakem::rules
