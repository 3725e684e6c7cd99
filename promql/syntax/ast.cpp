#include "promql/syntax/ast.h"

#include <algorithm>

#include "promql/syntax/function_spec.h"

namespace hakem::promql {
namespace {

struct TypeOf {
  ValueType operator()(const NumberLiteral&) const { return ValueType::kScalar; }

  ValueType operator()(const StringLiteral&) const { return ValueType::kString; }

  ValueType operator()(const VectorSelector&) const { return ValueType::kVector; }

  ValueType operator()(const MatrixSelector&) const { return ValueType::kMatrix; }

  ValueType operator()(const Subquery&) const { return ValueType::kMatrix; }

  ValueType operator()(const Paren& paren) const { return paren.expr->type(); }

  ValueType operator()(const Unary& unary) const { return unary.expr->type(); }

  ValueType operator()(const Binary& binary) const {
    const bool scalars =
        binary.lhs->type() == ValueType::kScalar && binary.rhs->type() == ValueType::kScalar;
    return scalars ? ValueType::kScalar : ValueType::kVector;
  }

  ValueType operator()(const Call& call) const { return call.function->result; }

  ValueType operator()(const Aggregate&) const { return ValueType::kVector; }
};

}  // namespace

std::string_view ToString(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kVector:
      return "instant vector";
    case ValueType::kMatrix:
      return "range vector";
    case ValueType::kString:
      return "string";
  }
  return "scalar";
}

std::string_view ToString(RangeModifier modifier) {
  constexpr std::string_view kNames[] = {"", "anchored", "smoothed"};
  return kNames[static_cast<std::size_t>(modifier)];
}

std::string_view ToString(BinaryOp op) {
  constexpr std::string_view kNames[] = {"+",  "-", "*", "/",  "%",  "^",   "atan2", "==",
                                         "!=", ">", "<", ">=", "<=", "and", "or",    "unless"};
  return kNames[static_cast<std::size_t>(op)];
}

std::string_view ToString(AggregateOp op) {
  constexpr std::string_view kNames[] = {
      "sum",    "avg",  "count",   "min",      "max",          "group",  "stddev",
      "stdvar", "topk", "bottomk", "quantile", "count_values", "limitk", "limit_ratio"};
  return kNames[static_cast<std::size_t>(op)];
}

ValueType Expr::type() const {
  return std::visit(TypeOf{}, node);
}

const Expr& Unwrap(const Expr& expr) {
  const Expr* inner = &expr;
  while (const auto* paren = std::get_if<Paren>(&inner->node)) {
    inner = paren->expr.get();
  }
  return *inner;
}

}  // namespace hakem::promql
