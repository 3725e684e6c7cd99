#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/rule_set.h"
#include "tests/support/alerting/memory_alert_store.h"
#include "tests/support/alerting/rule_history.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// Rules whose alerts survive restarts. The metric `x` has one series, whose value decides.
class RestartTest : public ::testing::Test {
 protected:
  void Start(std::string_view rules, const std::string& group = "g") {
    auto groups = ParseRuleFile(
        "groups: [{name: " + group + ", rules: [" + std::string(rules) + "]}]", "a.yml");
    ASSERT_THAT(groups, IsOk());
    groups->front().external_labels = external_labels_;
    rules_.emplace(
        *std::move(groups), RuleSetOptions{.collection_interval = seconds(5), .external_url = ""},
        RuleSet::Deps{.sink = [this](std::span<const Alert> alerts) { Take(alerts); },
                      .clock = clock_,
                      .instruments = instruments_,
                      .log = Log::Silent().For("rules"),
                      .history = &store_,
                      .alert_store = &alert_store_,
                      .on_restored =
                          [this](Timestamp now) {
                            restored_calls_.push_back(fmt::format(
                                "{} after {}", ToSeconds(now - kStart), notified_.size()));
                          }});
  }

  void Take(std::span<const Alert> alerts) {
    if (std::exchange(is_sink_broken_, false)) {
      throw std::bad_alloc();
    }
    for (const Alert& alert : alerts) {
      notified_.push_back(fmt::format("{} {} {}", alert.firing() ? "firing" : "resolved",
                                      alert.labels.Get("alertname"),
                                      ToSeconds(alert.starts_at - kStart)));
      notified_as_.push_back(fmt::format("{} {}", alert.labels.Get("site"), alert.generator_url));
      saved_.push_back(alert_store_.journal.empty() ? "" : alert_store_.journal.back());
    }
  }

  void Evaluate(int second, double x) {
    const Sample sample{std::make_shared<const Series>(Labels{{"__name__", "x"}}), x};
    store_.Append(kStart + seconds(second), {&sample, 1});
    rules_->Evaluate(store_, kStart + seconds(second));
  }

  static constexpr std::string_view kBusy = "{alert: Busy, expr: x > 1, for: 20s}";

  FakeClock clock_;
  RecordedInstruments instruments_;
  tsdb::Store store_;
  MemoryAlertStore alert_store_;
  std::vector<std::string> notified_;
  Labels external_labels_{{"site", "a"}};
  std::vector<std::string> notified_as_;  ///< The label `site` and the URL of each notification.
  std::vector<std::string> saved_;        ///< The last entry of the journal at each notification.
  std::vector<std::string>
      restored_calls_;           ///< When on_restored was called, after how many of them.
  bool is_sink_broken_ = false;  ///< Whether it throws once.
  std::optional<RuleSet> rules_;
};

TEST_F(RestartTest, SavesAChangeBeforeAnyoneIsNotified) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Evaluate(5, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
  EXPECT_THAT(saved_, ElementsAre("{alertname=\"Busy\"} firing", "{alertname=\"Busy\"} inactive"));
}

