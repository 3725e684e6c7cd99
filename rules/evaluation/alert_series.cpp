#include "rules/evaluation/alert_series.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "promql/syntax/operands.h"

namespace hakem::rules {
namespace {

constexpr std::string_view kAlertStateLabel = "alertstate";

/// Whether the matchers of a selector allow a metric of that name.
bool MayFind(const promql::VectorSelector& selector, std::string_view metric) {
  return std::all_of(selector.matchers.begin(), selector.matchers.end(),
                     [metric](const Matcher& matcher) {
                       return matcher.name() != kMetricNameLabel || matcher.Matches(metric);
                     });
}

bool MayReadAlertSeries(const promql::Expr& expr) {
  const auto* selector = std::get_if<promql::VectorSelector>(&expr.node);
  if (const auto* const matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    selector = &matrix->selector;
  }
  bool reads = selector != nullptr &&
               (MayFind(*selector, kAlertsSeries) || MayFind(*selector, kAlertsForStateSeries));
  promql::ForEachOperand(expr, [&reads](const promql::Expr& operand) {
    reads = reads || MayReadAlertSeries(operand);
  });
  return reads;
}

bool HasQuery(const std::vector<NamedTemplate>& texts) {
  return std::any_of(texts.begin(), texts.end(), [](const NamedTemplate& each) {
    return !each.text.is_constant() && each.text.source().find("query") != std::string::npos;
  });
}

}  // namespace

bool MayReadAlertSeries(const Rule& rule) {
  const auto* const alert_rule = std::get_if<AlertRule>(&rule);
  return MayReadAlertSeries(*BaseOf(rule).expr) ||
         (alert_rule != nullptr &&
          (HasQuery(alert_rule->labels) || HasQuery(alert_rule->annotations)));
}

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
