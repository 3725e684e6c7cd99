#include "ruletools/syntax/visit.h"

#include <type_traits>
#include <variant>

namespace hakem::ruletools {
namespace {

using promql::Expr;
using Visit = std::function<void(const Expr&)>;

template <typename Leaf>
void VisitParts(const Leaf&, const Visit&) {}

void VisitParts(const promql::Subquery& subquery, const Visit& visit) {
  VisitExprs(*subquery.expr, visit);
}

void VisitParts(const promql::Paren& paren, const Visit& visit) {
  VisitExprs(*paren.expr, visit);
}

void VisitParts(const promql::Unary& unary, const Visit& visit) {
  VisitExprs(*unary.expr, visit);
}

void VisitParts(const promql::Binary& binary, const Visit& visit) {
  VisitExprs(*binary.lhs, visit);
  VisitExprs(*binary.rhs, visit);
}

void VisitParts(const promql::Call& call, const Visit& visit) {
  for (const promql::ExprPtr& argument : call.arguments) {
    VisitExprs(*argument, visit);
  }
}

void VisitParts(const promql::Aggregate& aggregate, const Visit& visit) {
  if (aggregate.parameter != nullptr) {
    VisitExprs(*aggregate.parameter, visit);
  }
  VisitExprs(*aggregate.expr, visit);
}

}  // namespace

void VisitExprs(const Expr& expr, const Visit& visit) {
  visit(expr);
  std::visit([&visit](const auto& node) { VisitParts(node, visit); }, expr.node);
}

const promql::VectorSelector* SelectorOf(const Expr& expr) {
  if (const auto* matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    return &matrix->selector;
  }
  return std::get_if<promql::VectorSelector>(&expr.node);
}

}  // namespace hakem::ruletools
