#include "rules/past.h"

#include <vector>

namespace hakem::rules {
namespace {

using promql::Expr;

std::optional<PastUse> PastOfShift(const promql::TimeShift& shift, const promql::Position& place) {
  if (shift.at) {
    return PastUse{place, "@"};
  }
  if (shift.offset) {
    return PastUse{place, "offset"};
  }
  return std::nullopt;
}

std::optional<PastUse> PastOfAny(const std::vector<const Expr*>& operands) {
  for (const Expr* operand : operands) {
    if (operand == nullptr) {
      continue;
    }
    if (const auto past = FindPast(*operand)) {
      return past;
    }
  }
  return std::nullopt;
}

/// One node, whose operands it looks through.
struct Finder {
  const promql::Position& place;

  std::optional<PastUse> operator()(const promql::NumberLiteral&) const { return std::nullopt; }

  std::optional<PastUse> operator()(const promql::StringLiteral&) const { return std::nullopt; }

  std::optional<PastUse> operator()(const promql::VectorSelector& node) const {
    return PastOfShift(node.shift, place);
  }

  std::optional<PastUse> operator()(const promql::MatrixSelector&) const {
    return PastUse{place, "a range selector"};
  }

  std::optional<PastUse> operator()(const promql::Subquery&) const {
    return PastUse{place, "a subquery"};
  }

  std::optional<PastUse> operator()(const promql::Paren& node) const {
    return FindPast(*node.expr);
  }

  std::optional<PastUse> operator()(const promql::Unary& node) const {
    return FindPast(*node.expr);
  }

  std::optional<PastUse> operator()(const promql::Binary& node) const {
    return PastOfAny({node.lhs.get(), node.rhs.get()});
  }

  std::optional<PastUse> operator()(const promql::Aggregate& node) const {
    return PastOfAny({node.parameter.get(), node.expr.get()});
  }

  std::optional<PastUse> operator()(const promql::Call& node) const {
    std::vector<const Expr*> arguments;
    for (const promql::ExprPtr& argument : node.arguments) {
      arguments.push_back(argument.get());
    }
    return PastOfAny(arguments);
  }
};

}  // namespace

std::optional<PastUse> FindPast(const Expr& expr) {
  return std::visit(Finder{expr.position}, expr.node);
}

}  // namespace hakem::rules
