#include "exporter/scrape/target_state.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "exporter/scrape/target_families.h"
#include "tests/support/collection/test_collectors.h"

namespace hakem::exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto kFast = collectors::Lane::kFast;
constexpr auto kSlow = collectors::Lane::kSlow;

class TargetStateTest : public testing::Test {
 protected:
  static LaneRound Good() {
    MetricFamily family{.name = "first_value", .type = {}, .help = "First.", .samples = {}};
    family.samples.push_back(
        {std::make_shared<const Series>(Labels{{"__name__", "first_value"}}), 1});
    LaneRound round;
    round.connected = true;
    round.connects = {std::nullopt};
    round.facts.emplace();
    round.facts->version = 150004;
    round.collectors.push_back({.spec = &kFirstCollector, .families = {family}});
    return round;
  }

  static LaneRound Bad(DownReason reason) {
    const Error error{ErrorCode::kUnavailable, "Connection refused"};
    LaneRound round;
    round.failure = {reason, error};
    round.connects = {reason};
    round.collectors.push_back({.spec = &kFirstCollector, .error = error});
    return round;
  }

  void Apply(LaneRound round, collectors::Lane lane = kFast) {
    state_.Apply(lane, std::move(round), now_, Timestamp(seconds(1000)));
  }

  /// The target's own metrics as lines.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    for (const MetricFamily& family : families_.Write(state_.Status(now_))) {
      for (const Sample& sample : family.samples) {
        lines.push_back(fmt::format("{} {}", FormatSeries(sample.series->labels), sample.value));
      }
    }
    return lines;
  }

  SteadyTime now_ = SteadyTime{} + seconds(100);
  TargetState state_{{.fast_interval = seconds(5),
                      .slow_interval = seconds(60),
                      .fast_timeout = seconds(2),
                      .cost_budget = 0.01},
                     {&kFirstCollector, &kSlowCollector}};
  TargetFamilies families_{Labels{}};
};

TEST_F(TargetStateTest, IsDownBeforeTheFirstRound) {
  EXPECT_FALSE(state_.Status(now_).up);
  EXPECT_EQ(state_.Status(now_).down_reason, DownReason::kTimeout);
}

TEST_F(TargetStateTest, StaysUpForTwoIntervalsAndTheTimeout) {
  Apply(Good());
  now_ += seconds(12);
  EXPECT_TRUE(state_.Status(now_).up);
  now_ += Duration(1);
  EXPECT_FALSE(state_.Status(now_).up);
}

TEST_F(TargetStateTest, ReportsWhyItIsDown) {
  Apply(Good());
  now_ += seconds(13);
  EXPECT_EQ(state_.Status(now_).down_reason, DownReason::kTimeout) << "nothing came back";
  Apply(Bad(DownReason::kAuth));
  EXPECT_EQ(state_.Status(now_).down_reason, DownReason::kAuth);
  EXPECT_EQ(state_.Status(now_).error, "Connection refused");
}

TEST_F(TargetStateTest, IsNotKeptUpByTheSlowLane) {
  Apply(Good(), kSlow);
  EXPECT_FALSE(state_.Status(now_).up);
}

TEST_F(TargetStateTest, HoldsTheValuesOfACollectorThatFails) {
  Apply(Good());
  now_ += seconds(14);
  Apply(Bad(DownReason::kConnect));
  EXPECT_THAT(state_.Families(now_), SizeIs(1));
  now_ += seconds(1);
  EXPECT_THAT(state_.Families(now_), IsEmpty());
}

TEST_F(TargetStateTest, EndsTheValuesOfACollectorWithAnUnmetRequirement) {
  Apply(Good());
  LaneRound round = Good();
  round.collectors[0].families.clear();
  round.collectors[0].unmet_requirement = "runs on a standby, this is a primary";
  Apply(round);
  EXPECT_THAT(state_.Families(now_), IsEmpty());
  EXPECT_THAT(Lines(), Contains("hakem_collector_suspended{collector=\"first\", "
                                "reason=\"runs on a standby, this is a primary\"} 1"));
}

