#include "promql/evaluation/step_invariance.h"

#include <algorithm>

#include "promql/evaluation/functions/functions.h"

namespace hakem::promql {
namespace {

/// Determines whether an expression's value may differ between steps.
struct Varies {
  bool operator()(const NumberLiteral&) const { return false; }

  bool operator()(const StringLiteral&) const { return false; }

  bool operator()(const VectorSelector& selector) const { return !selector.shift.at; }

  bool operator()(const MatrixSelector& matrix) const { return !matrix.shift.at; }

  bool operator()(const Subquery& subquery) const { return !subquery.shift.at; }

  bool operator()(const Paren& paren) const { return DependsOnStep(*paren.expr); }

  bool operator()(const Unary& unary) const { return DependsOnStep(*unary.expr); }

  bool operator()(const Binary& binary) const {
    return DependsOnStep(*binary.lhs) || DependsOnStep(*binary.rhs);
  }

  bool operator()(const Call& call) const {
    return call.function->reads_time ||
           std::any_of(call.arguments.begin(), call.arguments.end(),
                       [](const ExprPtr& argument) { return DependsOnStep(*argument); });
  }

  bool operator()(const Aggregate& aggregate) const {
    return DependsOnStep(*aggregate.expr) ||
           (aggregate.parameter != nullptr && DependsOnStep(*aggregate.parameter));
  }
};

bool IsLiteral(const Expr& expr) {
  return std::holds_alternative<NumberLiteral>(expr.node) ||
         std::holds_alternative<StringLiteral>(expr.node);
}

}  // namespace

bool IsStepInvariant(const Expr& expr) {
  return !IsLiteral(expr) && expr.type() != ValueType::kMatrix && !DependsOnStep(expr);
}

bool DependsOnStep(const Expr& expr) {
  return std::visit(Varies{}, expr.node);
}

}  // namespace hakem::promql
