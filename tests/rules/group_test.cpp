#include "rules/group.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/support/alerting/rule_history.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"

namespace hakem::rules {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// A store of which each read takes some time.
class SlowStore final : public tsdb::Queryable {
 public:
  SlowStore(const tsdb::Store& store, FakeClock& clock,
            Duration each = std::chrono::milliseconds(100))
      : store_(store), clock_(clock), each_(each) {}

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override {
    clock_.Advance(each_);
    return store_.Select(matchers, after, until);
  }

 private:
  const tsdb::Store& store_;
  FakeClock& clock_;
  const Duration each_;
};

/// A store for whose metric `boom` there is no memory.
class StoreWithoutMemory final : public tsdb::Queryable {
 public:
  explicit StoreWithoutMemory(const tsdb::Store& store) : store_(store) {}

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override {
    if (matchers.front().value() == "boom") {
      throw std::bad_alloc();
    }
    return store_.Select(matchers, after, until);
  }

 private:
  const tsdb::Store& store_;
};

/// A store that notes at each read whether it has the series ALERTS.
class StoreThatLooksForAlerts final : public tsdb::Queryable {
 public:
  explicit StoreThatLooksForAlerts(const tsdb::Store& store) : store_(store) {}

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override {
    has_alerts.push_back(!HistoryOf(store_, kStart, "ALERTS{").empty());
    return store_.Select(matchers, after, until);
  }

  mutable std::vector<bool> has_alerts;

 private:
  const tsdb::Store& store_;
};

/// One group over a history with the series `games{game="hokm"}` and `games{game="shelem"}`.
class GroupTest : public ::testing::Test {
 protected:
  /// Makes the group from the lines of its definition. An earlier one is continued.
  void Load(std::string_view definition) {
    auto groups = ParseRuleFile("groups:\n- name: g\n" + std::string(definition), "a.yml");
    ASSERT_THAT(groups, IsOk());
    const std::unique_ptr<Group> before = std::move(group_);
    group_ = Make(std::move(groups->front()));
    if (before != nullptr) {
      Continuation plan = group_->PlanToContinue(*before, clock_.Now());
      const std::vector<std::string> removed = plan.removed_names;
      group_->Continue(*before, std::move(plan));
      group_->RemoveMetricsOf(removed);
    }
  }

  std::unique_ptr<Group> Make(RuleGroup definition) {
    return std::make_unique<Group>(std::move(definition), seconds(5),
                                   Group::Deps{.clock = clock_,
                                               .instruments = instruments_,
                                               .log = Log::Silent().For("rules"),
                                               .history = &store_,
                                               .external_url = "https://hakem.example",
                                               .lacks_extension = [this](std::string_view name) {
                                                 return lacking_.contains(name);
                                               }});
  }

  /// Evaluates at a second when there are so many games; a negative number stands for no sample.
  void Evaluate(int second, double hokm, double shelem = -1) {
    const Timestamp now = kStart + seconds(second);
    std::vector<Sample> samples;
    for (const auto& [game, value] : {std::pair("hokm", hokm), std::pair("shelem", shelem)}) {
      samples.push_back(
          {std::make_shared<const Series>(Labels{{"__name__", "games"}, {"game", game}}),
           value < 0 ? tsdb::kStaleMarker : value});
    }
    store_.Append(now, samples);
    group_->Evaluate(store_, now);
    for (const Alert& alert : group_->unsent()) {
      changes_.push_back(
          fmt::format("{} {}", alert.firing() ? "firing" : "resolved", FormatSeries(alert.labels)));
    }
    group_->MarkSent();
  }

  std::string Error(std::size_t rule) const { return group_->Status().rules.at(rule).last_error; }

  FakeClock clock_;
  RecordedInstruments instruments_;
  tsdb::Store store_;
  std::set<std::string, std::less<>> lacking_;  // Extensions that no server has.
  std::unique_ptr<Group> group_;
  std::vector<std::string> changes_;
};

TEST_F(GroupTest, ShowsRecordedSamplesToLaterRulesAtOnce) {
  Load(R"(
  rules:
  - {record: 'game:games:sum', expr: sum(games)}
  - {record: 'game:games:double', expr: '2 * game:games:sum'}
  - {alert: Busy, expr: 'game:games:double > 400'}
)");
  Evaluate(0, 100, 50);
  EXPECT_THAT(changes_, IsEmpty());
  Evaluate(5, 150, 60);
  EXPECT_THAT(HistoryOf(store_, kStart, "game:"),
              ElementsAre("game:games:double 0:300 5:420", "game:games:sum 0:150 5:210"));
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\"}"));
}

