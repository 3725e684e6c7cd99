#pragma once

#include <initializer_list>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Throws QueryError when the depth exceeds kMaxDepth.
void CheckDepth(int depth, const Position& position);

/// Makes a node whose depth is that of its deepest operand plus one; null operands do not count.
/// Throws QueryError when the depth exceeds kMaxDepth.
ExprPtr MakeExpr(Expr::Node node, const Position& position,
                 std::initializer_list<const Expr*> operands = {});

}  // namespace hakem::promql
