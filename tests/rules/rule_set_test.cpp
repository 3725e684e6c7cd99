#include "rules/rule_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/collection/snapshots.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/snapshot_queryable.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

constexpr std::string_view kRules = R"(
groups:
  - name: game
    limit: 10
    rules:
      - alert: Busy
        expr: games > on (job, instance) group_left () limit
        for: 10s
        labels: {severity: warning}
        annotations: {summary: '{{ $labels.game }} has {{ $value }} games'}
  - name: slow
    interval: 1m
    rules:
      - {alert: Idle, expr: games == 0}
)";

/// The rules above, fed with one game's number of games.
class RuleSetTest : public ::testing::Test {
 protected:
  RuleSetTest()
      : rules_(*ParseRuleFile(kRules, "a.yml"),
               {.collection_interval = seconds(5), .external_url = "http://hakem:9187"},
               {.sink = [this](std::span<const Alert> alerts) { Take(alerts); },
                .clock = clock_,
                .instruments = instruments_,
                .log = Log::Silent().For("rules")}) {}

  void Take(std::span<const Alert> alerts) {
    ++calls_;
    for (const Alert& alert : alerts) {
      last_ = alert;
      notified_.push_back(fmt::format("{} {}", alert.firing() ? "firing" : "resolved",
                                      alert.labels.Get("alertname")));
    }
  }

  /// Evaluates `at` after the start, when there are `games`; the clock was set by `step` before.
  void Evaluate(Duration at, double games, Duration step = Duration(0)) {
    const Timestamp now = kStart + at;
    const auto snapshot =
        MakeSnapshot(now, {{Labels{{"__name__", "games"}, {"game", "hokm"}}, games},
                           {Labels{{"__name__", "limit"}}, 200}});
    rules_.Evaluate(
        tsdb::SnapshotQueryable(snapshot, Labels{{"job", "hakem"}, {"instance", "a:9187"}}), now,
        step);
  }

  /// Evaluates when the limit is there twice, so that Busy cannot be evaluated.
  void EvaluateBroken(Duration at) {
    const Timestamp now = kStart + at;
    const auto snapshot = MakeSnapshot(now, {{Labels{{"__name__", "games"}}, 250},
                                             {Labels{{"__name__", "limit"}, {"n", "1"}}, 1},
                                             {Labels{{"__name__", "limit"}, {"n", "2"}}, 2}});
    rules_.Evaluate(tsdb::SnapshotQueryable(snapshot, Labels{}), now);
  }

  RuleStatus Busy() const { return rules_.Status()->groups.at(0).rules.at(0); }

  FakeClock clock_;
  RecordedInstruments instruments_;
  std::vector<std::string> notified_;
  std::optional<Alert> last_;
  int calls_ = 0;
  RuleSet rules_;
};

TEST_F(RuleSetTest, PassesAnAlertOnWhenItFiresAndWhenItIsResolved) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(5), 251);
  EXPECT_THAT(notified_, IsEmpty());
  Evaluate(seconds(10), 252);
  Evaluate(seconds(15), 253);
  EXPECT_THAT(notified_, ElementsAre("firing Busy"));
  Evaluate(seconds(20), 100);
  Evaluate(seconds(25), 100);
  EXPECT_THAT(notified_, ElementsAre("firing Busy", "resolved Busy"));
  EXPECT_EQ(calls_, 2);
}

TEST_F(RuleSetTest, PassesOnAllDataOfAnAlert) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 252);
  ASSERT_TRUE(last_);
  EXPECT_EQ(last_->labels, (Labels{{"alertname", "Busy"},
                                   {"game", "hokm"},
                                   {"instance", "a:9187"},
                                   {"job", "hakem"},
                                   {"severity", "warning"}}));
  EXPECT_EQ(last_->annotations,
            (std::map<std::string, std::string>{{"summary", "hokm has 252 games"}}));
  EXPECT_EQ(last_->starts_at, kStart + seconds(10));
  EXPECT_EQ(last_->ends_at, std::nullopt);
  EXPECT_EQ(last_->value, 252);
  EXPECT_EQ(last_->generator_url,
            "http://hakem:9187/graph?g0.expr="
            "games+%3E+on+%28job%2C+instance%29+group_left+%28%29+limit&g0.tab=1");
  Evaluate(seconds(15), 100);
  EXPECT_EQ(last_->starts_at, kStart + seconds(10));
  EXPECT_EQ(last_->ends_at, kStart + seconds(15));
  EXPECT_EQ(last_->value, 252);
}

