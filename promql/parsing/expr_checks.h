#pragma once

#include <initializer_list>
#include <string_view>

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Throws QueryError with the message `1:5: parse error: MESSAGE`.
[[noreturn]] void ThrowParseError(const Position& position, std::string_view message);

/// Throws QueryError when the depth exceeds kMaxDepth.
void CheckDepth(int depth, const Position& position);

/// Makes a node whose depth is that of its deepest operand plus one; null operands do not count.
/// Throws QueryError when the depth exceeds kMaxDepth.
ExprPtr MakeExpr(Expr::Node node, const Position& position,
                 std::initializer_list<const Expr*> operands = {});

/// Checks the operand types of operators, functions and aggregations, as Prometheus does after
/// parsing. Throws QueryError at the first error.
void CheckTypes(const Expr& expr);

}  // namespace hakem::promql
