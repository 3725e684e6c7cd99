#include "rules/rule_set.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "model/interruption.h"
#include "tests/support/collection/snapshots.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/snapshot_queryable.h"
#include "tsdb/store/store.h"

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
      before_last_ = std::exchange(last_, alert);
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
    if (step != Duration(0)) {
      rules_.StepClock(step, [] {});
    }
    rules_.Evaluate(
        tsdb::SnapshotQueryable(snapshot, Labels{{"job", "hakem"}, {"instance", "a:9187"}}), now);
  }

  /// Evaluates when the limit is there twice, so that Busy cannot be evaluated.
  void EvaluateBroken(Duration at) {
    const Timestamp now = kStart + at;
    const auto snapshot = MakeSnapshot(now, {{Labels{{"__name__", "games"}}, 250},
                                             {Labels{{"__name__", "limit"}, {"n", "1"}}, 1},
                                             {Labels{{"__name__", "limit"}, {"n", "2"}}, 2}});
    rules_.Evaluate(tsdb::SnapshotQueryable(snapshot, Labels{}), now);
  }

  /// Evaluates at each second of a span.
  void EvaluateEachSecond(Duration from, Duration until, double games) {
    for (Duration at = from; at <= until; at += seconds(1)) {
      Evaluate(at, games);
    }
  }

  RuleStatus Busy() const { return rules_.Status()->groups.at(0)->rules.at(0); }

  RuleStatus Idle() const { return rules_.Status()->groups.at(1)->rules.at(0); }

  /// Added to whole seconds, so that a snapshot has the time of each slot of the group "slow".
  const Duration phase_ = SlotsOf("a.yml", "slow", seconds(60)).offset % seconds(1);
  FakeClock clock_;
  RecordedInstruments instruments_;
  const tsdb::Store empty_;
  std::vector<std::string> notified_;
  std::optional<Alert> before_last_;
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
  const GroupStatus& group = *status->groups.front();
  EXPECT_EQ(group.name, "game");
  EXPECT_EQ(group.file, "a.yml");
  EXPECT_EQ(group.interval, seconds(5));
  EXPECT_EQ(group.limit, 10);
  EXPECT_EQ(group.last_evaluation, std::nullopt);
  EXPECT_EQ(status->groups.back()->interval, seconds(60));
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

TEST_F(RuleSetTest, SharesTheStatusOfGroupsThatWereNotEvaluated) {
  Evaluate(seconds(0), 250);
  const auto before = rules_.Status();
  Evaluate(seconds(5), 250);
  const auto after = rules_.Status();
  EXPECT_NE(after->groups.at(0), before->groups.at(0));
  EXPECT_EQ(after->groups.at(1), before->groups.at(1)) << "the same object, not a copy";
}