/// Two rules, of which the first needs the extension `counts`.
RuleGroup WithANeed() {
  auto groups = ParseRuleFile(R"(groups:
- name: g
  rules:
  - {alert: Busy, expr: games > 100}
  - {alert: Any, expr: games}
)",
                              "a.yml");
  std::get<AlertRule>(groups->front().rules[0]).needs = NeededExtension{"counts", "make counts"};
  return std::move(groups->front());
}

TEST_F(GroupTest, LeavesOutARuleWhileAnExtensionIsMissing) {
  lacking_ = {"counts"};
  group_ = Make(WithANeed());
  Evaluate(0, 150);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Any\", game=\"hokm\"}"));
  const RuleStatus left_out = group_->Status().rules[0];
  EXPECT_EQ(left_out.health, RuleHealth::kUnknown);
  EXPECT_EQ(left_out.last_error, "left out, because it needs the extension counts: make counts");
  EXPECT_EQ(left_out.last_evaluation, std::nullopt);
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluations_total", {"a.yml;g"}), 1);

  changes_.clear();
  lacking_ = {"another"};
  Evaluate(5, 150);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\"}"));
  EXPECT_EQ(group_->Status().rules[0].health, RuleHealth::kOk);
  EXPECT_EQ(Error(0), "");
}

TEST_F(GroupTest, EvaluatesARuleWithAlertsAlsoWithoutItsExtension) {
  group_ = Make(WithANeed());
  Evaluate(0, 150);
  changes_.clear();
  lacking_ = {"counts"};
  Evaluate(5, 50);
  EXPECT_THAT(changes_, ElementsAre("resolved {alertname=\"Busy\", game=\"hokm\"}"));
  EXPECT_EQ(Error(0), "");
  Evaluate(5 + 16 * 60, 50);  // Forgets the resolved alert.
  Evaluate(10 + 16 * 60, 150);
  EXPECT_EQ(changes_.size(), 1U);
  EXPECT_THAT(Error(0), testing::StartsWith("left out"));
}

TEST_F(GroupTest, ShowsRecordedSamplesToEarlierRulesAtTheNextEvaluation) {
  Load(R"(
  rules:
  - {record: 'a:before', expr: 'b:games'}
  - {record: 'b:games', expr: 'sum(games)'}
)");
  Evaluate(0, 1);
  Evaluate(5, 2);
  EXPECT_THAT(HistoryOf(store_, kStart, "a:"), ElementsAre("a:before 5:1"));
}

TEST_F(GroupTest, ShowsRecordedSamplesToTheTemplatesOfLaterRules) {
  Load(R"yaml(
  query_offset: 10s
  rules:
  - {record: 'game:games:sum', expr: sum(games)}
  - alert: Busy
    expr: sum(games) > 100
    labels: {level: '{{ if gt $value 200.0 }}high{{ else }}low{{ end }}'}
    annotations:
      offset: '{{ $value }} then, {{ query "sum(games)" | first | value }} now'
      recorded: '{{ with query "game:games:sum" }}{{ . | first | value }}{{ end }}'
)yaml");
  Evaluate(0, 150, 60);
  Evaluate(10, 300);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", level=\"high\"}"));
  EXPECT_EQ(group_->Status().rules.at(1).alerts.at(0).annotations,
            (Annotations{{"offset", "210 then, 300 now"}, {"recorded", "210"}}));
}

TEST_F(GroupTest, GivesExternalLabelsAndUrlToTemplates) {
  auto groups =
      ParseRuleFile(R"yaml(groups: [{name: g, rules: [{alert: Busy, expr: sum(games) > 100,
    labels: {from: '{{ $externalLabels.cluster }}'},
    annotations: {link: '{{ $externalURL }}/alerts'}}]}])yaml",
                    "a.yml");
  ASSERT_THAT(groups, IsOk());
  groups->front().external_labels = Labels{{"cluster", "c1"}};
  group_ = Make(std::move(groups->front()));
  Evaluate(0, 150);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", cluster=\"c1\", from=\"c1\"}"));
  EXPECT_EQ(group_->Status().rules.at(0).alerts.at(0).annotations,
            (Annotations{{"link", "https://hakem.example/alerts"}}));
}

