#include "rules/alerts/alert_state.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

namespace hakem::rules {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

Labels AlertLabels(std::string_view game) {
  return Labels{{"alertname", "Busy"}, {"game", std::string(game)}};
}

AlertSample Found(std::string_view game, double value = 1) {
  return {.labels = AlertLabels(game),
          .annotations = {{"summary", fmt::format("{} at {}", game, value)}},
          .value = value};
}

/// One rule under a clock that each evaluation moves, so that its transitions read as a story.
class Rule {
 public:
  explicit Rule(AlertPolicy policy) : policy_(policy) {}

  /// Evaluates `at` after the start; returns the events as "firing hokm=1".
  std::vector<std::string> Evaluate(Duration at, const Result<std::vector<AlertSample>>& result) {
    Transition next = NextState(policy_, std::move(alerts_), result, kStart + at);
    alerts_ = std::move(next.alerts);
    error_ = next.error ? next.error->message : "";
    std::vector<std::string> notified;
    for (const AlertEvent& event : next.events) {
      notified.push_back(
          fmt::format("{} {}={}", event.kind == AlertEvent::Kind::kFiring ? "firing" : "resolved",
                      event.alert.labels.Get("game"), event.alert.value));
    }
    return notified;
  }

  /// "pending", "firing", "inactive", or "unknown".
  std::string_view State(std::string_view game = "hokm") const {
    const auto found = alerts_.find(AlertLabels(game));
    return found == alerts_.end() ? "unknown" : ToString(found->second.state);
  }

  const ActiveAlert& Alert(std::string_view game = "hokm") const {
    return alerts_.at(AlertLabels(game));
  }

  const std::string& error() const { return error_; }

  void Reload(AlertPolicy policy) { policy_ = policy; }

 private:
  AlertPolicy policy_;
  ActiveAlerts alerts_;
  std::string error_;
};

const std::vector<AlertSample> kNothing;

TEST(AlertState, FiresAtOnceWithoutFor) {
  Rule rule({});
  EXPECT_THAT(rule.Evaluate(seconds(0), {{Found("hokm")}}), ElementsAre("firing hokm=1"));
  EXPECT_EQ(rule.Alert().active_at, kStart);
  EXPECT_EQ(rule.Alert().fired_at, kStart);
}

TEST(AlertState, IsPendingUntilForHasPassed) {
  Rule rule({.hold = seconds(30)});
  EXPECT_THAT(rule.Evaluate(seconds(0), {{Found("hokm")}}), IsEmpty());
  EXPECT_THAT(rule.Evaluate(seconds(29), {{Found("hokm")}}), IsEmpty());
  EXPECT_EQ(rule.State(), "pending");
  EXPECT_THAT(rule.Evaluate(seconds(30), {{Found("hokm")}}), ElementsAre("firing hokm=1"));
  EXPECT_EQ(rule.State(), "firing");
  EXPECT_EQ(rule.Alert().active_at, kStart);
  EXPECT_EQ(rule.Alert().fired_at, kStart + seconds(30));
}

TEST(AlertState, EmitsOneEventForAFiringAlert) {
  Rule rule({});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  EXPECT_THAT(rule.Evaluate(seconds(5), {{Found("hokm", 2)}}), IsEmpty());
  EXPECT_EQ(rule.Alert().fired_at, kStart);
}

TEST(AlertState, UpdatesValueAndAnnotationsAtEachEvaluation) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm", 1)}});
  rule.Evaluate(seconds(5), {{Found("hokm", 7)}});
  EXPECT_EQ(rule.Alert().value, 7);
  EXPECT_EQ(rule.Alert().annotations, (Annotations{{"summary", "hokm at 7"}}));
  EXPECT_EQ(rule.Alert().active_at, kStart);
}

TEST(AlertState, FiresByPresenceWhateverTheValue) {
  Rule rule({});
  EXPECT_THAT(rule.Evaluate(seconds(0), {{Found("hokm", 0)}}), ElementsAre("firing hokm=0"));
}

