// The shipped rules and the dashboard name only metrics and labels that Hakem has. A renamed metric
// would otherwise end an alert or a panel without a word.

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <variant>

#include "collectors/core/collector.h"
#include "config/thresholds.h"
#include "exporter/scrape/target_families.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/function_spec.h"
#include "rules/evaluation/rule_inputs.h"
#include "rules/evaluation/rule_metrics.h"
#include "rules/files/definitions.h"
#include "rules/files/rule_file.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/dashboard.h"

namespace hakem::rules {
namespace {

using Names = std::set<std::string, std::less<>>;

const Names kTargetLabels = {"job", "instance", "server"};

/// The metrics that Hakem has.
struct Catalogue {
  /// Each metric with its labels, but for those of the target.
  std::map<std::string, Names, std::less<>> metrics = {};
  Names prefixes = {};  ///< Names that begin like this are metrics too, without labels.

  void Add(const collectors::FamilySpec& family) {
    const std::string name(family.name);
    Names labels(family.labels.begin(), family.labels.end());
    if (family.name_is_prefix) {
      prefixes.insert(name);
    } else if (family.type != MetricType::kHistogram) {
      metrics[name].merge(labels);
    } else {
      metrics[name + "_sum"] = labels;
      metrics[name + "_count"] = labels;
      labels.insert("le");
      metrics[name + "_bucket"] = labels;
    }
  }

  /// The labels of a metric; null if there is none of this name.
  const Names* Find(std::string_view metric) const {
    static const Names none;
    if (const auto found = metrics.find(metric); found != metrics.end()) {
      return &found->second;
    }
    const bool has_prefix = std::any_of(prefixes.begin(), prefixes.end(),
                                        [&](const auto& each) { return metric.starts_with(each); });
    return has_prefix ? &none : nullptr;
  }
};

Names LabelsOf(const Instrument& instrument) {
  return {instrument.labels.begin(), instrument.labels.end()};
}

Catalogue Everything() {
  Catalogue catalogue;
  catalogue.metrics = {{"ALERTS", {"alertname", "alertstate", "severity", "team", "game"}},
                       // An integration test finds this one on the page of a real program.
                       {"hakem_notifications_failed_total", {"receiver", "integration", "reason"}},
                       {std::string(kInputMissing.name), LabelsOf(kInputMissing)},
                       // node_exporter has these.
                       {"node_filesystem_avail_bytes", {"device", "fstype", "mountpoint"}},
                       {"node_filesystem_size_bytes", {"device", "fstype", "mountpoint"}}};
  for (const collectors::CollectorSpec* collector : collectors::kCollectors) {
    for (const collectors::FamilySpec& family : collector->families) {
      catalogue.Add(family);
    }
  }
  for (const collectors::FamilySpec& family : exporter::TargetFamilies::families()) {
    catalogue.Add(family);
  }
  const MetricFamily thresholds = config::ThresholdFamily(config::DefaultThresholds(), Labels{});
  catalogue.metrics[thresholds.name] = Names{std::string("name"), std::string("game")};
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
    const Names* const found = catalogue_.Find(selector.name);
    if (found == nullptr) {
      unknown_.insert("metric " + selector.name);
      return {};
    }
    Names labels = *found;
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
    if (call.function->name == "label_replace") {
      labels.insert(std::get<promql::StringLiteral>(call.arguments[1]->node).value);
    }
    return labels;
  }

  Names Visit(const promql::Aggregate& aggregate) {
    Names labels = Walk(*aggregate.expr);
    for (const std::string& label : aggregate.grouping) {
      Need(label, labels);
    }
    return aggregate.without ? labels : Names(aggregate.grouping.begin(), aggregate.grouping.end());
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
  for (const ShippedRuleFile& shipped : ShippedRuleFiles()) {
    const auto groups = ParseRuleFile(shipped.yaml, shipped.file);
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
}

/// The extension without which no server has the metric; "" if it needs none.
std::string_view ExtensionOf(std::string_view metric) {
  for (const collectors::CollectorSpec* collector : collectors::kCollectors) {
    for (const collectors::FamilySpec& family : collector->families) {
      if (family.name == metric) {
        return collector->requirements.extension;
      }
    }
  }
  return "";
}

TEST(Catalogue, HasTheExtensionThatAShippedRuleNeeds) {
  const auto groups = ParseShippedRules({});
  ASSERT_THAT(groups, IsOk());
  Names needed;
  for (const RuleGroup& group : *groups) {
    for (const Rule& each : group.rules) {
      const auto& rule = std::get<AlertRule>(each);
      Names extensions;
      for (const std::string& metric : InputMetrics(*rule.expr)) {
        extensions.emplace(ExtensionOf(metric));
      }
      extensions.erase("");
      EXPECT_EQ(extensions, rule.needs ? Names{std::string(rule.needs->name)} : Names())
          << rule.name;
      needed.merge(extensions);
    }
  }
  EXPECT_EQ(needed, Names{"pg_stat_statements"});
}

TEST(Catalogue, HasAThresholdForNothingElseThanTheShippedRules) {
  std::string rules;
  for (const ShippedRuleFile& shipped : ShippedRuleFiles()) {
    rules += shipped.yaml;
  }
  for (const config::ThresholdSpec& threshold : config::kThresholds) {
    EXPECT_THAT(rules, testing::HasSubstr("name=\"" + std::string(threshold.name) + "\""));
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
