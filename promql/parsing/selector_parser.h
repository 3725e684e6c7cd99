#pragma once

#include <string>
#include <vector>

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Whether an expression may begin with what is next.
bool AtExpression(const TokenCursor& tokens);

/// Reads `name`, `name{…}` or `{…}`. Throws QueryError.
ExprPtr ParseVectorSelector(TokenCursor& tokens);

/// Reads `(a, "b.c", by)`: almost any word may be a label. Throws QueryError.
std::vector<std::string> ParseGroupingLabels(TokenCursor& tokens);

}  // namespace hakem::promql