TEST_F(RuleSetTest, PublishesTheStatusBeforeItCallsTheSink) {
  std::string seen;
  RuleSet rules(*ParseRuleFile("groups: [{name: g, rules: [{alert: A, expr: '1'}]}]", "a.yml"),
                {.collection_interval = seconds(5), .external_url = ""},
                {.sink =
                     [&](std::span<const Alert>) {
                       seen = ToString(rules.Status()->groups.at(0)->rules.at(0).state());
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

TEST_F(RuleSetTest, EvaluatesAGroupWithAnIntervalOnlyInItsSlots) {
  std::vector<Timestamp> slots;
  const Slots expected = SlotsOf("a.yml", "slow", seconds(60));
  for (int second = 0; second <= 180; ++second) {
    const Duration at = seconds(second) + phase_;
    Evaluate(at, 0);
    const std::optional<Timestamp> last = Idle().last_evaluation;
    if (last && (slots.empty() || slots.back() != *last)) {
      EXPECT_EQ(*last, kStart + at) << "as soon as the slot begins";
      slots.push_back(*last);
    }
  }
  ASSERT_EQ(slots.size(), 3U);
  for (const Timestamp slot : slots) {
    EXPECT_EQ(expected.Latest(slot), slot);
  }
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_total", {"a.yml;slow"}), 3);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;slow"}), 0);
}

TEST_F(RuleSetTest, LeavesOutAndCountsSlotsThatHavePassed) {
  Evaluate(seconds(0), 0);
  Evaluate(seconds(600), 0);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_total", {"a.yml;slow"}), 10)
      << "with missed ones, as in Prometheus";
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;slow"}), 9);
}

TEST_F(RuleSetTest, EvaluatesASlotBetweenCollections) {
  Evaluate(seconds(0), 0);
  EXPECT_EQ(Idle().last_evaluation, std::nullopt);
  const std::optional<SteadyTime> due = rules_.NextDue();
  ASSERT_TRUE(due);
  const auto wait = std::chrono::ceil<Duration>(*due - clock_.SteadyNow());
  EXPECT_GT(wait, Duration(0));
  EXPECT_LE(wait, seconds(60));
  clock_.Advance(wait - Duration(1));
  EXPECT_FALSE(rules_.EvaluateNext(empty_));
  clock_.Advance(Duration(1));
  EXPECT_TRUE(rules_.EvaluateNext(empty_));
  EXPECT_EQ(Idle().last_evaluation, kStart + wait);
  EXPECT_FALSE(rules_.EvaluateNext(empty_));
}

TEST_F(RuleSetTest, CanEvaluateEveryGroupAtOnce) {
  const auto snapshot = MakeSnapshot(kStart, {{Labels{{"__name__", "games"}}, 0}});
  rules_.EvaluateAll(tsdb::SnapshotQueryable(snapshot, Labels{}), kStart);
  EXPECT_EQ(Busy().last_evaluation, kStart);
  EXPECT_EQ(Idle().last_evaluation, kStart);
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
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
  rules_.Submit(kStart + seconds(3));
  EvaluateBroken(seconds(5));
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;game"}), 2);
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;slow"}), 0);
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluation_failures_total", {"a.yml;game"}), 1);
  EXPECT_EQ(instruments_.Value("hakem_rule_evaluations_total", {"a.yml;game"}), 2);
  EXPECT_EQ(instruments_.Value("hakem_rule_evaluation_failures_total", {"a.yml;game"}), 1);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_total", {"a.yml;game"}), 3);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;game"}), 1);
  EXPECT_EQ(
      instruments_.Value("prometheus_rule_group_last_evaluation_timestamp_seconds", {"a.yml;game"}),
      ToUnixSeconds(kStart + seconds(5)));
}

TEST_F(RuleSetTest, RemovesTheMetricsOfARemovedGroup) {
  Evaluate(seconds(0), 250);
  const std::string_view all[] = {"prometheus_rule_evaluations_total",
                                  "prometheus_rule_evaluation_failures_total",
                                  "prometheus_rule_group_interval_seconds",
                                  "prometheus_rule_group_iterations_total",
                                  "prometheus_rule_group_iterations_missed_total",
                                  "prometheus_rule_group_last_duration_seconds",
                                  "prometheus_rule_group_last_evaluation_samples",
                                  "prometheus_rule_group_last_evaluation_timestamp_seconds",
                                  "prometheus_rule_group_last_rule_duration_sum_seconds",
                                  "prometheus_rule_group_rules"};
  for (const std::string_view metric : all) {
    EXPECT_TRUE(instruments_.Has(metric, {"a.yml;slow"})) << metric;
  }
  rules_.Replace(
      *ParseRuleFile("groups: [{name: game, rules: [{alert: Busy, expr: games > 1}]}]", "a.yml"));
  Evaluate(seconds(5), 250);
  for (const std::string_view metric : all) {
    EXPECT_FALSE(instruments_.Has(metric, {"a.yml;slow"})) << metric;
    EXPECT_TRUE(instruments_.Has(metric, {"a.yml;game"})) << metric;
  }
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;game"}), 2);
}

TEST_F(RuleSetTest, KeepsHealthAndEvaluationsOfAnUnchangedRuleWhenRulesAreReplaced) {
  Evaluate(seconds(0), 250);
  rules_.Replace(*ParseRuleFile(kRules, "a.yml"));
  EvaluateBroken(seconds(5));
  rules_.Replace(*ParseRuleFile(kRules, "a.yml"));
  EXPECT_FALSE(rules_.EvaluateNext(empty_)) << "only the rules are replaced";
  EXPECT_EQ(Busy().health, RuleHealth::kError);
  const auto evaluations = Busy().evaluations->List();
  ASSERT_EQ(evaluations.size(), 2U);
  EXPECT_NE(evaluations[0].error, "");
  EXPECT_EQ(evaluations[1].error, "");
  EXPECT_EQ(evaluations[1].time, kStart);
}

