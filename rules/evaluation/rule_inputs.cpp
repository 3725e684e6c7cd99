#include "rules/evaluation/rule_inputs.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "model/check.h"
#include "promql/evaluation/engine_options.h"
#include "promql/syntax/function_spec.h"
#include "rules/evaluation/alert_series.h"

namespace hakem::rules {
namespace {

/// Walks an expression and collects the names of metrics.
class Search {
 public:
  void Walk(const promql::Expr& expr) {
    std::visit([this](const auto& node) { Visit(node); }, expr.node);
  }

  std::vector<std::string> Take() { return {metrics_.begin(), metrics_.end()}; }

 private:
  void Visit(const promql::NumberLiteral&) {}

  void Visit(const promql::StringLiteral&) {}

  void Visit(const promql::VectorSelector& selector) {
    for (const Matcher& matcher : selector.matchers) {
      if (matcher.name() == kMetricNameLabel && matcher.op() == MatchOp::kEqual &&
          matcher.value() != kAlertsSeries && matcher.value() != kAlertsForStateSeries) {
        metrics_.insert(matcher.value());
      }
    }
  }

  void Visit(const promql::MatrixSelector& matrix) { Visit(matrix.selector); }

  void Visit(const promql::Subquery& subquery) { Walk(*subquery.expr); }

  void Visit(const promql::Paren& paren) { Walk(*paren.expr); }

  void Visit(const promql::Unary& unary) { Walk(*unary.expr); }

  void Visit(const promql::Binary& binary) {
    Walk(*binary.lhs);
    Walk(*binary.rhs);
  }

  void Visit(const promql::Call& call) {
    if (call.function->name == "absent" || call.function->name == "absent_over_time") {
      return;
    }
    for (const promql::ExprPtr& argument : call.arguments) {
      Walk(*argument);
    }
  }

  void Visit(const promql::Aggregate& aggregate) {
    if (aggregate.parameter != nullptr) {
      Walk(*aggregate.parameter);
    }
    Walk(*aggregate.expr);
  }

  std::set<std::string> metrics_;
};

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
  Search search;
  search.Walk(expr);
  return search.Take();
}

RuleInputs::RuleInputs(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    rules_.push_back(NameOf(rule));
    for (std::string& metric :
         InputMetrics(*std::visit([](const auto& one) { return one.expr.get(); }, rule))) {
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