TEST_F(GroupTest, EndsRecordedSeriesThatVanish) {
  Load("\n  rules: [{record: 'game:games', expr: games}]");
  Evaluate(0, 1, 2);
  Evaluate(5, 3);
  Evaluate(10, 4);
  EXPECT_THAT(HistoryOf(store_, kStart, "game:"),
              ElementsAre("game:games{game=\"hokm\"} 0:1 5:3 10:4",
                          "game:games{game=\"shelem\"} 0:2 5:stale"));
}

TEST_F(GroupTest, WritesAndEndsNothingWhileARecordingRuleFails) {
  Load("\n  limit: 1\n  rules: [{record: 'game:games', expr: games}]");
  Evaluate(0, 1);
  EXPECT_EQ(Error(0), "");
  Evaluate(5, 1, 2);
  EXPECT_EQ(Error(0), "exceeded limit of 1 with 2 series");
  Evaluate(10, -1, 3);
  EXPECT_EQ(Error(0), "");
  EXPECT_THAT(
      HistoryOf(store_, kStart, "game:"),
      ElementsAre("game:games{game=\"hokm\"} 0:1 10:stale", "game:games{game=\"shelem\"} 10:3"));
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluation_failures_total", {"a.yml;g"}), 1);
}

TEST_F(GroupTest, KeepsTheStatesOfAlertsAsSeries) {
  Load("\n  rules: [{alert: Busy, expr: games > 200, for: 10s}]");
  Evaluate(0, 250);
  Evaluate(5, 250);
  Evaluate(10, 250);
  Evaluate(15, 100);
  EXPECT_THAT(
      HistoryOf(store_, kStart, "ALERTS"),
      ElementsAre(
          "ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\"} 10:1 15:stale",
          "ALERTS{alertname=\"Busy\", alertstate=\"pending\", game=\"hokm\"} 0:1 5:1 10:stale",
          "ALERTS_FOR_STATE{alertname=\"Busy\", game=\"hokm\"} 0:1767225600 5:1767225600 "
          "10:1767225600 15:stale"));
}

TEST_F(GroupTest, LeavesTheSeriesOfAlertsAloneWhenTheirLimitIsExceeded) {
  Load("\n  limit: 1\n  rules: [{alert: Busy, expr: games > 200}]");
  Evaluate(0, 250);
  Evaluate(5, 250, 250);
  EXPECT_EQ(Error(0), "exceeded limit of 1 with 2 alerts");
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS{"),
              ElementsAre("ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\"} 0:1"));
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\"}",
                                    "resolved {alertname=\"Busy\", game=\"hokm\"}"));
}

TEST_F(GroupTest, CanAlertOnTheAlertsOfAnEarlierRule) {
  Load(R"(
  rules:
  - {alert: Busy, expr: games > 200}
  - {alert: Many, expr: 'count(ALERTS{alertname="Busy", alertstate="firing"}) > 1'}
)");
  Evaluate(0, 250);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\"}"));
  Evaluate(5, 250, 250);
  EXPECT_THAT(changes_, Contains("firing {alertname=\"Many\"}"));
}

TEST_F(GroupTest, ShowsTheAlertsOfAnEarlierRuleToTheTemplatesOfLaterOnes) {
  Load(R"yaml(
  rules:
  - {alert: Busy, expr: games > 200}
  - alert: Also
    expr: games > 200
    annotations: {alerts: '{{ query "ALERTS" | len }}'}
)yaml");
  Evaluate(0, 250);
  EXPECT_EQ(group_->Status().rules.at(1).alerts.at(0).annotations, (Annotations{{"alerts", "1"}}));
}