TEST_F(RuleSetTest, EvaluatesGroupsThatWaitForACollectionFirst) {
  const auto iterations = [this](std::string_view group) {
    return instruments_.Value("prometheus_rule_group_iterations_total", {group});
  };
  Evaluate(seconds(0), 250);
  EXPECT_EQ(iterations("a.yml;game"), 1);
  rules_.Submit(kStart + seconds(61));
  ASSERT_TRUE(rules_.EvaluateNext(empty_));
  EXPECT_EQ(iterations("a.yml;game"), 2);
  EXPECT_EQ(iterations("a.yml;slow"), 0);
  ASSERT_TRUE(rules_.EvaluateNext(empty_));
  EXPECT_EQ(iterations("a.yml;slow"), 1);
  EXPECT_FALSE(rules_.EvaluateNext(empty_));
  EXPECT_EQ(Busy().last_evaluation, kStart + seconds(61));
}

TEST_F(RuleSetTest, EvaluatesGroupsOnAScheduleAlthoughOthersAreAlwaysDue) {
  Evaluate(seconds(0), 250);
  for (int second = 61; second < 64; ++second) {
    rules_.Submit(kStart + seconds(second));  // The group without an interval is due again.
    ASSERT_TRUE(rules_.EvaluateNext(empty_));
  }

  EXPECT_NE(Idle().last_evaluation, std::nullopt);
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
  EXPECT_EQ(status->groups[0]->rules.at(1).query, "games > 210");
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

TEST_F(RuleSetTest, ResolvesAlertsUnderTheExternalLabelsThatReceiversKnow) {
  const auto replace = [this](Labels external_labels) {
    auto groups = *ParseRuleFile(kRules, "a.yml");
    groups[0].external_labels = std::move(external_labels);
    rules_.Replace(std::move(groups));
  };
  replace(Labels{{"site", "a"}});
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  ASSERT_TRUE(last_);
  const Alert first = *last_;
  EXPECT_EQ(first.labels.Get("site"), "a");
  replace(Labels{{"site", "b"}});
  Evaluate(seconds(15), 250);
  EXPECT_THAT(notified_, ElementsAre("firing Busy", "resolved Busy", "firing Busy"));
  EXPECT_EQ(before_last_->labels, first.labels);
  EXPECT_EQ(before_last_->starts_at, first.starts_at);
  EXPECT_EQ(before_last_->ends_at, kStart + seconds(15));
  EXPECT_EQ(last_->labels, first.labels.With("site", "b"));
  EXPECT_EQ(last_->starts_at, first.starts_at);
  replace(Labels{{"site", "b"}});
  Evaluate(seconds(20), 1);
  EXPECT_THAT(notified_,
              ElementsAre("firing Busy", "resolved Busy", "firing Busy", "resolved Busy"));
  EXPECT_EQ(last_->labels, first.labels.With("site", "b"));
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

/// Instruments for which there is no memory when a group called `Bad` appears.
class InstrumentsWithoutMemory : public RecordedInstruments {
 public:
  void Set(const Instrument& instrument, LabelValues labels, double value) override {
    if (labels.size() > 0 && labels.begin()->ends_with(";Bad")) {
      throw std::bad_alloc();
    }
    RecordedInstruments::Set(instrument, labels, value);
  }
};

TEST(RuleSet, KeepsItsRulesWhenAReloadRunsOutOfMemory) {
  const FakeClock clock;
  InstrumentsWithoutMemory instruments;
  RuleSet rules(*ParseRuleFile("groups: [{name: g, rules: [{alert: A, expr: '1'}]}]", "a.yml"),
                {.collection_interval = seconds(5), .external_url = ""},
                {.sink = [](std::span<const Alert>) {},
                 .clock = clock,
                 .instruments = instruments,
                 .log = Log::Silent().For("rules")});
  const tsdb::Store store;
  rules.Evaluate(store, kStart);
  EXPECT_THROW(
      rules.Replace(*ParseRuleFile("groups: [{name: Other}, {name: Bad}, {name: g}]", "a.yml")),
      std::bad_alloc);
  rules.Evaluate(store, kStart + seconds(5));
  const auto status = rules.Status();
  ASSERT_EQ(status->groups.size(), 1U);
  EXPECT_EQ(status->groups[0]->last_evaluation, kStart + seconds(5));
  EXPECT_EQ(status->groups[0]->rules.at(0).state(), AlertState::kFiring);
}

/// Instruments that note whether another thread had to wait for the rules while a series was
/// removed.
class InstrumentsThatUseTheRules : public RecordedInstruments {
 public:
  void Remove(const Instrument& instrument, LabelValues labels) override {
    RecordedInstruments::Remove(instrument, labels);
    ++removals;
    if (has_waited) {
      return;
    }
    const auto used = std::make_shared<std::promise<void>>();
    std::thread user([this, used] {
      rules->NextDue();
      used->set_value();
    });
    has_waited = used->get_future().wait_for(seconds(20)) != std::future_status::ready;
    has_waited ? user.detach() : user.join();
  }

  RuleSet* rules = nullptr;
  int removals = 0;
  bool has_waited = false;
};

TEST(RuleSet, DoesNotHoldUpTheCollectionWhileItRemovesMetrics) {
  const FakeClock clock;
  InstrumentsThatUseTheRules instruments;
  const auto parse = [](const std::string& groups) {
    return *ParseRuleFile("groups: [" + groups + "]", "a.yml");
  };
  RuleSet rules(
      parse("{name: g, rules: [{alert: A, expr: '1'}, {alert: B, expr: '1'}]}, {name: h}"),
      {.collection_interval = seconds(5), .external_url = ""},
      {.sink = [](std::span<const Alert>) {},
       .clock = clock,
       .instruments = instruments,
       .log = Log::Silent().For("rules")});
  instruments.rules = &rules;
  const tsdb::Store store;
  rules.Evaluate(store, kStart);
  rules.Replace(parse("{name: never}, {name: g}"));
  rules.Replace(parse("{name: g, rules: [{alert: B, expr: '1'}]}"));
  EXPECT_GT(instruments.removals, 0) << "those of a reload that was never applied";
  instruments.removals = 0;
  rules.Evaluate(store, kStart + seconds(5));
  EXPECT_GT(instruments.removals, 1) << "those of a rule and of a group";
  EXPECT_FALSE(instruments.Has("hakem_rule_input_missing", {"a.yml;g", "A"}));
  EXPECT_FALSE(instruments.has_waited);
}

TEST_F(RuleSetTest, RemovesTheMetricsOfAReloadThatAnotherOneReplaces) {
  rules_.Replace(*ParseRuleFile("groups: [{name: never}, {name: game}, {name: new}]", "a.yml"));
  rules_.Replace(*ParseRuleFile("groups: [{name: new}]", "a.yml"));
  const auto has_metrics = [this](std::string_view group) {
    return instruments_.Has("prometheus_rule_group_rules", {group});
  };
  EXPECT_FALSE(has_metrics("a.yml;never"));
  EXPECT_TRUE(has_metrics("a.yml;game"));
  EXPECT_TRUE(has_metrics("a.yml;new"));
  Evaluate(seconds(0), 250);
  EXPECT_FALSE(has_metrics("a.yml;game"));
  EXPECT_TRUE(has_metrics("a.yml;new"));
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
  EvaluateEachSecond(phase_, seconds(60) + phase_, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Idle"));
  const Duration step = -seconds(400 * 86'400);
  Evaluate(seconds(61) + phase_ + step, 1, step);
  EvaluateEachSecond(seconds(62) + phase_ + step, seconds(122) + phase_ + step, 1);
  EXPECT_THAT(notified_, ElementsAre("firing Idle", "resolved Idle"));
}

TEST_F(RuleSetTest, EvaluatesNothingWhileSamplesMove) {
  Evaluate(seconds(0), 250);
  rules_.Submit(kStart + seconds(5));
  bool has_moved = false;
  rules_.StepClock(-seconds(3600), [&] {
    EXPECT_FALSE(rules_.EvaluateNext(empty_));
    has_moved = true;
  });
  EXPECT_TRUE(has_moved);
  EXPECT_TRUE(rules_.EvaluateNext(empty_));
  EXPECT_EQ(Busy().last_evaluation, kStart + seconds(5 - 3600));
}

/// Samples that another thread moves, because the clock is set, while they are read.
class SamplesThatMove final : public tsdb::Queryable {
 public:
  explicit SamplesThatMove(RuleSet& rules) : rules_(rules) {}

  ~SamplesThatMove() override {
    if (mover_.joinable()) {
      mover_.join();
    }
  }

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> /*matchers*/,
                                           Timestamp /*after*/,
                                           Timestamp /*until*/) const override {
    if (mover_.joinable()) {  // The group looks for the metrics that its rules read.
      return {};
    }
    mover_ = std::thread([this] {
      rules_.StepClock(-seconds(3600), [this] { was_busy = rules_.BusySince().has_value(); });
    });
    for (const auto begun = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() < begun + seconds(30);) {
      CheckInterruptedNow();
      std::this_thread::yield();
    }
    ADD_FAILURE() << "the evaluation was not stopped";
    return {};
  }

  mutable std::thread mover_;
  mutable std::optional<bool>
      was_busy;  ///< Whether a group was being evaluated when the samples moved.

 private:
  RuleSet& rules_;
};

TEST_F(RuleSetTest, StopsEvaluationsThatRunWhenTheClockIsSet) {
  Evaluate(seconds(0), 250);
  Evaluate(seconds(10), 250);
  rules_.Submit(kStart + seconds(15));
  SamplesThatMove samples(rules_);
  EXPECT_TRUE(rules_.EvaluateNext(samples));
  samples.mover_.join();
  EXPECT_EQ(samples.was_busy, false);
  EXPECT_EQ(Busy().health, RuleHealth::kOk) << "that it was stopped is no error of the rule";
  EXPECT_EQ(Busy().state(), AlertState::kFiring);
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;game"}), 1);
}

TEST_F(RuleSetTest, MakesUpForAnEvaluationThatAStepOfTheClockInterrupts) {
  Evaluate(seconds(0), 0);
  clock_.Advance(seconds(60));
  SamplesThatMove samples(rules_);
  EXPECT_TRUE(rules_.EvaluateNext(samples));
  samples.mover_.join();
  const auto iterations = [this](const std::string& kind) {
    return instruments_.Value("prometheus_rule_group_iterations" + kind, {"a.yml;slow"});
  };
  EXPECT_EQ(iterations("_missed_total"), 1);
  EXPECT_TRUE(rules_.EvaluateNext(empty_)) << "and not only at the next slot";
  EXPECT_EQ(iterations("_total"), 2);
  EXPECT_EQ(iterations("_missed_total"), 1);
  EXPECT_FALSE(rules_.EvaluateNext(empty_)) << "once";
}

TEST_F(RuleSetTest, MovesNothingIfTheSamplesCannotBeMoved) {
  Evaluate(seconds(0), 250);
  EXPECT_THROW(rules_.StepClock(-seconds(3600), [] { throw std::bad_alloc(); }), std::bad_alloc);
  Evaluate(seconds(5), 250);
  EXPECT_EQ(Busy().last_evaluation, kStart + seconds(5));
  EXPECT_EQ(Busy().alerts.at(0).active_at, kStart);
  Evaluate(seconds(10 - 3600), 250, -seconds(3600));
  EXPECT_THAT(notified_, ElementsAre("firing Busy")) << "the second try moves the times";
}

TEST_F(RuleSetTest, StopsEvaluationsAtTheEnd) {
  Evaluate(seconds(0), 250);
  rules_.Stop();
  Evaluate(seconds(10), 250);
  EXPECT_EQ(Busy().last_evaluation, kStart) << "the rule is left out";
  EXPECT_THAT(notified_, IsEmpty());
}

/// A clock that counts how often it is read.
class CountingClock final : public Clock {
 public:
  Timestamp Now() const override { return kStart; }

  SteadyTime SteadyNow() const override {
    ++reads;
    return {};
  }

  bool SleepUntil(SteadyTime /*deadline*/, const std::stop_token& /*stop*/) const override {
    return true;
  }

  mutable int reads = 0;
};

TEST(RuleSet, DoesNotLookAtAllGroupsForEach) {
  constexpr int kGroups = 1000;
  std::string groups = "groups:\n";
  for (int i = 0; i < kGroups; ++i) {
    groups += fmt::format("- {{name: g{}, rules: [{{alert: A, expr: vector(1) > 2}}]}}\n", i);
  }
  const CountingClock clock;
  RecordedInstruments instruments;
  RuleSet rules(*ParseRuleFile(groups, "a.yml"),
                {.collection_interval = seconds(5), .external_url = ""},
                {.sink = [](std::span<const Alert>) {},
                 .clock = clock,
                 .instruments = instruments,
                 .log = Log::Silent().For("rules")});
  const tsdb::Store store;
  rules.Submit(kStart);
  clock.reads = 0;
  int evaluations = 0;
  while (rules.EvaluateNext(store)) {
    ++evaluations;
  }
  EXPECT_EQ(evaluations, kGroups);
  EXPECT_LT(clock.reads, 20 * kGroups) << "a few times for each evaluation";
}

}  // namespace
}  // namespace hakem::rules