TEST_F(TargetStateTest, CountsConnectionsAndAttempts) {
  Apply(Good());
  Apply(Good(), kSlow);
  EXPECT_THAT(Lines(), Contains("hakem_connections 2"));
  EXPECT_THAT(Lines(), Contains("hakem_connects_total{result=\"ok\"} 2"));
  Apply(Bad(DownReason::kConnect));
  EXPECT_THAT(Lines(), Contains("hakem_connections 1"));
  EXPECT_THAT(Lines(), Contains("hakem_connects_total{result=\"connect\"} 1"));
}

TEST_F(TargetStateTest, WritesEveryMetricOfATargetThatIsUp) {
  LaneRound round = Good();
  round.collectors[0].duration = std::chrono::milliseconds(20);
  round.collectors[0].db_time = std::chrono::milliseconds(25);
  round.collectors[0].duplicates = 3;
  Apply(round);
  EXPECT_THAT(
      Lines(),
      ElementsAre(
          "pg_up 1", "hakem_target_down{reason=\"connect\"} 0",
          "hakem_target_down{reason=\"auth\"} 0", "hakem_target_down{reason=\"timeout\"} 0",
          "hakem_target_down{reason=\"recovery\"} 0", "hakem_target_down{reason=\"other\"} 0",
          "hakem_target_info{role=\"primary\", version=\"15.4\"} 1", "hakem_connections 1",
          "hakem_connects_total{result=\"auth\"} 0", "hakem_connects_total{result=\"connect\"} 0",
          "hakem_connects_total{result=\"ok\"} 1", "hakem_connects_total{result=\"other\"} 0",
          "hakem_connects_total{result=\"recovery\"} 0",
          "hakem_connects_total{result=\"timeout\"} 0", "hakem_database_cost_ratio 0",
          "hakem_database_cost_budget_ratio 0.01", "hakem_collector_success{collector=\"first\"} 1",
          "hakem_collector_success{collector=\"slow\"} 0",
          "pg_scrape_collector_success{collector=\"first\"} 1",
          "pg_scrape_collector_success{collector=\"slow\"} 0",
          "hakem_collector_duration_seconds{collector=\"first\"} 0.02",
          "hakem_collector_duration_seconds{collector=\"slow\"} 0",
          "pg_scrape_collector_duration_seconds{collector=\"first\"} 0.02",
          "pg_scrape_collector_duration_seconds{collector=\"slow\"} 0",
          "hakem_collector_last_success_timestamp_seconds{collector=\"first\"} 1000",
          "hakem_collector_series{collector=\"first\"} 1",
          "hakem_collector_series{collector=\"slow\"} 0",
          "hakem_collector_db_seconds_total{collector=\"first\"} 0.025",
          "hakem_collector_db_seconds_total{collector=\"slow\"} 0",
          "hakem_duplicate_series_total{collector=\"first\"} 3",
          "hakem_duplicate_series_total{collector=\"slow\"} 0",
          "hakem_collector_circuit_open{collector=\"first\"} 0",
          "hakem_collector_circuit_open{collector=\"slow\"} 0",
          "hakem_collector_interval_seconds{collector=\"first\"} 5",
          "hakem_collector_interval_seconds{collector=\"slow\"} 60",
          "hakem_collector_slowed{collector=\"first\"} 0",
          "hakem_collector_slowed{collector=\"slow\"} 0",
          "hakem_collector_overflow{collector=\"first\"} 0",
          "hakem_collector_overflow{collector=\"slow\"} 0"));
}

TEST_F(TargetStateTest, KeepsTheValuesOfEachDatabaseSeparately) {
  const auto in = [](std::string database, std::optional<Error> error) {
    LaneRound round;
    round.visit = {.name = database};
    round.collectors.push_back(
        {.spec = &kSlowCollector, .database = std::move(database), .error = std::move(error)});
    if (!round.collectors[0].error) {
      round.collectors[0].families = Good().collectors[0].families;
    }
    return round;
  };
  Apply(in("a", std::nullopt), kSlow);
  Apply(in("b", std::nullopt), kSlow);
  EXPECT_THAT(state_.Families(now_), SizeIs(2));
  Apply(in("b", Error{ErrorCode::kTimeout, "late"}), kSlow);
  EXPECT_THAT(state_.Families(now_), SizeIs(2)) << "held";
  const CollectorStatus status = state_.Status(now_).collectors[1];
  EXPECT_EQ(status.error, "b: late");
  EXPECT_FALSE(status.success);
  EXPECT_EQ(status.series, 2U);
  LaneRound home;
  home.databases = {"hokm", "a"};
  Apply(home, kSlow);
  EXPECT_THAT(state_.Families(now_), SizeIs(1)) << "b was dropped";
}