TEST_F(GroupTest, WritesTheSeriesOfAlertsTogetherUnlessARuleReadsThem) {
  Load(R"(
  rules:
  - {alert: Busy, expr: games > 200}
  - {alert: Busier, expr: games > 100}
  - {record: 'game:games', expr: games}
  - {alert: Any, expr: 'count({game="hokm"} > 100)'}
)");
  const Sample games{
      std::make_shared<const Series>(Labels{{"__name__", "games"}, {"game", "hokm"}}), 250};
  store_.Append(kStart, {&games, 1});
  const StoreThatLooksForAlerts samples(store_);
  group_->Evaluate(samples, kStart);
  ASSERT_GE(samples.has_alerts.size(), 4U);
  EXPECT_EQ(std::vector(samples.has_alerts.begin(), samples.has_alerts.begin() + 4),
            (std::vector<bool>{false, false, false, true}));
  EXPECT_EQ(HistoryOf(store_, kStart, "ALERTS{").size(), 3U);
}

TEST_F(GroupTest, QueriesAndWritesEarlierByTheQueryOffset) {
  Load(R"(
  query_offset: 10s
  rules:
  - {record: 'game:games', expr: sum(games)}
  - {alert: Busy, expr: games > 200}
)");
  Evaluate(0, 1);
  Evaluate(10, 250);
  EXPECT_THAT(HistoryOf(store_, kStart, "game:"), ElementsAre("game:games 0:1"));
  EXPECT_THAT(changes_, IsEmpty());
  Evaluate(20, 1);
  EXPECT_THAT(HistoryOf(store_, kStart, "game:"), ElementsAre("game:games 0:1 10:250"));
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\"}"));
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS"),
              ElementsAre("ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\"} 10:1",
                          "ALERTS_FOR_STATE{alertname=\"Busy\", game=\"hokm\"} 10:1767225620"));
}

TEST_F(GroupTest, AddsExternalLabelsToAlertsThatLackThem) {
  auto groups = ParseRuleFile(
      "groups: [{name: g, rules: [{alert: Busy, expr: games, labels: {zone: own}}]}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  groups->front().external_labels = Labels{{"zone", "z1"}, {"site", "s1"}};
  group_ = Make(std::move(groups->front()));
  Evaluate(0, 1);
  EXPECT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\", site=\"s1\", "
                                    "zone=\"own\"}"));
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS{"),
              ElementsAre("ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\", "
                          "zone=\"own\"} 0:1"));
}

TEST_F(GroupTest, EndsTheSeriesOfARuleThatAReloadRemoves) {
  Load(R"(
  rules:
  - {record: 'a:games', expr: sum(games)}
  - {record: 'b:games', expr: sum(games)}
  - {alert: Busy, expr: games > 200}
)");
  Evaluate(0, 250);
  Load("\n  rules: [{record: 'b:games', expr: 2 * sum(games)}]");
  Evaluate(5, 250);
  EXPECT_THAT(HistoryOf(store_, kStart, "a:"), ElementsAre("a:games 0:250 5:stale"));
  EXPECT_THAT(HistoryOf(store_, kStart, "b:"), ElementsAre("b:games 0:250 5:500"));
  EXPECT_THAT(HistoryOf(store_, kStart, "ALERTS{"),
              ElementsAre("ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\"} 0:1 "
                          "5:stale"));
}

TEST_F(GroupTest, EndsSeriesThatVanishInTheFirstEvaluationAfterAReload) {
  Load("\n  rules: [{record: 'game:games', expr: games}]");
  Evaluate(0, 1, 2);
  Load("\n  rules: [{record: 'game:games', expr: games}]");
  Evaluate(5, 1);
  EXPECT_THAT(
      HistoryOf(store_, kStart, "game:"),
      ElementsAre("game:games{game=\"hokm\"} 0:1 5:1", "game:games{game=\"shelem\"} 0:2 5:stale"));
}

TEST_F(GroupTest, DoesNotTakeAnAlertingRuleForARecordingRuleOfItsName) {
  Load("\n  rules: [{alert: games_sum, expr: games > 200}]");
  Evaluate(0, 250);
  Load("\n  rules: [{record: games_sum, expr: sum(games)}]");
  Evaluate(5, 250);
  EXPECT_EQ(group_->Status().rules.at(0).kind, RuleKind::kRecording);
  EXPECT_THAT(group_->Status().rules.at(0).alerts, IsEmpty());
  EXPECT_THAT(HistoryOf(store_, kStart, "games_sum"), ElementsAre("games_sum 5:250"));
}

