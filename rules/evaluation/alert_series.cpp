#include "rules/evaluation/alert_series.h"

#include <chrono>
#include <utility>

namespace hakem::rules {
namespace {

constexpr std::string_view kAlertStateLabel = "alertstate";

}  // namespace

std::vector<RuleSample> AlertSeries(const AlertRule& rule, const ActiveAlerts& alerts) {
  std::vector<RuleSample> samples;
  for (const auto& [labels, alert] : alerts) {
    if (alert.state == AlertState::kInactive) {
      continue;
    }
    // As in Prometheus, a label of the rule that the alert lacks has the text of its template.
    std::vector<LabelView> all;
    for (const NamedTemplate& label : rule.labels) {
      all.push_back({label.name, label.text.source()});
    }
    all.insert(all.end(), labels.begin(), labels.end());
    all.push_back({kMetricNameLabel, kAlertsForStateSeries});
    const auto since = std::chrono::floor<std::chrono::seconds>(alert.active_at);
    samples.push_back({Labels(all), ToUnixSeconds(since)});
    all.back().value = kAlertsSeries;
    all.push_back({kAlertStateLabel, ToString(alert.state)});
    samples.push_back({Labels(std::move(all)), 1});
  }
  return samples;
}

}  // namespace hakem::rules
