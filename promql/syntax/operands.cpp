#include "promql/syntax/operands.h"

#include <variant>

namespace hakem::promql {
namespace {

using Visit = std::function<void(const Expr&)>;

/// Visits the operands of each kind of node.
struct Operands {
  const Visit& visit;

  void operator()(const NumberLiteral& /*number*/) const {}

  void operator()(const StringLiteral& /*text*/) const {}

  void operator()(const VectorSelector& /*selector*/) const {}

  void operator()(const MatrixSelector& /*matrix*/) const {}

  void operator()(const Subquery& subquery) const { visit(*subquery.expr); }

  void operator()(const Paren& paren) const { visit(*paren.expr); }

  void operator()(const Unary& unary) const { visit(*unary.expr); }

  void operator()(const Binary& binary) const {
    visit(*binary.lhs);
    visit(*binary.rhs);
  }

  void operator()(const Call& call) const {
    for (const ExprPtr& argument : call.arguments) {
      visit(*argument);
    }
  }

  void operator()(const Aggregate& aggregate) const {
    if (aggregate.parameter != nullptr) {
      visit(*aggregate.parameter);
    }
    visit(*aggregate.expr);
  }
};

}  // namespace

void ForEachOperand(const Expr& expr, const Visit& visit) {
  std::visit(Operands{visit}, expr.node);
}

}  // namespace hakem::promql