TEST_F(TargetStateTest, HoldsTheValuesOfADatabaseUntilItsNextVisit) {
  LaneRound home;
  home.databases = {"hokm", "a"};
  home.visit_interval = std::chrono::minutes(10);
  Apply(home, kSlow);
  LaneRound visit;
  visit.visit = {.name = "a"};
  visit.collectors.push_back(
      {.spec = &kSlowCollector, .database = "a", .families = Good().collectors[0].families});
  Apply(visit, kSlow);
  now_ += std::chrono::minutes(10);
  EXPECT_THAT(state_.Families(now_), SizeIs(1));
  now_ += std::chrono::minutes(2);
  EXPECT_THAT(state_.Families(now_), IsEmpty());
}

TEST_F(TargetStateTest, ReportsADatabaseThatIsNotReached) {
  Apply(Good());
  Apply(Good(), kSlow);
  LaneRound visit;
  visit.visit = {"private", "permission denied"};
  visit.connects = {DownReason::kAuth};
  Apply(visit, kSlow);
  EXPECT_THAT(Lines(), Contains("hakem_database_reached{datname=\"private\"} 0"));
  EXPECT_TRUE(state_.Status(now_).up);
  EXPECT_TRUE(state_.reached(kSlow)) << "the server as a whole is fine";
}

TEST_F(TargetStateTest, SlowsCollectorsToTheBudgetAndHoldsTheirValuesLonger) {
  LaneRound round = Good();
  round.collectors[0].db_time = seconds(4);
  round.collectors[0].statements = 1;
  Apply(round);
  EXPECT_THAT(Lines(), Contains("hakem_database_cost_ratio 0")) << "the first round is dear once";
  for (int i = 0; i < 5; ++i) {
    Apply(round);
  }
  EXPECT_THAT(Lines(), Contains("hakem_collector_slowed{collector=\"first\"} 1"));
  EXPECT_THAT(Lines(), Contains("hakem_collector_interval_seconds{collector=\"first\"} 80"));
  now_ += seconds(100);
  EXPECT_THAT(state_.Families(now_), SizeIs(1));
  round.collectors[0].db_time = {};
  for (int i = 0; i < 150; ++i) {
    Apply(round);
  }
  EXPECT_THAT(Lines(), Contains("hakem_collector_slowed{collector=\"first\"} 0"));
}

TEST_F(TargetStateTest, DoesNotCountNetworkTimeAsCost) {
  LaneRound round = Good();
  round.round_trip = milliseconds(100);
  round.collectors[0].db_time = milliseconds(300);
  round.collectors[0].statements = 3;
  Apply(round);
  Apply(round);
  EXPECT_THAT(Lines(), Contains("hakem_database_cost_ratio 0"));
  EXPECT_THAT(Lines(), Contains("hakem_collector_db_seconds_total{collector=\"first\"} 0.6"));
}

TEST_F(TargetStateTest, WritesTheReasonWhyATargetIsDown) {
  Apply(Bad(DownReason::kRecovery));
  EXPECT_THAT(Lines(), Contains("pg_up 0"));
  EXPECT_THAT(Lines(), Contains("hakem_target_down{reason=\"recovery\"} 1"));
  EXPECT_THAT(Lines(), Contains("hakem_collector_success{collector=\"first\"} 0"));
  EXPECT_THAT(Lines(), Not(Contains(testing::StartsWith("hakem_target_info"))));
}

TEST_F(TargetStateTest, HasNoSuccessInTheFutureAfterTheClockWasSetBack) {
  state_.Apply(kFast, Good(), now_, Timestamp(seconds(4600)));
  state_.Apply(kFast, Bad(DownReason::kConnect), now_ + seconds(5), Timestamp(seconds(1005)));
  EXPECT_EQ(state_.Status(now_).collectors.at(0).last_success, Timestamp(seconds(1005)));
  state_.Apply(kFast, Bad(DownReason::kConnect), now_ + seconds(10), Timestamp(seconds(1010)));
  EXPECT_EQ(state_.Status(now_).collectors.at(0).last_success, Timestamp(seconds(1005)));
}

}  // namespace
}  // namespace hakem::exporter
