#pragma once

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// Reads all that may stand behind an expression: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 100`,
/// `anchored`. Returns the expression when there is nothing. Throws QueryError.
ExprPtr ParsePostfix(TokenCursor& tokens, ExprPtr expr, Features features);

}  // namespace hakem::promql
