#pragma once

#include "promql/syntax/ast.h"

namespace hakem::promql {

/// Checks the operand types of operators, functions and aggregations, as Prometheus does after
/// parsing. Throws QueryError at the first error.
void CheckTypes(const Expr& expr);

/// Throws QueryError with the message `1:5: parse error: MESSAGE`.
[[noreturn]] void ThrowParseError(const Position& position, std::string_view message);

}  // namespace hakem::promql