TEST_F(GroupTest, LosesNoChangeWhenALaterRuleRunsOutOfMemory) {
  Load(R"(
  rules:
  - {alert: Busy, expr: games > 200}
  - {alert: Boom, expr: boom or games > 200}
  - {record: 'game:games', expr: games}
)");
  Evaluate(0, 250);
  EXPECT_EQ(changes_.size(), 2U);
  Evaluate(5, 100);
  Evaluate(10, 250);
  EXPECT_EQ(group_->Status().rules.at(1).state(), AlertState::kFiring);
  changes_.clear();
  const Sample games{
      std::make_shared<const Series>(Labels{{"__name__", "games"}, {"game", "hokm"}}), 100};
  store_.Append(kStart + seconds(15), {&games, 1});
  group_->Evaluate(StoreWithoutMemory(store_), kStart + seconds(15));
  ASSERT_EQ(group_->unsent().size(), 1U);
  EXPECT_EQ(group_->unsent()[0].labels, (Labels{{"alertname", "Busy"}, {"game", "hokm"}}));
  EXPECT_EQ(Error(1), "out of memory");
  EXPECT_EQ(group_->Status().rules.at(1).state(), AlertState::kFiring) << "as it was";
  EXPECT_THAT(HistoryOf(store_, kStart, "game:"),
              ElementsAre("game:games{game=\"hokm\"} 0:250 5:100 10:250 15:100"));
}

TEST_F(GroupTest, LimitsTheTimeOfARulesTemplates) {
  Load(R"yaml(
  rules:
  - alert: Busy
    expr: games > 200
    annotations:
      a: '{{ query "games" | len }}'
      b: '{{ query "games" | len }}'
      c: '{{ query "games" | len }}'
      d: '{{ query "games" | len }}'
      e: constant
)yaml");
  Evaluate(0, 100);
  const Sample games{
      std::make_shared<const Series>(Labels{{"__name__", "games"}, {"game", "hokm"}}), 250};
  store_.Append(kStart + seconds(5), {&games, 1});
  const SteadyTime begun = clock_.SteadyNow();
  group_->Evaluate(SlowStore(store_, clock_, seconds(50)), kStart + seconds(5));
  EXPECT_LE(clock_.SteadyNow() - begun, seconds(150));
  ASSERT_EQ(group_->unsent().size(), 1U) << "the alert fires nevertheless";
  const auto& annotations = group_->unsent()[0].annotations;
  EXPECT_EQ(annotations.at("a"), "1");
  EXPECT_EQ(
      annotations.at("d"),
      "<error expanding template: error executing template __alert_Busy: the evaluation takes "
      "longer than 2m>");
  EXPECT_EQ(annotations.at("e"), "constant");
  EXPECT_EQ(Error(0), "");
}

TEST_F(GroupTest, LeavesAlertsAsTheyAreWhenTheTimeForALabelIsOver) {
  Load(R"yaml(
  rules:
  - alert: Busy
    expr: games > 200
    labels:
      a: '{{ query "games" | len }}'
      b: '{{ query "games" | len }}'
      c: '{{ query "games" | len }}'
      d: '{{ query "games" | len }}'
)yaml");
  Evaluate(0, 250);
  ASSERT_EQ(changes_.size(), 1U);
  changes_.clear();
  group_->Evaluate(SlowStore(store_, clock_, seconds(50)), kStart + seconds(5));
  EXPECT_EQ(Error(0), "the evaluation takes longer than 2m");
  EXPECT_THAT(group_->unsent(), IsEmpty()) << "no alert with another label fires in its place";
  Evaluate(10, 250);
  EXPECT_THAT(changes_, IsEmpty());
  EXPECT_EQ(group_->Status().rules.at(0).state(), AlertState::kFiring);
}

TEST_F(GroupTest, LimitsTheTimeOfARulesExpression) {
  std::string many = "games > 200";
  for (int i = 0; i < 100; ++i) {
    many += " or games > 200";
  }
  Load(fmt::format("\n  rules: [{{alert: Busy, expr: {0}}}, {{record: x, expr: {0}}}]", many));
  Evaluate(0, 250);
  const SteadyTime begun = clock_.SteadyNow();
  group_->Evaluate(SlowStore(store_, clock_, seconds(3)), kStart + seconds(5));
  EXPECT_LT(clock_.SteadyNow() - begun, 2 * seconds(200)) << "not all of 300 s each";
  EXPECT_EQ(Error(0), "the evaluation takes longer than 2m");
  EXPECT_EQ(group_->Status().rules.at(0).state(), AlertState::kFiring) << "as it was";
  EXPECT_EQ(Error(1), "the evaluation takes longer than 2m");
  EXPECT_EQ(instruments_.Value("prometheus_rule_evaluation_failures_total", {"a.yml;g"}), 2);
}

