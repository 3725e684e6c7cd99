#include "promql/parsing/expr_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "format/quote.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

void Expect(const Expr& expr, ValueType wanted, std::string_view context) {
  CheckTypes(expr);
  if (expr.type() != wanted) {
    ThrowParseError(expr.position, fmt::format("expected type {} in {}, got {}", ToString(wanted),
                                               context, ToString(expr.type())));
  }
}

void CheckArgumentCount(const Call& call, const Position& position) {
  const FunctionSpec& function = *call.function;
  const std::size_t given = call.arguments.size();
  const std::size_t most = function.arguments.size();
  if (function.optional == 0) {
    if (given != most) {
      ThrowParseError(position, fmt::format("expected {} argument(s) in call to \"{}\", got {}",
                                            most, function.name, given));
    }
    return;
  }
  const bool bounded = function.optional != FunctionSpec::kAnyNumber;
  const std::size_t least = most - (bounded ? static_cast<std::size_t>(function.optional) : 1);
  if (given < least) {
    ThrowParseError(position,
                    fmt::format("expected at least {} argument(s) in call to \"{}\", got {}", least,
                                function.name, given));
  }
  if (bounded && given > most) {
    ThrowParseError(position,
                    fmt::format("expected at most {} argument(s) in call to \"{}\", got {}", most,
                                function.name, given));
  }
}

/// Whether it is the `{…}` argument of info(): matchers without a metric name, possibly none.
void CheckLabelSelector(const Expr& expr) {
  const auto* selector = std::get_if<VectorSelector>(&expr.node);
  if (selector == nullptr || !selector->name.empty()) {
    ThrowParseError(expr.position, "expected label selectors only, got vector selector instead");
  }
}

/// Checks a binary operation, in the same order as Prometheus.
class BinaryCheck {
 public:
  BinaryCheck(const Binary& binary, const Position& position)
      : binary_(binary),
        position_(position),
        lhs_(binary.lhs->type()),
        rhs_(binary.rhs->type()),
        has_scalar_(lhs_ == ValueType::kScalar || rhs_ == ValueType::kScalar) {}

  void Run() const {
    CheckBool();
    CheckOnAndGroup();
    CheckOperand(*binary_.lhs, lhs_);
    CheckOperand(*binary_.rhs, rhs_);
    CheckMatching();
    if (has_scalar_ && IsSetOperator(binary_.op)) {
      ThrowParseError(position_, fmt::format("set operator \"{}\" not allowed in binary scalar "
                                             "expression",
                                             ToString(binary_.op)));
    }
  }

 private:
  void CheckBool() const {
    if (binary_.return_bool && !IsComparison(binary_.op)) {
      ThrowParseError(binary_.op_position,
                      "bool modifier can only be used on comparison operators");
    }
    if (IsComparison(binary_.op) && !binary_.return_bool && lhs_ == ValueType::kScalar &&
        rhs_ == ValueType::kScalar) {
      ThrowParseError(binary_.op_position, "comparisons between scalars must use BOOL modifier");
    }
  }

  void CheckOnAndGroup() const {
    const VectorMatching& matching = binary_.matching;
    for (const std::string& label : matching.labels) {
      const bool twice = std::find(matching.include.begin(), matching.include.end(), label) !=
                         matching.include.end();
      if (matching.on && twice) {
        ThrowParseError(
            binary_.op_position,
            fmt::format("label {} must not occur in ON and GROUP clause at once", Quote(label)));
      }
    }
  }

  static void CheckOperand(const Expr& operand, ValueType type) {
    if (type != ValueType::kScalar && type != ValueType::kVector) {
      ThrowParseError(operand.position,
                      "binary expression must contain only scalar and instant vector types");
    }
  }

  void CheckMatching() const {
    if (has_scalar_ && !binary_.matching.labels.empty()) {
      ThrowParseError(position_, "vector matching only allowed between instant vectors");
    }
    if (has_scalar_ && binary_.matching.fills()) {
      ThrowParseError(position_, "filling in missing series only allowed between instant vectors");
    }
    if (has_scalar_ || !IsSetOperator(binary_.op)) {
      return;
    }
    if (binary_.matching.cardinality != Cardinality::kOneToOne) {
      ThrowParseError(
          position_, fmt::format("no grouping allowed for \"{}\" operation", ToString(binary_.op)));
    }
    if (binary_.matching.fills()) {
      ThrowParseError(position_, "filling in missing series not allowed for set operators");
    }
  }