TEST_F(RuleSetTest, ShowsRulesBeforeTheFirstEvaluation) {
  const auto status = rules_.Status();
  ASSERT_EQ(status->groups.size(), 2U);
  const GroupStatus& group = status->groups.front();
  EXPECT_EQ(group.name, "game");
  EXPECT_EQ(group.file, "a.yml");
  EXPECT_EQ(group.interval, seconds(5));
  EXPECT_EQ(group.limit, 10);
  EXPECT_EQ(group.last_evaluation, std::nullopt);
  EXPECT_EQ(status->groups.back().interval, seconds(60));
  const RuleStatus rule = Busy();
  EXPECT_EQ(rule.name, "Busy");
  EXPECT_EQ(rule.query, "games > on (job, instance) group_left () limit");
  EXPECT_EQ(rule.policy.hold, seconds(10));
  EXPECT_EQ(rule.labels, (std::map<std::string, std::string>{{"severity", "warning"}}));
  EXPECT_EQ(rule.annotations,
            (Annotations{{"summary", "{{ $labels.game }} has {{ $value }} games"}}));
  EXPECT_EQ(rule.health, RuleHealth::kUnknown);
  EXPECT_EQ(rule.state(), AlertState::kInactive);
}

TEST_F(RuleSetTest, ShowsPendingAndFiringAlertsButNotResolvedOnes) {
  Evaluate(seconds(0), 250);
  EXPECT_EQ(Busy().state(), AlertState::kPending);
  EXPECT_EQ(Busy().health, RuleHealth::kOk);
  EXPECT_EQ(Busy().last_evaluation, kStart);
  Evaluate(seconds(10), 250);
  EXPECT_EQ(Busy().state(), AlertState::kFiring);
  ASSERT_EQ(Busy().alerts.size(), 1U);
  EXPECT_EQ(Busy().alerts.front().active_at, kStart);
  Evaluate(seconds(15), 1);
  EXPECT_EQ(Busy().state(), AlertState::kInactive);
  EXPECT_THAT(Busy().alerts, IsEmpty());
}

TEST_F(RuleSetTest, PublishesTheStatusBeforeItCallsTheSink) {
  std::string seen;
  RuleSet rules(*ParseRuleFile("groups: [{name: g, rules: [{alert: A, expr: '1'}]}]", "a.yml"),
                {.collection_interval = seconds(5), .external_url = ""},
                {.sink =
                     [&](std::span<const Alert>) {
                       seen = ToString(rules.Status()->groups.at(0).rules.at(0).state());
                     },
                 .clock = clock_,
                 .instruments = instruments_,
                 .log = Log::Silent().For("rules")});
  rules.Evaluate(tsdb::SnapshotQueryable(MakeSnapshot(kStart, {}), Labels{}), kStart);
  EXPECT_EQ(seen, "firing");
}

TEST_F(RuleSetTest, KeepsAlertsUnchangedWhileARuleFails) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  EvaluateBroken(seconds(15));
  EXPECT_EQ(Busy().health, RuleHealth::kError);
  EXPECT_THAT(Busy().last_error, HasSubstr("found duplicate series for the match group"));
  EXPECT_EQ(Busy().state(), AlertState::kFiring);
  Evaluate(seconds(20), 250);
  EXPECT_EQ(Busy().health, RuleHealth::kOk);
  EXPECT_EQ(Busy().last_error, "");
  EXPECT_THAT(notified_, ElementsAre("firing Busy"));
}

TEST_F(RuleSetTest, EvaluatesAGroupOnceInEachOfItsIntervals) {
  Evaluate(seconds(0), 0);
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
  Evaluate(seconds(55), 1);
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
  Evaluate(seconds(60), 1);
  EXPECT_THAT(notified_, ElementsAre("firing Idle", "resolved Idle"));
}

