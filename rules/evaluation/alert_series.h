#pragma once

#include <string_view>
#include <vector>

#include "rules/alerts/alert_state.h"
#include "rules/evaluation/series_writer.h"
#include "rules/files/rule_file.h"

namespace hakem::rules {

/// The series that show which alerts are pending or firing: their value is 1.
inline constexpr std::string_view kAlertsSeries = "ALERTS";
/// The series that show since when alerts are active, in seconds since 1970.
inline constexpr std::string_view kAlertsForStateSeries = "ALERTS_FOR_STATE";

/// Returns the samples that Prometheus stores about the alerts of a rule after an evaluation:
/// `ALERTS{alertname, alertstate, …}` and `ALERTS_FOR_STATE{alertname, …}` for each alert that is
/// pending or firing. Source: `sample` and `forStateSample` in Prometheus' rules/alerting.go.
std::vector<RuleSample> AlertSeries(const AlertRule& rule, const ActiveAlerts& alerts);

/// Whether a rule may read such series: its expression has a selector that finds them, or it has a
/// template with a query.
bool MayReadAlertSeries(const Rule& rule);

}  // namespace hakem::rules
