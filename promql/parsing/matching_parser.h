#pragma once

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Parses the optional modifiers behind a binary operator: `on (a) group_left (b) fill (0)`. Throws
/// QueryError.
VectorMatching ParseMatching(TokenCursor& tokens);

}  // namespace hakem::promql
