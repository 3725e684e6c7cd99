// The shipped rules and the dashboard name only metrics and labels that Hakem has. A renamed metric
// would otherwise end an alert or a panel without a word.

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <string>
#include <variant>

#include "collectors/core/collector.h"
#include "config/thresholds.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/ast.h"
#include "rules/definitions.h"
#include "rules/rule_file.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/dashboard.h"

namespace hakem::rules {
namespace {

using Names = std::set<std::string, std::less<>>;

/// Each metric with its labels, but for those of the target.
using Catalogue = std::map<std::string, Names, std::less<>>;

const Names kTargetLabels = {"job", "instance", "server"};

Catalogue Everything() {
  Catalogue catalogue = {{"pg_up", {}},
                         {"ALERTS", {"alertname", "alertstate", "severity", "game"}}};
  for (const collectors::CollectorSpec* collector : collectors::kCollectors) {
    for (const collectors::FamilySpec& family : collector->families) {
      catalogue[std::string(family.name)].insert(family.labels.begin(), family.labels.end());
    }
  }
  const MetricFamily thresholds = config::ThresholdFamily(config::DefaultThresholds(), Labels{});
  catalogue[thresholds.name] = Names{std::string("name"), std::string("game")};
  return catalogue;
}

/// Walks an expression and collects what it names that is not in the catalogue.
class Check {
 public:
  explicit Check(const Catalogue& catalogue) : catalogue_(catalogue) {}

  /// Returns the labels that the series below the node can have.
  Names Walk(const promql::Expr& expr) {
    return std::visit([this](const auto& node) { return Visit(node); }, expr.node);
  }

  const Names& unknown() const { return unknown_; }

 private:
  Names Visit(const promql::NumberLiteral&) { return {}; }

  Names Visit(const promql::StringLiteral&) { return {}; }

  Names Visit(const promql::VectorSelector& selector) {
    const auto found = catalogue_.find(selector.name);
    if (found == catalogue_.end()) {
      unknown_.insert("metric " + selector.name);
      return {};
    }
    Names labels = found->second;
    labels.insert(kTargetLabels.begin(), kTargetLabels.end());
    for (const Matcher& matcher : selector.matchers) {
      if (matcher.name() != kMetricNameLabel) {
        Need(matcher.name(), labels);
      }
      if (selector.name == "hakem_threshold" && matcher.name() == "name") {
        NeedThreshold(matcher.value());
      }
    }
    return labels;
  }

  Names Visit(const promql::MatrixSelector& matrix) { return Visit(matrix.selector); }

  Names Visit(const promql::Subquery& subquery) { return Walk(*subquery.expr); }

  Names Visit(const promql::Paren& paren) { return Walk(*paren.expr); }

  Names Visit(const promql::Unary& unary) { return Walk(*unary.expr); }

  Names Visit(const promql::Binary& binary) {
    const Names left = Walk(*binary.lhs);
    const Names right = Walk(*binary.rhs);
    for (const std::string& label : binary.matching.labels) {
      Need(label, left);
      Need(label, right);
    }
    Names both = left;
    both.insert(right.begin(), right.end());
    return both;
  }

  Names Visit(const promql::Call& call) {
    Names labels;
    for (const promql::ExprPtr& argument : call.arguments) {
      labels.merge(Walk(*argument));
    }
    return labels;
  }

  Names Visit(const promql::Aggregate& aggregate) {
    Names labels = Walk(*aggregate.expr);
    for (const std::string& label : aggregate.grouping) {
      Need(label, labels);
    }
    return labels;
  }

  void Need(const std::string& label, const Names& labels) {
    if (!labels.contains(label)) {
      unknown_.insert("label " + label);
    }
  }

  void NeedThreshold(std::string_view name) {
    for (const config::ThresholdSpec& threshold : config::kThresholds) {
      if (threshold.name == name) {
        return;
      }
    }
    unknown_.insert("threshold " + std::string(name));
  }

  const Catalogue& catalogue_;
  Names unknown_;
};

/// The `x` of each `$labels.x` in a template.
Names LabelsNamedBy(std::string_view text) {
  constexpr std::string_view kPrefix = "$labels.";
  Names labels;
  for (std::size_t at = 0; (at = text.find(kPrefix, at)) != text.npos;) {
    at += kPrefix.size();
    const std::size_t end = text.find_first_of(" }", at);
    labels.emplace(text.substr(at, end - at));
  }
  return labels;
}

TEST(Catalogue, HasTheMetricsOfTheShippedRules) {
  const Catalogue catalogue = Everything();
  const auto groups = ParseRuleFile(kGamingRules, kGamingRulesFile);
  ASSERT_THAT(groups, IsOk());
  for (const Rule& each : groups->front().rules) {
    const auto& rule = std::get<AlertRule>(each);
    Check check(catalogue);
    const Names labels = check.Walk(*rule.expr);
    EXPECT_THAT(check.unknown(), testing::IsEmpty()) << rule.name;
    for (const NamedTemplate& annotation : rule.annotations) {
      EXPECT_THAT(LabelsNamedBy(annotation.text.source()), testing::IsSubsetOf(labels))
          << rule.name << ", " << annotation.name;
    }
  }
}

TEST(Catalogue, HasTheMetricsOfTheDashboard) {
  const Catalogue catalogue = Everything();
  for (const DashboardQuery& query : DashboardQueries()) {
    const auto expr = promql::Parse(query.expr);
    ASSERT_THAT(expr, IsOk()) << query.place;
    Check check(catalogue);
    check.Walk(**expr);
    EXPECT_THAT(check.unknown(), testing::IsEmpty()) << query.place << ": " << query.expr;
  }
}

}  // namespace
}  // namespace hakem::rules
