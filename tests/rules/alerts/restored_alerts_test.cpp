#include "rules/alerts/restored_alerts.h"

#include <gmock/gmock.h>

namespace hakem::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};
constexpr Duration kInterval = seconds(5);
const InputWindows kWindows = {minutes(1), minutes(5)};

/// An alert that became active a minute before the last evaluation, which was at kStart.
ActiveAlerts Alerts(AlertState state) {
  ActiveAlert alert;
  alert.labels = Labels{{"alertname", "A"}};
  alert.state = state;
  alert.active_at = kStart - minutes(1);
  if (state == AlertState::kFiring) {
    alert.fired_at = kStart - seconds(30);
    alert.keep_firing_since = kStart - seconds(10);
  }
  if (state == AlertState::kInactive) {
    alert.resolved_at = kStart - seconds(10);
  }
  return {{alert.labels, alert}};
}

ActiveAlert After(Duration since, AlertState state) {
  const ActiveAlerts alerts =
      AfterOutage(Alerts(state), kStart, kStart + since, kInterval, kWindows);
  EXPECT_EQ(alerts.size(), 1U);
  return alerts.begin()->second;
}

TEST(AfterOutage, LeavesTheDowntimeOutOfTheTimeThatAnAlertIsPending) {
  EXPECT_EQ(After(minutes(10) + kInterval, AlertState::kPending).active_at, kStart + minutes(9))
      << "pending for a minute, and for the interval that it was up";
}

TEST(AfterOutage, DoesNotCountAnIntervalAsDowntime) {
  EXPECT_EQ(After(kInterval, AlertState::kPending).active_at, kStart - minutes(1));
  EXPECT_EQ(After(seconds(1), AlertState::kPending).active_at, kStart - minutes(1));
}

TEST(AfterOutage, LetsPendingAlertsBeginAnewAfterAnHour) {
  const auto after = [](Duration outage) {
    return AfterOutage(Alerts(AlertState::kPending), kStart, kStart + kInterval + outage, kInterval,
                       kWindows);
  };
  EXPECT_EQ(after(hours(1)).size(), 1U);
  EXPECT_THAT(after(hours(1) + seconds(1)), IsEmpty());
}

TEST(AfterOutage, KeepsFiringAlertsHoweverLongItWas) {
  const ActiveAlert alert = After(hours(50), AlertState::kFiring);
  EXPECT_EQ(alert.active_at, kStart - minutes(1));
  EXPECT_EQ(alert.fired_at, kStart - seconds(30));
  EXPECT_EQ(alert.keep_firing_since, kStart - seconds(10));
  EXPECT_EQ(After(hours(50), AlertState::kInactive).resolved_at, kStart - seconds(10));
}

TEST(AfterOutage, KeepsFiringAlertsWithoutAResultWhileSamplesMayBeMissing) {
  const auto kept_until = [](Duration outage, AlertState state = AlertState::kFiring) {
    return After(kInterval + outage, state).kept_until;
  };
  EXPECT_EQ(kept_until(seconds(30)), std::nullopt) << "half of the shortest window has samples";
  EXPECT_EQ(kept_until(seconds(31)), kStart + kInterval + seconds(31) + minutes(1))
      << "the other window is not affected";
  EXPECT_EQ(kept_until(seconds(151)), kStart + kInterval + seconds(151) + minutes(5));
  EXPECT_EQ(kept_until(seconds(31), AlertState::kPending), std::nullopt);
  const ActiveAlerts alerts =
      AfterOutage(Alerts(AlertState::kFiring), kStart, kStart + hours(2), kInterval, {});
  EXPECT_EQ(alerts.begin()->second.kept_until, std::nullopt) << "the expression reads no samples";
}

TEST(AfterOutage, KeepsNoAlertForTheLongestWindowAfterAFewMinutes) {
  const InputWindows windows = {minutes(5), hours(1), hours(24 * 7)};
  const Timestamp now = kStart + kInterval + minutes(3);
  const ActiveAlerts alerts =
      AfterOutage(Alerts(AlertState::kFiring), kStart, now, kInterval, windows);
  EXPECT_EQ(alerts.begin()->second.kept_until, now + minutes(5));
}

TEST(AfterOutage, KeepsAnAlertThatAnEarlierOutageKeepsAsLongAsBefore) {
  ActiveAlerts before = Alerts(AlertState::kFiring);
  before.begin()->second.kept_until = kStart + minutes(4);
  const auto after = [&](Duration outage) {
    return AfterOutage(before, kStart, kStart + kInterval + outage, kInterval, kWindows)
        .begin()
        ->second.kept_until;
  };
  EXPECT_EQ(after(seconds(0)), kStart + minutes(4));
  EXPECT_EQ(after(seconds(31)), kStart + minutes(4)) << "a shorter window does not shorten it";
}

TEST(AfterOutage, PutsNoTimeIntoTheFutureWhenTheClockWasSetBack) {
  const Duration back = -hours(2);
  EXPECT_EQ(After(back, AlertState::kPending).active_at, kStart + back - minutes(1));
  const ActiveAlert firing = After(back, AlertState::kFiring);
  EXPECT_EQ(firing.active_at, kStart + back - minutes(1)) << "as old as before";
  EXPECT_EQ(firing.keep_firing_since, kStart + back - seconds(10));
  EXPECT_EQ(firing.fired_at, kStart - seconds(30)) << "receivers were notified of it";
  EXPECT_EQ(After(back, AlertState::kInactive).resolved_at, kStart + back - seconds(10));
}

TEST(AfterOutage, LeavesAnAlertFiringWhenTheClockWasSetBack) {
  const AlertPolicy policy{.hold = minutes(1)};
  for (const Duration back : {seconds(20), seconds(180), seconds(7200)}) {
    const Timestamp now = kStart - back;
    const ActiveAlerts restored =
        AfterOutage(Alerts(AlertState::kFiring), kStart, now, kInterval, kWindows);
    const AlertSample sample{.labels = Labels{{"alertname", "A"}}, .annotations = {}, .value = 1};
    const Transition next = NextState(policy, restored, std::vector{sample}, now);
    EXPECT_THAT(next.events, IsEmpty()) << "it is the same incident";
    EXPECT_EQ(next.alerts.begin()->second.state, AlertState::kFiring);
  }
}

TEST(AfterOutage, CountsAClockThatWasSetBackAsAnOutage) {
  EXPECT_EQ(After(-seconds(1), AlertState::kFiring).kept_until, std::nullopt);
  EXPECT_EQ(After(-minutes(1), AlertState::kFiring).kept_until, kStart);
  EXPECT_EQ(After(-hours(2), AlertState::kFiring).kept_until, kStart - hours(2) + minutes(5));
}

}  // namespace
}  // namespace hakem::rules
