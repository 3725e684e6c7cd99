#include "exporter/clock/timeline.h"

#include <gmock/gmock.h>

#include <functional>
#include <new>

#include "rules/rule_set.h"
#include "tests/support/collection/snapshots.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/snapshot_recorder.h"

namespace hakem::exporter {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Duration kTick = seconds(5);

TEST(ClockSteps, AreDetectedByComparingTheTwoClocks) {
  FakeClock clock;
  ClockSteps steps(clock);
  EXPECT_EQ(steps.Check(), std::nullopt);
  clock.Advance(hours(5));
  EXPECT_EQ(steps.Check(), std::nullopt);
  clock.Step(hours(1));
  clock.Advance(kTick);
  EXPECT_EQ(steps.Check(), hours(1));
  EXPECT_EQ(steps.Check(), std::nullopt);
  clock.Step(-hours(1));
  EXPECT_EQ(steps.Check(), -hours(1));
}

TEST(ClockSteps, DoNotIncludeSlowAdjustments) {
  FakeClock clock;
  ClockSteps steps(clock);
  steps.Check();
  for (int i = 0; i < 100; ++i) {
    clock.Advance(kTick);
    clock.Step(Duration(-400));
    EXPECT_EQ(steps.Check(), std::nullopt);
  }
}

constexpr std::string_view kRules = R"(
groups:
  - name: postgres
    rules:
      - {alert: Down, expr: pg_up == 0, for: 10s}
      - {alert: Busy, expr: 'rate(moves_total[5m]) > 2'}
)";

/// What App does with each snapshot: one a tick, of a server that is up and a counter.
class TimelineTest : public ::testing::Test {
 protected:
  explicit TimelineTest(std::string_view definitions = kRules, bool records = false)
      : rules_(*rules::ParseRuleFile(definitions, "a.yml"),
               {.collection_interval = kTick, .external_url = {}},
               {.sink = [this](std::span<const Alert> alerts) { Take(alerts); },
                .clock = clock_,
                .instruments = instruments_,
                .log = Log::Silent().For("rules"),
                .history = records ? &store_ : nullptr}) {}

  void Take(std::span<const Alert> alerts) {
    for (const Alert& alert : alerts) {
      notified_.push_back((alert.firing() ? "firing " : "resolved ") +
                          std::string(alert.labels.Get("alertname")));
    }
  }

  void Tick(double up = 1) {
    clock_.Advance(kTick);
    moves_ += 5;
    TakeSnapshot(clock_.Now(), up);
  }

  void TakeSnapshot(Timestamp time, double up) {
    const auto snapshot = MakeSnapshot(
        time, {{Labels{{"__name__", "pg_up"}}, up}, {Labels{{"__name__", "moves_total"}}, moves_}});
    if (timeline_.Admit(time)) {
      recorder_.Record(*snapshot);
      rules_.Evaluate(store_, time);
    }
  }

  void Ticks(int count, double up = 1) {
    for (int i = 0; i < count; ++i) {
      Tick(up);
    }
  }

  FakeClock clock_;
  RecordedInstruments instruments_;
  tsdb::Store store_;
  tsdb::SnapshotRecorder recorder_{store_, Labels{}};
  Timeline timeline_{
      {.clock = clock_,
       .store = store_,
       .instruments = instruments_,
       .log = Log::Silent().For("clock"),
       .step_rules = [this](Duration step, const std::function<void()>& move_samples) {
         rules_.StepClock(step, move_samples);
       }}};
  double moves_ = 0;
  std::vector<std::string> notified_;
  rules::RuleSet rules_;
};

/// The same with a group that is evaluated each second.
class RecordingTimelineTest : public TimelineTest {
 protected:
  RecordingTimelineTest()
      : TimelineTest(
            "groups: [{name: g, interval: 1s, rules: [{record: 'pg:up:max', expr: max(pg_up)}]}]",
            true) {}

  void PassSeconds(int count) {
    for (int i = 0; i < count; ++i) {
      clock_.Advance(seconds(1));
      while (rules_.EvaluateNext(store_)) {
      }
    }
  }
};

TEST_F(RecordingTimelineTest, RulesWriteNothingAheadOfAClockThatIsSetBackDuringACollection) {
  Ticks(10);
  clock_.Advance(kTick);
  const Timestamp begun = clock_.Now();
  clock_.Step(-hours(1));
  PassSeconds(1);
  TakeSnapshot(begun, 1);
  PassSeconds(3);
  EXPECT_LE(store_.Stats().max_time, clock_.Now());
  Ticks(3);
  PassSeconds(2);
  EXPECT_EQ(store_.Stats().out_of_order_total, 0U);
  const Matcher recorded = *Matcher::Make("__name__", MatchOp::kEqual, "pg:up:max");
  const auto newest =
      store_.SelectNewest(std::span(&recorded, 1), clock_.Now() - seconds(2), clock_.Now());
  EXPECT_EQ(newest.size(), 1U) << "it goes on at once";
}

