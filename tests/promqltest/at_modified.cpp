#include "tests/promqltest/at_modified.h"

#include "promql/evaluation/functions/functions.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"

namespace hakem::promqltest {
namespace {

using promql::Expr;

/// Returns the direct operands.
struct Children {
  std::vector<Expr*> operator()(promql::Subquery& subquery) const { return {subquery.expr.get()}; }

  std::vector<Expr*> operator()(promql::Paren& paren) const { return {paren.expr.get()}; }

  std::vector<Expr*> operator()(promql::Unary& unary) const { return {unary.expr.get()}; }

  std::vector<Expr*> operator()(promql::Binary& binary) const {
    return {binary.lhs.get(), binary.rhs.get()};
  }

  std::vector<Expr*> operator()(promql::Call& call) const {
    std::vector<Expr*> arguments;
    for (promql::ExprPtr& argument : call.arguments) {
      arguments.push_back(argument.get());
    }
    return arguments;
  }

  std::vector<Expr*> operator()(promql::Aggregate& aggregate) const {
    std::vector<Expr*> children{aggregate.expr.get()};
    if (aggregate.parameter) {
      children.push_back(aggregate.parameter.get());
    }
    return children;
  }

  template <typename Leaf>
  std::vector<Expr*> operator()(Leaf&) const {
    return {};
  }
};

/// Returns false when a function reads the evaluation time.
bool Fix(Expr& expr, Timestamp time) {
  if (auto* vector = std::get_if<promql::VectorSelector>(&expr.node)) {
    vector->shift.at = vector->shift.at.value_or(time);
    return true;
  }
  if (auto* matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    matrix->shift.at = matrix->shift.at.value_or(time);
    return true;
  }
  if (auto* subquery = std::get_if<promql::Subquery>(&expr.node)) {
    subquery->shift.at = subquery->shift.at.value_or(time);
    return true;
  }
  if (const auto* call = std::get_if<promql::Call>(&expr.node);
      call != nullptr && call->function->reads_time) {
    return false;
  }
  for (Expr* child : std::visit(Children{}, expr.node)) {
    if (!Fix(*child, time)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> FixedAt(const std::string& query, Timestamp time) {
  const Result<promql::ExprPtr> expr = promql::Parse(query, promql::Features::All());
  if (!expr || !Fix(**expr, time)) {
    return std::nullopt;
  }
  return promql::Print(**expr);
}

std::vector<Timestamp> OtherTimes(Timestamp time) {
  const Duration since = time.time_since_epoch();
  if (since == Duration{0}) {
    return {Timestamp{Duration{-1000}}, Timestamp{}, Timestamp{Duration{1000}}};
  }
  return {Timestamp{since * -10}, Timestamp{}, Timestamp{since / 5}, time, Timestamp{since * 10}};
}

void VisitSelectors(Expr& expr, const std::function<void(const std::vector<Matcher>&)>& visit) {
  if (const auto* vector = std::get_if<promql::VectorSelector>(&expr.node)) {
    visit(vector->matchers);
  } else if (const auto* matrix = std::get_if<promql::MatrixSelector>(&expr.node)) {
    visit(matrix->selector.matchers);
  }
  for (Expr* child : std::visit(Children{}, expr.node)) {
    VisitSelectors(*child, visit);
  }
}

}  // namespace hakem::promqltest