  const Binary& binary_;
  const Position& position_;
  const ValueType lhs_;
  const ValueType rhs_;
  const bool has_scalar_;
};

struct Check {
  const Position& position;

  void operator()(const NumberLiteral&) const {}

  void operator()(const StringLiteral&) const {}

  void operator()(const VectorSelector& selector) const {
    const auto is_name = [](const Matcher& m) { return m.name() == kMetricNameLabel; };
    if (!selector.name.empty()) {
      const auto before_name = selector.matchers.end() - 1;
      const auto twice = std::find_if(selector.matchers.begin(), before_name, is_name);
      if (twice != before_name) {
        ThrowParseError(position, fmt::format("metric name must not be set twice: {} or {}",
                                              Quote(selector.name), Quote(twice->value())));
      }
      return;
    }
    if (std::all_of(selector.matchers.begin(), selector.matchers.end(),
                    [](const Matcher& m) { return m.Matches(""); })) {
      ThrowParseError(position, "vector selector must contain at least one non-empty matcher");
    }
  }

  void operator()(const MatrixSelector& matrix) const { (*this)(matrix.selector); }

  void operator()(const Subquery& subquery) const {
    CheckTypes(*subquery.expr);
    constexpr std::string_view kNames[] = {"scalar", "vector", "matrix", "string"};
    if (const ValueType type = subquery.expr->type(); type != ValueType::kVector) {
      ThrowParseError(position, fmt::format("subquery is only allowed on instant vector, got {} "
                                            "instead",
                                            kNames[static_cast<std::size_t>(type)]));
    }
  }

  void operator()(const Paren& paren) const { CheckTypes(*paren.expr); }

  void operator()(const Unary& unary) const {
    CheckTypes(*unary.expr);
    if (const ValueType type = unary.expr->type();
        type != ValueType::kScalar && type != ValueType::kVector) {
      ThrowParseError(position, fmt::format("unary expression only allowed on expressions of type "
                                            "scalar or instant vector, got \"{}\"",
                                            ToString(type)));
    }
  }

  void operator()(const Binary& binary) const {
    CheckTypes(*binary.lhs);
    CheckTypes(*binary.rhs);
    BinaryCheck(binary, position).Run();
  }

  void operator()(const Call& call) const {
    CheckArgumentCount(call, position);
    const ArgumentTypes& types = call.function->arguments;
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      if (call.function->selects_labels && i == 1) {
        CheckLabelSelector(*call.arguments[i]);
        continue;
      }
      Expect(*call.arguments[i], types[std::min(i, types.size() - 1)],
             fmt::format("call to function \"{}\"", call.function->name));
    }
  }

  void operator()(const Aggregate& aggregate) const {
    Expect(*aggregate.expr, ValueType::kVector, "aggregation expression");
    if (aggregate.parameter) {
      const bool text = aggregate.op == AggregateOp::kCountValues;
      Expect(*aggregate.parameter, text ? ValueType::kString : ValueType::kScalar,
             "aggregation parameter");
    }
  }
};

}  // namespace

void CheckTypes(const Expr& expr) {
  std::visit(Check{expr.position}, expr.node);
}

void ThrowParseError(const Position& position, std::string_view message) {
  ThrowQueryError(ErrorCode::kInvalidInput,
                  fmt::format("{}:{}: parse error: {}", position.line, position.column, message));
}

void CheckDepth(int depth, const Position& position) {
  if (depth > kMaxDepth) {
    ThrowParseError(position,
                    fmt::format("expression is nested more than {} levels deep", kMaxDepth));
  }
}

ExprPtr MakeExpr(Expr::Node node, const Position& position,
                 std::initializer_list<const Expr*> operands) {
  int depth = 0;
  for (const Expr* operand : operands) {
    depth = std::max(depth, operand == nullptr ? 0 : operand->depth);
  }
  CheckDepth(depth + 1, position);
  return std::make_unique<Expr>(Expr{std::move(node), position, depth + 1});
}

}  // namespace hakem::promql
