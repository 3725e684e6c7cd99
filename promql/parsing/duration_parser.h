#pragma once

#include <string_view>

#include "promql/parsing/token_cursor.h"
#include "promql/syntax/duration_expr.h"
#include "promql/syntax/features.h"

namespace hakem::promql {

/// The context and the expected tokens for error messages.
struct DurationContext {
  std::string_view where;
  std::string_view expected;
};

/// A duration and its position in the query.
struct ParsedDuration {
  DurationOrExpr value;
  Position position;
};

/// Parses a duration in brackets: a duration or seconds, or arithmetic with them if the feature is
/// on. Throws QueryError, also when a constant is not positive.
ParsedDuration ParseDurationInBrackets(TokenCursor& tokens, Features features,
                                       DurationContext context);

/// Parses a duration behind `offset`: a duration or seconds with an optional sign; arithmetic only
/// in parentheses. Throws QueryError.
ParsedDuration ParseOffsetDuration(TokenCursor& tokens, Features features, DurationContext context);

}  // namespace hakem::promql
