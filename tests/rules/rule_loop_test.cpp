#include "rules/rule_loop.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <latch>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include "tests/support/collection/snapshots.h"
#include "tests/support/fake_clock.h"
#include "tests/support/recorded_instruments.h"
#include "tsdb/snapshot_recorder.h"

namespace hakem::rules {
namespace {

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// A loop over one rule that fires on every sample of `event`.
class RuleLoopTest : public ::testing::Test {
 protected:
  RuleSet MakeRules(AlertSink sink, const std::string& group = "") {
    return RuleSet(
        *ParseRuleFile("groups: [{name: g, " + group + "rules: [{alert: A, expr: event}]}]",
                       "a.yml"),
        {.collection_interval = std::chrono::seconds(5), .external_url = ""},
        {.sink = std::move(sink), .clock = clock_, .instruments = instruments_, .log = log_});
  }

  RuleLoop::Deps Deps(RuleSet& rules) {
    return {.rules = rules, .clock = clock_, .instruments = instruments_, .log = log_};
  }

  /// Puts a sample into the history, which ends the one before; its time.
  Timestamp Event(int second) {
    const Timestamp time = kStart + std::chrono::seconds(second);
    recorder_.Record(*MakeSnapshot(
        time, {{Labels{{"__name__", "event"}, {"second", std::to_string(second)}}, 1}}));
    return time;
  }

  FakeClock clock_;
  RecordedInstruments instruments_;
  const Logger log_ = Log::Silent().For("rules");
  tsdb::Store store_;
  tsdb::SnapshotRecorder recorder_{store_, Labels{{"job", "hakem"}, {"instance", "a:9187"}}};
};

TEST_F(RuleLoopTest, EvaluatesAsOfTheTimeOfTheSamples) {
  std::promise<Alert> notified;
  RuleSet rules =
      MakeRules([&](std::span<const Alert> alerts) { notified.set_value(alerts.front()); });
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(7));
  const Alert alert = notified.get_future().get();
  EXPECT_EQ(alert.starts_at, kStart + std::chrono::seconds(7));
  EXPECT_EQ(
      alert.labels,
      (Labels{{"alertname", "A"}, {"instance", "a:9187"}, {"job", "hakem"}, {"second", "7"}}));
}

TEST_F(RuleLoopTest, SkipsToTheNewestTimeAndCountsMissedOnes) {
  std::latch evaluating(1);
  std::latch go_on(1);
  std::promise<void> done;
  std::vector<std::string> seen;
  RuleSet rules = MakeRules([&](std::span<const Alert> alerts) {
    for (const Alert& alert : alerts) {
      if (alert.firing()) {
        seen.emplace_back(alert.labels.Get("second"));
      }
    }
    if (seen.size() == 1) {
      evaluating.count_down();
      go_on.wait();
    } else {
      done.set_value();
    }
  });
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(1));
  evaluating.wait();
  loop.Submit(Event(2));
  loop.Submit(Event(3));
  go_on.count_down();
  done.get_future().wait();
  EXPECT_THAT(seen, testing::ElementsAre("1", "3"));
  EXPECT_EQ(instruments_.Value("prometheus_rule_group_iterations_missed_total", {"a.yml;g"}), 1);
}

TEST_F(RuleLoopTest, ContinuesAfterAnException) {
  std::promise<void> done;
  int calls = 0;
  RuleSet rules = MakeRules([&](std::span<const Alert>) {
    if (++calls == 1) {
      throw std::runtime_error("a bug");
    }
    done.set_value();
  });
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(1));
  while (instruments_.Value("hakem_rule_loop_failures_total") == 0) {
    std::this_thread::yield();
  }
  loop.Submit(Event(2));
  done.get_future().wait();
  EXPECT_EQ(calls, 2);
}

TEST_F(RuleLoopTest, PassesOnLaterWhatTheSinkHasNotTaken) {
  std::vector<std::string> seen;
  RuleSet rules = MakeRules([&](std::span<const Alert> alerts) {
    if (seen.empty()) {
      seen.emplace_back("failure");
      throw std::bad_alloc();
    }
    for (const Alert& alert : alerts) {
      seen.push_back((alert.firing() ? "firing " : "resolved ") +
                     std::string(alert.labels.Get("second")));
    }
  });
  rules.Submit(Event(1));
  EXPECT_THROW(rules.EvaluateNext(store_), std::bad_alloc);
  rules.Submit(Event(2));
  EXPECT_TRUE(rules.EvaluateNext(store_));
  EXPECT_THAT(seen, testing::UnorderedElementsAre("failure", "firing 1", "resolved 1", "firing 2"));
}

