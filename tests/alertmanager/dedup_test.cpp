#include "alertmanager/dedup.h"

#include <gtest/gtest.h>

#include "tests/support/alerting/alerts.h"

namespace hakem::alertmanager {
namespace {

const IncidentId kA{1, At(0)};
const IncidentId kB{2, At(0)};
const IncidentId kAAgain{1, At(60)};

struct Decision {
  std::string_view name;
  std::set<IncidentId> notified;
  GroupState now;
  std::optional<NotifyReason> reason;
};

class NeedsUpdateDecides : public testing::TestWithParam<Decision> {};

INSTANTIATE_TEST_SUITE_P(
    , NeedsUpdateDecides,
    testing::Values(
        Decision{"NothingWhenNothingHappened", {}, {}, std::nullopt},
        Decision{"FirstNotification", {}, {{kA}, {}}, NotifyReason::kFirstNotification},
        Decision{"NothingWhenTheFiringAreKnown", {kA, kB}, {{kA, kB}, {}}, std::nullopt},
        Decision{"NewAlertsAdded", {kA}, {{kA, kB}, {}}, NotifyReason::kNewAlertsAdded},
        Decision{"NewWhenTheSameAlertFiresAgain",
                 {kA},
                 {{kAAgain}, {kA}},
                 NotifyReason::kNewAlertsAdded},
        Decision{"SomeResolved", {kA, kB}, {{kB}, {kA}}, NotifyReason::kSomeAlertsResolved},
        Decision{"AllResolved", {kA}, {{}, {kA}}, NotifyReason::kAllAlertsResolved},
        Decision{
            "ResolvedThoughNeverToldAsFiring", {}, {{}, {kA}}, NotifyReason::kAllAlertsResolved}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(NeedsUpdateDecides, ByTheNotifiedAndThePresentIncidents) {
  EXPECT_EQ(NeedsUpdate(GetParam().notified, GetParam().now), GetParam().reason);
}

}  // namespace
}  // namespace hakem::alertmanager
