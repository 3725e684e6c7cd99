#include "promql/evaluation/step_invariance.h"

#include <algorithm>

#include "promql/functions/functions.h"

namespace hakem::promql {
namespace {

/// Ordered, so that the smallest of the operands' decides.
enum class Variance { kVaries, kFixed, kLiteral };

Variance VarianceOf(const Expr& expr);

struct Visitor {
  Variance operator()(const NumberLiteral&) const { return Variance::kLiteral; }

  Variance operator()(const StringLiteral&) const { return Variance::kLiteral; }

  Variance operator()(const VectorSelector& selector) const { return Of(selector.shift); }

  Variance operator()(const MatrixSelector& matrix) const { return Of(matrix.shift); }

  Variance operator()(const Subquery& subquery) const { return Of(subquery.shift); }

  Variance operator()(const Paren& paren) const { return VarianceOf(*paren.expr); }

  Variance operator()(const Unary& unary) const { return VarianceOf(*unary.expr); }

  Variance operator()(const Binary& binary) const {
    return Least({binary.lhs.get(), binary.rhs.get()});
  }

  Variance operator()(const Call& call) const {
    if (call.function->reads_time) {
      return Variance::kVaries;
    }
    Variance least = Variance::kLiteral;
    for (const ExprPtr& argument : call.arguments) {
      least = std::min(least, VarianceOf(*argument));
    }
    return least;
  }

  Variance operator()(const Aggregate& aggregate) const {
    return Least({aggregate.expr.get(), aggregate.parameter.get()});
  }

 private:
  static Variance Of(const TimeShift& shift) {
    return shift.at ? Variance::kFixed : Variance::kVaries;
  }

  static Variance Least(std::initializer_list<const Expr*> operands) {
    Variance least = Variance::kLiteral;
    for (const Expr* operand : operands) {
      least = operand == nullptr ? least : std::min(least, VarianceOf(*operand));
    }
    return least;
  }
};

Variance VarianceOf(const Expr& expr) {
  return std::visit(Visitor{}, expr.node);
}

}  // namespace

bool IsStepInvariant(const Expr& expr) {
  return expr.type() != ValueType::kMatrix && VarianceOf(expr) == Variance::kFixed;
}

bool DependsOnStep(const Expr& expr) {
  return VarianceOf(expr) == Variance::kVaries;
}

}  // namespace hakem::promql
