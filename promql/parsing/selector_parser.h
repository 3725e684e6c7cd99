#pragma once

#include <string>
#include <vector>

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Whether the next token can begin an expression.
bool AtExpression(const TokenCursor& tokens);

/// Parses `name`, `name{…}` or `{…}`. Throws QueryError.
ExprPtr ParseVectorSelector(TokenCursor& tokens);

/// Parses `(a, "b.c", by)`; almost any word may be a label name. Throws QueryError.
std::vector<std::string> ParseGroupingLabels(TokenCursor& tokens);

}  // namespace hakem::promql