TEST(AlertState, ForgetsAPendingAlertWithoutAResultAtOnce) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  EXPECT_THAT(rule.Evaluate(seconds(5), kNothing), IsEmpty());
  EXPECT_EQ(rule.State(), "unknown");
}

TEST(AlertState, RestartsForAfterAGap) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(25), kNothing);
  EXPECT_THAT(rule.Evaluate(seconds(30), {{Found("hokm")}}), IsEmpty());
  EXPECT_EQ(rule.Alert().active_at, kStart + seconds(30));
}

TEST(AlertState, ResolvesWithTheLastValueThatFired) {
  Rule rule({});
  rule.Evaluate(seconds(0), {{Found("hokm", 250)}});
  rule.Evaluate(seconds(5), {{Found("hokm", 260)}});
  EXPECT_THAT(rule.Evaluate(seconds(10), kNothing), ElementsAre("resolved hokm=260"));
  EXPECT_EQ(rule.State(), "inactive");
  EXPECT_EQ(rule.Alert().fired_at, kStart);
  EXPECT_EQ(rule.Alert().resolved_at, kStart + seconds(10));
}

TEST(AlertState, KeepsAResolvedAlertForFifteenMinutes) {
  Rule rule({});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(minutes(1), kNothing);
  EXPECT_THAT(rule.Evaluate(minutes(16), kNothing), IsEmpty());
  EXPECT_EQ(rule.State(), "inactive");
  rule.Evaluate(minutes(16) + seconds(1), kNothing);
  EXPECT_EQ(rule.State(), "unknown");
}

TEST(AlertState, TreatsAResolvedAlertThatComesBackAsNew) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(30), {{Found("hokm")}});
  rule.Evaluate(seconds(35), kNothing);
  EXPECT_THAT(rule.Evaluate(seconds(40), {{Found("hokm")}}), IsEmpty());
  EXPECT_EQ(rule.State(), "pending");
  EXPECT_EQ(rule.Alert().active_at, kStart + seconds(40));
  EXPECT_EQ(rule.Alert().fired_at, std::nullopt);
  EXPECT_EQ(rule.Alert().resolved_at, std::nullopt);
  EXPECT_THAT(rule.Evaluate(seconds(70), {{Found("hokm")}}), ElementsAre("firing hokm=1"));
}

