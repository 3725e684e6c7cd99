#pragma once

#include <functional>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Calls `visit` with each operand of an expression, from left to right: the sides of an operator,
/// the arguments of a function, the parameter of an aggregation, what is in parentheses and what a
/// subquery evaluates. Literals and selectors have none. Operands of operands are not visited.
void ForEachOperand(const Expr& expr, const std::function<void(const Expr&)>& visit);

}  // namespace hakem::promql
