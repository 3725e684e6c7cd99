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
constexpr InputWindow kWindow{.shortest = minutes(1), .longest = minutes(5)};

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
      AfterOutage(Alerts(state), kStart, kStart + since, kInterval, kWindow);
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
                       kWindow);
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
  EXPECT_EQ(kept_until(seconds(31)), kStart + kInterval + seconds(31) + minutes(5));
  EXPECT_EQ(kept_until(seconds(31), AlertState::kPending), std::nullopt);
  EXPECT_EQ(kept_until(-hours(2)), std::nullopt);
  const ActiveAlerts alerts =
      AfterOutage(Alerts(AlertState::kFiring), kStart, kStart + hours(2), kInterval, std::nullopt);
  EXPECT_EQ(alerts.begin()->second.kept_until, std::nullopt) << "the expression reads no samples";
}

TEST(AfterOutage, PutsNoTimeIntoTheFutureWhenTheClockWasSetBack) {
  const Duration back = -hours(2);
  EXPECT_EQ(After(back, AlertState::kPending).active_at, kStart + back - minutes(1));
  const ActiveAlert firing = After(back, AlertState::kFiring);
  EXPECT_EQ(firing.active_at, kStart + back);
  EXPECT_EQ(firing.keep_firing_since, kStart + back);
  EXPECT_EQ(firing.fired_at, kStart - seconds(30)) << "receivers were notified of it";
  EXPECT_EQ(After(back, AlertState::kInactive).resolved_at, kStart + back);
}

}  // namespace
}  // namespace hakem::rules