TEST_F(RuleSetTest, NeverEvaluatesAsOfAnEarlierTimeThanBefore) {
  Evaluate(seconds(20), 250);
  Evaluate(seconds(0), 250);
  EXPECT_EQ(Busy().last_evaluation, kStart + seconds(20));
  Evaluate(seconds(30), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy"));
}

TEST_F(RuleSetTest, CountsEvaluationsAndFailures) {
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_rules", {"a.yml;game"}), 1);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_interval_seconds", {"a.yml;slow"}), 60);
  Evaluate(seconds(0), 250);
  EvaluateBroken(seconds(5));
  rules_.CountMissed();
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;game"}), 2);
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;slow"}), 1);
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluation_failures_total", {"a.yml;game"}), 1);
  EXPECT_EQ(instruments_.Value("hakem_rule_evaluations_total", {"a.yml;game"}), 2);
  EXPECT_EQ(instruments_.Value("hakem_rule_evaluation_failures_total", {"a.yml;game"}), 1);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_total", {"a.yml;game"}), 2);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;game"}), 1);
  EXPECT_EQ(
      instruments_.Value("prometheus_rule_group_last_evaluation_timestamp_seconds", {"a.yml;game"}),
      ToUnixSeconds(kStart + seconds(5)));
}

TEST(IsDue, IsTrueOnceInEachInterval) {
  EXPECT_TRUE(IsDue(std::nullopt, kStart, kStart));
  EXPECT_TRUE(IsDue(seconds(60), std::nullopt, kStart));
  EXPECT_FALSE(IsDue(seconds(60), kStart + seconds(3), kStart + seconds(59)));
  EXPECT_TRUE(IsDue(seconds(60), kStart + seconds(3), kStart + seconds(60)));
  EXPECT_TRUE(IsDue(seconds(60), kStart + seconds(59), kStart + seconds(61)));
}

TEST_F(RuleSetTest, KeepsTheAlertsOfAnUnchangedRuleWhenRulesAreReplaced) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(5), 250);
  rules_.Replace(*ParseRuleFile(R"(
groups:
  - name: game
    rules:
      - {alert: New, expr: games == -1}
      - alert: Busy
        expr: games > 210
        for: 10s
        labels: {severity: warning}
)",
                                "a.yml"));
  Evaluate(seconds(10), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy")) << "pending for 10 s, before and after";
  const auto status = rules_.Status();
  ASSERT_EQ(status->groups.size(), 1U);
  EXPECT_EQ(status->groups[0].rules.at(1).query, "games > 210");
}

TEST_F(RuleSetTest, ResolvesTheAlertsOfARemovedRule) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  rules_.Replace(
      *ParseRuleFile("groups: [{name: game, rules: [{alert: Other, expr: up}]}]", "a.yml"));
  Evaluate(seconds(15), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy", "resolved Busy"));
  EXPECT_EQ(last_->ends_at, kStart + seconds(15));
}

TEST_F(RuleSetTest, TreatsARuleWithOtherLabelsAsAnotherRule) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  rules_.Replace(*ParseRuleFile(R"(
groups:
  - name: game
    rules: [{alert: Busy, expr: games > 210, labels: {severity: critical}}]
)",
                                "a.yml"));
  Evaluate(seconds(15), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy", "resolved Busy", "firing Busy"));
}

TEST_F(RuleSetTest, MeasuresForInRealTimeWhenTheClockIsSetAhead) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(3605), 250, seconds(3600));
  EXPECT_THAT(notified_, IsEmpty()) << "5 s have passed, and not an hour";
  Evaluate(seconds(3610), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy"));
}

TEST_F(RuleSetTest, MeasuresForInRealTimeWhenTheClockIsSetBack) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(5 - 3600), 250, seconds(-3600));
  EXPECT_THAT(notified_, IsEmpty());
  Evaluate(seconds(10 - 3600), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy"));
}

TEST_F(RuleSetTest, KeepsAndResolvesFiringAlertsWhenTheClockIsSetBack) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  Evaluate(seconds(15 - 3600), 250, seconds(-3600));
  EXPECT_THAT(notified_, ElementsAre("firing Busy")) << "it is the same incident";
  Evaluate(seconds(20 - 3600), 100);
  EXPECT_THAT(notified_, ElementsAre("firing Busy", "resolved Busy"));
  EXPECT_EQ(last_->starts_at, kStart + seconds(10));
  EXPECT_EQ(last_->ends_at, last_->starts_at) << "never before it began";
}

TEST_F(RuleSetTest, KeepsTheScheduleOfAGroupWhenTheClockIsSetBack) {
  Evaluate(seconds(0), 0);
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
  Evaluate(seconds(5 - 400 * 86'400), 1, seconds(-400 * 86'400));
  Evaluate(seconds(60 - 400 * 86'400), 1);
  EXPECT_THAT(notified_, ElementsAre("firing Idle", "resolved Idle"));
}

}  // namespace
}  // namespace hakem::rules
