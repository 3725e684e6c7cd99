#pragma once

#include <functional>

#include "promql/syntax/ast.h"

namespace hakem::ruletools {

/// Calls `visit` with an expression and all that are nested in it, from the outside in and from
/// left to right.
void VisitExprs(const promql::Expr& expr, const std::function<void(const promql::Expr&)>& visit);

/// Returns the selector that an expression is, with or without a range; null if it is another.
const promql::VectorSelector* SelectorOf(const promql::Expr& expr);

}  // namespace hakem::ruletools