TEST_F(RuleLoopTest, EvaluatesOtherGroupsWhenSomeAlwaysThrow) {
  std::promise<void> done;
  const auto sink = [&](std::span<const Alert> alerts) {
    if (alerts.front().labels.Get("alertname") != "Good") {
      throw std::runtime_error("a bug");
    }
    done.set_value();
  };
  RuleSet rules(*ParseRuleFile("groups: [{name: a, rules: [{alert: A, expr: event}]}, "
                               "{name: b, rules: [{alert: B, expr: event}]}, "
                               "{name: c, rules: [{alert: C, expr: event}]}, "
                               "{name: d, rules: [{alert: Good, expr: event}]}]",
                               "a.yml"),
                {.collection_interval = std::chrono::seconds(5), .external_url = ""},
                {.sink = sink, .clock = clock_, .instruments = instruments_, .log = log_});
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(1));
  EXPECT_EQ(done.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

TEST_F(RuleLoopTest, ReportsWhenTheRunningEvaluationBegan) {
  std::latch evaluating(1);
  std::latch go_on(1);
  RuleSet rules = MakeRules([&](std::span<const Alert>) {
    evaluating.count_down();
    go_on.wait();
  });
  RuleLoop loop(store_, Deps(rules));
  EXPECT_EQ(loop.BusySince(), std::nullopt);
  const SteadyTime begun = clock_.SteadyNow();
  loop.Submit(Event(1));
  evaluating.wait();
  clock_.Advance(std::chrono::seconds(61));
  EXPECT_EQ(loop.BusySince(), begun);
  go_on.count_down();
  while (loop.BusySince()) {
    std::this_thread::yield();
  }
}

TEST_F(RuleLoopTest, EvaluatesAGroupWithAnIntervalBetweenCollections) {
  std::promise<void> notified;
  RuleSet rules =
      MakeRules([&](std::span<const Alert>) { notified.set_value(); }, "interval: 60s, ");
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(0));
  clock_.AwaitSleepers(2);
  EXPECT_EQ(rules.Status()->groups.at(0)->last_evaluation, std::nullopt);
  clock_.Advance(std::chrono::seconds(60));
  notified.get_future().wait();
  const auto last = rules.Status()->groups.at(0)->last_evaluation;
  ASSERT_TRUE(last);
  EXPECT_EQ(SlotsOf("a.yml", "g", std::chrono::seconds(60)).Latest(*last), *last);
}

TEST_F(RuleLoopTest, EvaluatesOtherGroupsWhileOneTakesLong) {
  std::latch evaluating(1);
  std::latch go_on(1);
  std::promise<void> other_done;
  std::atomic<bool> is_first = true;
  const auto sink = [&](std::span<const Alert> alerts) {
    if (alerts.front().labels.Get("alertname") == "Fast") {
      other_done.set_value();
    } else if (is_first.exchange(false)) {
      evaluating.count_down();
      go_on.wait();
    }
  };
  RuleSet rules(*ParseRuleFile("groups: [{name: s, rules: [{alert: Slow, expr: event}]}, "
                               "{name: f, rules: [{alert: Fast, expr: 'event{second=\"2\"}'}]}]",
                               "a.yml"),
                {.collection_interval = std::chrono::seconds(5), .external_url = ""},
                {.sink = sink, .clock = clock_, .instruments = instruments_, .log = log_});
  RuleLoop loop(store_, Deps(rules));
  loop.Submit(Event(1));
  evaluating.wait();
  loop.Submit(Event(2));
  other_done.get_future().wait();
  go_on.count_down();
}

TEST_F(RuleLoopTest, AppliesAReloadAlthoughOneGroupIsAlwaysBusy) {
  std::latch evaluating(1);
  std::latch go_on(1);
  bool is_first = true;
  const auto sink = [&](std::span<const Alert>) {
    if (std::exchange(is_first, false)) {
      evaluating.count_down();
      go_on.wait();
    }
  };
  RuleSet rules(*ParseRuleFile("groups: [{name: s, rules: [{alert: Slow, expr: event}]}, "
                               "{name: f, rules: [{alert: Fast, expr: nothing}]}]",
                               "a.yml"),
                {.collection_interval = std::chrono::seconds(5), .external_url = ""},
                {.sink = sink, .clock = clock_, .instruments = instruments_, .log = log_});
  rules.Submit(Event(1));
  std::thread other([&] { rules.EvaluateNext(store_); });
  evaluating.wait();
  rules.Replace(*ParseRuleFile("groups: [{name: n, rules: [{alert: New, expr: up}]}]", "a.yml"));
  rules.Submit(Event(2));
  EXPECT_FALSE(rules.EvaluateNext(store_)) << "else one group or the other would always be busy";
  go_on.count_down();
  other.join();
  EXPECT_TRUE(rules.EvaluateNext(store_));
  const auto status = rules.Status();
  ASSERT_EQ(status->groups.size(), 1U);
  EXPECT_EQ(status->groups[0]->name, "n");
}

TEST_F(RuleLoopTest, StopsWhileItWaitsForSamples) {
  std::atomic<int> evaluations = 0;
  RuleSet rules = MakeRules([&](std::span<const Alert>) { ++evaluations; });
  std::optional<RuleLoop> loop(std::in_place, store_, Deps(rules));
  loop->Submit(Event(1));
  while (evaluations == 0 || loop->BusySince()) {
    std::this_thread::yield();
  }
  std::promise<void> stopped;
  std::thread stopping([&] {
    loop.reset();
    stopped.set_value();
  });
  // A thread that still runs ends the program, so that a loop that hangs fails the test.
  ASSERT_EQ(stopped.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  stopping.join();
  const auto status = rules.Status();
  Event(2);
  EXPECT_EQ(evaluations, 1) << "no thread is left that evaluates";
  EXPECT_EQ(rules.Status(), status);
}

TEST_F(RuleLoopTest, StopsBeforeTheFirstSamples) {
  std::atomic<int> evaluations = 0;
  RuleSet rules = MakeRules([&](std::span<const Alert>) { ++evaluations; });
  const auto status = rules.Status();
  { const RuleLoop loop(store_, Deps(rules)); }
  EXPECT_EQ(evaluations, 0);
  EXPECT_EQ(rules.Status(), status);
}

}  // namespace
}  // namespace hakem::rules
