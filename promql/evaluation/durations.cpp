#include "promql/evaluation/durations.h"

#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

/// Computes each duration of a tree. Throws QueryError at the first invalid one.
struct Computation {
  const QueryTimes& times;

  void operator()(const NumberLiteral&) const {}

  void operator()(const StringLiteral&) const {}

  void operator()(const VectorSelector& selector) const { Compute(selector.shift); }

  void operator()(const MatrixSelector& matrix) const {
    Evaluate(matrix.range, times, Sign::kPositive);
    Compute(matrix.shift);
  }

  void operator()(const Subquery& subquery) const {
    Evaluate(subquery.range, times, Sign::kPositive);
    if (subquery.step) {
      Evaluate(*subquery.step, times, Sign::kPositive);
    }
    Compute(subquery.shift);
    Visit(*subquery.expr);
  }

  void operator()(const Paren& paren) const { Visit(*paren.expr); }

  void operator()(const Unary& unary) const { Visit(*unary.expr); }

  void operator()(const Binary& binary) const {
    Visit(*binary.lhs);
    Visit(*binary.rhs);
  }

  void operator()(const Call& call) const {
    for (const ExprPtr& argument : call.arguments) {
      Visit(*argument);
    }
  }

  void operator()(const Aggregate& aggregate) const {
    if (aggregate.parameter != nullptr) {
      Visit(*aggregate.parameter);
    }
    Visit(*aggregate.expr);
  }

  void Visit(const Expr& expr) const { std::visit(*this, expr.node); }

  void Compute(const TimeShift& shift) const {
    if (shift.offset) {
      Evaluate(*shift.offset, times, Sign::kAny);
    }
  }
};

}  // namespace

Result<void> CheckDurations(const Expr& expr, const QueryTimes& times) {
  return CatchQueryError([&] { Computation{times}.Visit(expr); });
}

}  // namespace hakem::promql
