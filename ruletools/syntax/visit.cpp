#include "ruletools/syntax/visit.h"

#include <variant>

#include "promql/syntax/operands.h"

namespace hakem::ruletools {

using promql::Expr;

void VisitExprs(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  promql::ForEachOperand(expr, [&visit](const Expr& operand) { VisitExprs(operand, visit); });
}

const promql::VectorSelector* SelectorOf(const Expr& expr) {
  if (const auto* matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    return &matrix->selector;
  }
  return std::get_if<promql::VectorSelector>(&expr.node);
}

}  // namespace hakem::ruletools
