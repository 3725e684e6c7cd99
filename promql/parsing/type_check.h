#pragma once

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Checks that operators, functions and aggregations get what they can take, as Prometheus does
/// after parsing. Throws QueryError at the first that does not.
void CheckTypes(const Expr& expr);

/// Leaves parsing: `1:5: parse error: message`.
[[noreturn]] void ThrowParseError(const Position& position, std::string_view message);

}  // namespace hakem::promql
