#include "promql/parsing/make_expr.h"

#include <fmt/format.h>

#include <algorithm>

#include "promql/parsing/parser.h"
#include "promql/parsing/type_check.h"

namespace hakem::promql {

void CheckDepth(int depth, const Position& position) {
  if (depth > kMaxDepth) {
    ThrowParseError(position,
                    fmt::format("expression is nested more than {} levels deep", kMaxDepth));
  }
}

ExprPtr MakeExpr(Expr::Node node, const Position& position,
                 std::initializer_list<const Expr*> operands) {
  int depth = 0;
  for (const Expr* operand : operands) {
    depth = std::max(depth, operand == nullptr ? 0 : operand->depth);
  }
  CheckDepth(depth + 1, position);
  return std::make_unique<Expr>(Expr{std::move(node), position, depth + 1});
}

}  // namespace hakem::promql
