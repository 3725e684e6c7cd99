#pragma once

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/ast.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// Parses everything that may follow an expression: `[5m]`, `[1h:5m]`, `offset 5m`, `@ 100`,
/// `anchored`. Returns `expr` unchanged when nothing follows. Throws QueryError.
ExprPtr ParsePostfix(TokenCursor& tokens, ExprPtr expr, Features features);

}  // namespace hakem::promql