TEST_F(RestartTest, SavesTheEndOfARemovedRulesAlertsBeforeAnyoneIsNotified) {
  Start("{alert: Busy, expr: x > 1}, {alert: Other, expr: x > 100}");
  Evaluate(0, 2);
  rules_->Replace(
      *ParseRuleFile("groups: [{name: g, rules: [{alert: Other, expr: x > 100}]}]", "a.yml"));
  Evaluate(5, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
  EXPECT_THAT(saved_, ElementsAre("{alertname=\"Busy\"} firing", "{alertname=\"Busy\"} forgotten"));
}

TEST_F(RestartTest, KeepsTheTimeThatAnAlertIsPending) {
  Start(kBusy);
  Evaluate(0, 2);
  Evaluate(10, 2);
  Start(kBusy);
  Evaluate(15, 2);
  EXPECT_THAT(notified_, IsEmpty());
  Evaluate(20, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 20")) << "as without the restart";
}

TEST_F(RestartTest, DoesNotCountDowntime) {
  Start(kBusy);
  Evaluate(0, 2);
  Evaluate(10, 2);
  Start(kBusy);
  Evaluate(615, 2);
  Evaluate(620, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 620")) << "10 s before and 10 s after it";
}

TEST_F(RestartTest, KeepsAFiringAlertWhileSamplesAreMissingAfterALongOutage) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Start("{alert: Busy, expr: x > 1}");
  notified_.clear();
  rules_->Evaluate(store_, kStart + seconds(600));
  Evaluate(605, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0")) << "it has fired all the time";
  Evaluate(610, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
}

TEST_F(RestartTest, ResolvesAFiringAlertOnceNoSamplesAreMissing) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Start("{alert: Busy, expr: x > 1}");
  rules_->Evaluate(store_, kStart + seconds(600));
  Start("{alert: Busy, expr: x > 1}");
  notified_.clear();
  rules_->Evaluate(store_, kStart + seconds(605));
  rules_->Evaluate(store_, kStart + seconds(895));
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0"));
  rules_->Evaluate(store_, kStart + seconds(900));
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
}

TEST_F(RestartTest, KeepsAFiringAlertOnlyUntilTheRangesThatAreEmptyAreFullAgain) {
  constexpr std::string_view kDown = "{alert: Down, expr: 'x > 1 and max_over_time(x[1d]) > 0'}";
  Start(kDown);
  Evaluate(0, 2);
  Start(kDown);
  Evaluate(185, 0);
  Evaluate(480, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Down 0", "firing Down 0"));
  Evaluate(485, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Down 0", "firing Down 0", "resolved Down 0"))
      << "five minutes after the start";
}

TEST_F(RestartTest, KeepsAFiringAlertWhenTheMachineStartsWithAClockThatIsBehind) {
  Start(kBusy);
  Evaluate(0, 2);
  Evaluate(20, 2);
  Evaluate(25, 2);
  Start(kBusy);
  notified_.clear();
  Evaluate(-600, 2);
  Evaluate(-595, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 20")) << "it is the same incident";
  EXPECT_EQ(rules_->Status()->groups[0]->rules[0].state(), AlertState::kFiring);
}

TEST_F(RestartTest, KeepsAFiringAlertUntilAnEvaluationSucceeds) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  notified_.clear();
  const Sample many[] = {
      {std::make_shared<const Series>(Labels{{"__name__", "x"}, {"n", "1"}}), 1},
      {std::make_shared<const Series>(Labels{{"__name__", "x"}, {"n", "2"}}), 1}};
  store_.Append(kStart + seconds(3), many);
  Start("{alert: Busy, expr: x > on () x}");
  rules_->Evaluate(store_, kStart + seconds(4));
  EXPECT_EQ(rules_->Status()->groups[0]->rules[0].health, RuleHealth::kError);
  EXPECT_EQ(rules_->Status()->groups[0]->rules[0].state(), AlertState::kFiring);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0")) << "receivers learn of it again";
  Start("{alert: Busy, expr: x > 100}");
  notified_.clear();
  Evaluate(10, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
}

TEST_F(RestartTest, PassesOnAgainThatAnAlertIsResolved) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Evaluate(5, 0);
  Start("{alert: Busy, expr: x > 1}");
  notified_.clear();
  Evaluate(10, 0);
  EXPECT_THAT(notified_, ElementsAre("resolved Busy 0"));
  Start("{alert: Other, expr: x > 1}");
  notified_.clear();
  Evaluate(15, 0);
  Evaluate(20, 0);
  EXPECT_THAT(notified_, ElementsAre("resolved Busy 0")) << "also if its rule is gone";
}

TEST_F(RestartTest, ShowsRestoredAlertsBeforeTheFirstEvaluation) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Start("{alert: Busy, expr: x > 1}");
  EXPECT_EQ(rules_->Status()->groups[0]->rules[0].state(), AlertState::kFiring);
}

TEST_F(RestartTest, ResolvesTheAlertsOfARuleThatIsGone) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  notified_.clear();
  Start("{alert: Other, expr: x > 100}");
  Evaluate(5, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0"));
  EXPECT_THAT(alert_store_.alerts, IsEmpty());
  EXPECT_EQ(saved_.back(), "{alertname=\"Busy\"} forgotten") << "before anyone is notified";
}

TEST_F(RestartTest, ResolvesTheAlertsOfAGroupThatIsGoneAsReceiversKnowThem) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  ASSERT_THAT(notified_as_, ElementsAre("a /graph?g0.expr=x+%3E+1&g0.tab=1"));
  external_labels_ = Labels{{"site", "b"}};
  Start("{alert: Other, expr: x > 100}", "other");
  Evaluate(5, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "firing Busy 0", "resolved Busy 0"));
  EXPECT_THAT(notified_as_, Each("a /graph?g0.expr=x+%3E+1&g0.tab=1"));
  EXPECT_THAT(alert_store_.groups, IsEmpty()) << "nothing is left of the group";
}

TEST_F(RestartTest, DeletesWhatIsSavedOfAGroupThatAReloadRemoves) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  EXPECT_EQ(alert_store_.groups.size(), 1U);
  rules_->Replace(*ParseRuleFile("groups: [{name: other}]", "a.yml"));
  Evaluate(5, 2);
  EXPECT_THAT(alert_store_.groups, IsEmpty());
  EXPECT_THAT(alert_store_.alerts, IsEmpty());
}

TEST_F(RestartTest, ResolvesAlertsUnderTheExternalLabelsOfBefore) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  external_labels_ = Labels{{"site", "b"}};
  Start("{alert: Busy, expr: x > 1}");
  notified_.clear();
  notified_as_.clear();
  Evaluate(5, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0", "resolved Busy 0", "firing Busy 0"));
  EXPECT_THAT(notified_as_, ElementsAre(StartsWith("a "), StartsWith("a "), StartsWith("b ")));
  Start("{alert: Busy, expr: x > 1}");
  notified_.clear();
  Evaluate(10, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0")) << "the new labels were saved";
}

TEST_F(RestartTest, EndsTheSeriesOfAnAlertThatIsResolvedAfterIt) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(5, 0);
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS{"),
              ElementsAre("ALERTS{alertname=\"Busy\", alertstate=\"firing\"} 0:1 5:stale"));
}

TEST_F(RestartTest, TriesAgainToRestoreBeforeTheFirstEvaluation) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  notified_.clear();
  alert_store_.failure = Error{ErrorCode::kUnavailable, "locked"};
  Start("{alert: Busy, expr: x > 1}");
  alert_store_.failure.reset();
  Evaluate(5, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0")) << "it has fired since then";
}

TEST_F(RestartTest, SaysOnceThatAllRestoredAlertsWerePassedOn) {
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  EXPECT_THAT(restored_calls_, ElementsAre("0 after 0")) << "there were none";
  notified_.clear();
  restored_calls_.clear();
  Start("{alert: Busy, expr: x > 1}");
  is_sink_broken_ = true;
  Evaluate(5, 2);
  EXPECT_FALSE(is_sink_broken_);
  EXPECT_THAT(restored_calls_, ElementsAre("5 after 1")) << "not while the sink has not got them";
  Evaluate(10, 0);
  EXPECT_THAT(restored_calls_, SizeIs(1));
}

TEST_F(RestartTest, DoesNotSayThatAlertsWerePassedOnIfNoneCouldBeRestored) {
  alert_store_.failure = Error{ErrorCode::kUnavailable, "locked"};
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  EXPECT_THAT(restored_calls_, IsEmpty());
}

TEST_F(RestartTest, NotifiesEvenIfNothingCanBeSaved) {
  alert_store_.failure = Error{ErrorCode::kUnavailable, "disk full"};
  Start("{alert: Busy, expr: x > 1}");
  Evaluate(0, 2);
  EXPECT_THAT(notified_, ElementsAre("firing Busy 0"));
}

TEST_F(RestartTest, KeepsRulesApartWhoseNamesLookLikeTheNumberOfAnother) {
  const std::string_view rules =
      "{alert: Busy, expr: x > 1}, {alert: Busy, expr: x > 5}, {alert: 'Busy#1', expr: x > 1}, "
      "{alert: Busy, expr: x > 1, labels: {a: 'b;c=d'}}, "
      "{alert: Busy, expr: x > 1, labels: {a: b, c: d}}, "
      "{alert: Busy, expr: x > 1, labels: {a: ''}}";
  Start(rules);
  Evaluate(0, 7);
  EXPECT_EQ(alert_store_.alerts.size(), 6U);
  for (const auto& [key, alert] : alert_store_.alerts) {
    EXPECT_THAT(key.first, StartsWith("a.yml;g;Busy")) << "people read it in the journal";
  }
  Start(rules);
  for (const RuleStatus& rule : rules_->Status()->groups[0]->rules) {
    EXPECT_EQ(rule.alerts.size(), 1U) << rule.name;
  }
}

TEST_F(RestartTest, KeepsTwoEqualRulesApart) {
  Start("{alert: Busy, expr: x > 1}, {alert: Busy, expr: x > 5, for: 1m}");
  Evaluate(0, 7);
  ASSERT_EQ(alert_store_.alerts.size(), 2U);
  Start("{alert: Busy, expr: x > 1}, {alert: Busy, expr: x > 5, for: 1m}");
  EXPECT_EQ(rules_->Status()->groups[0]->rules[0].state(), AlertState::kFiring);
  EXPECT_EQ(rules_->Status()->groups[0]->rules[1].state(), AlertState::kPending);
}

}  // namespace
}  // namespace hakem::rules
