#include "ruletools/check/label_flow.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "format/nearest_name.h"
#include "promql/syntax/function_spec.h"

namespace hakem::ruletools {
namespace {

using promql::Expr;

LabelSet Union(LabelSet one, const LabelSet& other) {
  one.is_open = one.is_open || other.is_open;
  one.names.insert(other.names.begin(), other.names.end());
  return one;
}

LabelSet Only(const LabelSet& labels, std::span<const std::string> kept) {
  LabelSet result;
  for (const std::string& name : kept) {
    if (labels.MayHave(name)) {
      result.names.insert(name);
    }
  }
  return result;
}

/// What is open stays open, so `removed` may still be assumed; that costs a hint, never a wrong
/// one.
LabelSet Without(LabelSet labels, std::span<const std::string> removed) {
  for (const std::string& name : removed) {
    labels.names.erase(name);
  }
  return labels;
}

/// The text of a call's argument, if it is a literal.
const std::string* Literal(const promql::Call& call, std::size_t index) {
  if (index >= call.arguments.size()) {
    return nullptr;
  }
  const auto* text =
      std::get_if<promql::StringLiteral>(&promql::Unwrap(*call.arguments[index]).node);
  return text == nullptr ? nullptr : &text->value;
}

/// Walks an expression from its selectors to its result.
class LabelWalk {
 public:
  LabelWalk(const Catalogue& catalogue, const OnMistake& on_mistake)
      : catalogue_(catalogue), on_mistake_(on_mistake) {}

  LabelSet Walk(const Expr& expr) const {
    return std::visit([this](const auto& node) { return Visit(node); }, expr.node);
  }

 private:
  LabelSet Visit(const promql::NumberLiteral&) const { return {}; }

  LabelSet Visit(const promql::StringLiteral&) const { return {}; }

  LabelSet Visit(const promql::VectorSelector& selector) const {
    const std::string name = MetricName(selector);
    if (name.empty()) {
      return {.is_open = true};
    }
    if (catalogue_.IsMistake(name)) {
      on_mistake_(
          fmt::format("nobody exports a metric \"{}\"{}", name, catalogue_.Suggestion(name)));
    }
    const KnownMetric* const metric = catalogue_.Find(name);
    if (metric == nullptr || !metric->labels) {
      return {.is_open = true};
    }
    LabelSet labels{.names = *metric->labels};
    labels.names.insert(catalogue_.target_labels().begin(), catalogue_.target_labels().end());
    for (const Matcher& matcher : selector.matchers) {
      CheckMatcher(name, *metric, labels, matcher);
    }
    return labels;
  }

  /// The one name that the selector may match; "" if there are several.
  static std::string MetricName(const promql::VectorSelector& selector) {
    for (const Matcher& matcher : selector.matchers) {
      if (matcher.name() == kMetricNameLabel && matcher.op() == MatchOp::kEqual) {
        return matcher.value();
      }
    }
    return selector.name;
  }

  void CheckMatcher(const std::string& metric_name, const KnownMetric& metric,
                    const LabelSet& labels, const Matcher& matcher) const {
    const std::string& name = matcher.name();
    if (name == kMetricNameLabel) {
      return;
    }
    if (!labels.MayHave(name)) {
      if (!matcher.Matches("")) {
        on_mistake_(fmt::format("metric \"{}\" has no label \"{}\"{}", metric_name, name,
                                Nearest(name, labels)));
      }
      return;
    }
    const auto values = metric.values.find(name);
    if (values == metric.values.end() || matcher.Matches("")) {
      return;
    }
    const bool any = std::any_of(values->second.begin(), values->second.end(),
                                 [&](const std::string& value) { return matcher.Matches(value); });
    if (!any) {
      on_mistake_(fmt::format("no series of \"{}\" has {}{}\"{}\"{}", metric_name, name,
                              ToString(matcher.op()), matcher.value(),
                              Nearest(matcher.value(), {.names = values->second})));
    }
  }

  static std::string Nearest(std::string_view name, const LabelSet& labels) {
    const std::vector<std::string_view> known(labels.names.begin(), labels.names.end());
    return DidYouMean(name, known);
  }

  LabelSet Visit(const promql::MatrixSelector& matrix) const { return Visit(matrix.selector); }

  LabelSet Visit(const promql::Subquery& subquery) const { return Walk(*subquery.expr); }

  LabelSet Visit(const promql::Paren& paren) const { return Walk(*paren.expr); }

  LabelSet Visit(const promql::Unary& unary) const { return Walk(*unary.expr); }

