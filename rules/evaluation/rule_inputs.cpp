#include "rules/evaluation/rule_inputs.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "model/check.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/function_spec.h"
#include "promql/syntax/operands.h"
#include "rules/evaluation/alert_series.h"

namespace hakem::rules {
namespace {

/// Whether it is a call of absent() or absent_over_time().
bool ExpectsNoSeries(const promql::Expr& expr) {
  const auto* const call = std::get_if<promql::Call>(&expr.node);
  return call != nullptr &&
         (call->function->name == "absent" || call->function->name == "absent_over_time");
}

/// Adds the names of the metrics that an expression and its operands read.
void AddMetrics(const promql::Expr& expr, std::set<std::string>& metrics) {
  const auto add = [&metrics](const promql::VectorSelector& selector) {
    for (const Matcher& matcher : selector.matchers) {
      if (matcher.name() == kMetricNameLabel && matcher.op() == MatchOp::kEqual &&
          matcher.value() != kAlertsSeries && matcher.value() != kAlertsForStateSeries) {
        metrics.insert(matcher.value());
      }
    }
  };
  if (const auto* const selector = std::get_if<promql::VectorSelector>(&expr.node)) {
    add(*selector);
  } else if (const auto* const matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    add(matrix->selector);
  } else if (!ExpectsNoSeries(expr)) {
    promql::ForEachOperand(expr,
                           [&](const promql::Expr& operand) { AddMetrics(operand, metrics); });
  }
}

/// Whether a metric has ended: it has points, and a query at `now` would see none of them.
bool HasEnded(const std::string& metric, const tsdb::Queryable& samples, Timestamp now) {
  const auto matcher = Matcher::Make(kMetricNameLabel, MatchOp::kEqual, metric);
  HAKEM_CHECK(matcher.has_value());
  const std::vector<tsdb::NewestPoint> newest =
      samples.SelectNewest(std::span(&*matcher, 1), now - kInputMemory, now);
  const Timestamp oldest_seen = now - promql::EngineOptions{}.lookback;
  return !newest.empty() &&
         std::none_of(newest.begin(), newest.end(), [&](const tsdb::NewestPoint& series) {
           return series.point.time > oldest_seen && !tsdb::IsStaleMarker(series.point.value);
         });
}

}  // namespace

std::vector<std::string> InputMetrics(const promql::Expr& expr) {
  std::set<std::string> metrics;
  AddMetrics(expr, metrics);
  return {metrics.begin(), metrics.end()};
}

RuleInputs::RuleInputs(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    rules_.push_back(NameOf(rule));
    for (std::string& metric : InputMetrics(*BaseOf(rule).expr)) {
      rules_by_metric_[std::move(metric)].push_back(NameOf(rule));
    }
  }
}

std::map<std::string_view, bool> RuleInputs::FindMissing(const tsdb::Queryable& samples,
                                                         Timestamp now) const {
  std::map<std::string_view, bool> missing;
  for (const std::string_view rule : rules_) {
    missing.emplace(rule, false);
  }
  for (const auto& [metric, rules] : rules_by_metric_) {
    if (HasEnded(metric, samples, now)) {
      for (const std::string_view rule : rules) {
        missing[rule] = true;
      }
    }
  }
  return missing;
}

}  // namespace hakem::rules
