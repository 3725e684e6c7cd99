#include "alertmanager/notify/notification.h"

#include <gtest/gtest.h>

#include "tests/support/alerting/alerts.h"

namespace hakem::alertmanager {
namespace {

TEST(Subject, CountsTheFiringAlertsAndNamesGroupAndCommonLabels) {
  Alert a = FiringAlert("ManyActiveGames", 0, "a");
  Alert b = FiringAlert("ManyActiveGames", 0, "b");
  a.labels = a.labels.With("severity", "warning").With("job", "hakem");
  b.labels = b.labels.With("severity", "warning").With("job", "hakem");
  EXPECT_EQ(Subject({.receiver = "ops",
                     .reason = NotifyReason::kFirstNotification,
                     .group_labels = {{"alertname", "ManyActiveGames"}},
                     .firing = {a, b},
                     .resolved = {}}),
            "[FIRING:2] ManyActiveGames (hakem warning)");
}

TEST(Subject, SaysResolvedWhenNoneFires) {
  const Notification notification{.receiver = "ops",
                                  .reason = NotifyReason::kAllAlertsResolved,
                                  .group_labels = {{"alertname", "Low"}, {"instance", "a"}},
                                  .resolved = {Resolved(FiringAlert("Low"), 5)}};
  EXPECT_EQ(Subject(notification), "[RESOLVED] Low a");
}

TEST(Headline, IsTheSummaryOrElseTheName) {
  Alert alert = FiringAlert("Low");
  EXPECT_EQ(Headline(alert), "Many active games");
  alert.annotations.clear();
  EXPECT_EQ(Headline(alert), "Low");
}

TEST(NotifyReasons, AreAlertmanagersWords) {
  EXPECT_EQ(ToString(NotifyReason::kFirstNotification), "first notification");
  EXPECT_EQ(ToString(NotifyReason::kNewAlertsAdded), "new alerts added");
  EXPECT_EQ(ToString(NotifyReason::kSomeAlertsResolved), "some alerts resolved");
  EXPECT_EQ(ToString(NotifyReason::kAllAlertsResolved), "all alerts resolved");
}

}  // namespace
}  // namespace hakem::alertmanager
