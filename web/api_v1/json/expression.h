#pragma once

#include <string>

#include "promql/syntax/ast.h"

namespace hakem::web {

/// Appends the syntax tree as Prometheus' `/api/v1/parse_query` gives it: each node an object with
/// its `type`.
void AppendExpression(std::string& json, const promql::Expr& expr);

}  // namespace hakem::web
