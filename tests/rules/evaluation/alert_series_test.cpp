#include "rules/evaluation/alert_series.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kStart{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

ActiveAlerts OneAlert(AlertState state) {
  const Labels labels{{"alertname", "Busy"}, {"game", "hokm"}};
  ActiveAlert alert;
  alert.labels = labels;
  alert.state = state;
  alert.active_at = kStart + milliseconds(1'999);
  return {{labels, alert}};
}

std::vector<std::string> SeriesOf(const ActiveAlerts& alerts, std::string_view labels = "{}") {
  const auto groups = ParseRuleFile(
      "groups: [{name: g, rules: [{alert: Busy, expr: up, labels: " + std::string(labels) + "}]}]",
      "a.yml");
  EXPECT_THAT(groups, IsOk());
  std::vector<std::string> texts;
  for (const RuleSample& sample :
       AlertSeries(std::get<AlertRule>(groups->front().rules.front()), alerts)) {
    texts.push_back(fmt::format("{} {}", FormatSeries(sample.labels), sample.value));
  }
  return texts;
}

TEST(AlertSeries, ShowTheStateAndSinceWhen) {
  EXPECT_THAT(SeriesOf(OneAlert(AlertState::kPending)),
              ElementsAre("ALERTS_FOR_STATE{alertname=\"Busy\", game=\"hokm\"} 1767225601",
                          "ALERTS{alertname=\"Busy\", alertstate=\"pending\", game=\"hokm\"} 1"));
  EXPECT_THAT(SeriesOf(OneAlert(AlertState::kFiring)),
              ElementsAre("ALERTS_FOR_STATE{alertname=\"Busy\", game=\"hokm\"} 1767225601",
                          "ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\"} 1"));
}

TEST(AlertSeries, LeaveOutResolvedAlerts) {
  EXPECT_THAT(SeriesOf(OneAlert(AlertState::kInactive)), IsEmpty());
  EXPECT_THAT(SeriesOf({}), IsEmpty());
}

TEST(AlertSeries, HaveTheTextOfATemplateThatExpandedToNothing) {
  EXPECT_THAT(SeriesOf(OneAlert(AlertState::kFiring), "{zone: '{{ $labels.zone }}'}"),
              testing::Contains("ALERTS{alertname=\"Busy\", alertstate=\"firing\", game=\"hokm\", "
                                "zone=\"{{ $labels.zone }}\"} 1"));
}

}  // namespace
}  // namespace hakem::rules
