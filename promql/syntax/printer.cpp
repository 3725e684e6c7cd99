#include "promql/syntax/printer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string_view>

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

using PrintOperand = std::function<std::string(const Expr&)>;

/// Appends expressions to a text. Each part is written once and never copied into a larger text, so
/// that the time does not depend on the depth.
class Writer {
 public:
  /// Notes where each expression stands in the text, unless `places` is null.
  Writer(std::string& text, ExprPlaces* places) : text_(text), places_(places) {}

  /// Writes operands as `operand` returns them.
  Writer(std::string& text, const PrintOperand& operand)
      : text_(text), places_(nullptr), operand_(&operand) {}

  void Write(const Expr& expr) {
    if (operand_ != nullptr) {
      text_ += (*operand_)(expr);
      return;
    }
    const std::size_t begin = text_.size();
    std::visit(*this, expr.node);
    if (places_ != nullptr) {
      places_->insert_or_assign(&expr, TextPlace{.begin = begin, .end = text_.size()});
    }
  }

  void operator()(const NumberLiteral& number) {
    if (number.is_duration) {
      text_ += FormatDuration(Duration{std::llround(number.value * 1000)});
    } else {
      AppendNumber(text_, number.value, NumberForm::kDecimal);
    }
  }

  void operator()(const StringLiteral& literal) { text_ += Quote(literal.value); }

  void operator()(const VectorSelector& selector) {
    Append(PrintSelector(selector), PrintModifier(selector.modifier), PrintShift(selector.shift));
  }

  void operator()(const MatrixSelector& matrix) {
    Append(PrintSelector(matrix.selector), "[", Print(matrix.range), "]",
           PrintModifier(matrix.modifier), PrintShift(matrix.shift));
  }

  void operator()(const Subquery& subquery) {
    Write(*subquery.expr);
    Append("[", Print(subquery.range), ":", subquery.step ? Print(*subquery.step) : "", "]",
           PrintShift(subquery.shift));
  }

  void operator()(const Paren& paren) {
    text_ += '(';
    Write(*paren.expr);
    text_ += ')';
  }

  void operator()(const Unary& unary) {
    text_ += unary.negative ? '-' : '+';
    Write(*unary.expr);
  }

  void operator()(const Binary& binary) {
    Write(*binary.lhs);
    Append(" ", ToString(binary.op), binary.return_bool ? " bool" : "",
           PrintMatching(binary.matching), " ");
    Write(*binary.rhs);
  }

  void operator()(const Call& call) {
    Append(call.function->name, "(");
    for (const ExprPtr& argument : call.arguments) {
      text_ += &argument == &call.arguments.front() ? "" : ", ";
      Write(*argument);
    }
    text_ += ')';
  }

  void operator()(const Aggregate& aggregate) {
    text_ += ToString(aggregate.op);
    if (aggregate.without || !aggregate.grouping.empty()) {
      Append(aggregate.without ? " without (" : " by (", PrintNames(aggregate.grouping), ") ");
    }
    text_ += '(';
    if (aggregate.parameter) {
      Write(*aggregate.parameter);
      text_ += ", ";
    }
    Write(*aggregate.expr);
    text_ += ')';
  }

 private:
  template <typename... Parts>
  void Append(const Parts&... parts) {
    (text_.append(std::string_view(parts)), ...);
  }

  std::string& text_;
  ExprPlaces* const places_;
  const PrintOperand* const operand_ = nullptr;
};

}  // namespace

std::string Print(const Expr& expr) {
  std::string text;
  Writer(text, nullptr).Write(expr);
  return text;
}

std::string PrintNode(const Expr& expr, const PrintOperand& operand) {
  std::string text;
  std::visit(Writer(text, operand), expr.node);
  return text;
}

PrintedExpr PrintWithPlaces(const Expr& expr) {
  PrintedExpr printed;
  Writer(printed.text, &printed.places).Write(expr);
  return printed;
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