TEST_F(GroupTest, ReportsDurationsAndSamples) {
  Load(R"(
  rules:
  - {record: 'game:games', expr: games}
  - {alert: Busy, expr: games > 200 and games < 1000}
  - {alert: Bad, expr: 'vector(1) + on () games'}
)");
  const auto value = [this](const std::string& name, Instruments::LabelValues labels = {}) {
    return instruments_.Value("prometheus_rule_" + name, labels);
  };
  EXPECT_TRUE(instruments_.Has("prometheus_rule_group_last_evaluation_samples", {"a.yml;g"}));
  Evaluate(0, 250, 1);
  EXPECT_EQ(value("evaluation_duration_seconds_count"), 3);
  EXPECT_EQ(value("group_duration_seconds_count"), 1);
  EXPECT_EQ(value("group_last_evaluation_samples", {"a.yml;g"}), 4)
      << "two of the recording rule, ALERTS and ALERTS_FOR_STATE";
  group_->Evaluate(SlowStore(store_, clock_), kStart + seconds(5));
  EXPECT_DOUBLE_EQ(value("evaluation_duration_seconds_sum"), 0.4);
  EXPECT_DOUBLE_EQ(value("group_duration_seconds_sum"), 0.4);
  EXPECT_DOUBLE_EQ(value("group_last_duration_seconds", {"a.yml;g"}), 0.4);
  EXPECT_DOUBLE_EQ(value("group_last_rule_duration_sum_seconds", {"a.yml;g"}), 0.4);
  EXPECT_FALSE(
      instruments_.Has("prometheus_rule_group_last_restore_duration_seconds", {"a.yml;g"}));
  StoredAlerts nothing;
  group_->Restore(nothing);
  EXPECT_TRUE(instruments_.Has("prometheus_rule_group_last_restore_duration_seconds", {"a.yml;g"}));
}

TEST_F(GroupTest, LogsTheEvaluationsOfEachRule) {
  Load("\n  limit: 1\n  rules: [{alert: Busy, expr: games > 200}]");
  Evaluate(0, 250, 1);
  group_->Evaluate(SlowStore(store_, clock_), kStart + seconds(5));
  Evaluate(10, 250, 251);
  const auto evaluations = group_->Status().rules.at(0).evaluations->List();
  ASSERT_EQ(evaluations.size(), 3U);
  EXPECT_EQ(evaluations[0].time, kStart + seconds(10));
  EXPECT_EQ(evaluations[0].series_read, 2U);
  EXPECT_EQ(evaluations[0].series_returned, 2U);
  EXPECT_EQ(evaluations[0].error, "exceeded limit of 1 with 2 alerts");
  EXPECT_EQ(evaluations[1].duration, Seconds(0.1));
  EXPECT_EQ(evaluations[2].series_read, 2U);
  EXPECT_EQ(evaluations[2].series_returned, 1U);
  EXPECT_EQ(evaluations[2].error, "");
}

TEST_F(GroupTest, LogsWhatAFailedEvaluationHasRead) {
  Load("\n  rules: [{alert: Bad, expr: 'sum(games) + on () games'}]");
  Evaluate(0, 1, 2);
  const auto evaluations = group_->Status().rules.at(0).evaluations->List();
  EXPECT_EQ(evaluations.at(0).series_read, 4U);
  EXPECT_EQ(evaluations.at(0).series_returned, 0U);
  EXPECT_EQ(evaluations.at(0).error, Error(0));
  EXPECT_NE(Error(0), "");
}