  LabelSet Visit(const promql::Binary& binary) const {
    LabelSet left = Walk(*binary.lhs);
    LabelSet right = Walk(*binary.rhs);
    const bool is_vector = binary.lhs->type() == promql::ValueType::kVector;
    if (!is_vector || binary.rhs->type() != promql::ValueType::kVector) {
      return is_vector ? left : right;
    }
    const promql::VectorMatching& matching = binary.matching;
    if (matching.on) {
      Need(left, matching.labels, "on", "the left side");
      Need(right, matching.labels, "on", "the right side");
    }
    if (binary.op == promql::BinaryOp::kOr) {
      return Union(std::move(left), right);
    }
    if (promql::IsSetOperator(binary.op)) {
      return left;
    }
    return Joined(binary, left, right);
  }

  /// The labels of matched pairs.
  LabelSet Joined(const promql::Binary& binary, const LabelSet& left, const LabelSet& right) const {
    const promql::VectorMatching& matching = binary.matching;
    if (matching.cardinality == promql::Cardinality::kOneToOne) {
      return matching.on ? Only(left, matching.labels) : Without(left, matching.labels);
    }
    const bool many_left = matching.cardinality == promql::Cardinality::kManyToOne;
    const LabelSet& many = many_left ? left : right;
    const LabelSet& one = many_left ? right : left;
    Need(one, matching.include, many_left ? "group_left" : "group_right", "the side of one");
    return Union(many, Only(one, matching.include));
  }

  LabelSet Visit(const promql::Call& call) const {
    LabelSet labels;
    for (const promql::ExprPtr& argument : call.arguments) {
      labels = Union(std::move(labels), Walk(*argument));
    }
    const std::string_view name = call.function->name;
    if (name == "label_replace" || name == "label_join") {
      if (const std::string* added = Literal(call, 1)) {
        labels.names.insert(*added);
      }
    } else if (name == "absent" || name == "absent_over_time") {
      return AbsentLabels(*call.arguments.front());
    } else if (name == "info") {
      labels.is_open = true;
    } else if (name == "histogram_quantile" || name == "histogram_fraction") {
      labels.names.erase("le");
    } else if (name == "vector" || name == "scalar") {
      return {};
    }
    return labels;
  }

  /// absent() has the labels that the selector matches for equality.
  static LabelSet AbsentLabels(const Expr& argument) {
    const Expr& inner = promql::Unwrap(argument);
    const auto* selector = std::get_if<promql::VectorSelector>(&inner.node);
    if (const auto* matrix = std::get_if<promql::MatrixSelector>(&inner.node)) {
      selector = &matrix->selector;
    }
    LabelSet labels;
    if (selector != nullptr) {
      for (const Matcher& matcher : selector->matchers) {
        if (matcher.op() == MatchOp::kEqual && matcher.name() != kMetricNameLabel) {
          labels.names.insert(matcher.name());
        }
      }
    }
    return labels;
  }

  LabelSet Visit(const promql::Aggregate& aggregate) const {
    LabelSet labels = Walk(*aggregate.expr);
    if (!aggregate.without) {
      Need(labels, aggregate.grouping, "by", "the series");
    }
    switch (aggregate.op) {
      case promql::AggregateOp::kTopk:
      case promql::AggregateOp::kBottomk:
      case promql::AggregateOp::kLimitk:
      case promql::AggregateOp::kLimitRatio:
        return labels;  // These choose series, and keep their labels.
      default:
        break;
    }
    LabelSet result = aggregate.without ? Without(std::move(labels), aggregate.grouping)
                                        : Only(labels, aggregate.grouping);
    if (aggregate.op == promql::AggregateOp::kCountValues) {
      const auto* name =
          std::get_if<promql::StringLiteral>(&promql::Unwrap(*aggregate.parameter).node);
      if (name != nullptr) {
        result.names.insert(name->value);
      }
    }
    return result;
  }

  /// Reports the labels that the series cannot have.
  void Need(const LabelSet& labels, std::span<const std::string> needed, std::string_view clause,
            std::string_view side) const {
    for (const std::string& name : needed) {
      if (name != kMetricNameLabel && !labels.MayHave(name)) {
        on_mistake_(fmt::format("\"{} ({})\": {} cannot have a label \"{}\"{}", clause,
                                fmt::join(needed, ", "), side, name, Nearest(name, labels)));
      }
    }
  }

  const Catalogue& catalogue_;
  const OnMistake& on_mistake_;
};

}  // namespace

LabelSet FollowLabels(const Expr& expr, const Catalogue& catalogue, const OnMistake& on_mistake) {
  return LabelWalk(catalogue, on_mistake).Walk(expr);
}

}  // namespace hakem::ruletools
