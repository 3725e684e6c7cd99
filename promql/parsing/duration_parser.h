#pragma once

#include <string_view>

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/duration_expr.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// What an error says when something stands where no duration can begin.
struct DurationContext {
  std::string_view where;
  std::string_view expected;
};

/// A length with its place in the query.
struct ParsedLength {
  DurationOrExpr value;
  Position position;
};

/// Reads what stands in brackets: arithmetic with durations and seconds. Throws QueryError; also
/// when what is written out is not positive, and at arithmetic unless the feature is on.
ParsedLength ParseLength(TokenCursor& tokens, Features features, DurationContext context);

/// Reads what stands behind `offset`: a duration or seconds, with a sign perhaps; arithmetic in
/// parentheses only. Throws QueryError, as above.
ParsedLength ParseOffsetLength(TokenCursor& tokens, Features features, DurationContext context);

}  // namespace hakem::promql