TEST_F(GroupTest, ShowsRecordingRules) {
  Load("\n  labels: {a: b}\n  rules: [{record: 'game:games', expr: sum(games), labels: {c: d}}]");
  const GroupStatus status = group_->Status();
  const RuleStatus& rule = status.rules.at(0);
  EXPECT_EQ(rule.kind, RuleKind::kRecording);
  EXPECT_EQ(rule.name, "game:games");
  EXPECT_EQ(rule.query, "sum(games)");
  EXPECT_EQ(rule.labels, (std::map<std::string, std::string>{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(rule.health, RuleHealth::kUnknown);
}

TEST_F(GroupTest, ReportsARuleWhoseMetricHasEndedUntilItIsForgotten) {
  Load(R"(
  rules:
  - {alert: Busy, expr: 'sum(games{game="hokm"}) > 400'}
  - {alert: Gone, expr: absent(games)}
  - {alert: Never, expr: nothing > 0}
)");
  const auto missing = [this](const std::string& rule) {
    return instruments_.Value("hakem_rule_input_missing", {"a.yml;g", rule});
  };
  Evaluate(0, 1);
  EXPECT_TRUE(instruments_.Has("hakem_rule_input_missing", {"a.yml;g", "Never"}));
  EXPECT_EQ(missing("Busy"), 0);
  Evaluate(30, -1);
  EXPECT_EQ(missing("Busy"), 0) << "looked for once a minute";
  Evaluate(60, -1);
  EXPECT_EQ(missing("Busy"), 1);
  EXPECT_EQ(missing("Gone"), 0) << "it expects the metric to be absent";
  EXPECT_EQ(missing("Never"), 0) << "it never had one";
  Evaluate(120, -1, 5);
  EXPECT_EQ(missing("Busy"), 0) << "another series of the metric";
  Evaluate(180, -1, -1);
  EXPECT_EQ(missing("Busy"), 1);
  group_->Evaluate(store_, kStart + std::chrono::hours(25));
  EXPECT_EQ(missing("Busy"), 0);
}

TEST_F(GroupTest, KeepsAFiringAlertWhileAStepOfTheClockLeavesAGapInItsRange) {
  Load("\n  rules: [{alert: Busy, expr: 'rate(games[1m]) > 0'}]");
  for (const int second : {0, 10, 20}) {
    Evaluate(second, second);
  }
  ASSERT_THAT(changes_, ElementsAre("firing {alertname=\"Busy\", game=\"hokm\"}"));
  group_->MoveTimes(seconds(600));
  Evaluate(630, 30);
  Evaluate(640, 40);
  EXPECT_EQ(changes_.size(), 1U) << "it has fired all the time";
  Evaluate(650, 40);
  Evaluate(700, 40);
  Evaluate(710, 40);
  EXPECT_EQ(changes_.size(), 2U) << "it ends as usual once it has had a result";
}

TEST_F(GroupTest, EndsAFiringAlertWhenTheGapOfAStepOfTheClockHasPassed) {
  Load("\n  rules: [{alert: Busy, expr: 'rate(games[1m]) > 0'}]");
  for (const int second : {0, 10, 20}) {
    Evaluate(second, second);
  }
  changes_.clear();
  group_->MoveTimes(seconds(600));
  Evaluate(630, 20);
  Evaluate(670, 20);
  EXPECT_THAT(changes_, IsEmpty());
  Evaluate(680, 20);
  EXPECT_THAT(changes_, ElementsAre("resolved {alertname=\"Busy\", game=\"hokm\"}"));
}

TEST_F(GroupTest, EndsAFiringAlertAtOnceAfterASmallStepOfTheClock) {
  Load("\n  rules: [{alert: Busy, expr: games > 200}]");
  Evaluate(0, 250);
  group_->MoveTimes(seconds(60));
  Evaluate(65, 100);
  EXPECT_EQ(changes_.size(), 2U) << "half of the lookback has samples";
}

TEST_F(GroupTest, ReportsNoMissingMetricOfARuleThatIsGone) {
  Load("  rules: [{alert: Busy, expr: games > 400}]\n");
  Evaluate(0, 1);
  Evaluate(60, -1);
  ASSERT_EQ(instruments_.Value("hakem_rule_input_missing", {"a.yml;g", "Busy"}), 1);
  Load("  rules: [{alert: Other, expr: games > 400}]\n");
  EXPECT_FALSE(instruments_.Has("hakem_rule_input_missing", {"a.yml;g", "Busy"}));
  Evaluate(120, 1);
  ASSERT_TRUE(instruments_.Has("hakem_rule_input_missing", {"a.yml;g", "Other"}));
  group_->RemoveMetrics();
  EXPECT_FALSE(instruments_.Has("hakem_rule_input_missing", {"a.yml;g", "Other"}));
}

}  // namespace
}  // namespace hakem::rules