class AfterAGlitch : public TimelineTest, public testing::WithParamInterface<Duration> {};

INSTANTIATE_TEST_SUITE_P(, AfterAGlitch,
                         testing::Values(seconds(61), hours(1), hours(24 * 400), hours(24 * 4000)));

TEST_P(AfterAGlitch, RulesFireAsBefore) {
  Ticks(200);
  clock_.Step(GetParam());
  Ticks(2);
  clock_.Step(-GetParam());
  Ticks(3);
  EXPECT_THAT(notified_, IsEmpty());
  Ticks(3, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Down"));
  Ticks(100);
  EXPECT_THAT(notified_, ElementsAre("firing Down", "resolved Down"));
  EXPECT_EQ(store_.Stats().out_of_order_total, 0U);
  const auto all = store_.Select({}, Timestamp::min(), Timestamp::max());
  ASSERT_EQ(all.size(), 3U);
  for (const tsdb::SelectedSeries& series : all) {
    EXPECT_EQ(series.points.size(), 308U) << "no sample is lost, not even a day old";
  }
  EXPECT_EQ(instruments_.Value("hakem_clock_steps_total", {"ahead"}), 1);
  EXPECT_EQ(instruments_.Value("hakem_clock_steps_total", {"back"}), 1);
}

TEST_F(TimelineTest, KeepsRulesAndRatesWhenTheClockIsCorrected) {
  Ticks(1000);
  for (const Duration step : {Duration(-hours(1)), Duration(-hours(3)), Duration(hours(2))}) {
    clock_.Step(step);
    Ticks(20);
    EXPECT_THAT(notified_, IsEmpty()) << "the rate is 1 all the time";
  }
  Ticks(3, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Down"));
}

TEST_F(TimelineTest, TriesAgainToMoveSamplesThatCouldNotBeMoved) {
  bool has_memory = false;
  Timeline timeline({.clock = clock_,
                     .store = store_,
                     .instruments = instruments_,
                     .log = Log::Silent().For("clock"),
                     .step_rules = [&](Duration step, const std::function<void()>& move_samples) {
                       rules_.StepClock(step, [&] {
                         if (!has_memory) {
                           throw std::bad_alloc();
                         }
                         move_samples();
                       });
                     }});
  Ticks(10);
  clock_.Step(-hours(1));
  clock_.Advance(kTick);
  EXPECT_THROW(timeline.Admit(clock_.Now()), std::bad_alloc);
  EXPECT_EQ(instruments_.Value("hakem_clock_steps_total", {"back"}), 0);
  has_memory = true;
  clock_.Advance(kTick);
  EXPECT_TRUE(timeline.Admit(clock_.Now()));
  EXPECT_LE(store_.Stats().max_time, clock_.Now());
  EXPECT_EQ(instruments_.Value("hakem_clock_steps_total", {"back"}), 1);
  clock_.Advance(kTick);
  EXPECT_TRUE(timeline.Admit(clock_.Now()));
  EXPECT_EQ(instruments_.Value("hakem_clock_steps_total", {"back"}), 1) << "once";
}

TEST_F(TimelineTest, RejectsATickThatBeganBeforeTheClockWasSetBack) {
  Ticks(10);
  clock_.Step(hours(1));
  Tick();
  const Timestamp begun = clock_.Now();
  clock_.Step(-hours(1));
  TakeSnapshot(begun + seconds(5), 1);
  EXPECT_LE(store_.Stats().max_time, clock_.Now());
  Ticks(3, 0);
  EXPECT_THAT(notified_, ElementsAre("firing Down"));
}

TEST_F(TimelineTest, EndsVanishedSeriesAfterTheClockWasSetBack) {
  Ticks(10);
  clock_.Step(-hours(1));
  clock_.Advance(kTick);
  const auto snapshot = MakeSnapshot(clock_.Now(), {{Labels{{"__name__", "moves_total"}}, 1}});
  ASSERT_TRUE(timeline_.Admit(snapshot->time));
  recorder_.Record(*snapshot);
  const auto all = store_.Select({}, Timestamp::min(), Timestamp::max());
  EXPECT_THAT(all, Contains(testing::Truly([](const tsdb::SelectedSeries& series) {
                return series.series->labels.Get("__name__") == "pg_up" &&
                       tsdb::IsStaleMarker(series.points.back().value);
              })));
}

}  // namespace
}  // namespace hakem::exporter
