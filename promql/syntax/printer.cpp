#include "promql/syntax/printer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "format/number.h"
#include "format/quote.h"
#include "model/duration.h"
#include "promql/syntax/function_spec.h"

namespace hakem::promql {
namespace {

/// Prints the name of a label or metric, quoted unless it has the classic form.
std::string PrintName(std::string_view name) {
  return IsValidLabelName(name) ? std::string(name) : Quote(name);
}

std::string PrintNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", PrintName(name));
  }
  return text;
}

std::string PrintShift(const TimeShift& shift) {
  std::string text;
  if (shift.at) {
    if (const auto* bound = std::get_if<QueryBound>(&*shift.at)) {
      text += *bound == QueryBound::kStart ? " @ start()" : " @ end()";
    } else {
      text += fmt::format(" @ {:.3f}", ToUnixSeconds(std::get<Timestamp>(*shift.at)));
    }
  }
  if (const DurationOrExpr offset = shift.offset.value_or(Duration{0});
      offset != DurationOrExpr{Duration{0}}) {
    text += fmt::format(" offset {}", Print(offset));
  }
  return text;
}

std::string PrintModifier(RangeModifier modifier) {
  return modifier == RangeModifier::kNone ? "" : fmt::format(" {}", ToString(modifier));
}

std::string PrintSelector(const VectorSelector& selector) {
  std::vector<std::string> matchers;
  const std::size_t printed = selector.matchers.size() - (selector.name.empty() ? 0 : 1);
  for (std::size_t i = 0; i < printed; ++i) {
    const Matcher& matcher = selector.matchers[i];
    matchers.push_back(fmt::format("{}{}{}", PrintName(matcher.name()), ToString(matcher.op()),
                                   Quote(matcher.value())));
  }
  std::sort(matchers.begin(), matchers.end());
  const std::string inner = fmt::format("{}", fmt::join(matchers, ","));
  return inner.empty() && !selector.name.empty() ? selector.name
                                                 : fmt::format("{}{{{}}}", selector.name, inner);
}

std::string PrintFill(const VectorMatching& matching) {
  const auto value = [](std::string_view word, const std::optional<double>& fill) {
    return fill ? fmt::format(" {} ({})", word, FormatNumber(*fill, NumberForm::kDecimal)) : "";
  };
  if (matching.fill_left && matching.fill_right && *matching.fill_left == *matching.fill_right) {
    return value("fill", matching.fill_left);
  }
  return value("fill_left", matching.fill_left) + value("fill_right", matching.fill_right);
}

std::string PrintMatching(const VectorMatching& matching) {
  const bool grouped = matching.cardinality != Cardinality::kOneToOne;
  std::string text;
  if (matching.on || !matching.labels.empty() || grouped) {
    text = fmt::format(" {} ({})", matching.on ? "on" : "ignoring", PrintNames(matching.labels));
  }
  if (grouped) {
    text += fmt::format(" group_{} ({})",
                        matching.cardinality == Cardinality::kManyToOne ? "left" : "right",
                        PrintNames(matching.include));
  }
  return text + PrintFill(matching);
}

struct Printer {
  std::string operator()(const NumberLiteral& number) const {
    if (!number.is_duration) {
      return FormatNumber(number.value, NumberForm::kDecimal);
    }
    return FormatDuration(Duration{std::llround(number.value * 1000)});
  }

  std::string operator()(const StringLiteral& literal) const { return Quote(literal.value); }

  std::string operator()(const VectorSelector& selector) const {
    return PrintSelector(selector) + PrintModifier(selector.modifier) + PrintShift(selector.shift);
  }

  std::string operator()(const MatrixSelector& matrix) const {
    return fmt::format("{}[{}]{}{}", PrintSelector(matrix.selector), Print(matrix.range),
                       PrintModifier(matrix.modifier), PrintShift(matrix.shift));
  }

  std::string operator()(const Subquery& subquery) const {
    return fmt::format("{}[{}:{}]{}", Print(*subquery.expr), Print(subquery.range),
                       subquery.step ? Print(*subquery.step) : "", PrintShift(subquery.shift));
  }

  std::string operator()(const Paren& paren) const {
    return fmt::format("({})", Print(*paren.expr));
  }

  std::string operator()(const Unary& unary) const {
    return fmt::format("{}{}", unary.negative ? "-" : "+", Print(*unary.expr));
  }

  std::string operator()(const Binary& binary) const {
    return fmt::format("{} {}{}{} {}", Print(*binary.lhs), ToString(binary.op),
                       binary.return_bool ? " bool" : "", PrintMatching(binary.matching),
                       Print(*binary.rhs));
  }

  std::string operator()(const Call& call) const {
    std::string arguments;
    for (const ExprPtr& argument : call.arguments) {
      arguments += fmt::format("{}{}", arguments.empty() ? "" : ", ", Print(*argument));
    }
    return fmt::format("{}({})", call.function->name, arguments);
  }

  std::string operator()(const Aggregate& aggregate) const {
    std::string grouping;
    if (aggregate.without || !aggregate.grouping.empty()) {
      grouping = fmt::format(" {} ({}) ", aggregate.without ? "without" : "by",
                             PrintNames(aggregate.grouping));
    }
    const std::string parameter =
        aggregate.parameter ? fmt::format("{}, ", Print(*aggregate.parameter)) : "";
    return fmt::format("{}{}({}{})", ToString(aggregate.op), grouping, parameter,
                       Print(*aggregate.expr));
  }
};

}  // namespace

std::string Print(const Expr& expr) {
  return std::visit(Printer{}, expr.node);
}

std::string PrintLabels(const Labels& labels) {
  std::string inner;
  for (const LabelView label : labels) {
    inner += fmt::format("{}{}={}", inner.empty() ? "" : ", ", PrintName(label.name),
                         Quote(label.value));
  }
  return fmt::format("{{{}}}", inner);
}

}  // namespace hakem::promql