TEST(AlertState, KeepsFiringForKeepFiringForAfterTheResultEnds) {
  Rule rule({.keep_firing_for = seconds(20)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  EXPECT_THAT(rule.Evaluate(seconds(5), kNothing), IsEmpty());
  EXPECT_EQ(rule.Alert().keep_firing_since, kStart + seconds(5));
  EXPECT_THAT(rule.Evaluate(seconds(24), kNothing), IsEmpty());
  EXPECT_EQ(rule.State(), "firing");
  EXPECT_THAT(rule.Evaluate(seconds(25), kNothing), ElementsAre("resolved hokm=1"));
}

TEST(AlertState, RestartsKeepFiringForAfterAResult) {
  Rule rule({.keep_firing_for = seconds(20)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(5), kNothing);
  EXPECT_THAT(rule.Evaluate(seconds(20), {{Found("hokm")}}), IsEmpty());
  EXPECT_EQ(rule.Alert().keep_firing_since, std::nullopt);
  rule.Evaluate(seconds(25), kNothing);
  EXPECT_THAT(rule.Evaluate(seconds(44), kNothing), IsEmpty());
  EXPECT_THAT(rule.Evaluate(seconds(45), kNothing), ElementsAre("resolved hokm=1"));
}

TEST(AlertState, DoesNotApplyKeepFiringForToAPendingAlert) {
  Rule rule({.hold = seconds(30), .keep_firing_for = minutes(5)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(5), kNothing);
  EXPECT_EQ(rule.State(), "unknown");
}

TEST(AlertState, TracksEachLabelSetSeparately) {
  Rule rule({.hold = seconds(10)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(5), {{Found("hokm"), Found("shelem")}});
  EXPECT_THAT(rule.Evaluate(seconds(10), {{Found("shelem"), Found("hokm")}}),
              ElementsAre("firing hokm=1"));
  EXPECT_THAT(rule.Evaluate(seconds(15), {{Found("shelem", 3)}}),
              ElementsAre("resolved hokm=1", "firing shelem=3"));
}

TEST(AlertState, KeepsAllAlertsWhenTheQueryFails) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm"), Found("shelem")}});
  rule.Evaluate(seconds(30), {{Found("hokm"), Found("shelem")}});
  EXPECT_THAT(rule.Evaluate(seconds(35), Fail(ErrorCode::kTimeout, "query timed out")), IsEmpty());
  EXPECT_EQ(rule.error(), "query timed out");
  EXPECT_EQ(rule.State(), "firing");
  EXPECT_THAT(rule.Evaluate(seconds(40), {{Found("hokm")}}), ElementsAre("resolved shelem=1"));
  EXPECT_EQ(rule.error(), "");
}

TEST(AlertState, CountsTheTimeOfAFailedQueryTowardsFor) {
  Rule rule({.hold = seconds(30)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(30), Fail(ErrorCode::kTimeout, "query timed out"));
  EXPECT_EQ(rule.State(), "pending");
  EXPECT_THAT(rule.Evaluate(seconds(35), {{Found("hokm")}}), ElementsAre("firing hokm=1"));
}

TEST(AlertState, KeepsAllAlertsWhenTwoSamplesHaveTheSameLabels) {
  Rule rule({});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  EXPECT_THAT(rule.Evaluate(seconds(5), {{Found("shelem"), Found("shelem", 2)}}), IsEmpty());
  EXPECT_EQ(rule.error(),
            "vector contains metrics with the same labelset after applying alert labels: "
            "{alertname=\"Busy\", game=\"shelem\"}");
  EXPECT_EQ(rule.State("hokm"), "firing");
  EXPECT_EQ(rule.State("shelem"), "unknown");
}

TEST(AlertState, EndsAllAlertsWhenTheLimitIsExceeded) {
  Rule rule({.limit = 1});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  EXPECT_THAT(rule.Evaluate(seconds(5), {{Found("hokm", 2), Found("shelem")}}),
              ElementsAre("resolved hokm=2"));
  EXPECT_EQ(rule.error(), "exceeded limit of 1 with 2 alerts");
  EXPECT_EQ(rule.State("hokm"), "unknown");
  EXPECT_THAT(rule.Evaluate(seconds(10), {{Found("shelem")}}), ElementsAre("firing shelem=1"));
}

TEST(AlertState, DoesNotCountResolvedAlertsAgainstTheLimit) {
  Rule rule({.limit = 1});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(5), kNothing);
  EXPECT_THAT(rule.Evaluate(seconds(10), {{Found("shelem")}}), ElementsAre("firing shelem=1"));
  EXPECT_EQ(rule.error(), "");
}

TEST(AlertState, ReturnsToPendingWhenForWasMadeLonger) {
  Rule rule({.hold = seconds(10)});
  rule.Evaluate(seconds(0), {{Found("hokm")}});
  rule.Evaluate(seconds(10), {{Found("hokm")}});
  rule.Reload({.hold = seconds(60)});
  EXPECT_THAT(rule.Evaluate(seconds(15), {{Found("hokm")}}), ElementsAre("resolved hokm=1"));
  EXPECT_EQ(rule.State(), "pending");
  EXPECT_EQ(rule.Alert().fired_at, std::nullopt);
  EXPECT_THAT(rule.Evaluate(seconds(60), {{Found("hokm")}}), ElementsAre("firing hokm=1"));
}

}  // namespace
}  // namespace hakem::rules
