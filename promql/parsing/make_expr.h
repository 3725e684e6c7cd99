#pragma once

#include <initializer_list>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Throws QueryError when the depth is more than kMaxDepth.
void CheckDepth(int depth, const Position& position);

/// A node whose depth is one more than its deepest operand's; null operands do not count. Throws
/// QueryError when that is too deep.
ExprPtr MakeExpr(Expr::Node node, const Position& position,
                 std::initializer_list<const Expr*> operands = {});

}  // namespace hakem::promql
